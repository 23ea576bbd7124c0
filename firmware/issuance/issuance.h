/* Exactly once: the issuance protocol as a pure machine (docs/RELIABILITY.md). One issuance puts
 * one certificate on one booklet. issuance_step takes an event and gives the next state and a list
 * of effects; the kiosk's loop executes effects in order (a JOURNAL effect is durable before the
 * next one starts) and feeds the answers back as events. No I/O, no clock, no thread in here. */
#pragma once
#include "firmware/base/limit.h"
#include "firmware/certificate/identifier.h"
#include "firmware/issuance/journal.h"
#include "firmware/service/service.h"
#include "firmware/visit/view.h"
#include "drivers/printer.h"

/* The words of RELIABILITY section 3, the same in journal, service, stock and screens. */
typedef enum {
    ISSUANCE_UNKNOWN = 0,
    ISSUANCE_PLANNED,
    ISSUANCE_BOUND,
    ISSUANCE_RENDERED,
    ISSUANCE_SUBMITTED,
    ISSUANCE_RELEASED,
    ISSUANCE_PRINTED,
    ISSUANCE_DELIVERED,
    ISSUANCE_RETRACTED,
    ISSUANCE_SPOILED,
    ISSUANCE_UNSURE,
    ISSUANCE_VOID,
    ISSUANCE_WORD_COUNT
} IssuanceWord;

const char *issuance_word(IssuanceWord word);
IssuanceWord issuance_from_word(const char *text);

/* TRUE: two people may say that an issuance of word `from` became `to`. The service's word counts
 * whatever it is; this is what its own people, and a kiosk's, may say. */
gboolean issuance_may_settle(IssuanceWord from, IssuanceWord to);

/* Evidence: what the printer said at one moment. */
typedef struct {
    char uuid[64];
    int up_time_s;
    gint64 impressions; /* -1 unknown */
    PrinterState state;
    gint64 at_ms;       /* since 1970 */
} PrinterReading;

/* The outcome table of RELIABILITY section 2: outcome.c, one table, one test. */
typedef struct {
    JobState job;          /* at the printer; ABSENT: proved absent */
    gboolean submitted;    /* SUBMIT was sent at all */
    int sides;             /* N */
    PrinterReading before, after; /* after: two equal readings 1 s apart, else impressions = -1 */
    gboolean clean;        /* no state reason that casts doubt on what was just printed */
    Tri sensor_saw_all;    /* the exit sensor saw N sheets or a booklet */
    gboolean from_spooler; /* `job` is the spooler's word: COMPLETED means sent */
    int told_sides;        /* by the job itself, the most it ever said; -1 or 0: nothing */
    gboolean seen;         /* the printer itself has named the job's state: it was created */
} Evidence;

/* PRINTED, RELEASED, SPOILED or UNSURE. `ret_why` (may be NULL): the row's name, static. */
IssuanceWord outcome_decide(const Evidence *evidence, const char **ret_why);

/* Sides counted between two readings of the same printer; -1 when the counter does not count (other
 * or unknown UUID, printer restarted, a reading without counter). */
gint64 outcome_count(const PrinterReading *before, const PrinterReading *after);

/* What is issued. Everything but `visit` is journalled with PLAN. */
typedef struct {
    char key[ISSUANCE_KEY_LENGTH + 1];
    char record[65];
    char digest[DIGEST_TEXT_LENGTH + 1];
    char kiosk[5];
    char identifier[IDENTIFIER_LENGTH + 1];
    char serial[SERIAL_LENGTH + 1]; /* the booklet on top of the stack */
    char visit[65];                 /* the visit's token, for RESERVE */
    char version[32];               /* of this program */
    int sides;                      /* N: 1 to LIMIT_PAGES */
} IssuancePlan;

/* Durations in milliseconds. Deadlines are cut at the budget's end. */
typedef struct {
    int budget_ms;        /* from START when the caller gives no end */
    int reserve_ms;       /* RESERVE with all its repeats */
    int service_ms;       /* one answer of the service */
    int reserve_pause_ms; /* before the same key again */
    int printer_ms;       /* one answer of the printer's worker */
    int render_ms;        /* adding the QR */
    int first_side_ms;    /* from SUBMIT to the first side; longer: the job is cancelled */
    int side_ms;          /* from side to side; longer: the job is cancelled */
    int expected_ms;      /* all sides, as long as this printer usually takes; 0 unknown */
    int poll_ms;          /* between two looks at the job */
    int cancel_pause_ms;  /* between two attempts at cancelling */
    int evidence_gap_ms;  /* between the two equal readings: 1000 on paper */
    int settle_ms;        /* before the budget's end the job is cancelled, to settle */
    int pending_pause_ms; /* between attempts after the budget, while the kiosk is closed */
    int present_ms;       /* PRINTED until the booklet is presented */
    int collect_ms;       /* presented until taken */
    int recovery_ms;      /* budget of a recovery at start-up */
} IssuanceConfig;

/* The values above for the machine. */
void issuance_config_default(IssuanceConfig *ret);

