#include "firmware/loop/loop_check.h"
#include "firmware/base/clock.h"
#include "firmware/loop/loop.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define LOOK_MS 100
#define FAULTS_MAX 8

/* A part that cannot even be opened: settings, keys, a broken journal. */
typedef struct {
    ReadinessInput *ready;
    char part[FAULTS_MAX][16], fault[FAULTS_MAX][CHECK_SENTENCE_BYTES];
    gsize count; /* of those that have no check of their own */
} Faults;

static void add_fault(Faults *faults, const char *part, const char *fault)
{
    if (faults->count >= FAULTS_MAX)
        return;
    g_strlcpy(faults->part[faults->count], part, sizeof faults->part[0]);
    g_strlcpy(faults->fault[faults->count++], fault, sizeof faults->fault[0]);
}

/* A part may have several, a line each; the first is its check's where it has one. */
static void note_fault(gpointer context, const char *part, const GError *error)
{
    Faults *faults = context;
    ReadinessInput *ready = faults->ready;
    g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
    gboolean journal = !strcmp(part, "journal"), service = !strcmp(part, "service");
    if (journal)
        g_strlcpy(ready->journal_error, lines[0], sizeof ready->journal_error);
    if (service) {
        ready->service = TRI_NO;
        g_strlcpy(ready->service_error, lines[0], sizeof ready->service_error);
    }
    for (gsize i = journal || service; lines[i]; i++)
        add_fault(faults, part, lines[i]);
}

/* Whether a part that is still silent may be waited for. */
static gboolean waits_for(gboolean known, const char *id, gint64 waited_ms)
{
    return !known && waited_ms < check_deadline_ms(id);
}

static gboolean waits(const Loop *loop, gint64 waited_ms)
{
    const ReadinessInput *ready = &loop->ready;
    gboolean service_known =
        !loop->service || (ready->service != TRI_UNKNOWN && !loop->info_waiting);
    return waits_for(!loop->printer || ready->printer_asked, "printer.reachable", waited_ms) ||
           waits_for(!loop->reader || ready->reader != TRI_UNKNOWN, "reader.attached", waited_ms) ||
           waits_for(ready->document != TRI_UNKNOWN, "document.template", waited_ms) ||
           waits_for(service_known, "service.reachable", waited_ms);
}

/* No heartbeat is sent: a look changes nothing, and the service says in its first answer whether it
 * wants this kiosk open. Gives how long it waited. */
static gint64 look(Loop *loop)
{
    gint64 since_ms = loop->now_ms;
    while (waits(loop, loop->now_ms - since_ms)) {
        loop_gate_tick(loop);
        struct pollfd fd = {queue_fd(loop->events), POLLIN, 0};
        (void)poll(&fd, 1, LOOK_MS);
        loop->now_ms = clock_monotonic_ms();
        loop_take_messages(loop);
    }
    if (loop->info_known) {
        loop->ready.service_wants_open = loop->info.closed ? TRI_NO : TRI_YES;
        g_strlcpy(loop->ready.service_reason, loop->info.reason,
                  sizeof loop->ready.service_reason);
    }
    return loop->now_ms - since_ms;
}

void loop_check_once(Config *config, LoopChecked checked, gpointer context)
{
    Checks checks = {0};
    Loop loop = {.config = config, .check_only = TRUE};
    Faults faults = {.ready = &loop.ready};
    loop_try_parts(&loop, note_fault, &faults);
    gint64 waited_ms = look(&loop);
    loop.recovered = !loop.ledger || ledger_to_recover(loop.ledger) == NULL;
    loop_gate_collect(&loop);
    readiness_check(&loop.ready, &checks);
    readiness_end_waiting(&checks, waited_ms);
    for (gsize i = faults.count; i > 0; i--)
        readiness_add_setup_fault(&checks, faults.part[i - 1], faults.fault[i - 1]);
    checked(&checks, context);
    loop_close_parts(&loop);
}

static void print_json(const Checks *checks)
{
    json_t *list = json_array();
    for (gsize i = 0; i < checks->count; i++) {
        const Check *check = &checks->items[i];
        char en[CHECK_SENTENCE_BYTES], zh[CHECK_SENTENCE_BYTES];
        check_say(check, LANGUAGE_EN, en, sizeof en);
        check_say(check, LANGUAGE_ZH, zh, sizeof zh);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "id", check->id,
                                              "state", check_state_word(check->state), "sentence",
                                              en, "sentence_zh", zh, "who", mender_word(check->who),
                                              "deadline_ms", check_deadline_ms(check->id)));
    }
    json_t *answer =
        json_pack("{s:b, s:o}", "ready", readiness_first_bad(checks) == NULL, "checks", list);
    json_dumpf(answer, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(answer);
}

void loop_check_print(const Checks *checks, gboolean as_json)
{
    if (as_json) {
        print_json(checks);
        return;
    }
    for (gsize i = 0; i < checks->count; i++) {
        char sentence[CHECK_SENTENCE_BYTES];
        check_say(&checks->items[i], LANGUAGE_EN, sentence, sizeof sentence);
        printf("%-8s %-20s %s\n", check_state_word(checks->items[i].state), checks->items[i].id,
               sentence);
    }
    const Check *bad = readiness_first_bad(checks);
    if (bad)
        printf("Not ready. First: %s (%s).\n", bad->id, mender_word(bad->who));
    else
        printf("Ready.\n");
}
