/* Whether a visit may begin: the machine must be able to finish it. Pure: from what is known of
 * each part to a list of checks, the one list behind the gate, the maintenance menu and `kiosk
 * check`. Unknown is not ready. What a check says stands in one table (readiness_table.c). */
#pragma once
#include "firmware/visit/view.h"
#include "firmware/base/error.h"
#include "drivers/cabinet.h"
#include "drivers/printer.h"
#include "drivers/reader.h"

typedef enum { CHECK_UNKNOWN = 0, CHECK_OK, CHECK_WARN, CHECK_BAD } CheckState;

const char *check_state_word(CheckState state); /* ok, warn, bad, unknown */

typedef struct {
    char id[40]; /* "printer.media" */
    CheckState state;
    char reason[32]; /* word of the closed screen when this one keeps the machine shut */
    Mender who;
    char word[32];  /* which sentence of the table */
    char value[272]; /* what stands in its places */
    char more[160];
} Check;

#define CHECK_SENTENCE_BYTES 400

/* What is, and what to do, for the technician: into `ret` of `bytes` bytes. */
void check_say(const Check *check, Language language, char *ret, gsize bytes);

/* The same for a page or paper, where it stands alone: with a capital and a full stop. */
void check_say_whole(const Check *check, Language language, char *ret, gsize bytes);

/* How long the part behind a check may take to be known; 0: it is known at once. */
int check_deadline_ms(const char *id);

#define CHECKS_MAX 40

typedef struct {
    Check items[CHECKS_MAX];
    gsize count;
} Checks;

/* `service_reason` while a restored service hears what its backup lacks. */
#define SERVICE_RESTORING "restoring"

/* What is known. Texts may be "". */
typedef struct {
    Tri reader;             /* attached and working */
    ReaderAbsence absence;  /* when it is not */
    ReaderDescription described;
    gboolean printer_asked; /* an answer (or none in time) has come */
    gboolean printer_answered;
    char printer_error[256]; /* why it did not, "" in time */
    PrinterStatus printer;
    const char *stock_reason; /* NULL: a booklet is on top; else stock_next's word */
    char next_serial[16];
    char journal_error[256]; /* "" fine */
    char audit_cut[96];      /* head of the audit that is missing and not acknowledged, "" none */
    gint64 free_bytes;       /* of the disk with the journal, -1 unknown */
    Tri document;            /* fonts and template */
    char document_error[160];
    Tri service; /* answered the last call */
    int service_fault;       /* KioskError of that call, 0 none */
    char service_error[160]; /* what else is wrong with it, as it was said */
    Tri service_wants_open; /* UNKNOWN: no status report answered yet */
    char service_reason[64];
    Tri clock; /* within 5 s of the service's time, not before the build */
    gint64 clock_off_ms;
    CabinetStatus cabinet;
    gboolean settling;       /* an issuance of before the start is being settled */
    gboolean job_open;       /* a job of ours may still print */
    guint unsure;            /* issuances that two people must settle, retained ones among them */
    guint unreported;        /* outbox */
    gboolean out_of_service; /* a technician took it out */
    guint retained;          /* booklets that were not taken and wait for two people */
    gboolean retract_failed; /* the last one did not surely go into the bin */
} ReadinessInput;

/* Fills `ret`, worst news in the order in which they should be mended. */
void readiness_check(const ReadinessInput *input, Checks *ret);

/* What is unknown after `waited_ms` stays so; whose deadline has passed did not answer in time. */
void readiness_end_waiting(Checks *checks, gint64 waited_ms);

/* A part that cannot even be opened, in front of all other checks; `part`: "service". */
void readiness_add_setup_fault(Checks *checks, const char *part, const char *fault);

/* What a state reason of the printer says, as its check would on a page. */
void readiness_say_reason(const PrinterReason *reason, Language language, char *ret, gsize bytes);

/* The id of that check. */
const char *readiness_reason_id(const PrinterReason *reason);

/* NULL when a visit may begin, else the first check that forbids it. */
const Check *readiness_first_bad(const Checks *checks);
