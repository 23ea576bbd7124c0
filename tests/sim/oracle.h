/* What the simulation knows to be true: which paper carries what, who holds it, what each journal
 * and the service have said. The invariants look at this, never at the code's own opinion. */
#pragma once
#include "firmware/issuance/ledger.h"
#include "tests/sim/sim.h"

#define WHOLE_EVERY 500 /* visits between two whole checks */

typedef enum {
    FATE_UNKNOWN = 0,
    FATE_PRINTER, /* in the paper path */
    FATE_SLOT,
    FATE_BIN,
    FATE_TAKEN, /* a citizen has it */
    FATE_STAFF, /* people of the office have it */
    FATE_VOID,  /* destroyed */
} Fate;

typedef struct {
    guint64 serial; /* printed on the blank by its maker */
    Machine *m;
    Fate fate;
    int sides, printed; /* sides that the job wanted, sides that carry toner */
    char key[KEY_SIZE], drawn_digest[DIGEST_TEXT_LENGTH + 1];
    QrText qr;
    gboolean has_qr;
    int person, visit; /* who took it; of which visit the job was */
} Booklet;

typedef struct {
    IssuancePlan plan;
    Machine *m;
    IssuanceWord word; /* in the journal */
    unsigned steps;    /* set of 1 << JournalStep */
    int jobs;          /* that reached the printer */
    gboolean journal_lost;
    int visit, person;       /* in front of the machine at PLAN */
    int service_state;       /* RegisterState, 0: the service has none */
    gint64 lease_until_ms;   /* since 1970, by the service's clock */
    gboolean locks;          /* at the service */
    gboolean settled;        /* by people, at the service */
    unsigned heard;          /* set of 1 << IssuanceWord: reports that the service has answered */
    gboolean reported_lost;  /* a restored backup took it away */
    gint64 unsure_since_ms;
    guint asked, answered; /* hashes of the request that was granted, and of its first answer */
} Known;

typedef enum {
    FACT_UNKNOWN = 0,
    FACT_ENTRY,    /* a journal entry: step, known; number: people who settled it */
    FACT_JOB,      /* a job reached printer or spooler: known, number: others of ours there */
    FACT_SIDE,     /* a side was printed: paper */
    FACT_TAKEN,    /* a citizen has a booklet: paper */
    FACT_OPENED,   /* the shutter was opened: paper, number: visit of who stands there */
    FACT_SHOWN,    /* a view: number is its screen */
    FACT_STATE,    /* the service's state of `known` changed */
    FACT_POST,     /* RESERVE was sent: key in text, identifier in text2 */
    FACT_BEGIN,    /* a card starts a visit */
    FACT_LOG,      /* a log line with personal data */
    FACT_STARTED,  /* the process opened its journal */
    FACT_SETTLED,  /* people settled; number: of them that took part */
    FACT_TEST_PAGE,
} FactType;

typedef struct {
    FactType type;
    Machine *m; /* NULL: the service */
    Known *known;
    Booklet *paper;
    JournalStep step;
    int number;
    gboolean durable;     /* JOB: nothing of the journal was unsynced */
    gint64 lease_left_ms; /* JOB */
    gint64 seq, at_ms;    /* ENTRY */
    char text[64], text2[64];
} Fact;

struct Oracle {
    GPtrArray *papers, *knowns;
    GHashTable *by_key, *by_identifier;
    GArray *facts;
    struct {
        gint64 seq, heard, at_ms, opens;
        gboolean position_lost;
        gboolean lost; /* its journal, at least once */
        gint64 lost_ms; /* when that was last */
        gint64 machine_ms, machine_since; /* T1: of this visit; 0: the machine does not work */
        int visits_open;
        gint64 head_told;
    } of[MACHINES];
};

Oracle *oracle_create(void);
void oracle_free(Oracle *oracle);

/* Tells a fact; looked at after the step. */
Fact *oracle_tell(FactType type, Machine *m);
void oracle_step(Machine *m); /* reads what the journals have new, runs the invariants */
void oracle_check_whole(gboolean settled);

IssuanceWord oracle_state_in(const char *json); /* its member "state"; UNKNOWN: none */
Known *oracle_find(const char *key); /* NULL: no journal has it */
int oracle_feed(Machine *m, guint64 serial); /* a blank leaves the tray: its paper */
Booklet *oracle_paper(int paper);

void oracle_hear_log(const char *line);
void oracle_process_started(Machine *m);
void oracle_process_ended(Machine *m);
void oracle_start_failed(Machine *m, const char *why);
void oracle_try_double_start(Machine *m);
void oracle_lose_journal(Machine *m);
void world_trace_aside(const Machine *m, const char *room, const char *line);

/* ---- invariants.c */
void invariants_on_fact(const Fact *fact);
void invariants_on_step(Machine *m);
void invariants_on_whole(Machine *m, gboolean settled); /* m NULL: the service and the fleet */
void invariants_list(void);                             /* to standard output */
