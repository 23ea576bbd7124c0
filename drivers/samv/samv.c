/* ID card readers with a SAM-V security module over USB.
 *
 * One step at a time: a step sends its command, sleeps until the answer or the deadline, and its
 * row says who judges the answer. Trouble on the cable climbs the ladder, rung by rung, until the
 * reader answers again; then the step that was in trouble goes on. */
#include "drivers/samv/card_text.h"
#include "drivers/samv/command.h"
#include "drivers/samv/description.h"
#include "drivers/samv/devices.h"
#include "drivers/samv/ladder.h"
#include "firmware/base/clock.h"
#include "firmware/base/log.h"

#define TIMEOUT_MAX_MS 10000
#define LOOK_AGAIN_MS 2000 /* where the system does not tell of plugging */
#define WATCH_FAULTS_MAX 2 /* in a row from a reader that is well otherwise: the card is gone */

/* GOOD, or what is wrong with the link or the card. */
static Verdict judge(const Reader *reader, CommandId command, Link link)
{
    if (link == LINK_ANSWERED)
        return command_judge(command, transport_answer(reader->transport));
    return (Verdict){VERDICT_LINK, READER_FAILURE_LINK, 2, link_word(link)};
}

static Done on_identify(Reader *reader, Link link, ReaderEvent *event)
{
    Verdict verdict = judge(reader, COMMAND_IDENTIFY, link);
    if (verdict.type != VERDICT_GOOD)
        return ladder_climb(reader, link, verdict.meaning, event);
    description_set_module(reader, transport_answer(reader->transport)->data);
    log_info("reader", "module %s over %s", reader->told.module,
             transport_layout(reader->transport)->word);
    session_go(reader, STEP_FIND);
    reader->reason = NULL;
    return ladder_is_hopeless(reader) ? DONE_STEP : session_tell_attached(reader, event);
}

static Done fail_card(Reader *reader, ReaderFailure failure, ReaderEvent *event)
{
    gboolean again = failure == READER_FAILURE_UNREADABLE || failure == READER_FAILURE_LINK;
    reader->card = failure == READER_FAILURE_MOVED ? CARD_UNKNOWN
                   : again                         ? CARD_UNREAD
                                                   : CARD_REFUSED;
    reader->trouble = READER_FAILURE_UNKNOWN;
    reader->tries = 0;
    event->failure = failure;
    description_count(reader, READER_COUNTER_FAILED);
    return session_give(event, READER_EVENT_CARD_FAILED);
}

/* A step of reading went wrong: once more from FIND, or give the card up. */
static Done stumble(Reader *reader, Link link, Verdict verdict, ReaderEvent *event)
{
    Done done = DONE_STEP;
    reader->trouble = verdict.failure;
    session_go(reader, STEP_FIND);
    reader->resume = STEP_FIND;
    if (verdict.type == VERDICT_LINK) {
        done = ladder_climb(reader, link, verdict.meaning, event);
        if (done == DONE_EVENT || reader->step == STEP_ABSENT)
            return done;
    } else {
        log_debug("reader", "card: %s", verdict.meaning);
        session_set_due(reader, session_scale_ms(reader, reader->poll_ms));
    }
    return ++reader->tries < verdict.tries ? done : fail_card(reader, verdict.failure, event);
}

static Done on_found(Reader *reader, ReaderEvent *event)
{
    if (reader->mode == READER_MODE_PRESENT || reader->card == CARD_REFUSED)
        session_set_due(reader, reader->poll_ms); /* the one that failed still lies there */
    if (reader->attached != TRI_YES || reader->mode == READER_MODE_PRESENT ||
        reader->card == CARD_REFUSED)
        return session_tell_attached(reader, event); /* it is found again when it may be read */
    reader->card = CARD_UNKNOWN;
    reader->watched = FALSE;
    session_go(reader, STEP_SELECT);
    return reader->trouble == READER_FAILURE_UNKNOWN ? session_give(event, READER_EVENT_CARD_FOUND)
                                                     : DONE_STEP;
}

static Done on_left(Reader *reader, ReaderEvent *event)
{
    Card card = reader->card;
    reader->card = CARD_UNKNOWN;
    reader->watch_faults = 0;
    session_go(reader, STEP_FIND);
    session_set_due(reader, reader->poll_ms);
    return card == CARD_UNKNOWN || (card == CARD_READ && reader->mode != READER_MODE_PRESENT)
               ? DONE_STEP
               : session_give(event, READER_EVENT_CARD_LEFT);
}

