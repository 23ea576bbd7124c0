/* What libgeos tells of polygons. It takes 2 ms to load and most plans never ask it: in the kiosk it
 * lies in a module of its own, kiosk-geometry.so. */
#pragma once
#include "firmware/certificate/plan.h"

typedef struct {
    /* Why a polygon is not valid (OGC Simple Features), in libgeos' words; NULL: it is. The caller
     * frees. */
    char *(*find_fault)(const PlanPolygon *polygon);
    /* The polygon with flat ends and mitred corners that a line of `thickness_m` covers, in `arena`.
     * FALSE: there is none. */
    gboolean (*thicken)(const PlanLine *line, double thickness_m, SecretArena *arena,
                        PlanPolygon *ret);
    /* Square metres that lie in both; INFINITY: cannot be told. */
    double (*measure_overlap)(const PlanPolygon *a, const PlanPolygon *b);
} Topology;

extern const Topology topology;

/* NULL and KIOSK_ERROR_UNAVAILABLE: the module is missing. Any thread. */
const Topology *topology_open(GError **error);
