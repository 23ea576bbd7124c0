#include "firmware/loop/loop_check.h"
#include "firmware/base/clock.h"
#include "firmware/loop/loop.h"
#include <jansson.h>
#include <stdio.h>

#define PATIENCE_MS 12000
#define READER_PATIENCE_MS 3000 /* a reader that is not there says nothing */

static gboolean knows_all(const Loop *loop, gint64 waited_ms)
{
    const ReadinessInput *ready = &loop->ready;
    gboolean service_said = ready->service == TRI_NO || loop->status_asked_ms;
    return ready->printer_asked && ready->document != TRI_UNKNOWN && service_said &&
           !loop->status_waiting && !loop->info_waiting &&
           (ready->reader != TRI_UNKNOWN || waited_ms > READER_PATIENCE_MS);
}

gboolean loop_check_once(const Config *config, Checks *ret, GError **error)
{
    Loop loop = {.config = config, .check_only = TRUE};
    gboolean opened = loop_open_parts(&loop, JOURNAL_READ, error);
    gint64 since_ms = loop.now_ms;
    while (opened && loop.now_ms - since_ms < PATIENCE_MS &&
           !knows_all(&loop, loop.now_ms - since_ms)) {
        loop_gate_tick(&loop);
        struct pollfd fd = {queue_fd(loop.events), POLLIN, 0};
        (void)poll(&fd, 1, 100);
        loop.now_ms = clock_monotonic_ms();
        loop_take_messages(&loop);
    }
    if (opened) {
        loop.recovered = ledger_to_recover(loop.ledger) == NULL;
        loop_gate_collect(&loop);
        readiness_check(&loop.ready, ret);
    }
    loop_close_parts(&loop);
    return opened;
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
