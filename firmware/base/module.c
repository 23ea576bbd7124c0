#include "firmware/base/module.h"
#include "firmware/base/error.h"
#include <dlfcn.h>

#ifdef __SANITIZE_ADDRESS__ /* has to come before every library */
#define OWN_NAMES_FIRST 0
#else
#define OWN_NAMES_FIRST RTLD_DEEPBIND
#endif

char *program_path(const char *relative)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(program ? program : "/");
    return g_canonicalize_filename(relative, folder);
}

/* By its whole path: a folder for the linker to search would be searched for every library. */
static void *open_module(const char *module, int flags)
{
    g_autofree char *installed = program_path(INSTALLED_MODULES), *beside = program_path(module);
    g_autofree char *path = g_build_filename(installed, module, NULL);
    gboolean is_installed = g_file_test(path, G_FILE_TEST_EXISTS);
    /* lazily: the modules themselves ask to be bound at once, the libraries below them need not */
    return dlopen(is_installed ? path : beside, RTLD_LAZY | RTLD_LOCAL | flags);
}

void module_open_apart(const char *module)
{
    (void)open_module(module, OWN_NAMES_FIRST);
}

gpointer module_find(const char *module, const char *symbol, GError **error)
{
    void *handle = open_module(module, 0);
    gpointer found = handle ? dlsym(handle, symbol) : NULL;
    if (!found)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "module: %s", dlerror());
    return found;
}
