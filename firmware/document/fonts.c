#include "firmware/document/fonts.h"
#include "firmware/base/error.h"
#include <fontconfig/fontconfig.h>

static GMutex mutex;
static GCond turn_ended;
static guint64 asked, ended; /* turns, guarded by mutex */
static const GThread *owner; /* of the turn that runs, or NULL; guarded by mutex */
static char *current_dir;    /* set once, in a turn */

void fonts_take_turn(void)
{
    g_mutex_lock(&mutex);
    if (owner == g_thread_self())
        g_error("fonts: a turn within a turn");
    for (guint64 mine = asked++; mine != ended;)
        g_cond_wait(&turn_ended, &mutex);
    owner = g_thread_self();
    g_mutex_unlock(&mutex);
}

void fonts_end_turn(void)
{
    g_mutex_lock(&mutex);
    owner = NULL;
    if (++ended != asked) /* somebody waits */
        g_cond_broadcast(&turn_ended);
    g_mutex_unlock(&mutex);
}

/* The settings in `path`; where they lie they may call @FOLDER@. NULL: there are none. */
static char *read_settings(const char *path)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return NULL;
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *whole = g_canonicalize_filename(folder, NULL);
    g_autofree char *escaped = g_markup_escape_text(whole, -1);
    g_auto(GStrv) parts = g_strsplit(text, "@FOLDER@", -1);
    return g_strjoinv(escaped, parts);
}

static gboolean load(const char *path, GError **error)
{
    FcConfig *config = FcConfigCreate();
    g_autofree char *settings = read_settings(path);
    gboolean loaded = settings &&
                      FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)settings, FcFalse) &&
                      FcConfigBuildFonts(config);
    FcFontSet *fonts = loaded ? FcConfigGetFonts(config, FcSetSystem) : NULL;
    if (!fonts || fonts->nfont == 0 || !FcConfigSetCurrent(config)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                    "%s: no usable fonts there; build them with assets/fonts/build-fonts", path);
        FcConfigDestroy(config);
        return FALSE;
    }
    FcConfigDestroy(config); /* fontconfig keeps its own reference */
    return TRUE;
}

static gboolean use(const char *assets_dir, GError **error)
{
    if (current_dir) {
        if (!g_strcmp0(current_dir, assets_dir))
            return TRUE;
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                    "fonts: already taken from %s, not again from %s", current_dir, assets_dir);
        return FALSE;
    }
    g_autofree char *path = g_build_filename(assets_dir, "fonts", "fonts.conf", NULL);
    if (!load(path, error))
        return FALSE;
    current_dir = g_strdup(assets_dir);
    return TRUE;
}

gboolean fonts_use_private(const char *assets_dir, GError **error)
{
    fonts_take_turn();
    gboolean used = use(assets_dir, error);
    fonts_end_turn();
    return used;
}
