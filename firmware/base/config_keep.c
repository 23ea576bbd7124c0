/* Settings that were changed at the machine: a file of their own beside the journal. */
#include "firmware/base/clock.h"
#include "firmware/base/config_private.h"
#include "firmware/base/error.h"
#include <string.h>

#define KEPT_FILE "settings.ini"

char *config_kept_path(const Config *config)
{
    g_autofree char *folder = config_path(config, "kiosk", "state_dir");
    return g_build_filename(folder, KEPT_FILE, NULL);
}

static GKeyFile *load_kept(const char *path)
{
    GKeyFile *file = g_key_file_new();
    (void)g_key_file_load_from_file(file, path, G_KEY_FILE_KEEP_COMMENTS, NULL); /* none yet */
    return file;
}

static gboolean may_keep(const char *section, const char *key, const char *text, GError **error)
{
    const Option *option = config_option(section, key);
    g_autofree char *refusal = option ? config_refusal(option, text) : g_strdup("no such key");
    if (!refusal && !strcmp(section, "kiosk") && !strcmp(key, "state_dir"))
        refusal = g_strdup("says where changed settings are kept; it belongs into kiosk.conf");
    if (refusal)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "[%s] %s: %s", section, key, refusal);
    return !refusal;
}

gboolean config_keep(const Config *config, const char *section, const char *key, const char *text,
                     const char *who, gint64 wall_ms, GError **error)
{
    char at[32];
    g_autoptr(GError) cause = NULL;
    if (!may_keep(section, key, text, error))
        return FALSE;
    g_autofree char *path = config_kept_path(config);
    g_autoptr(GKeyFile) file = load_kept(path);
    clock_format_utc(wall_ms, at);
    g_autofree char *comment = g_strdup_printf(" %s %s", who, at);
    g_key_file_set_string(file, section, key, text);
    if (!g_key_file_set_comment(file, section, key, comment, &cause) ||
        !g_key_file_save_to_file(file, path, &cause)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "%s: %s", path, cause->message);
        return FALSE;
    }
    return TRUE;
}