static Done on_find(Reader *reader, Link link, ReaderEvent *event)
{
    Verdict verdict = judge(reader, COMMAND_FIND, link);
    reader->resume = STEP_FIND;
    if (verdict.type == VERDICT_LINK)
        return ladder_climb(reader, link, verdict.meaning, event);
    ladder_calm(reader);
    if (verdict.type == VERDICT_GOOD)
        return on_found(reader, event);
    session_set_due(reader,
                    reader->mode == READER_MODE_IDLE ? reader->poll_idle_ms : reader->poll_ms);
    if (reader->trouble != READER_FAILURE_UNKNOWN)
        return fail_card(reader,
                         reader->trouble == READER_FAILURE_UNREADABLE ? READER_FAILURE_MOVED
                                                                      : reader->trouble,
                         event);
    return reader->card == CARD_UNKNOWN ? session_tell_attached(reader, event)
                                        : on_left(reader, event);
}

static Done on_select(Reader *reader, Link link, ReaderEvent *event)
{
    Verdict verdict = judge(reader, COMMAND_SELECT, link);
    if (verdict.type != VERDICT_GOOD)
        return stumble(reader, link, verdict, event);
    session_go(reader, STEP_READ);
    return DONE_STEP;
}

/* The person on the card; NULL: `ret_failure`. */
static Holder *make_holder(const Reader *reader, const CardParts *parts, ReaderFailure *ret_failure)
{
    const char *member;
    Holder *holder = card_text_read(parts->text, reader->today, ret_failure, &member);
    if (!holder)
        log_info("reader", "card refused: %s: %s", member, reader_failure_word(*ret_failure));
    if (holder && reader->keep_photo && parts->photo_bytes > 0)
        holder_keep_photo(holder, parts->photo, parts->photo_bytes);
    return holder;
}

static Done on_read(Reader *reader, Link link, ReaderEvent *event)
{
    CardParts parts;
    Verdict verdict = judge(reader, COMMAND_READ, link);
    if (verdict.type != VERDICT_GOOD)
        return stumble(reader, link, verdict, event);
    if (!command_read_parts(transport_answer(reader->transport), &parts)) {
        description_count(reader, READER_COUNTER_GARBLED);
        return stumble(reader, LINK_GARBLED,
                       (Verdict){VERDICT_LINK, READER_FAILURE_LINK, 2, "inner lengths"}, event);
    }
    ladder_calm(reader);
    description_count(reader, READER_COUNTER_READ);
    reader->watched = TRUE;
    session_go(reader, STEP_WATCH);
    session_set_due(reader, reader->poll_ms);
    ReaderFailure failure = READER_FAILURE_UNKNOWN;
    event->holder = make_holder(reader, &parts, &failure);
    if (!event->holder)
        return fail_card(reader, failure, event);
    reader->card = CARD_READ;
    reader->trouble = READER_FAILURE_UNKNOWN;
    reader->tries = 0;
    return session_give(event, READER_EVENT_CARD_READ);
}

/* Not every reader knows both commands that tell whether the card is still there. TRUE: the other
 * one is asked from now on. */
static gboolean change_watch(Reader *reader, Link link)
{
    if (reader->watch_changed || link != LINK_ANSWERED ||
        !command_is_unknown(transport_answer(reader->transport)))
        return FALSE;
    reader->watch_changed = TRUE;
    reader->watch = reader->watch == COMMAND_WATCH ? COMMAND_WATCH_NUMBER : COMMAND_WATCH;
    return TRUE;
}

static Done on_watch(Reader *reader, Link link, ReaderEvent *event)
{
    if (change_watch(reader, link))
        return DONE_STEP;
    Verdict verdict = judge(reader, reader->watch, link);
    if (verdict.type == VERDICT_LINK) { /* a reader that hangs tells nothing of the card */
        gboolean again = ++reader->watch_faults < WATCH_FAULTS_MAX;
        reader->resume = again ? STEP_WATCH : STEP_LEFT;
        if (!again)
            ladder_calm(
                reader); /* it answered since: the gentle rungs show whether it still does */
        return ladder_climb(reader, link, verdict.meaning, event);
    }
    ladder_calm(reader);
    if (verdict.type != VERDICT_GOOD)
        return on_left(reader, event);
    reader->watch_faults = 0;
    session_set_due(reader,
                    reader->mode == READER_MODE_IDLE ? reader->poll_idle_ms : reader->poll_ms);
    return session_tell_attached(reader, event);
}

