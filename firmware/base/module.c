#include "firmware/base/module.h"
#include "firmware/base/error.h"
#include <dlfcn.h>

gpointer module_find(const char *module, const char *symbol, GError **error)
{
    /* lazily: the modules themselves ask to be bound at once, the libraries below them need not */
    void *handle = dlopen(module, RTLD_LAZY | RTLD_LOCAL);
    gpointer found = handle ? dlsym(handle, symbol) : NULL;
    if (!found)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "module: %s", dlerror());
    return found;
}
