/* The journal: an append-only list of steps in SQLite (WAL, synchronous=FULL), chained by SHA-256.
 * One transaction is one flush; what journal_append returned TRUE for survives a power cut. It holds
 * no personal data. All other knowledge about issuances, booklets and reports is a projection of it
 * (ledger.h). One thread. */
#pragma once
#include <glib.h>

#define ISSUANCE_KEY_LENGTH 36 /* a random UUID, also Idempotency-Key and job-name */
#define JOURNAL_BODY_MAX 1024  /* bytes of JSON with NUL */
#define JOURNAL_FILE "journal.db" /* in [kiosk] state_dir */
#define JOURNAL_FREE_BYTES (8 * 1024 * 1024) /* what the disk must have left before a visit */
#define JOURNAL_WAL_PAGES_MAX 2000 /* then journal_rest is due even without rest */

/* Steps in the journal. The word of each stands in the table of journal.c. */
typedef enum {
    JOURNAL_UNKNOWN = 0,
    JOURNAL_PLAN,
    JOURNAL_BIND,
    JOURNAL_RENDER,
    JOURNAL_SUBMIT,
    JOURNAL_SEEN,         /* the printer has named a state of the job: it was created there */
    JOURNAL_RELEASED,     /* outcomes, with evidence and reason */
    JOURNAL_PRINTED,
    JOURNAL_SPOILED,
    JOURNAL_UNSURE,
    JOURNAL_CONFIRM,      /* into the outbox: tell the service this state */
    JOURNAL_ACKNOWLEDGED, /* out of it: the service has it */
    JOURNAL_PRESENTED,
    JOURNAL_TAKEN,
    JOURNAL_RETRACTED,
    JOURNAL_CLEARED,      /* an unsure issuance's job can surely not print any more */
    JOURNAL_SETTLED,      /* people settled it: printed, spoiled, void, delivered */
    JOURNAL_LOAD,         /* booklets */
    JOURNAL_NEXT,
    JOURNAL_SPOIL,
    JOURNAL_COUNT,   /* two people counted a batch; a mismatch closes the machine */
    JOURNAL_LOSE,    /* a booklet is missing */
    JOURNAL_DESTROY, /* a spoiled or void one was destroyed */
    JOURNAL_RETELL,  /* the service lost it (restored): its story is told from the start again */
    JOURNAL_ADOPT,   /* the service holds it open, this journal never knew it: unsure */
    JOURNAL_EPOCH,   /* the service's epoch that all above was told to */
    JOURNAL_UNLOAD,  /* two people take back a load that was wrong and of which nothing was used */
    JOURNAL_CUT,     /* the service had seen an entry that is not here: stock must be counted */
    JOURNAL_STEP_COUNT
} JournalStep;

const char *journal_step_word(JournalStep step);
JournalStep journal_step_from_word(const char *word);

/* `ret` gets a fresh issuance key (a random UUID). */
void issuance_key_make(char ret[ISSUANCE_KEY_LENGTH + 1]);

/* A step that is to be appended; UNKNOWN: its body was too long, the ledger refuses it. `key`: issuance key, "" for stock. `body`: a JSON object. */
typedef struct {
    JournalStep step;
    char key[ISSUANCE_KEY_LENGTH + 1];
    char body[JOURNAL_BODY_MAX];
} JournalDraft;

/* One entry as read. Texts are valid during the call that hands it out. */
typedef struct {
    gint64 seq;   /* from 1 without a gap */
    gint64 at_ms; /* since 1970 UTC */
    JournalStep step;
    const char *key, *body;
    guint8 previous[32], hash[32];
} JournalEntry;

typedef struct Journal Journal;

typedef enum {
    JOURNAL_WRITE = 0, /* the machine: lock, integrity and chain check, one write to prove the disk */
    JOURNAL_READ,      /* a listing, also while the machine runs; appends are refused */
    JOURNAL_CHECK,     /* as a listing, but proved as the machine's start proves it */
} JournalMode;

/* Opens or (JOURNAL_WRITE) makes the journal at `path`. `vfs`: SQLite VFS, NULL for the system's; with
 * one given, disk space is its business, and its file lock stands for the lock file. Nothing is
 * written before both chains are proved. NULL and KIOSK_ERROR_BUSY: "journal: PATH: in use by another
 * process"; KIOSK_ERROR_STORAGE: "...: disk full"; KIOSK_ERROR_DAMAGED, with the way out: "...: entry
 * 12: broken chain", "...: not a journal", "...: schema 7 is newer than this program". */
