#include "firmware/base/error.h"

static const struct {
    const char *word;
    Mender mender;
} rows[KIOSK_ERROR_COUNT] = {
    [KIOSK_ERROR_UNKNOWN] = {"unknown", MENDER_TECHNICIAN},
    [KIOSK_ERROR_INVALID] = {"invalid", MENDER_ATTENDANT},
    [KIOSK_ERROR_UNAVAILABLE] = {"unavailable", MENDER_TECHNICIAN},
    [KIOSK_ERROR_TIMEOUT] = {"timeout", MENDER_TECHNICIAN},
    [KIOSK_ERROR_REFUSED] = {"refused", MENDER_CITIZEN},
    [KIOSK_ERROR_BUSY] = {"busy", MENDER_CITIZEN},
    [KIOSK_ERROR_SIGNATURE] = {"signature", MENDER_ATTENDANT},
    [KIOSK_ERROR_STORAGE] = {"storage", MENDER_TECHNICIAN},
    [KIOSK_ERROR_DAMAGED] = {"damaged", MENDER_TECHNICIAN},
    [KIOSK_ERROR_CONFIG] = {"config", MENDER_TECHNICIAN},
    [KIOSK_ERROR_CANCELLED] = {"cancelled", MENDER_CITIZEN},
    [KIOSK_ERROR_BUG] = {"bug", MENDER_TECHNICIAN},
};

GQuark kiosk_error_quark(void)
{
    return g_quark_from_static_string("kiosk-error");
}

const char *kiosk_error_word(KioskError code)
{
    return (unsigned)code < KIOSK_ERROR_COUNT ? rows[code].word : rows[0].word;
}

Mender kiosk_error_mender(const GError *error)
{
    if (!error || error->domain != KIOSK_ERROR || (unsigned)error->code >= KIOSK_ERROR_COUNT)
        return MENDER_TECHNICIAN;
    return rows[error->code].mender;
}

const char *mender_word(Mender mender)
{
    static const char *const words[] = {"unknown", "citizen", "attendant", "technician"};
    return (unsigned)mender < G_N_ELEMENTS(words) ? words[mender] : words[0];
}

gboolean kiosk_error_is(const GError *error, KioskError code)
{
    return g_error_matches(error, KIOSK_ERROR, (int)code);
}

const char *tri_word(Tri tri)
{
    static const char *const words[] = {"unknown", "no", "yes"};
    return (unsigned)tri < G_N_ELEMENTS(words) ? words[tri] : words[0];
}

void kiosk_error_add(GError **error, GError *more)
{
    if (!error || !*error) {
        g_propagate_error(error, more);
        return;
    }
    char *both = g_strconcat((*error)->message, "\n", more->message, NULL);
    g_free((*error)->message);
    (*error)->message = both;
    g_error_free(more);
}
