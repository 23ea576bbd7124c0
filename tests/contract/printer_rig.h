/* A printer to test against: the virtual printer, and for the queue way a private spooler, both in
 * a folder of their own that ends with the rig. */
#pragma once
#include "drivers/printer.h"
#include <jansson.h>

#define RIG_PAGE_MS 30
#define RIG_SIDES 4

typedef enum { RIG_DEVICE, RIG_QUEUE } RigWay;

/* Starts what `way` needs. Exit status 77 with a reason when no spooler is installed; aborts when
 * something does not start. */
void rig_start(RigWay way);
void rig_stop(void);

/* One command to the virtual printer; "ok" or fails the test. `format` as printf. */
void rig_command(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Its `status`; the caller ends it. */
json_t *rig_status(void);
int rig_sides(void); /* printed since the start */

/* Text of the file that the virtual printer received with the job of this name; NULL: none. */
GBytes *rig_received(const char *job_name, int *ret_width_hmm, int *ret_height_hmm);

void rig_pause_queue(void); /* as a backend does that gives up; RIG_QUEUE only */

/* Everything fine again: no fault, no job, no injection. */
void rig_reset(void);

/* The driver under test, opened on the rig. */
Printer *rig_open(int timeout_ms);
extern const PrinterDriver *rig_driver;
const char *rig_uri(void); /* the virtual printer's address */
int rig_port(void);        /* its port, for ipp and ipps */
int rig_snmp_port(void);
const char *rig_spooler(void);      /* socket; RIG_QUEUE only */
char *rig_certificate_sha256(void); /* of the virtual printer's TLS; the caller frees */

/* A PDF of RIG_SIDES pages, about 80 kB. Static. */
GBytes *rig_document(void);
