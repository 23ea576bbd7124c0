/* The invariants of docs/RELIABILITY.md, one row each. */
#include "tests/sim/invariants.h"
#include <stdio.h>

static const Invariant table[] = {
    {"S1", "at most one live issuance of a certificate, and one complete paper in citizens' hands",
     one_live_issuance, NULL, one_live_issuance_whole},
    {"S2", "a serial has one fate and comes back to stock only through a release",
     one_fate_a_serial, NULL, NULL},
    {"S3", "the serial in the journal, at the service and on the paper is the same",
     one_number_everywhere, NULL, one_number_everywhere_whole},
    {"S4", "no job before BIND and SUBMIT are on the disk, no printed without a whole paper",
     evidence_before_words, NULL, NULL},
    {"S5", "one job an issuance, one job at a time, one key an issuance", one_job_one_key, NULL,
     NULL},
    {"S6", "the paper was drawn from the record whose digest it carries", right_digest, NULL, NULL},
    {"S7", "an identifier is used once and leads to its serial and digest", unique_identifier, NULL,
     NULL},
    {"S8", "the screen hands over and says finished only after PRINTED", finished_is_printed, NULL,
     NULL},
    {"S9", "nothing personal on the screen, in the log, the loop's memory or on the disk after a visit",
     nothing_personal, nothing_personal_step, nothing_personal_whole},
    {"S10", "a booklet is released to the visit that reserved it, to no other", own_booklet, NULL,
     NULL},
    {"S11", "the chain verifies from its start and is not shorter than it was", NULL, NULL,
     chain_holds},
    {"S12", "no visit starts while a part is not ready", ready_first, NULL, NULL},
    {"S13", "settling takes two people, at the service and in the journal that hears of it", two_people,
     NULL, NULL},
    {"S14", "entries have no gap, starts are counted upwards", no_gap, NULL, NULL},
    {"S15", "nothing is reserved for a record that cannot be printed", glyphs_first, NULL, NULL},
    {"S16", "queues and outbox are bounded", NULL, bounded, NULL},
    {"S17", "no plan and no job while nobody knows which blank is on top", known_position, NULL,
     NULL},
    {"S18", "no job with less than 180 s of lease", lease_left, NULL, NULL},
    {"S19", "between BIND and outcome nothing else is printed and no stock changes",
     nothing_between, NULL, NULL},
    {"A1", "the account of every batch adds up", NULL, NULL, stock_adds_up},
    {"A2", "the sides counted as evidence are the sides on that paper; without a fault all are",
     counter_adds_up, NULL, NULL},
    {"A3", "no report is dropped unheard; when all is settled service and journals agree",
     reports_are_heard, NULL, both_agree},
    {"T1", "a visit takes two minutes of machine time at most", NULL, two_minutes, NULL},
    {"T2", "every waiting state has a deadline", NULL, deadlines, NULL},
    {"T3", "the machine is open again when faults stop and people have come", NULL, NULL,
     open_again},
    {"T5", "after three crashes within ten minutes nobody is served until somebody has looked",
     no_crash_loop, NULL, NULL},
    {"T4", "nobody is asked whether he is still there while the machine works", NULL,
     no_idle_while_working, NULL},
};

const char *invariant_say(const char *format, ...)
{
    static char text[300];
    va_list args;
    va_start(args, format);
    g_vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return text;
}

static void judge(const Machine *m, const Invariant *invariant, const char *wrong)
{
    world->evaluations++;
    if (wrong)
        world_violate(m, invariant->name, "%s", wrong);
}

void invariants_on_fact(const Fact *fact)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table) && !world->violated; i++)
        if (table[i].fact)
            judge(fact->m, &table[i], table[i].fact(fact));
}

void invariants_on_step(Machine *m)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table) && !world->violated; i++)
        if (table[i].step)
            judge(m, &table[i], table[i].step(m));
}

void invariants_on_whole(Machine *m, gboolean settled)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table) && !world->violated; i++)
        if (table[i].whole)
            judge(m, &table[i], table[i].whole(m, settled));
}

void invariants_list(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        printf("%-4s %s\n", table[i].name, table[i].sentence);
    printf("%-4s %s\n", "D1", "the same seed gives the same trace");
}
