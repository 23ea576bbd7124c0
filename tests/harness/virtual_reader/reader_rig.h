/* A reader driver on the virtual reader, for contract tests: what the test does with the reader is
 * a line of the control language, what the driver says is a line of words. */
#pragma once
#include "drivers/reader.h"
#include "tests/harness/virtual_reader/usb_host.h"
#include <check.h>

#define RIG_TODAY 20260630

/* Every driver on every way its readers are wired; the last row has no name. The contract's tests
 * run on each. */
typedef struct {
    const char *name;       /* of the row, for messages and as the tests' argument */
    const char *driver;     /* word in kiosk.conf */
    const char *wiring;     /* control line that makes the virtual reader one of these */
    const char *watch_step; /* its word for the command that tells whether a card lies there */
} ReaderSubject;

extern const ReaderSubject reader_subjects[];
extern const int reader_subject_count; /* rows with a name */
#define READER_SUBJECTS reader_subject_count

typedef struct {
    UsbHost *host;
    Config *config;
    const ReaderDriver *driver;
    Reader *reader;
    char holder[160];      /* name, number, until of the last card that was read */
    ReaderAbsence absence; /* of the last DETACHED */
} ReaderRig;

/* Host, and the driver opened with short pauses; `orders` are separated by ';' and done before
 * the driver opens. `settings`: "key=value key=value" of [reader], or NULL; `deadline_percent` as
 * in kiosk.conf. */
void reader_rig_open(ReaderRig *rig, const char *driver, const char *orders, const char *settings,
                     const char *deadline_percent);
void reader_rig_close(ReaderRig *rig);

/* Does the orders; stops the test when one is refused. A card's path counts from CARDS_DIR. */
void reader_rig_order(ReaderRig *rig, const char *orders);

/* Polls until as many events came as `events` has words, and stops the test when they differ:
 * "attached card-found card-failed:moved". */
void reader_rig_expect(ReaderRig *rig, ReaderMode mode, const char *events, const char *context);

/* The same without stopping the test: what came until `count` events or `most_ms`. The caller
 * frees. */
char *reader_rig_watch(ReaderRig *rig, ReaderMode mode, int count, int most_ms);

/* Polls for `ms`; any event stops the test. */
void reader_rig_expect_quiet(ReaderRig *rig, ReaderMode mode, int ms);

/* How often the driver took recovery `word`; stops the test when it knows no such thing. */
guint reader_rig_count(ReaderRig *rig, const char *word);

/* Stops the test unless the driver describes just these counts: "read 1, silent 2". */
void reader_rig_expect_counts(ReaderRig *rig, const char *expected);

/* A member of the virtual reader's status, "" when it has none. The caller frees. */
char *reader_rig_status(ReaderRig *rig, const char *member);

/* Runs each case in a process of its own, a few at a time, as most of them is waiting; what they
 * print comes in the order of the cases, what check says only of those that failed. main's exit
 * status. */
int reader_rig_run(TCase *const *cases, gsize count);
