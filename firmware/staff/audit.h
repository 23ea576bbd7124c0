/* Every action of a technician is an event of this one table. Events are chained beside the
 * journal (journal.h: AuditDraft); they name members and results, never a citizen or a touch. */
#pragma once
#include "firmware/issuance/journal.h"

typedef enum {
    AUDIT_UNKNOWN = 0,
    AUDIT_LOGIN,
    AUDIT_LOGOUT,
    AUDIT_LOCKED,
    AUDIT_UNLOCK,
    AUDIT_MEMBER_ADD,
    AUDIT_MEMBER_REMOVE,
    AUDIT_PIN_CHANGE,
    AUDIT_CODE_MADE,
    AUDIT_CODE_USED,
    AUDIT_CARD_ADD,
    AUDIT_CARD_REMOVE,
    AUDIT_CARD_SHOWN,
    AUDIT_STOCK_LOAD,
    AUDIT_STOCK_NEXT,
    AUDIT_STOCK_SPOIL,
    AUDIT_STOCK_COUNT,
    AUDIT_STOCK_LOSE,
    AUDIT_STOCK_DESTROY,
    AUDIT_STOCK_UNLOAD,
    AUDIT_SETTLE,
    AUDIT_SETTLED_ELSEWHERE,
    AUDIT_JOURNAL_CUT,
    AUDIT_AUDIT_CUT,
    AUDIT_CUT_SEEN,
    AUDIT_SERVICE_OUT,
    AUDIT_SERVICE_IN,
    AUDIT_RESTART,
    AUDIT_SHUTDOWN,
    AUDIT_TEST_PRINT,
    AUDIT_CALIBRATION,
    AUDIT_CALIBRATION_SHEET,
    AUDIT_PRINTER_RESUME,
    AUDIT_READER_TEST,
    AUDIT_SERVICE_TEST,
    AUDIT_PANEL_TEST,
    AUDIT_SOUND_TEST,
    AUDIT_SETTING,
    AUDIT_EXPORT,
    AUDIT_REPORT,
    AUDIT_UPDATE,
    AUDIT_TYPE_COUNT
} AuditType;

/* Who may do it. */
typedef enum {
    AUDIT_NEEDS_UNKNOWN = 0, /* nobody: the machine writes it */
    AUDIT_NEEDS_MEMBER,      /* anybody who logged in */
    AUDIT_NEEDS_SUPERVISOR,
    AUDIT_NEEDS_TWO, /* a technician and a supervisor, two people */
} AuditNeeds;

typedef struct {
    int id; /* stable; never used for anything else */
    const char *word;
    AuditNeeds needs;
    const char *sentence_zh, *sentence; /* what it was about; the result says what came of it */
} AuditRow;

/* The row of a type; that of UNKNOWN for a value out of range. */
const AuditRow *audit_row(AuditType type);
AuditType audit_from_word(const char *word); /* UNKNOWN: none such */

/* Walks the audit chain; each event must be of the table. `head` (NULL or "SEQ:HASH"): an entry
 * that must be there, as the service last had it: without it the tail was cut. KIOSK_ERROR_STORAGE
 * names the first event that does not fit. */
gboolean audit_verify(Journal *journal, const char *head, GError **error);

/* An event as a line of CSV (RFC 4180) under this head; the caller frees. */
#define AUDIT_CSV_HEAD "seq,id,at,type,sentence,who,role,result,detail,hash\r\n"
char *audit_entry_csv(const AuditEntry *entry);

/* Notes in the journal: the head (SEQ:HASH) that the service had seen and that is not here, until a
 * supervisor has acknowledged it; then it is the other one's. */
#define AUDIT_NOTE_CUT "audit-cut"
#define AUDIT_NOTE_CUT_SEEN "audit-cut-seen"

/* Takes the one into the other, with the supervisor's `event`, in one transaction. */
gboolean audit_acknowledge(Journal *journal, const char *head, const AuditDraft *event,
                           gint64 wall_ms, GError **error);

/* What such an event says it was about: the head's beginning and the reason. The caller frees. */
char *audit_describe_cut(const char *head, const char *reason);

/* `kiosk audit verify [--head SEQ:HASH] | list | export --csv|--json | acknowledge --reason TEXT`
 * with [--config FILE]; argv[0] is "audit". Exit status 0, 1, 2. */
int audit_command(int argc, char **argv);
