/* The process of a kiosk: starts, turns, dies. */
#include "firmware/loop/loop.h"
#include "tests/sim/actors.h"
#include "tests/sim/oracle.h"
#include <string.h>

#define SUPERVISOR_MS 5000 /* until a process that ended is started again */
#define HANG_MS 45000      /* longer than the watchdog's patience */

gboolean machine_is_open(const Machine *m)
{
    const Loop *loop = m->loop;
    return loop && loop->visit.ready && !m->dying;
}

const char *machine_closed_reason(const Machine *m)
{
    const Loop *loop = m->loop;
    if (!loop)
        return "down";
    return loop->visit.ready ? "" : loop->visit.closed_reason;
}

static Moment moment_of_issuance(const Issuance *issuance)
{
    static const Moment moments[PHASE_COUNT] = {
        [PHASE_RESERVING] = MOMENT_RESERVE,      [PHASE_RESERVE_PAUSE] = MOMENT_RESERVE,
        [PHASE_BASELINE] = MOMENT_BIND,          [PHASE_RENDERING] = MOMENT_BIND,
        [PHASE_RECHECK] = MOMENT_RECHECK,        [PHASE_SUBMITTING] = MOMENT_SUBMIT,
        [PHASE_SUBMITTING_LOOK] = MOMENT_SUBMIT,
        [PHASE_WATCHING] = MOMENT_WATCH,         [PHASE_WATCH_PAUSE] = MOMENT_WATCH,
        [PHASE_CANCELING] = MOMENT_CANCEL,       [PHASE_CANCEL_PAUSE] = MOMENT_CANCEL,
        [PHASE_JOB_CHECK] = MOMENT_CANCEL,       [PHASE_FIRST_READING] = MOMENT_EVIDENCE,
        [PHASE_READING_PAUSE] = MOMENT_EVIDENCE, [PHASE_SECOND_READING] = MOMENT_EVIDENCE,
        [PHASE_PRINTED] = MOMENT_HAND_OVER,      [PHASE_PRESENTED] = MOMENT_HAND_OVER,
        [PHASE_CANCEL_PENDING] = MOMENT_RECOVER, [PHASE_CANCEL_PENDING_PAUSE] = MOMENT_RECOVER,
    };
    return moments[issuance->phase];
}

static Moment moment_of_visit(VisitState state)
{
    static const Moment moments[VISIT_STATE_COUNT] = {
        [VISIT_UNKNOWN] = MOMENT_CLOSED,      [VISIT_CLOSED] = MOMENT_CLOSED,
        [VISIT_ATTRACT] = MOMENT_IDLE,        [VISIT_CARD] = MOMENT_CARD,
        [VISIT_READING] = MOMENT_CARD,        [VISIT_IDENTIFYING] = MOMENT_CARD,
        [VISIT_FACTOR] = MOMENT_CARD,         [VISIT_FACTOR_CHECKING] = MOMENT_CARD,
        [VISIT_CHOOSE] = MOMENT_LIST,         [VISIT_LOADING] = MOMENT_LIST,
        [VISIT_PREVIEW] = MOMENT_PREVIEW,     [VISIT_PRINTING] = MOMENT_AFTER,
        [VISIT_TAKE_CARD] = MOMENT_HAND_OVER, [VISIT_COLLECT] = MOMENT_HAND_OVER,
        [VISIT_DONE] = MOMENT_AFTER,          [VISIT_REFUSED] = MOMENT_AFTER,
        [VISIT_FAULT] = MOMENT_AFTER,         [VISIT_STILL_THERE] = MOMENT_LIST,
        [VISIT_CARD_AWAY] = MOMENT_LIST,
    };
    return moments[state];
}

Moment machine_moment(const Machine *m)
{
    const Loop *loop = m->loop;
    if (!loop)
        return MOMENT_DOWN;
    if (loop->has_issuance && issuance_is_running(&loop->issuance)) {
        if (loop->issuance.recovering)
            return MOMENT_RECOVER;
        Moment moment = moment_of_issuance(&loop->issuance);
        if (moment)
            return moment;
    }
    return moment_of_visit(loop->visit.state);
}

/* ---- the disk's faults */

