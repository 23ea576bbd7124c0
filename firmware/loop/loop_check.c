#include "firmware/loop/loop_check.h"
#include "firmware/base/clock.h"
#include "firmware/loop/loop.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define PATIENCE_MS 12000
#define READER_PATIENCE_MS 3000 /* a reader that is not there says nothing */

static gboolean knows_all(const Loop *loop, gint64 waited_ms)
{
    const ReadinessInput *ready = &loop->ready;
    return (ready->printer_asked || !loop->printer) && ready->document != TRI_UNKNOWN &&
           (ready->service != TRI_UNKNOWN || !loop->service) && !loop->info_waiting &&
           (ready->reader != TRI_UNKNOWN || !loop->reader || waited_ms > READER_PATIENCE_MS);
}

/* A part that cannot even be opened: settings, keys, a broken journal. */
typedef struct {
    ReadinessInput *ready;
    Checks faults; /* of parts that have no sentence of their own there */
} Faults;

static void note_fault(gpointer context, const char *part, const GError *error)
{
    ReadinessInput *ready = ((Faults *)context)->ready;
    Checks *faults = &((Faults *)context)->faults;
    if (!strcmp(part, "journal")) {
        g_strlcpy(ready->journal_error, error->message, sizeof ready->journal_error);
        return;
    }
    if (!strcmp(part, "service")) {
        ready->service = TRI_NO;
        g_strlcpy(ready->service_error, error->message, sizeof ready->service_error);
        return;
    }
    Check *fault = &faults->items[faults->count++];
    *fault = (Check){.state = CHECK_BAD, .who = MENDER_TECHNICIAN, .reason = "maintenance"};
    g_snprintf(fault->id, sizeof fault->id, "setup.%s", part);
    g_strlcpy(fault->sentence, error->message, sizeof fault->sentence);
}

/* No heartbeat is sent: a look changes nothing, and the service says in its first answer whether it
 * wants this kiosk open. */
static void look(Loop *loop)
{
    gint64 since_ms = loop->now_ms;
    while (loop->now_ms - since_ms < PATIENCE_MS && !knows_all(loop, loop->now_ms - since_ms)) {
        loop_gate_tick(loop);
        struct pollfd fd = {queue_fd(loop->events), POLLIN, 0};
        (void)poll(&fd, 1, 100);
        loop->now_ms = clock_monotonic_ms();
        loop_take_messages(loop);
    }
    if (loop->info_known) {
        loop->ready.service_wants_open = loop->info.closed ? TRI_NO : TRI_YES;
        g_strlcpy(loop->ready.service_reason, loop->info.reason,
                  sizeof loop->ready.service_reason);
    }
}

void loop_check_once(const Config *config, Checks *ret)
{
    Loop loop = {.config = config, .check_only = TRUE};
    Faults found = {.ready = &loop.ready};
    const Checks *faults = &found.faults;
    loop_try_parts(&loop, note_fault, &found);
    look(&loop);
    loop.recovered = !loop.ledger || ledger_to_recover(loop.ledger) == NULL;
    loop_gate_collect(&loop);
    readiness_check(&loop.ready, ret);
    gsize kept = MIN(ret->count, CHECKS_MAX - faults->count);
    memmove(ret->items + faults->count, ret->items, kept * sizeof *ret->items);
    memcpy(ret->items, faults->items, faults->count * sizeof *ret->items);
    ret->count = faults->count + kept;
    loop_close_parts(&loop);
}

static void print_json(const Checks *checks)
{
    json_t *list = json_array();
    for (gsize i = 0; i < checks->count; i++) {
        const Check *check = &checks->items[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "id", check->id, "state",
                                              check_state_word(check->state), "sentence",
                                              check->sentence, "who", mender_word(check->who)));
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
    for (gsize i = 0; i < checks->count; i++)
        printf("%-8s %-20s %s\n", check_state_word(checks->items[i].state), checks->items[i].id,
               checks->items[i].sentence);
    const Check *bad = readiness_first_bad(checks);
    if (bad)
        printf("Not ready. First: %s (%s).\n", bad->id, mender_word(bad->who));
    else
        printf("Ready.\n");
}
