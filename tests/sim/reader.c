/* The reader's thread (firmware/loop/calls.h): a plate with at most one card on it, looked at on
 * the virtual clock. */
#include "tests/sim/actors.h"
#include "tests/sim/oracle.h"
#include <string.h>

struct ReaderThread {
    Machine *m;
    Queue *events;
    ReaderMode mode;
    gboolean present; /* the card on the plate was read and not lifted since */
    gboolean refused; /* it was looked at in vain: not again before it is lifted */
};

typedef struct {
    int card; /* person, -1: none */
    gboolean gone;
    gint64 back_ms;
    gboolean foreign, expired;
    Random random;
    guint turn; /* of the card: looks of an older one are void */
} Plate;

static Plate plates[MACHINES];

static Plate *plate_of(const Machine *m)
{
    return &plates[m->id];
}

const ReaderDriver *__wrap_reader_driver_find(const char *name);

static Reader *open_reader(const Config *config, GError **error)
{
    (void)config;
    (void)error;
    return (Reader *)world->current;
}

const ReaderDriver *__wrap_reader_driver_find(const char *name)
{
    static const ReaderDriver driver = {.name = "sim", .open = open_reader};
    (void)name;
    return &driver;
}

static void post(Machine *m, ReaderEventType type, ReaderFailure failure, Holder *holder)
{
    if (!m->reader) {
        holder_destroy(holder);
        return;
    }
    ReaderReport *report = g_new0(ReaderReport, 1);
    report->event = (ReaderEvent){.type = type, .failure = failure, .holder = holder};
    world_trace(m, "reader: %s", reader_event_word(type));
    queue_push(m->reader->events, MESSAGE_READER, report, (GDestroyNotify)reader_report_free);
}

static Holder *make_holder(int person)
{
    Holder *holder = holder_create();
    holder->type = DOCUMENT_TYPE_RESIDENT;
    holder->name = secret_arena_text(holder->arena, office_name(world->office, person), -1);
    holder->id_number =
        secret_arena_text(holder->arena, office_id_number(world->office, person), -1);
    holder->valid_from = 20200101;
    holder->valid_until = 20400101;
    return holder;
}

static void read_card(Machine *m, int turn)
{
    Plate *plate = plate_of(m);
    if (!m->reader || plate->gone || plate->card < 0 || plate->turn != (guint)turn ||
        m->reader->mode == READER_MODE_PRESENT)
        return;
    if (strikes(m, FAULT_MISREAD)) {
        m->reader->refused = TRUE;
        post(m, READER_EVENT_CARD_FAILED,
             random_below(&plate->random, 2) ? READER_FAILURE_MOVED : READER_FAILURE_LINK, NULL);
        return;
    }
    if (plate->foreign || plate->expired) {
        m->reader->refused = TRUE;
        post(m, READER_EVENT_CARD_FAILED,
             plate->foreign ? READER_FAILURE_WRONG_TYPE : READER_FAILURE_EXPIRED, NULL);
        return;
    }
    m->reader->present = TRUE;
    m->reader->mode = READER_MODE_PRESENT;
    oracle_tell(FACT_BEGIN, m);
    post(m, READER_EVENT_CARD_READ, READER_FAILURE_UNKNOWN, make_holder(plate->card));
}

static void look(Machine *m)
{
    Plate *plate = plate_of(m);
    ReaderThread *reader = m->reader;
    if (!reader || plate->gone || plate->card < 0 || reader->present || reader->refused ||
        reader->mode == READER_MODE_PRESENT || reader->mode == READER_MODE_UNKNOWN)
        return;
    post(m, READER_EVENT_CARD_FOUND, READER_FAILURE_UNKNOWN, NULL);
    gint64 takes_ms = 900;
    if (strikes(m, FAULT_LATE_CARD))
        takes_ms = random_between(&plate->random, 3000, 15000);
    world_plan(m, takes_ms, read_card, (int)plate->turn, FALSE);
}

static void look_again(Machine *m, int number)
{
    (void)number;
    look(m);
}

static void attach(Machine *m, int number)
{
    (void)number;
    if (!plate_of(m)->gone)
        post(m, READER_EVENT_ATTACHED, READER_FAILURE_UNKNOWN, NULL);
    look(m);
}

ReaderThread *reader_thread_start(const ReaderDriver *driver, Reader *reader, Queue *events)
{
    Machine *m = (Machine *)reader;
    (void)driver;
    ReaderThread *thread = m->reader = g_new0(ReaderThread, 1);
    *thread = (ReaderThread){.m = m, .events = events, .mode = READER_MODE_PRESENT};
    world_plan(m, 600, attach, 0, FALSE);
    return thread;
}

void reader_thread_set_mode(ReaderThread *thread, ReaderMode mode)
{
    if (thread->mode == mode)
        return;
    thread->mode = mode;
    if (mode == READER_MODE_PRESENT)
        return;
    thread->present = FALSE; /* it looks for a card again, the one that lies there, too */
    world_plan(thread->m, 150, look_again, 0, FALSE);
}

void reader_thread_describe(ReaderThread *thread, ReaderDescription *ret)
{
    (void)thread;
    *ret = (ReaderDescription){0};
}

void reader_thread_stop(ReaderThread *thread)
{
    if (!thread)
        return;
    thread->m->reader = NULL;
    g_free(thread);
}

/* ---- hands */

void reader_reset(Machine *m)
{
    plates[m->id] =
        (Plate){.card = -1, .random = random_stream(m->world->seed, "reader", (guint)m->id)};
}

void reader_put(Machine *m, int person)
{
    Plate *plate = plate_of(m);
    if (plate->card >= 0)
        return;
    plate->card = person;
    plate->turn++;
    plate->foreign = strikes(m, FAULT_FOREIGN_CARD);
    plate->expired = strikes(m, FAULT_EXPIRED_CARD);
    world_trace(m, "card %d on the reader", person);
    look(m);
}

void reader_lift(Machine *m)
{
    Plate *plate = plate_of(m);
    if (plate->card < 0)
        return;
    plate->card = -1;
    plate->turn++;
    world_trace(m, "card lifted");
    if (!m->reader)
        return;
    gboolean was = m->reader->present || m->reader->refused;
    m->reader->refused = FALSE;
    m->reader->present = FALSE;
    if (was && !plate->gone)
        post(m, READER_EVENT_CARD_LEFT, READER_FAILURE_UNKNOWN, NULL);
}

int reader_card(const Machine *m)
{
    return plate_of(m)->card;
}

gboolean reader_is_healthy(const Machine *m)
{
    return !plate_of(m)->gone;
}

void reader_mend(Machine *m)
{
    Plate *plate = plate_of(m);
    if (!plate->gone)
        return;
    plate->gone = FALSE;
    if (m->reader)
        attach(m, 0);
}

void reader_run(Machine *m)
{
    Plate *plate = plate_of(m);
    if (strikes(m, FAULT_CARD_PULLED))
        reader_lift(m);
    if (strikes(m, FAULT_OTHER_CARD) && plate->card >= 0) {
        reader_lift(m);
        reader_put(m, office_draw_person(m->world->office, &plate->random));
    }
    if (!plate->gone && strikes(m, FAULT_READER_GONE)) {
        plate->gone = TRUE;
        if (m->reader)
            m->reader->present = FALSE;
        post(m, READER_EVENT_DETACHED, READER_FAILURE_UNKNOWN, NULL);
    }
}
