/* Shared by the files that hold the invariants. */
#pragma once
#include "tests/sim/oracle.h"

/* Each returns NULL when all is well, else what is wrong (static, or from invariant_say). */
typedef const char *(*FactCheck)(const Fact *fact);
typedef const char *(*StepCheck)(Machine *m);
typedef const char *(*WholeCheck)(Machine *m, gboolean settled); /* m NULL: service and fleet */

typedef struct {
    const char *name, *sentence;
    FactCheck fact;
    StepCheck step;
    WholeCheck whole;
} Invariant;

const char *invariant_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* invariants_issuance.c */
const char *one_live_issuance(const Fact *fact);
const char *one_live_issuance_whole(Machine *m, gboolean settled);
const char *one_fate_a_serial(const Fact *fact);
const char *one_number_everywhere(const Fact *fact);
const char *one_number_everywhere_whole(Machine *m, gboolean settled);
const char *evidence_before_words(const Fact *fact);
const char *one_job_one_key(const Fact *fact);
const char *right_digest(const Fact *fact);
const char *unique_identifier(const Fact *fact);
const char *known_position(const Fact *fact);
const char *lease_left(const Fact *fact);
const char *nothing_between(const Fact *fact);
const char *glyphs_first(const Fact *fact);

/* invariants_machine.c */
const char *finished_is_printed(const Fact *fact);
const char *nothing_personal(const Fact *fact);
const char *nothing_personal_step(Machine *m);
const char *nothing_personal_whole(Machine *m, gboolean settled);
const char *own_booklet(const Fact *fact);
const char *chain_holds(Machine *m, gboolean settled);
const char *ready_first(const Fact *fact);
const char *no_crash_loop(const Fact *fact);
const char *two_people(const Fact *fact);
const char *no_gap(const Fact *fact);
const char *bounded(Machine *m);
const char *stock_adds_up(Machine *m, gboolean settled);
const char *counter_adds_up(const Fact *fact);
const char *reports_are_heard(const Fact *fact);
const char *both_agree(Machine *m, gboolean settled);
const char *two_minutes(Machine *m);
const char *deadlines(Machine *m);
const char *open_again(Machine *m, gboolean settled);
const char *no_idle_while_working(Machine *m);