typedef enum {
    PHASE_UNKNOWN = 0,
    PHASE_IDLE,
    PHASE_RESERVING,
    PHASE_RESERVE_PAUSE,
    PHASE_BASELINE,
    PHASE_RENDERING,
    PHASE_RECHECK,
    PHASE_SUBMITTING,      /* the document is on its way: that may take as long as printing */
    PHASE_SUBMITTING_LOOK, /* meanwhile the job is looked at */
    PHASE_WATCHING,
    PHASE_WATCH_PAUSE,
    PHASE_CANCELING,
    PHASE_CANCEL_PAUSE,
    PHASE_JOB_CHECK,
    PHASE_FIRST_READING,
    PHASE_READING_PAUSE,
    PHASE_SECOND_READING,
    PHASE_PRINTED,
    PHASE_PRESENTED,
    PHASE_CANCEL_PENDING,       /* outcome unsure, our job may still print: kiosk closed */
    PHASE_CANCEL_PENDING_PAUSE,
    PHASE_ENDED,
    PHASE_COUNT
} IssuancePhase;

const char *issuance_phase_word(IssuancePhase phase);

typedef enum {
    ISSUANCE_EVENT_UNKNOWN = 0,
    ISSUANCE_EVENT_START,          /* plan, budget_end_ms */
    ISSUANCE_EVENT_RECOVER,        /* after issuance_restore */
    ISSUANCE_EVENT_RESERVED,       /* reservation; answers RESERVE */
    ISSUANCE_EVENT_RESERVE_FAILED, /* refusal, retry_after_s; answers RESERVE */
    ISSUANCE_EVENT_PRINTER_READ,   /* printer, clean, wall_ms, ...; answers READ_PRINTER */
    ISSUANCE_EVENT_RENDERED,       /* sha256; answers RENDER */
    ISSUANCE_EVENT_RENDER_FAILED,
    ISSUANCE_EVENT_SUBMITTED,      /* submit; answers SUBMIT */
    ISSUANCE_EVENT_JOB_LOOKED_UP,  /* job; answers LOOK_UP_JOB */
    ISSUANCE_EVENT_JOB_CANCELED,   /* ok; answers CANCEL_JOB */
    ISSUANCE_EVENT_TIMER,          /* deadline_ms has come; early ones are ignored */
    ISSUANCE_EVENT_PRESENT,        /* card out, the booklet may be released */
    ISSUANCE_EVENT_TAKEN,
    ISSUANCE_EVENT_NOT_TAKEN,
    ISSUANCE_EVENT_WRONG,          /* citizen: smudged, or not mine */
    ISSUANCE_EVENT_JOURNAL_FAILED, /* a JOURNAL effect failed, the effects behind it were dropped:
                                    * sent at once, before any other event */
    ISSUANCE_EVENT_COUNT
} IssuanceEventId;

const char *issuance_event_word(IssuanceEventId id);

/* Answers carry the `request` number of the effect they answer; answers to older effects are
 * dropped. Pointers are borrowed during the step. */
typedef struct {
    IssuanceEventId id;
    guint32 request;
    const IssuancePlan *plan;
    gint64 budget_end_ms;          /* on now_ms's clock; 0: budget_ms from now */
    ServiceReservation reservation;
    ProblemAction refusal;         /* UNKNOWN: no answer, what the service did is unknown */
    int retry_after_s;
    const PrinterStatus *printer;  /* NULL: the printer did not answer */
    gboolean ready;                /* nothing keeps it from printing (printer_can_print) */
    gboolean clean;                /* nothing doubts what was just printed (printer_is_clean) */
    const PrinterSent *sent;       /* what left the machine for this job; NULL: unknown */
    gint64 wall_ms;                /* of the reading, since 1970 */
    Tri sensor_saw_all;            /* exit sensor: N sheets or a booklet came out since SUBMIT */
    gboolean scans;                /* a scanner looks at the top blank, */
    char scanned_serial[SERIAL_LENGTH + 1]; /* and read this; "" nothing */
    guint8 sha256[32];
    SubmitResult submit;
    const PrinterJobStatus *job;   /* NULL: neither printer nor spooler answered */
    gboolean ok;
} IssuanceEvent;

