/* What the maintenance menu knows of the machine at one moment: borrowed from its owners for the
 * length of one step or one drawing. Nothing in it belongs to a citizen. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/issuance/ledger.h"
#include "firmware/maintenance/menu_view.h"
#include "firmware/maintenance/readiness.h"

/* One of the staff. */
typedef struct {
    char id[24]; /* "T-07" */
    gboolean supervisor;
    gboolean locked;
    int wait_s;           /* until the next try, 0: now */
    gint64 last_login_ms; /* since 1970, 0 never */
    int failures;         /* since then */
} FactsStaff;

#define FACTS_STAFF_MAX 32

/* The last test of a part. */
typedef struct {
    char part[16]; /* "reader", "printer", ... */
    gboolean ok;
    char result[80]; /* data: milliseconds, an id, a keyword */
    gint64 at_ms;    /* since 1970 */
} FactsTest;

#define FACTS_TESTS_MAX 12

/* An issuance that people must settle. */
typedef struct {
    char key[40], serial[16], word[12], reason[32];
    gint64 at_ms;
    gint64 before, after; /* page counter, -1 unknown */
    int sides;
    char job[24]; /* the job's last known state */
} FactsCase;

#define FACTS_CASES_MAX 64

/* A booklet that left the stack. */
typedef struct {
    char serial[16];
    BookletState state;
    gint64 at_ms;     /* when that was journalled; 0 unknown */
    gboolean issuing; /* an issuance used it: its state goes to the service */
    gboolean waits;   /* and has not got there yet */
} FactsBooklet;

#define FACTS_BOOKLETS_MAX 6 /* shown at once */

/* One line of log, journal or audit, newest first. */
typedef struct {
    gint64 at_ms;
    char what[80], text[240];
    char key[40]; /* of the issuance that it is about, "" none */
    gboolean bad;
} FactsLine;

#define FACTS_LINES_MAX 5 /* shown at once: each has a line for what and two for the text */

/* Who changed a setting last, from the audit chain. */
typedef struct {
    char option[64]; /* "section.key" */
    char who[72];
    gint64 at_ms;
} FactsChange;

#define FACTS_CHANGES_MAX 128

typedef struct {
    gint64 wall_ms;
    const Config *config;
    const Checks *checks;
    const PrinterStatus *printer;
    const Stock *stock;
    FactsStaff staff[FACTS_STAFF_MAX];
    gsize n_staff;
    FactsTest tests[FACTS_TESTS_MAX];
    gsize n_tests;
    FactsCase cases[FACTS_CASES_MAX];
    gsize n_cases;
    FactsBooklet booklets[FACTS_BOOKLETS_MAX]; /* of the page that is open */
    gsize n_booklets;
    FactsLine lines[FACTS_LINES_MAX]; /* of the page that is open */
    gsize n_lines;
    guint lines_total;
    FactsChange changes[FACTS_CHANGES_MAX];
    gsize n_changes;
    guint issued_today, unreported;
    gboolean out_of_service; /* by a technician */
    gboolean busy;           /* an issuance runs: no task that touches printer, stock or settings */
    gint64 clock_off_ms;
    gint64 certificate_until_ms; /* the kiosk's client certificate, 0 unknown */
    gint64 free_bytes, journal_bytes, journal_entries;
    const ReaderDescription *reader;
    char version[16];
    const char *commit;   /* what it was built from, NULL or "" unknown */
    char template_id[13]; /* how template, fonts and placement are told apart, "" not known yet */
    gboolean replaced;    /* another program lies where this one was started from */
    gint64 built_ms; /* the program file's date, 0 unknown */
    gint64 started_ms;
    gboolean stick; /* a USB stick is there */
    int percent;    /* of the task that runs, -1 unknown */
    int left_s;     /* until its end, -1 unknown */
} MenuFacts;
