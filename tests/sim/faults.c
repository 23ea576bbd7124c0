#include "tests/sim/faults.h"
#include <string.h>

#define SET(moment) (1u << MOMENT_##moment)
#define ALL ((1u << MOMENT_COUNT) - 2u)
#define ALIVE (ALL & ~SET(DOWN))
#define PRINTS (SET(DOWN) | SET(SUBMIT) | SET(WATCH) | SET(CANCEL) | SET(EVIDENCE) | SET(RECOVER))
#define PEOPLE                                                                                     \
    (SET(CARD) | SET(LIST) | SET(PREVIEW) | SET(RESERVE) | SET(BIND) | SET(RECHECK) |              \
     SET(SUBMIT) | SET(WATCH) | SET(CANCEL) | SET(EVIDENCE) | SET(HAND_OVER) | SET(AFTER))

#define NAMED_RATE 40000 /* of a fault that the swarm leaves out */

static const FaultRow rows[FAULT_COUNT] = {
    [FAULT_UNKNOWN] = {"unknown", "", 0, 0, ""},
#define FAULT(id, word, group, rate, where, why) [FAULT_##id] = {word, group, rate, where, why},
#include "tests/sim/fault_table.h"
#undef FAULT
};

static const char *const moment_words[MOMENT_COUNT] = {
    "unknown", "down",   "closed", "idle",   "card",     "list",      "preview", "reserve", "bind",
    "recheck", "submit", "watch",  "cancel", "evidence", "hand-over", "after",   "recover"};

const char *moment_word(Moment moment)
{
    return (unsigned)moment < MOMENT_COUNT ? moment_words[moment] : moment_words[0];
}

const FaultRow *fault_row(FaultId id)
{
    return &rows[(unsigned)id < FAULT_COUNT ? id : 0];
}

FaultId fault_from_word(const char *word)
{
    for (int i = 1; i < FAULT_COUNT; i++)
        if (!strcmp(rows[i].word, word))
            return (FaultId)i;
    return FAULT_UNKNOWN;
}

/* One world in eight has no faults; in the others each fault is there with two chances in five, at
 * a quarter of its rate up to four times it. */
void faults_draw(Faults *faults, guint64 seed, const FaultPlan *plan)
{
    static const int quarters[] = {1, 4, 4, 16};
    Random r = random_stream(seed, "swarm", 0);
    gboolean calm = random_below(&r, 8) == 0;
    *faults = (Faults){.once = plan->once};
    for (int i = 1; i < FAULT_COUNT; i++) {
        faults->random[i] = random_stream(seed, rows[i].word, 0);
        gboolean drawn = random_below(&r, 5) < 2;
        int quarter = quarters[random_below(&r, G_N_ELEMENTS(quarters))];
        if (drawn && !calm)
            faults->rate[i] = (int)MIN((gint64)rows[i].rate * quarter / 4, 700000);
        if (plan->only)
            faults->rate[i] = plan->on[i] ? MAX(rows[i].rate, NAMED_RATE * !rows[i].rate) : 0;
        if (plan->off[i] || plan->once)
            faults->rate[i] = 0;
    }
    faults->once_after = random_below(&r, 400);
}

gboolean faults_strike(Faults *faults, FaultId id, Moment moment)
{
    if (!(rows[id].where & (1u << moment)) || faults->quiet)
        return FALSE;
    gboolean struck = faults->rate[id] && random_chance(&faults->random[id], faults->rate[id]);
    if (faults->once == id && faults->once_after-- == 0) {
        struck = TRUE;
        faults->once = FAULT_UNKNOWN;
    }
    if (!struck)
        return FALSE;
    faults->struck[id][moment]++;
    faults->total++;
    return TRUE;
}
