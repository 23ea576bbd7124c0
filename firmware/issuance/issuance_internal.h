/* Shared by the machine's files: the table (issuance.c) names guards (issuance_guards.c) and actions
 * (issuance_actions.c). */
#pragma once
#include "firmware/issuance/issuance.h"
#include <jansson.h>

typedef struct {
    Issuance *m;
    const IssuanceEvent *event;
    gint64 now_ms;
    IssuanceEffects *effects;
} Step;

typedef gboolean (*Guard)(const Step *step);
typedef void (*Act)(Step *step);

/* What the printer said, with printable characters only; all unknown when it did not answer. */
PrinterReading issuance_take_reading(const IssuanceEvent *event);

/* TRUE when the printer itself, no spooler, names a state of the job: it was created there. */
gboolean issuance_sees(const PrinterJobStatus *job);

/* The evidence as it stands, with `event`'s reading as the second one. */
Evidence issuance_gather(const Issuance *issuance, const IssuanceEvent *event);

/* What the outcome rests on, with the step's reading as the second one. The caller owns it. */
json_t *issuance_describe(const Step *step);

/* The last moment, on the steps' clock, at which SUBMIT may be sent on this lease. */
gint64 issuance_submit_by_ms(const Issuance *issuance);

/* One row a problem action: what a failed reservation leads to. */
typedef struct {
    gboolean repeats;
    const char *reason; /* of the release */
} ReserveRow;
const ReserveRow *issuance_reserve_row(ProblemAction action);

#define GUARDS(X)                                                                                  \
    X(plan_is_complete)                                                                            \
    X(was_never_submitted)                                                                         \
    X(was_submitted)                                                                               \
    X(was_not_handed_over)                                                                         \
    X(has_open_job)                                                                                \
    X(may_repeat)                                                                                  \
    X(has_reserve_time)                                                                            \
    X(scanner_disagrees)                                                                           \
    X(printer_is_ready)                                                                            \
    X(printer_has_changed)                                                                         \
    X(lease_is_short)                                                                              \
    X(is_late)                                                                                     \
    X(lacks_time)                                                                                  \
    X(was_not_sent)                                                                                \
    X(is_refused)                                                                                  \
    X(job_has_ended)                                                                               \
    X(job_hangs)                                                                                   \
    X(is_ok)                                                                                       \
    X(has_settle_time)                                                                             \
    X(proves_recovered_print)                                                                      \
    X(proves_print)                                                                                \
    X(proves_release)                                                                              \
    X(proves_spoil)                                                                                \
    X(has_submitted)

#define ACTIONS(X)                                                                                 \
    X(begin)                                                                                       \
    X(reject_plan)                                                                                 \
    X(reserve)                                                                                     \
    X(pause_reserve)                                                                               \
    X(release_unreserved)                                                                          \
    X(release_refused)                                                                             \
    X(take_reservation)                                                                            \
    X(release_mismatch)                                                                            \
    X(release_printer)                                                                             \
    X(bind)                                                                                        \
    X(release_unrendered)                                                                          \
    X(take_rendering)                                                                              \
    X(release_changed)                                                                             \
    X(release_lease)                                                                               \
    X(release_budget)                                                                              \
    X(submit)                                                                                      \
    X(release_unsent)                                                                              \
    X(note_refusal)                                                                                \
    X(look_up)                                                                                     \
    X(look_up_sent)                                                                                \
    X(note_sent)                                                                                   \
    X(resume)                                                                                      \
    X(take_job)                                                                                    \
    X(read_first)                                                                                  \
    X(cancel)                                                                                      \
    X(wait_cancel)                                                                                 \
    X(conclude_open)                                                                               \
    X(keep_reading)                                                                                \
    X(lose_reading)                                                                                \
    X(read_again)                                                                                  \
    X(conclude_recovered_print)                                                                    \
    X(conclude_print)                                                                              \
    X(conclude_release)                                                                            \
    X(conclude_spoil)                                                                              \
    X(conclude_unsure)                                                                             \
    X(present)                                                                                     \
    X(take)                                                                                        \
    X(take_unpresented)                                                                            \
    X(retract_untaken)                                                                             \
    X(retract_wrong)                                                                               \
    X(retract_restart)                                                                             \
    X(release_restart)                                                                             \
    X(clear)                                                                                       \
    X(finish)                                                                                      \
    X(ignore)                                                                                      \
    X(stop_unprinted)                                                                              \
    X(stop_unsure)

#define DECLARE_GUARD(name) gboolean guard_##name(const Step *step);
#define DECLARE_ACTION(name) void action_##name(Step *step);
GUARDS(DECLARE_GUARD)
ACTIONS(DECLARE_ACTION)
