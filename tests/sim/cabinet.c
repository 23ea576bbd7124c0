/* drivers/cabinet.h: slot, shutter, exit sensor, retract bin, door, scanner of the next blank. Each
 * cabinet has only some of them. */
#include "drivers/cabinet.h"
#include "tests/sim/actors.h"
#include "tests/sim/oracle.h"
#include <string.h>

struct Slot {
    Random random;
    gboolean has_shutter, has_sensor, has_bin, has_scanner, has_door_switch;
    gboolean open; /* the shutter */
    gboolean door_open, bin_full, sensor_stuck;
    Tri stuck_at;
    GArray *papers; /* of int */
};

const CabinetDriver *__wrap_cabinet_driver_find(const char *name);

void slot_setup(Machine *m)
{
    Slot *slot = m->slot = g_new0(Slot, 1);
    slot->random = random_stream(m->world->seed, "cabinet", (guint)m->id);
    Random *r = &slot->random;
    slot->papers = g_array_new(FALSE, FALSE, sizeof(int));
    slot->has_shutter = random_below(r, 2);
    slot->has_bin = slot->has_shutter && random_below(r, 2);
    slot->has_sensor = random_below(r, 2) || slot->has_shutter;
    if (!printer_has_counter(m)) /* else nothing could ever prove a print */
        slot->has_sensor = TRUE;
    slot->has_scanner = random_below(r, 4) == 0;
    slot->has_door_switch = random_below(r, 2);
}

void slot_free(Machine *m)
{
    g_array_unref(m->slot->papers);
    g_free(m->slot);
}

void slot_drop(Machine *m, int paper)
{
    oracle_paper(paper)->fate = FATE_SLOT;
    g_array_append_val(m->slot->papers, paper);
    world_trace(m, "slot: booklet falls, %u in it", m->slot->papers->len);
    if (m->loop)
        machine_wake(m, m->world->now_ms);
}

int slot_reach(Machine *m)
{
    Slot *slot = m->slot;
    if (!slot->papers->len || (slot->has_shutter && !slot->open))
        return -1;
    int paper = g_array_index(slot->papers, int, slot->papers->len - 1);
    g_array_set_size(slot->papers, slot->papers->len - 1);
    if (!slot->papers->len)
        slot->open = FALSE;
    return paper;
}

/* An attendant empties slot and bin; what he holds is no longer within anybody's reach. */
void slot_empty(Machine *m)
{
    Slot *slot = m->slot;
    for (guint i = 0; i < slot->papers->len; i++)
        oracle_paper(g_array_index(slot->papers, int, i))->fate = FATE_STAFF;
    g_array_set_size(slot->papers, 0);
    slot->open = slot->bin_full = slot->door_open = slot->sensor_stuck = FALSE;
}

gboolean slot_is_healthy(const Machine *m)
{
    const Slot *slot = m->slot;
    return !slot->papers->len && !slot->bin_full && !slot->door_open && !slot->sensor_stuck;
}

void slot_stop_faults(Machine *m)
{
    m->slot->sensor_stuck = FALSE;
}

void slot_run(Machine *m)
{
    Slot *slot = m->slot;
    if (strikes(m, FAULT_CABINET_DOOR))
        slot->door_open = TRUE;
    /* What the product cannot bear yet: a booklet that nobody retained, in a slot that nobody sees.
     */
    if (slot->has_bin && !slot->sensor_stuck && strikes(m, FAULT_BIN_FULL))
        slot->bin_full = TRUE;
    if (slot->has_bin && !slot->bin_full && strikes(m, FAULT_SENSOR_STUCK)) {
        slot->sensor_stuck = TRUE;
        slot->stuck_at = slot->papers->len ? TRI_NO : TRI_YES;
    }
}

/* ---- the driver */

static Cabinet *open_cabinet(const Config *config, GError **error)
{
    (void)config;
    (void)error;
    return (Cabinet *)world->current;
}

static Tri when(gboolean there, gboolean yes)
{
    return !there ? TRI_UNKNOWN : yes ? TRI_YES : TRI_NO;
}

static void get_status(Cabinet *cabinet, CabinetStatus *ret)
{
    Machine *m = (Machine *)cabinet;
    const Slot *slot = m->slot;
    *ret = (CabinetStatus){.door_shut = when(slot->has_door_switch, !slot->door_open),
                           .slot_empty = when(slot->has_sensor, slot->papers->len == 0),
                           .retract_full = when(slot->has_bin, slot->bin_full),
                           .can_release = when(slot->has_shutter, TRUE),
                           .can_retract = when(slot->has_bin, !slot->bin_full),
                           .can_scan = when(slot->has_scanner, TRUE)};
    if (slot->has_sensor && slot->sensor_stuck)
        ret->slot_empty = slot->stuck_at;
    if (!slot->has_scanner || !printer_top(m, ret->scanned_serial))
        return;
    if (strikes(m, FAULT_SCANNER_OTHER))
        ret->scanned_serial[11] = (char)('0' + (ret->scanned_serial[11] - '0' + 1) % 10);
}

static gboolean is_broken(Machine *m, GError **error)
{
    if (!m->dying && !strikes(m, FAULT_SHUTTER_FAILS))
        return FALSE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "cabinet: does not move");
    return TRUE;
}

static gboolean release_booklet(Cabinet *cabinet, GError **error)
{
    Machine *m = (Machine *)cabinet;
    Slot *slot = m->slot;
    if (is_broken(m, error))
        return FALSE;
    slot->open = TRUE;
    for (guint i = 0; i < slot->papers->len; i++) {
        Fact *fact = oracle_tell(FACT_OPENED, m);
        fact->paper = oracle_paper(g_array_index(slot->papers, int, i));
        fact->number = citizen_visit(m);
    }
    world_trace(m, "slot: opened");
    return TRUE;
}

static gboolean retract(Cabinet *cabinet, GError **error)
{
    (void)error;
    Machine *m = (Machine *)cabinet;
    Slot *slot = m->slot;
    if (m->dying)
        return FALSE;
    for (guint i = 0; i < slot->papers->len; i++)
        oracle_paper(g_array_index(slot->papers, int, i))->fate = FATE_BIN;
    g_array_set_size(slot->papers, 0);
    slot->open = FALSE;
    world_trace(m, "slot: retained");
    return TRUE;
}

static void set_lamp(Cabinet *cabinet, Lamp lamp)
{
    (void)cabinet;
    (void)lamp;
}

static void close_cabinet(Cabinet *cabinet)
{
    (void)cabinet;
}

const CabinetDriver *__wrap_cabinet_driver_find(const char *name)
{
    static const CabinetDriver driver = {"sim",   open_cabinet, get_status,   release_booklet,
                                         retract, set_lamp,     close_cabinet};
    (void)name;
    return &driver;
}
