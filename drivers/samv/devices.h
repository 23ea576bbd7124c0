/* USB ids that readers with a SAM-V module were seen under. What the kiosk uses is the list in
 * [reader] devices; its default are these. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/base/error.h"

#define DEVICE_IDS_MAX 40

typedef enum {
    CONFIDENCE_UNKNOWN = 0, /* an id of the configuration alone */
    CONFIDENCE_ONE_SOURCE,
    CONFIDENCE_WELL_KNOWN, /* more than ten independent sources */
} Confidence;

typedef struct {
    guint16 vendor, product;
} DeviceId;

typedef struct {
    DeviceId id;
    Confidence confidence;
    const char *what;
} DeviceRow;

extern const DeviceRow device_rows[];
extern const gsize device_rows_count;

const char *confidence_word(Confidence confidence); /* "well known" */

/* The row of an id; one that says so when the id is in none. */
const DeviceRow *device_row(DeviceId id);

/* Reads "VID:PID VID:PID", hex, of [reader] devices. FALSE and KIOSK_ERROR_CONFIG naming the word.
 */
gboolean device_ids_read(const Config *config, DeviceId ret[DEVICE_IDS_MAX], gsize *ret_count,
                         GError **error);

/* Rules for udev from the same list: the kiosk's group may open the readers, and they are never put
 * to sleep. The caller frees. NULL and KIOSK_ERROR_CONFIG. */
char *device_udev_rules(const Config *config, GError **error);
