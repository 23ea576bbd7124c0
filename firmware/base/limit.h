/* Every limit of the machine in one place. Lengths are in bytes unless a name says otherwise. */
#pragma once

#define LIMIT_RECORD_BYTES (1024 * 1024)       /* decoded record */
#define LIMIT_JWS_BYTES (1536 * 1024)          /* the same, signed and base64 */
#define LIMIT_JSON_DEPTH 64
#define LIMIT_PNG_BYTES (512 * 1024)           /* seal or scanned plan */
#define LIMIT_PNG_PIXELS (40 * 1000 * 1000)
#define LIMIT_PNG_RAW_BYTES (160 * 1000 * 1000) /* its pixels as the file has them */
#define LIMIT_COLLECTORS 32
#define LIMIT_PLANS 8
#define LIMIT_PLAN_POSITIONS 20000
#define LIMIT_VISIT_CERTIFICATES 64            /* in one visit's list */
#define LIMIT_ANSWER_BYTES (256 * 1024)        /* any service answer but a record */
#define LIMIT_PAGES 12                         /* of one booklet */
#define LIMIT_QUEUE_DEPTH 64                   /* events or requests waiting */
#define LIMIT_HEADLESS_LINE 4096               /* one command line on standard input */

#define BUDGET_MS 120000                       /* card read to booklet */
#define LEASE_MIN_MS 180000                    /* no SUBMIT with less lease left */
#define LEASE_SUBMIT_MS 5000                   /* until the printer has made the job; on top of it */

_Static_assert(LIMIT_JWS_BYTES > LIMIT_RECORD_BYTES / 3 * 4, "a signed record must fit");