static const struct {
    CommandId command;
    Done (*answer)(Reader *reader, Link link, ReaderEvent *event);
} steps[STEP_COUNT] = {
    [STEP_LADDER] = {COMMAND_UNKNOWN, ladder_answer},
    [STEP_IDENTIFY] = {COMMAND_IDENTIFY, on_identify},
    [STEP_FIND] = {COMMAND_FIND, on_find},
    [STEP_SELECT] = {COMMAND_SELECT, on_select},
    [STEP_READ] = {COMMAND_READ, on_read},
    [STEP_WATCH] = {COMMAND_UNKNOWN, on_watch}, /* reader->watch */
};

/* FIND, WATCH or REST: what the mode and the card ask for. Nobody rests before the reader is known
 * to work: after it was silent, FIND shows that. */
static Step choose(Reader *reader)
{
    if (reader->step != STEP_FIND && reader->step != STEP_WATCH && reader->step != STEP_REST)
        return reader->step;
    gboolean resting = reader->mode == READER_MODE_PRESENT && reader->attached == TRI_YES;
    if (reader->card == CARD_UNKNOWN)
        return resting ? STEP_REST : STEP_FIND;
    if (reader->card == CARD_READ && !resting)
        reader->card = CARD_UNKNOWN; /* the caller is done with it */
    gboolean failed = reader->card == CARD_REFUSED || (reader->card == CARD_UNREAD && resting);
    gboolean watches = reader->card == CARD_READ || failed;
    return watches && reader->watched ? STEP_WATCH : STEP_FIND;
}

static Done ask(Reader *reader, ReaderEvent *event)
{
    reader->step = choose(reader);
    if (reader->step == STEP_LADDER)
        return ladder_ask(reader, event);
    if (reader->step == STEP_LEFT)
        return on_left(reader, event);
    if (reader->step == STEP_REST) {
        reader->due_ms = NEVER_MS;
        return DONE_WAIT;
    }
    const Command *command =
        command_row(reader->step == STEP_WATCH ? reader->watch : steps[reader->step].command);
    transport_ask(reader->transport, command->code, command->parameter,
                  session_scale_ms(reader, command->deadline_ms));
    reader->asked = TRUE;
    return DONE_STEP;
}

static Done stay_away(Reader *reader, ReaderAbsence absence, ReaderEvent *event)
{
    reader->due_ms = NEVER_MS;
    if (!bus_tells_changes(reader->bus))
        session_set_due(reader, LOOK_AGAIN_MS);
    return session_tell_detached(reader, absence,
                                 absence == READER_ABSENCE_SEVERAL
                                     ? "more than one is plugged in; name one in [reader] bus_path "
                                       "or serial"
                                     : "not plugged in",
                                 event);
}

static void log_device(libusb_device *device)
{
    struct libusb_device_descriptor descriptor;
    if (libusb_get_device_descriptor(device, &descriptor) != 0)
        return;
    const DeviceRow *row = device_row((DeviceId){descriptor.idVendor, descriptor.idProduct});
    log_debug("reader", "opened %04x:%04x (%s; %s)", descriptor.idVendor, descriptor.idProduct,
              row->what, confidence_word(row->confidence));
}

static Done connect_device(Reader *reader, ReaderEvent *event)
{
    ReaderAbsence absence = READER_ABSENCE_UNKNOWN;
    g_autoptr(GError) error = NULL;
    libusb_device *device = bus_find(reader->bus, &absence);
    if (!device)
        return stay_away(reader, absence, event);
    reader->transport = transport_open(bus_context(reader->bus), device, &error);
    if (reader->transport) {
        log_device(device);
        description_set_device(reader, device);
        bus_keep_awake(device);
    }
    libusb_unref_device(device);
    if (!reader->transport) {
        session_set_due(reader, session_scale_ms(reader, REOPEN_MS));
        return session_tell_detached(reader, READER_ABSENCE_UNUSABLE, error->message, event);
    }
    if (reader->opened_before)
        description_count(reader, READER_COUNTER_RECONNECTED);
    reader->opened_before = TRUE;
    reader->watch = transport_layout(reader->transport)->watch;
    reader->watch_changed = FALSE;
    ladder_begin(reader, STEP_IDENTIFY);
    return DONE_STEP;
}

/* Devices came or went: is ours still the one to use? */
static Done look_at_bus(Reader *reader, ReaderEvent *event)
{
    ReaderAbsence absence = READER_ABSENCE_NONE;
    libusb_device *device = bus_find(reader->bus, &absence);
    gboolean ours = device && reader->transport && transport_is_on(reader->transport, device);
    if (device)
        libusb_unref_device(device);
    if (ours)
        return DONE_STEP;
    if (!reader->transport) {
        reader->due_ms = 0;
        return DONE_STEP;
    }
    if (absence == READER_ABSENCE_NONE) {
        Done done = session_lose(reader, event);
        reader->due_ms = 0; /* another one may have taken its place */
        return done;
    }
    session_shut(reader);
    return stay_away(reader, absence, event);
}

