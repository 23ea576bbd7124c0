/* A central service of its own for each test: real program, real HTTPS on loopback, temporary
 * folder. Three sample records of one person, kiosk 0001, booklets D33000000001 to 50. */
#pragma once
#include <glib.h>
#include <jansson.h>

#define CENTRAL_PERSON "330106189001010019"
#define CENTRAL_TYPE "11100000MB03271699001"
#define CENTRAL_ISSUER "11330106MA00000A9H"

typedef struct {
    char *folder; /* with central.conf, state/, keys/, log */
    GPid pid;     /* 0: not running */
    int api_port, public_port;
    const char *keys; /* folder with the client's certificate; NULL: none is shown */
    const char *language;
    char *own_keys;
} Central;

/* Unchecked fixture: makes register and keys once, which every central_create copies. */
void central_prepare(void);
void central_forget(void);

/* Starts a service of its own. `extra` (may be NULL) goes to the end of central.conf. */
Central *central_create(const char *extra);
void central_destroy(Central *central);

void central_start(Central *central);
int central_stop(Central *central); /* SIGTERM; the exit status */

/* Runs a command of the program, NULL-terminated; the exit status. `ret_output` may be NULL. */
int central_run(const Central *central, char **ret_output, const char *word,
                ...) G_GNUC_NULL_TERMINATED;

char *central_path(const Central *central, const char *name); /* in its folder; the caller frees */

typedef struct {
    int status; /* 0: no answer */
    char *body, *type;
    json_t *json; /* of the body, or NULL */
    int retry_after_s;
} CentralAnswer;

void central_answer_clear(CentralAnswer *answer);

/* One request. `header` ("Name: value") and `body` may be NULL. */
CentralAnswer central_call(const Central *central, const char *method, const char *path,
                           const char *header, const char *body);

/* The same at the public page, without certificate. */
CentralAnswer central_ask_page(const Central *central, const char *path);

const char *central_text(const CentralAnswer *answer, const char *member); /* "" if there is none */

/* Opens a visit of the person; the token, which the caller frees. */
char *central_open_visit(const Central *central);

/* A reservation of sample `record` (1 to 3) on booklet and sequence `n`. The caller frees. */
char *central_wish(const char *visit, int record, int n);
char *central_key(int n); /* Idempotency-Key of it, as a header; the caller frees */
char *central_digest(int record);
CentralAnswer central_reserve(const Central *central, const char *visit, int record, int n);
CentralAnswer central_report(const Central *central, int n, const char *body);

/* Fails the test unless the answer has this status and, for a problem, this type; ends it. */
void central_expect(CentralAnswer answer, int status, const char *problem);
