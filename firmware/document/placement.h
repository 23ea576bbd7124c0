/* Where a printer puts what it is given, and how a technician finds that out: he prints the sheet of
 * calibration, measures four lines from the paper's edges, and types the figures in. Pure. */
#pragma once
#include "firmware/base/config.h"

/* A point of the page goes to offset + (1 + scale / 1e6) * point, measured from the leaf's top left;
 * the QR moves along but keeps its size, whose modules are whole dots. */
typedef struct {
    int offset_x_um, offset_y_um; /* -5000 to 5000 */
    int scale_x_ppm, scale_y_ppm; /* -10000 to 10000 */
} Placement;

#define PLACEMENT_OFFSET_MAX_UM 5000
#define PLACEMENT_SCALE_MAX_PPM 10000

/* The keys of [printer] that make a placement, in the order of its members. */
#define PLACEMENT_KEYS 4
extern const char *const placement_keys[PLACEMENT_KEYS];

Placement placement_read(const Config *config);

/* The four lines: A and B stand upright, C and D lie across. */
#define CALIBRATION_LINES 4

/* Where line `i` belongs, from the left edge (A, B) or the top edge (C, D). */
int calibration_line_um(int i);

/* From where the lines stood on a sheet that was printed with `was` to what is right for this
 * printer. FALSE: no printer is off by so much, a line was measured wrongly; `ret` is as before. */
gboolean calibration_solve(const Placement *was, const int measured_um[CALIBRATION_LINES],
                           Placement *ret);