static Done answer(Reader *reader, Link link, ReaderEvent *event)
{
    reader->asked = FALSE;
    description_count_link(reader, link);
    Done done = steps[reader->step].answer(reader, link, event);
    if (reader->transport)
        transport_forget(reader->transport);
    return done;
}

/* Does what can be done without waiting. */
static Done advance(Reader *reader, ReaderEvent *event)
{
    if (bus_take_change(reader->bus)) {
        Done done = look_at_bus(reader, event);
        if (done == DONE_EVENT)
            return done;
    }
    Link link = reader->transport ? transport_link(reader->transport) : LINK_UNKNOWN;
    if (link == LINK_BUSY)
        return DONE_WAIT;
    if (reader->asked)
        return answer(reader, link, event);
    if (clock_monotonic_ms() < reader->due_ms)
        return DONE_WAIT;
    return reader->transport ? ask(reader, event) : connect_device(reader, event);
}

static void set_mode(Reader *reader, ReaderMode mode)
{
    if (mode == reader->mode)
        return;
    if (mode == READER_MODE_SEARCH && reader->card != CARD_READ)
        reader->card = CARD_UNKNOWN; /* a new visit gets its own verdict */
    gboolean looking = reader->step == STEP_FIND || reader->step == STEP_REST;
    if (looking && mode != READER_MODE_IDLE)
        reader->due_ms = 0;
    if (reader->step == STEP_REST)
        session_go(reader, STEP_FIND);
    reader->mode = mode;
}

/* Until USB tells something, `until_ms`, the next step is due, or interrupt. */
static void sleep_until(Reader *reader, gint64 until_ms)
{
    gboolean busy = reader->transport && transport_link(reader->transport) == LINK_BUSY;
    gint64 wake_ms = busy ? until_ms : MIN(until_ms, reader->due_ms);
    gint64 left_us = MAX(wake_ms * 1000 - g_get_monotonic_time(), 0);
    struct timeval left = {.tv_sec = left_us / G_USEC_PER_SEC, .tv_usec = left_us % G_USEC_PER_SEC};
    libusb_handle_events_timeout_completed(bus_context(reader->bus), &left, NULL);
}

static void poll_reader(Reader *reader, ReaderMode mode, int today, int timeout_ms,
                        ReaderEvent *ret_event)
{
    gint64 until_ms = clock_monotonic_ms() + CLAMP(timeout_ms, 0, TIMEOUT_MAX_MS);
    *ret_event = (ReaderEvent){.type = READER_EVENT_NONE};
    reader->today = today;
    set_mode(reader, mode);
    while (!g_atomic_int_compare_and_exchange(&reader->interrupted, TRUE, FALSE)) {
        Done done = advance(reader, ret_event);
        if (done == DONE_EVENT)
            return;
        if (done == DONE_STEP)
            continue;
        if (clock_monotonic_ms() >= until_ms)
            return;
        sleep_until(reader, until_ms);
    }
}

static void interrupt_reader(Reader *reader)
{
    g_atomic_int_set(&reader->interrupted, TRUE);
    libusb_interrupt_event_handler(bus_context(reader->bus));
}

static void close_reader(Reader *reader)
{
    if (!reader)
        return;
    transport_close(reader->transport);
    bus_close(reader->bus);
    g_mutex_clear(&reader->told_lock);
    g_free(reader);
}

static Reader *open_reader(const Config *config, GError **error)
{
    Bus *bus = bus_open(config, error);
    if (!bus)
        return NULL;
    Reader *reader = g_new0(Reader, 1);
    g_mutex_init(&reader->told_lock);
    reader->bus = bus;
    reader->step = STEP_ABSENT;
    reader->mode = READER_MODE_IDLE;
    reader->percent = config_int(config, "reader", "deadline_percent");
    reader->poll_ms = config_int(config, "reader", "poll_ms");
    reader->poll_idle_ms = config_int(config, "reader", "poll_idle_ms");
    reader->keep_photo = config_bool(config, "reader", "keep_photo");
    return reader;
}

extern const ReaderDriver samv_reader;
const ReaderDriver samv_reader = {
    .name = "samv",
    .open = open_reader,
    .poll = poll_reader,
    .interrupt = interrupt_reader,
    .describe = description_copy,
    .udev_rules = device_udev_rules,
    .close = close_reader,
};
