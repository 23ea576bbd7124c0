#include "central/settings.h"
#include "central/settings_table.h"

Config *settings_load(const char *path, GError **error)
{
    return config_load_table(path, options, G_N_ELEMENTS(options), error);
}

char *settings_document(void)
{
    return config_document_table(options, G_N_ELEMENTS(options), "the central service");
}

char *settings_state_path(const Config *config, const char *name)
{
    g_autofree char *folder = config_path(config, "service", "state_dir");
    return g_build_filename(folder, name, NULL);
}

Store *settings_open_store(const Config *config, GError **error)
{
    g_autofree char *path = settings_state_path(config, "central.db");
    return store_open(path, FALSE, error);
}
