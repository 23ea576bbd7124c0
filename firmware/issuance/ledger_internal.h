/* Shared by the ledger's files. */
#pragma once
#include "firmware/issuance/journal_internal.h"
#include "firmware/issuance/ledger.h"

typedef struct {
    IssuanceCase known;
    gboolean settled;   /* by people, or long over: no step of the machine follows */
    gboolean contested; /* released here, settled otherwise by the service: its word decides */
} Case;

struct Ledger {
    Journal *journal;
    Stock *stock;
    Outbox *outbox;
    GHashTable *cases; /* key -> Case, those that are not over */
    GQueue order;      /* the same, oldest first */
    guint32 sequence;  /* highest one used */
    guint32 epoch;     /* of the service, as journalled; 0: never */
    gboolean whole;    /* nothing that the service of this epoch had seen was missing here */
    char cut_head[96]; /* of the last CUT */
};

/* A text member of an entry's body, "" when there is none. */
const char *ledger_member(json_t *body, const char *name);

/* The last 8 digits of the third part: kiosk, year, sequence. 0: malformed. */
guint32 ledger_sequence_of(const char *identifier);
