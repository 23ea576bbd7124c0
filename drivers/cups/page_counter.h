/* The page counter of printers that do not tell it by IPP: Printer MIB (RFC 3805) by SNMPv1.
 * Belongs to one thread. */
#pragma once
#include "firmware/base/error.h"

typedef struct PageCounter PageCounter;

typedef struct {
    gint64 impressions; /* prtMarkerLifeCount where its unit is impressions, -1 unknown */
    int up_time_s;      /* sysUpTime, -1 unknown */
    char serial[48];    /* prtGeneralSerialNumber in printable ASCII, "" unknown */
} CounterReading;

/* `address`: HOST or HOST:PORT. Sends nothing yet. NULL and KIOSK_ERROR_CONFIG. */
PageCounter *page_counter_create(const char *address, const char *community, GError **error);
void page_counter_destroy(PageCounter *counter); /* NULL is fine */

/* FALSE and KIOSK_ERROR_UNAVAILABLE when nothing answers within `timeout_ms`; then all is unknown.
 */
gboolean page_counter_read(PageCounter *counter, int timeout_ms, CounterReading *ret,
                           GError **error);
