#include "firmware/document/placement.h"
#include <math.h>
#include <stdlib.h>

const char *const placement_keys[PLACEMENT_KEYS] = {"offset_x_um", "offset_y_um", "scale_x_ppm",
                                                    "scale_y_ppm"};

Placement placement_read(const Config *config)
{
    int values[PLACEMENT_KEYS];
    for (int i = 0; i < PLACEMENT_KEYS; i++)
        values[i] = config_int(config, "printer", placement_keys[i]);
    return (Placement){values[0], values[1], values[2], values[3]};
}

/* 20 mm from each edge of a leaf of 167 x 240 mm. */
static const int lines_um[CALIBRATION_LINES] = {20000, 147000, 20000, 220000};

int calibration_line_um(int i)
{
    return lines_um[i];
}

/* One axis. The printer makes m = e0 + e1 * (offset + (1 + scale) * p) of a place p; what undoes
 * that is p -> (p - e0) / e1. */
static gboolean solve(const int *nominal_um, const int *measured_um, int offset_um, int scale_ppm,
                      int *ret_offset_um, int *ret_scale_ppm)
{
    double stretch = (double)(measured_um[1] - measured_um[0]) / (nominal_um[1] - nominal_um[0]);
    double e1 = stretch / (1 + scale_ppm / 1e6);
    double e0 = measured_um[0] - stretch * nominal_um[0] - e1 * offset_um;
    if (e1 < 0.5)
        return FALSE;
    *ret_offset_um = (int)lround(-e0 / e1);
    *ret_scale_ppm = (int)lround((1 / e1 - 1) * 1e6);
    return abs(*ret_offset_um) <= PLACEMENT_OFFSET_MAX_UM &&
           abs(*ret_scale_ppm) <= PLACEMENT_SCALE_MAX_PPM;
}

gboolean calibration_solve(const Placement *was, const int measured_um[CALIBRATION_LINES],
                           Placement *ret)
{
    Placement found;
    if (!solve(lines_um, measured_um, was->offset_x_um, was->scale_x_ppm, &found.offset_x_um,
               &found.scale_x_ppm) ||
        !solve(lines_um + 2, measured_um + 2, was->offset_y_um, was->scale_y_ppm,
               &found.offset_y_um, &found.scale_y_ppm))
        return FALSE;
    *ret = found;
    return TRUE;
}
