/* The ledger: everything that the journal's entries add up to - issuances that are not finished,
 * booklets, the outbox, the next sequence number. It is folded at start and kept up by each append, so
 * it never knows more than the disk. An entry that the protocol forbids (a second SUBMIT, a PLAN of a
 * booklet that is not on top) is refused before it is written, and stops the start when it is read. */
#pragma once
#include "firmware/issuance/outbox.h"
#include "firmware/issuance/stock.h"

typedef struct Ledger Ledger;

/* Opens `path` (journal_open) and folds it. NULL and KIOSK_ERROR_STORAGE, _BUSY or
 * _DAMAGED: an entry that the protocol forbids is damage. */
Ledger *ledger_open(const char *path, JournalMode mode, const char *vfs, GError **error);
void ledger_close(Ledger *ledger); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ledger, ledger_close)

/* Appends and folds `n` steps: one transaction, one flush. FALSE: KIOSK_ERROR_BUG, nothing written,
 * or KIOSK_ERROR_STORAGE (journal_append). */
gboolean ledger_append(Ledger *ledger, const JournalDraft *drafts, gsize n, gint64 wall_ms,
                       GError **error);

/* The same with an audit event in the same transaction; NULL: none. */
gboolean ledger_append_audited(Ledger *ledger, const JournalDraft *drafts, gsize n,
                               const AuditDraft *event, gint64 wall_ms, GError **error);

Journal *ledger_journal(Ledger *ledger);
Stock *ledger_stock(Ledger *ledger);
Outbox *ledger_outbox(Ledger *ledger);

/* The next sequence number of identifiers: max(journal + 1, `service_next`). */
guint32 ledger_next_sequence(const Ledger *ledger, guint32 service_next);

/* An issuance that is unfinished, unreported, or waits for people; NULL: none such. */
const IssuanceCase *ledger_case(const Ledger *ledger, const char *key);

/* How many issuances are in `word` among those. */
guint ledger_count(const Ledger *ledger, IssuanceWord word);

/* Calls `visit` for each issuance that people must settle (unsure, retracted), oldest first. */
typedef void (*LedgerVisit)(const IssuanceCase *known, gpointer context);
void ledger_for_cases(Ledger *ledger, LedgerVisit visit, gpointer context);

/* Start-up recovery: the first issuance that still needs a step, oldest first; NULL: none. Run it with
 * issuance_restore and ISSUANCE_EVENT_RECOVER to its end, then ask again. What the outbox holds is not
 * meant here: it is sent in any case. */
const IssuanceCase *ledger_to_recover(const Ledger *ledger);

/* What came of comparing with the service. */
typedef struct {
    guint retold;  /* issuances that the service had lost */
    guint adopted; /* issuances that this journal had lost */
    gboolean cut;  /* this journal lacks an entry that the service had seen */
    gboolean restored; /* the epoch is new */
} LedgerReconciled;

/* Compares the journal with what the service holds of this kiosk, and journals what follows: the
 * stories of issuances that a restored service lost are told again from their start (the outbox
 * then sends them, POST first where even that is gone), issuances that this journal never knew
 * become unsure (or stay retracted), a missing tail makes people count the stock, and the epoch is
 * kept. Repeating it changes nothing. */
gboolean ledger_reconcile(Ledger *ledger, const ServiceKiosk *info, gint64 wall_ms,
                          LedgerReconciled *ret, GError **error);

/* The epoch in which the service has been told all that this journal holds; 0: something waits in
 * the outbox, an issuance is not finished, or the journal itself lacks what the service had seen. */
guint32 ledger_told_epoch(const Ledger *ledger);

/* The story of one issuance from its start, for the outbox. */
gboolean ledger_retell(Ledger *ledger, const char *key, gint64 wall_ms, GError **error);

/* A settlement, `by` two people (or NULL: not known). TRUE: append `ret`. FALSE: no such case
 * waits, the machine is still at it, it has this word already, or the word settles nothing. */
gboolean ledger_draft_settled(const Ledger *ledger, const char *key, IssuanceWord word,
                              const char *reason, const char *const by[2], JournalDraft *ret);

/* TRUE while the machine itself must still do something about it. */
gboolean ledger_needs_step(const Ledger *ledger, const char *key);

/* The word that a step makes of its issuance; UNKNOWN: leaves it, or it stands in the body. */
IssuanceWord issuance_word_after(JournalStep step);