static gsize draw_fate(void *context, gsize n)
{
    Machine *m = context;
    if (faults_strike(&world->faults, FAULT_LOST_WRITE, machine_moment(m)))
        return 0;
    if (n > 512 && faults_strike(&world->faults, FAULT_TORN_WRITE, machine_moment(m)))
        return (gsize)random_below(&m->random, (int)(n / 512)) * 512;
    return n;
}

static int ask_disk(void *context, DiskAction action)
{
    Machine *m = context;
    if (!m->loop || world->quiet)
        return 0;
    if (action == DISK_SYNC && strikes(m, FAULT_SLOW_FSYNC))
        spend(random_between(&m->random, 20, 4000));
    if (action != DISK_OPEN && strikes(m, FAULT_CRASH_AT_WRITE)) {
        gboolean power = random_below(&m->random, 2);
        disk_die(m->disk, power ? draw_fate : NULL, m);
        m->dying = TRUE;
        return 0;
    }
    if (action == DISK_WRITE && strikes(m, FAULT_WRITE_FAILS))
        return 10 | (3 << 8); /* SQLITE_IOERR_WRITE */
    if (action == DISK_WRITE && strikes(m, FAULT_DISK_FULL))
        return 13; /* SQLITE_FULL */
    if (action == DISK_WRITE && strikes(m, FAULT_READ_ONLY))
        return 8; /* SQLITE_READONLY */
    if (action == DISK_SYNC && strikes(m, FAULT_FSYNC_FAILS))
        return 10 | (4 << 8); /* SQLITE_IOERR_FSYNC */
    return 0;
}

/* ---- the process */

static Config *make_config(const Machine *m)
{
    Config *config = config_defaults();
    g_autofree char *folder = g_strdup_printf("/sim/m%d", m->id);
    config_set(config, "kiosk", "state_dir", folder, NULL);
    config_set(config, "printer", "poll_ms", "1000", NULL);
    config_set(config, "printer", "poll_idle_ms", "10000", NULL);
    config_set(config, "service", "status_s", "60", NULL);
    return config;
}

/* Ends what is left of the process. */
static void drop(Machine *m)
{
    Loop *loop = m->loop;
    Machine *before = world->current;
    world->current = m;
    m->dying = TRUE;
    m->loop = NULL;
    loop_close_parts(loop);
    g_free(loop);
    config_free(m->config);
    m->config = NULL;
    m->incarnation++;
    m->wake_ms = 0;
    m->dying = m->stopping = FALSE;
    world->current = before;
    citizen_process_ended(m);
    oracle_process_ended(m);
}

static void note_crash(Machine *m)
{
    m->crashes++;
    memmove(m->crash_ms + 1, m->crash_ms, sizeof m->crash_ms - sizeof m->crash_ms[0]);
    m->crash_ms[0] = world->now_ms;
}

void machine_forget_crashes(Machine *m)
{
    memset(m->crash_ms, 0, sizeof m->crash_ms);
}

void machine_crash(Machine *m, gboolean power)
{
    if (!m->loop)
        return;
    world_trace(m, power ? "power cut" : "crash");
    disk_die(m->disk, power ? draw_fate : NULL, m);
    note_crash(m);
    drop(m);
    if (power) {
        printer_power(m, FALSE);
        m->boot_ms = world->now_ms - 1000;
        if (strikes(m, FAULT_CLOCK_1970))
            m->wall_off_ms = -WALL_START_MS - world->now_ms + 5000;
        if (!central_is_restoring(world) && strikes(m, FAULT_JOURNAL_LOST))
            oracle_lose_journal(m);
    }
    world_plan(m, SUPERVISOR_MS + (power ? 25000 : 0), machine_start, 0, TRUE);
}

void machine_start(Machine *m, int number)
{
    (void)number;
    g_autoptr(GError) error = NULL;
    if (m->loop || m->staff_on_the_way)
        return;
    world->current = m;
    Loop *loop = g_new0(Loop, 1);
    m->config = make_config(m);
    *loop =
        (Loop){.config = m->config, .vfs = VFS_NAME, .panel_driver = &sim_panel, .signal_fd = -1};
    m->loop = loop;
    gboolean opened = loop_open_parts(loop, &error);
    if (opened) {
        loop->panel = (Panel *)m;
        world_trace(m, "start");
        oracle_process_started(m);
        loop_issuance_recover(loop);
        machine_wake(m, world->now_ms + m->spent_ms + 1);
    } else {
        world_trace(m, "start failed: %s", error->message);
        oracle_start_failed(m, error->message);
    }
    if (!opened || m->dying) {
        disk_die(m->disk, NULL, NULL);
        drop(m);
        world_plan(m, SUPERVISOR_MS, machine_start, 0, TRUE);
    }
}

