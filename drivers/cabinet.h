/* Contract of the cabinet around reader and printer. Every part may be absent (UNKNOWN); the rule
 * that then applies stands beside it. Called from the main thread: no call blocks. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/base/error.h"

typedef struct Cabinet Cabinet;

typedef struct {
    Tri door_shut;      /* absent: taken as shut */
    Tri slot_empty;     /* exit sensor sees no booklet; absent: the citizen's touch says taken */
    Tri retract_full;   /* absent: taken as not full */
    Tri can_release;    /* a shutter holds the booklet until released; absent: it is open */
    Tri can_retract;    /* absent: an attendant is called */
    Tri can_scan;       /* a scanner reads the top blank's number; absent: a technician does */
    char scanned_serial[13]; /* of the top blank, "" when there is no scanner or no reading */
} CabinetStatus;

typedef enum { LAMP_UNKNOWN = 0, LAMP_OFF, LAMP_GREEN, LAMP_AMBER, LAMP_RED } Lamp;

typedef struct {
    const char *name;
    Cabinet *(*open)(const Config *config, GError **error);
    void (*get_status)(Cabinet *cabinet, CabinetStatus *ret);
    gboolean (*release)(Cabinet *cabinet, GError **error);
    gboolean (*retract)(Cabinet *cabinet, GError **error);
    void (*set_lamp)(Cabinet *cabinet, Lamp lamp);
    void (*close)(Cabinet *cabinet); /* NULL is fine */
} CabinetDriver;

extern const CabinetDriver *const cabinet_drivers[];
const CabinetDriver *cabinet_driver_find(const char *name);
