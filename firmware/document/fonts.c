#include "firmware/document/fonts.h"
#include "firmware/base/error.h"
#include <fontconfig/fontconfig.h>

static GMutex lock;
static char *current_dir; /* guarded by lock; set once */

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

gboolean fonts_use_private(const char *assets_dir, GError **error)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&lock);
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
