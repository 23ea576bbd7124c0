/* Reading IPP answers from outside (RFC 8010, 8011): bounded, checked, then typed. No I/O, any
 * thread. */
#pragma once
#include "drivers/printer.h"
#include <cups/cups.h>

#define IPP_ANSWER_BYTES_MAX (1024 * 1024)
#define IPP_ANSWER_DEPTH_MAX 8 /* collections within collections */
#define IPP_ANSWER_ATTRIBUTES_MAX 65536
#define IPP_ANSWER_JOBS_MAX 4096
#define IPP_MEDIA_TOLERANCE_HMM 50 /* hundredths of a millimetre */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ipp_t, ippDelete)

/* One job of a Get-Jobs answer. */
typedef struct {
    int id;
    char name[128]; /* "" when absent, hidden or longer */
    JobState state;
    int impressions;   /* -1 unknown */
    gboolean incoming; /* waits for its document (job-state-reasons, RFC 8011 5.3.8) */
} IppJob;

/* Decodes one whole message. NULL and KIOSK_ERROR_INVALID when it is cut off, nests deeper or
 * holds more than the limits above. The caller ends it with ippDelete. */
ipp_t *ipp_answer_decode(const guint8 *bytes, gsize size, GError **error);

/* FALSE and an error when the answer's status is none of success: _BUSY for "not now", _REFUSED
 * else. `who` and `what` begin the message ("printer: Create-Job: ..."). */
gboolean ipp_answer_check(ipp_t *answer, const char *who, const char *what, GError **error);

/* A printer attribute; NULL when it is absent or of another type. IPP_TAG_ZERO: any type. */
ipp_attribute_t *ipp_answer_find(ipp_t *answer, const char *name, ipp_tag_t tag);

/* Its first text in printable ASCII, cut to `size`; "" unknown. */
void ipp_answer_text(ipp_t *answer, const char *name, char *ret, gsize size);

/* A printer attribute; absent, of another type or out of range: unknown. */
int ipp_answer_int(ipp_t *answer, const char *name);  /* -1 */
Tri ipp_answer_bool(ipp_t *answer, const char *name); /* TRI_UNKNOWN */

/* TRUE if keyword attribute `name` has `value` among its values. */
gboolean ipp_answer_has(ipp_t *answer, const char *name, const char *value);

/* IPP's printer-state and job-state (RFC 8011 5.4.11, 5.3.7). */
PrinterState ipp_printer_state(int value);
JobState ipp_job_state(int value);

/* Fills `ret` but for the spooler. `width_um` 0: media is not checked (UNKNOWN). */
void ipp_answer_status(ipp_t *answer, int width_um, int height_um, PrinterStatus *ret);

/* The jobs of a Get-Jobs answer, IppJob each. The caller unrefs. */
GArray *ipp_answer_jobs(ipp_t *answer);

/* What the jobs named `name` say together. Usually one; a spooler that was killed may have sent it
 * twice: then the one that could still print counts, and impressions add up. */
PrinterJobStatus ipp_jobs_find(const GArray *jobs, const char *name);

/* TRUE while a job in that state could still print. */
gboolean ipp_job_is_live(JobState state);
