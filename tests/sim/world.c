/* The scheduler: one agenda, one clock, one trace. */
#include "tests/sim/actors.h"
#include "tests/sim/oracle.h"
#include <stdio.h>
#include <string.h>

#define FNV_PRIME 0x100000001b3u
#define DRAIN_MS (40 * 60 * 1000)       /* after the last visit everything settles */
#define STANDSTILL_MS (6 * 3600 * 1000) /* of the whole fleet */

World *world;

typedef struct {
    gint64 at_ms;
    guint64 order;
    Machine *m;
    Deed deed;
    int number;
    guint incarnation;
    gboolean outlives;
} Item;

static gboolean is_before(const Item *a, const Item *b)
{
    return a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->order < b->order);
}

static void swap(GPtrArray *heap, guint a, guint b)
{
    gpointer kept = heap->pdata[a];
    heap->pdata[a] = heap->pdata[b];
    heap->pdata[b] = kept;
}

static void push(GPtrArray *heap, Item *item)
{
    g_ptr_array_add(heap, item);
    for (guint i = heap->len - 1; i && is_before(heap->pdata[i], heap->pdata[(i - 1) / 2]);
         i = (i - 1) / 2)
        swap(heap, i, (i - 1) / 2);
}

static Item *pop(GPtrArray *heap)
{
    if (!heap->len)
        return NULL;
    Item *first = heap->pdata[0];
    heap->pdata[0] = heap->pdata[heap->len - 1];
    g_ptr_array_set_size(heap, (gint)heap->len - 1);
    guint i = 0;
    for (;;) {
        guint child = 2 * i + 1;
        if (child >= heap->len)
            return first;
        if (child + 1 < heap->len && is_before(heap->pdata[child + 1], heap->pdata[child]))
            child++;
        if (!is_before(heap->pdata[child], heap->pdata[i]))
            return first;
        swap(heap, i, child);
        i = child;
    }
}

void world_plan(Machine *m, gint64 delay_ms, Deed deed, int number, gboolean outlives)
{
    Item *item = g_new(Item, 1);
    *item = (Item){world->now_ms + MAX(delay_ms, 0),
                   world->order++,
                   m,
                   deed,
                   number,
                   m->incarnation,
                   outlives};
    push(world->agenda, item);
}

static void format_clock(gint64 ms, char ret[24])
{
    g_snprintf(ret, 24, "%d:%02d:%02d.%03d", (int)(ms / 3600000), (int)(ms / 60000 % 60),
               (int)(ms / 1000 % 60), (int)(ms % 1000));
}

void world_trace(const Machine *m, const char *format, ...)
{
    char line[400], clock[24];
    va_list args;
    format_clock(world->now_ms - 1000000, clock);
    int n = g_snprintf(line, sizeof line, "%s %s ", clock, m ? m->number : "svc ");
    va_start(args, format);
    g_vsnprintf(line + n, sizeof line - (gsize)n, format, args);
    va_end(args);
    for (const char *c = line; *c; c++)
        world->hash = (world->hash ^ (guint8)*c) * FNV_PRIME;
    world->lines++;
    if (!world->options->replay)
        return;
    char **kept = &world->ring[world->ring_at++ % RING];
    g_free(*kept);
    *kept = g_strdup(line);
}

/* A line for the reader of a replay; not part of the trace. */
void world_trace_aside(const Machine *m, const char *room, const char *text)
{
    if (!world->options->replay)
        return;
    char **kept = &world->ring[world->ring_at++ % RING];
    g_free(*kept);
    *kept = g_strdup_printf("%*s%s     %s: %s", 15, "", m ? m->number : "svc ", room, text);
}

void world_violate(const Machine *m, const char *invariant, const char *format, ...)
{
    if (world->violated)
        return;
    Violation *v = &world->violation;
    va_list args;
    va_start(args, format);
    g_vsnprintf(v->detail, sizeof v->detail, format, args);
    va_end(args);
    world->violated = TRUE;
    g_strlcpy(v->invariant, invariant, sizeof v->invariant);
    v->step = world->steps;
    v->at_ms = world->now_ms;
    v->machine = m ? m->id : -1;
    world_trace(m, "VIOLATION %s %s", invariant, v->detail);
}

gboolean strikes(Machine *m, FaultId fault)
{
    Moment moment = m ? machine_moment(m) : MOMENT_IDLE;
    if (!faults_strike(&world->faults, fault, moment))
        return FALSE;
    world_trace(m, "FAULT %s (%s)", fault_row(fault)->word, moment_word(moment));
    return TRUE;
}

