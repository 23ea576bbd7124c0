#include "firmware/base/module.h"
#include "firmware/base/error.h"
#include <dlfcn.h>

#ifdef __SANITIZE_ADDRESS__ /* has to come before every library */
#define OWN_NAMES_FIRST 0
#else
#define OWN_NAMES_FIRST RTLD_DEEPBIND
#endif

void module_open_apart(const char *module)
{
    (void)dlopen(module, RTLD_LAZY | RTLD_LOCAL | OWN_NAMES_FIRST);
}

gpointer module_find(const char *module, const char *symbol, GError **error)
{
    /* lazily: the modules themselves ask to be bound at once, the libraries below them need not */
    void *handle = dlopen(module, RTLD_LAZY | RTLD_LOCAL);
    gpointer found = handle ? dlsym(handle, symbol) : NULL;
    if (!found)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "module: %s", dlerror());
    return found;
}
