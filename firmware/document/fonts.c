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
    ended++;
    g_cond_broadcast(&turn_ended);
    g_mutex_unlock(&mutex);
}

static gboolean load(const char *path, GError **error)
{
    FcConfig *config = FcConfigCreate();
    gboolean loaded =
        FcConfigParseAndLoad(config, (const FcChar8 *)path, FcFalse) && FcConfigBuildFonts(config);
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