void spend(gint64 ms)
{
    if (world->current)
        world->current->spent_ms += ms;
}

static void set_up_machine(World *w, int id)
{
    Machine *m = &w->machines[id];
    *m = (Machine){.world = w, .id = id, .random = random_stream(w->seed, "machine", (guint)id)};
    g_snprintf(m->number, sizeof m->number, "%04d", id + 1);
    g_autofree char *disk = g_strdup_printf("m%d", id);
    m->disk = disk_mount(disk);
    machine_mount(m);
    m->boot_ms = w->now_ms - 100000;
    printer_setup(m);
    slot_setup(m);
    citizen_setup(m);
    world_plan(m, random_between(&m->random, 0, 4000), machine_start, 0, TRUE);
    world_plan(m, 20000 + 5000 * id, staff_look, 0, TRUE);
}

static void set_up(World *w)
{
    w->service_disk = disk_mount("c");
    w->oracle = oracle_create();
    central_open(w);
    w->office = office_create(w);
    for (int i = 0; i < MACHINES; i++)
        set_up_machine(w, i);
    world_plan(&w->machines[0], 60000, central_backup, 0, TRUE);
    world_plan(&w->machines[0], 90000, staff_settle, 0, TRUE);
}

static void take_step(World *w)
{
    Item *item = pop(w->agenda);
    w->now_ms = item->at_ms;
    if (item->outlives || item->incarnation == item->m->incarnation) {
        w->steps++;
        w->current = item->m;
        item->m->spent_ms = 0;
        item->deed(item->m, item->number);
        w->current = NULL;
        oracle_step(item->m);
    }
    g_free(item);
}

static gboolean goes_on(World *w)
{
    if (w->violated || w->agenda->len == 0)
        return FALSE;
    if (w->now_ms - w->last_visit_ms < STANDSTILL_MS)
        return TRUE;
    world_violate(NULL, "T3", "no visit for six hours: the fleet stands still: %s, %s, %s, %s",
                  machine_closed_reason(&w->machines[0]), machine_closed_reason(&w->machines[1]),
                  machine_closed_reason(&w->machines[2]), machine_closed_reason(&w->machines[3]));
    return FALSE;
}

/* Faults end, people mend what is broken, everything that is on its way arrives. */
static void drain(World *w)
{
    w->quiet = w->faults.quiet = w->staff_only = TRUE;
    world_trace(NULL, "no more faults, no more citizens");
    for (int i = 0; i < MACHINES; i++) {
        printer_stop_faults(&w->machines[i]);
        slot_stop_faults(&w->machines[i]);
    }
    gint64 until = w->now_ms + DRAIN_MS;
    while (goes_on(w) && w->now_ms < until)
        take_step(w);
}

World *world_run(guint64 seed, const WorldOptions *options)
{
    World *w = world = g_new0(World, 1);
    w->seed = seed;
    w->options = options;
    w->hash = 0xcbf29ce484222325u;
    w->now_ms = 1000000;
    w->agenda = g_ptr_array_new();
    w->random = random_stream(seed, "world", 0);
    w->ring = g_new0(char *, RING);
    faults_draw(&w->faults, seed, options->plan);
    set_up(w);
    int whole_at = WHOLE_EVERY;
    while (goes_on(w) && w->ended_visits < options->visits) {
        take_step(w);
        if (w->ended_visits < whole_at)
            continue;
        whole_at += WHOLE_EVERY;
        oracle_check_whole(FALSE);
    }
    if (!w->violated)
        drain(w);
    if (!w->violated)
        oracle_check_whole(TRUE);
    w->fsyncs = disk_syncs(w->service_disk);
    for (int i = 0; i < MACHINES; i++)
        w->fsyncs += disk_syncs(w->machines[i].disk);
    return w;
}

void world_free(World *w)
{
    world = w;
    for (int i = 0; i < MACHINES; i++) {
        Machine *m = &w->machines[i];
        if (m->loop)
            machine_crash(m, FALSE);
        citizen_free(m);
        slot_free(m);
        printer_free(m);
        disk_unmount(m->disk);
    }
    network_forget();
    central_close(w);
    disk_unmount(w->service_disk);
    office_free(w->office);
    oracle_free(w->oracle);
    for (Item *item = pop(w->agenda); item; item = pop(w->agenda))
        g_free(item);
    g_ptr_array_unref(w->agenda);
    for (int i = 0; i < RING; i++)
        g_free(w->ring[i]);
    g_free(w->ring);
    g_free(w);
    world = NULL;
}