void machine_wake(Machine *m, gint64 at_ms)
{
    at_ms = MAX(at_ms, MAX(world->now_ms, m->stalled_ms));
    if (!m->loop || (m->wake_ms && m->wake_ms <= at_ms))
        return;
    m->wake_ms = at_ms;
    world_plan(m, at_ms - world->now_ms, machine_run_turn, 1, FALSE);
}

void machine_quit(Machine *m)
{
    if (!m->loop)
        return;
    world_trace(m, "asked to end");
    m->stopping = TRUE;
    machine_wake(m, world->now_ms);
}

/* Faults that come by themselves, once a turn. */
static gboolean meets_fault(Machine *m)
{
    if (strikes(m, FAULT_POWER_CUT)) {
        machine_crash(m, TRUE);
        return TRUE;
    }
    if (strikes(m, FAULT_CRASH)) {
        machine_crash(m, FALSE);
        return TRUE;
    }
    if (strikes(m, FAULT_HANG)) {
        m->stalled_ms = world->now_ms + random_between(&m->random, 3000, HANG_MS);
        world->oracle->of[m->id].machine_ms -= m->stalled_ms - world->now_ms; /* no clock obeys */
        if (m->stalled_ms - world->now_ms > 30000) { /* the watchdog bites */
            machine_crash(m, FALSE);
            return TRUE;
        }
        machine_wake(m, m->stalled_ms);
        return TRUE;
    }
    gboolean jumps = strikes(m, FAULT_CLOCK_JUMP);
    if (jumps)
        machine_forget_crashes(m); /* they are timed by the wall clock */
    if (jumps)
        m->wall_off_ms += random_between(&m->random, -2, 2) * (gint64)86400000 + 7000;
    if (strikes(m, FAULT_DOUBLE_START))
        oracle_try_double_start(m);
    if (strikes(m, FAULT_TECHNICIAN))
        machine_quit(m);
    if (strikes(m, FAULT_NO_ROUTE))
        m->net_down_ms = world->now_ms + random_between(&m->random, 1000, 180000);
    if (strikes(m, FAULT_PRINTER_OFFLINE))
        m->printer_down_ms = world->now_ms + random_between(&m->random, 1000, 150000);
    return FALSE;
}

static void note_closed(Machine *m)
{
    if (machine_is_open(m))
        m->closed_since_ms = 0;
    else if (!m->closed_since_ms)
        m->closed_since_ms = world->now_ms;
}

void machine_run_turn(Machine *m, int number)
{
    Loop *loop = m->loop;
    if (!loop)
        return;
    if (m->dying) { /* crashed in a worker's call, or while it wrote */
        world_trace(m, "crash in a call");
        note_crash(m);
        drop(m);
        world_plan(m, SUPERVISOR_MS, machine_start, 0, TRUE);
        return;
    }
    if (number && m->wake_ms != world->now_ms)
        return; /* another turn came first */
    m->wake_ms = 0;
    if (m->stalled_ms > world->now_ms) {
        machine_wake(m, m->stalled_ms);
        return;
    }
    if (meets_fault(m))
        return;
    world->current = m;
    loop->now_ms = world->now_ms - m->boot_ms;
    printer_run(m);
    slot_run(m);
    reader_run(m);
    loop_turn(loop);
    if (m->dying) {
        machine_run_turn(m, 0);
        return;
    }
    note_closed(m);
    if (m->stopping && loop_may_quit(loop)) {
        world_trace(m, "ends in order");
        loop_starts_end(loop);
        drop(m);
        staff_process_ended(m);
        return;
    }
    if (m->spent_ms)
        m->stalled_ms = world->now_ms + m->spent_ms;
    int sleep_ms = loop_sleep_ms(loop);
    if (sleep_ms >= 0)
        machine_wake(m, world->now_ms + m->spent_ms + MAX(sleep_ms, 1));
    gint64 message_ms = queue_next_ms(loop->events);
    if (message_ms >= 0)
        machine_wake(m, message_ms);
}

void machine_mount(Machine *m)
{
    disk_set_hook(m->disk, ask_disk, m);
}