typedef enum {
    ISSUANCE_EFFECT_UNKNOWN = 0,
    ISSUANCE_EFFECT_JOURNAL,         /* append drafts[0 .. n_drafts) in one transaction; on failure
                                      * drop the rest of the list and send JOURNAL_FAILED */
    ISSUANCE_EFFECT_RESERVE,         /* service_reserve with the plan's key */
    ISSUANCE_EFFECT_READ_PRINTER,    /* get_status; with the scanner's and the exit sensor's reading */
    ISSUANCE_EFFECT_RENDER,          /* QR text of plan, kid and signature: add it to the pages */
    ISSUANCE_EFFECT_SUBMIT,          /* send one job named plan.key, unless it is past not_after_ms
                                      * when the first byte would leave: then SUBMIT_NOT_SENT */
    ISSUANCE_EFFECT_LOOK_UP_JOB,
    ISSUANCE_EFFECT_CANCEL_JOB,
    ISSUANCE_EFFECT_CANCEL_OTHERS,   /* every waiting job; no answer wanted, the reading behind it
                                      * tells */
    ISSUANCE_EFFECT_STAGE,           /* stage, percent, printed_sides for the screen */
    ISSUANCE_EFFECT_OUTCOME,         /* word, reason: once, durable by now unless the reason is
                                      * "storage"; PRINTED: hand over */
    ISSUANCE_EFFECT_FINISHED,        /* word, reason: once, the machine is at its end */
    ISSUANCE_EFFECT_REPORT,          /* the outbox has a new entry: look at it now */
    ISSUANCE_EFFECT_RELEASE_BOOKLET, /* cabinet */
    ISSUANCE_EFFECT_RETRACT_BOOKLET, /* cabinet; call an attendant */
    ISSUANCE_EFFECT_COUNT
} IssuanceEffectId;

const char *issuance_effect_word(IssuanceEffectId id);

typedef struct {
    IssuanceEffectId id;
    guint32 request;     /* to be echoed in the answer; 0: none wanted */
    gint64 not_after_ms; /* CLOCK_BOOTTIME, of SUBMIT: the lease would be too short behind it */
    Stage stage;
    int percent;         /* 0 to 100, never backwards */
    int printed_sides;   /* -1 unknown */
    IssuanceWord word;
    const char *reason;  /* stable word, static; "" none */
} IssuanceEffect;

#define ISSUANCE_EFFECTS_MAX 8
#define ISSUANCE_DRAFTS_MAX 4

typedef struct {
    IssuanceEffect list[ISSUANCE_EFFECTS_MAX];
    gsize n;
    JournalDraft drafts[ISSUANCE_DRAFTS_MAX]; /* of the JOURNAL effect; at most one a step */
    gsize n_drafts;
} IssuanceEffects;

/* One issuance as the journal knows it (ledger.h folds it). */
typedef struct {
    IssuancePlan plan;     /* visit is "" */
    IssuanceWord word;
    PrinterReading before; /* of BIND */
    guint8 signature[SIGNATURE_BYTES];
    char kid[KID_LENGTH + 1];
    gboolean seen;         /* its job was at the printer */
    gboolean job_open;     /* unsure, and its job may still print */
} IssuanceCase;

/* Members may be read by the loop; only issuance_step changes them. */
typedef struct {
    IssuanceConfig config;
    IssuancePlan plan;
    IssuancePhase phase;
    gint64 deadline_ms;    /* send TIMER when now_ms reaches it; 0: none */
    guint32 request;       /* last one given */
    guint32 awaited;       /* 0: no answer is */
    guint32 sending;       /* the SUBMIT that was not answered yet, 0: none: a job may still be made */
    gboolean taken;        /* the whole document was taken */
    IssuanceWord word;
    gboolean recovering;
    gboolean submitted;    /* the job may have been sent */
    gboolean said_outcome;
    gboolean said_now;     /* in the last step: taken back when its journal entry fails */
    gboolean job_open;     /* our job may still print: the kiosk is closed */
    gint64 reserve_until_ms, cancel_at_ms, budget_end_ms, lease_end_ms, reserve_sent_ms;
    gint64 progress_by_ms; /* the printer must have gone on by then; 0: it does not tell */
    int pause_ms;          /* of the present pause */
    guint8 signature[SIGNATURE_BYTES];
    char kid[KID_LENGTH + 1];
    PrinterReading before, first, second;
    gboolean clean;        /* at `second` */
    Tri sensor_saw_all;
    JobState job;
    gboolean from_spooler; /* `job` is the spooler's word */
    gboolean seen;         /* the printer itself has named the job's state */
    int percent, printed_sides;
    int told_sides;        /* the most that the job itself ever said, also more than wanted */
} Issuance;

void issuance_init(Issuance *issuance, const IssuanceConfig *config);

/* Puts a case of the journal in; then send RECOVER. */
void issuance_restore(Issuance *issuance, const IssuanceConfig *config, const IssuanceCase *restored);

/* One step. `now_ms`: CLOCK_BOOTTIME in milliseconds (the lease counts on it). A pair of phase and
 * event that the table does not know is logged as a bug with both names and changes nothing. */
void issuance_step(Issuance *issuance, const IssuanceEvent *event, gint64 now_ms,
                   IssuanceEffects *ret);

/* TRUE while the machine wants events: the kiosk takes no visit. */
gboolean issuance_is_running(const Issuance *issuance);

/* The machine as a table, for documentation and tests: the first row whose phase and event fit and
 * whose guard holds is taken. */
typedef struct {
    IssuancePhase phase; /* UNKNOWN: any */
    IssuanceEventId event;
    const char *guard;   /* "" always */
    const char *action;
    IssuancePhase next;  /* UNKNOWN: stays */
} IssuanceRow;

gsize issuance_rows(void);
IssuanceRow issuance_row(gsize i);

/* The table in Markdown, as it stands in docs/RELIABILITY.md. The caller frees. */
char *issuance_document(void);
