/* A bare cabinet: reader and printer stand free, every part is absent. */
#include "drivers/cabinet.h"

struct Cabinet {
    char unused;
};

static Cabinet *open_cabinet(const Config *config, GError **error)
{
    (void)config;
    (void)error;
    return g_new0(Cabinet, 1);
}

static void get_status(Cabinet *cabinet, CabinetStatus *ret)
{
    (void)cabinet;
    *ret = (CabinetStatus){0};
}

static gboolean release(Cabinet *cabinet, GError **error)
{
    (void)cabinet;
    (void)error;
    return TRUE; /* nothing holds the booklet */
}

static gboolean retract(Cabinet *cabinet, GError **error)
{
    (void)cabinet;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE,
                "cabinet: cannot take the booklet back: there is no retract bin");
    return FALSE;
}

static void set_lamp(Cabinet *cabinet, Lamp lamp)
{
    (void)cabinet;
    (void)lamp;
}

static void close_cabinet(Cabinet *cabinet)
{
    g_free(cabinet);
}

extern const CabinetDriver none_cabinet;
const CabinetDriver none_cabinet = {
    .name = "none",
    .open = open_cabinet,
    .get_status = get_status,
    .release = release,
    .retract = retract,
    .set_lamp = set_lamp,
    .close = close_cabinet,
};