Journal *journal_open(const char *path, JournalMode mode, const char *vfs, GError **error);
void journal_close(Journal *journal); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_close)

/* Appends `n` steps in one transaction with one flush. FALSE and KIOSK_ERROR_STORAGE; what is on disk
 * is then unknown, and every later append fails too until the journal is opened anew. */
gboolean journal_append(Journal *journal, const JournalDraft *drafts, gsize n, gint64 at_ms,
                        GError **error);

/* What may go into one transaction beside steps. An audit event: who did what, as one entry of a
 * second chain, which begins at its own 1. A note: a named value that may change; no chain. */
typedef struct {
    char who[72];  /* one or two ids, "" the machine itself */
    char type[32]; /* a word of the audit table */
    char body[JOURNAL_BODY_MAX];
} AuditDraft;

typedef struct {
    char name[48];
    const char *value; /* borrowed; NULL: taken out */
} JournalNote;

typedef struct {
    const JournalDraft *steps;
    gsize n_steps;
    const AuditDraft *events;
    gsize n_events;
    const JournalNote *notes;
    gsize n_notes;
} JournalBatch;

/* Writes all of `batch` in one transaction with one flush; fails as journal_append does. */
gboolean journal_write(Journal *journal, const JournalBatch *batch, gint64 at_ms, GError **error);

/* The value of a note; NULL: there is none (or it could not be read: `error`). The caller frees. */
char *journal_get_note(Journal *journal, const char *name, GError **error);

/* The names of all notes that begin with `prefix`, in order; the caller frees (g_strfreev). */
char **journal_list_notes(Journal *journal, const char *prefix, GError **error);

/* Calls `visit` for entries after `after_seq` in order; stops when it returns FALSE (it then has set
 * `error`). Entries of unknown step words (a newer program's) end it with KIOSK_ERROR_DAMAGED. */
typedef gboolean (*JournalVisit)(gpointer context, const JournalEntry *entry, GError **error);
gboolean journal_for_each(Journal *journal, gint64 after_seq, JournalVisit visit, gpointer context,
                          GError **error);

/* Walks both chains. FALSE and KIOSK_ERROR_DAMAGED naming the first entry that does not fit. */
gboolean journal_verify(Journal *journal, GError **error);

/* An entry as a line of CSV (RFC 4180) under this head; the caller frees. */
#define JOURNAL_CSV_HEAD "seq,at,key,step,body,hash\r\n"
char *journal_entry_csv(const JournalEntry *entry);

/* The same for the audit chain. Texts are valid during the call. */
typedef struct {
    gint64 seq, at_ms;
    const char *who, *type, *body;
    guint8 hash[32];
} AuditEntry;

typedef gboolean (*AuditVisit)(gpointer context, const AuditEntry *entry, GError **error);
gboolean journal_for_each_audit(Journal *journal, AuditVisit visit, gpointer context,
                                GError **error);

/* The last entry's number and hash (64 hex digits); 0 and zeros when empty. */
gint64 journal_head(const Journal *journal, char ret_hash[65]);
gint64 journal_audit_head(const Journal *journal, char ret_hash[65]);

/* Whether `head` is "SEQ:HASH": digits, 64 hex digits. */
gboolean journal_head_is_valid(const char *head);

/* Whether the entry `head` ("SEQ:HASH", as told to the service) is in the chain. "0:..." is in every
 * one. FALSE also when it cannot be read. */
gboolean journal_holds(Journal *journal, const char *head);
gboolean journal_audit_holds(Journal *journal, const char *head); /* the same of the audit */

/* How often the journal was opened for writing: a boot counter that never runs back. */
gint64 journal_opens(const Journal *journal);

/* FALSE and KIOSK_ERROR_STORAGE when a visit must not start: an append failed, or less than
 * JOURNAL_FREE_BYTES are left. */
gboolean journal_is_ready(Journal *journal, GError **error);

/* Moves the write-ahead log into the database (several flushes): for quiet moments. Steps cost one
 * flush each afterwards, from the first. */
gboolean journal_rest(Journal *journal, GError **error);

/* Puts the journal at `path` and its side files aside, as PATH.aside-TIME, whatever their state; the
 * next opening begins a new one. Gives the new path, which the caller frees; NULL and
 * KIOSK_ERROR_BUSY or STORAGE: in use, none there. */
char *journal_set_aside(const char *path, gint64 wall_ms, GError **error);
