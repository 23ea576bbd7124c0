#include "firmware/certificate/topology.h"
#include <geos_c.h>
#include <math.h>
#include <string.h>

#define MITRE_LIMIT 5.0
#define ROUND_SEGMENTS 8 /* of a quarter circle; mitred corners have none */

static GEOSGeometry *build_ring(GEOSContextHandle_t geos, const PlanLine *ring)
{
    unsigned count = (unsigned)ring->count;
    GEOSCoordSequence *sequence = GEOSCoordSeq_create_r(geos, count + 1, 2);
    if (!sequence)
        return NULL;
    for (unsigned i = 0; i <= count; i++)
        GEOSCoordSeq_setXY_r(geos, sequence, i, ring->points[i % count].east,
                             ring->points[i % count].north);
    return GEOSGeom_createLinearRing_r(geos, sequence);
}

static GEOSGeometry *build_polygon(GEOSContextHandle_t geos, const PlanPolygon *polygon)
{
    GEOSGeometry *outer = build_ring(geos, &polygon->outer);
    GEOSGeometry **holes = g_new0(GEOSGeometry *, polygon->n_holes + 1);
    gboolean complete = outer != NULL;
    for (gsize i = 0; i < polygon->n_holes; i++) {
        holes[i] = build_ring(geos, &polygon->holes[i]);
        complete = complete && holes[i];
    }
    GEOSGeometry *built =
        complete ? GEOSGeom_createPolygon_r(geos, outer, holes, (unsigned)polygon->n_holes) : NULL;
    for (gsize i = 0; !complete && i < polygon->n_holes; i++)
        GEOSGeom_destroy_r(geos, holes[i]);
    if (!complete)
        GEOSGeom_destroy_r(geos, outer);
    g_free(holes);
    return built;
}

/* Of the words only: in [] stand coordinates. */
static char *explain(GEOSContextHandle_t geos, const GEOSGeometry *geometry)
{
    char *reason = GEOSisValidReason_r(geos, geometry);
    char *words = g_strndup(reason ? reason : "", strcspn(reason ? reason : "", "["));
    GEOSFree_r(geos, reason);
    return words;
}

static char *find_fault(const PlanPolygon *polygon)
{
    GEOSContextHandle_t geos = GEOS_init_r();
    GEOSGeometry *geometry = build_polygon(geos, polygon);
    char *fault = !geometry                              ? g_strdup("no rings")
                  : GEOSisValid_r(geos, geometry) != 1 ? explain(geos, geometry)
                                                         : NULL;
    if (geometry)
        GEOSGeom_destroy_r(geos, geometry);
    GEOS_finish_r(geos);
    return fault;
}

static void copy_ring(GEOSContextHandle_t geos, const GEOSGeometry *ring, SecretArena *arena,
                      PlanLine *ret)
{
    const GEOSCoordSequence *sequence = GEOSGeom_getCoordSeq_r(geos, ring);
    unsigned size = 0;
    GEOSCoordSeq_getSize_r(geos, sequence, &size);
    ret->count = size ? size - 1 : 0;
    ret->points = secret_arena_alloc(arena, ret->count * sizeof *ret->points);
    for (unsigned i = 0; i < ret->count; i++)
        GEOSCoordSeq_getXY_r(geos, sequence, i, &ret->points[i].east, &ret->points[i].north);
}

static void copy_polygon(GEOSContextHandle_t geos, const GEOSGeometry *geometry, SecretArena *arena,
                         PlanPolygon *ret)
{
    copy_ring(geos, GEOSGetExteriorRing_r(geos, geometry), arena, &ret->outer);
    ret->n_holes = (gsize)MAX(GEOSGetNumInteriorRings_r(geos, geometry), 0);
    ret->holes = secret_arena_alloc(arena, ret->n_holes * sizeof *ret->holes);
    for (gsize i = 0; i < ret->n_holes; i++)
        copy_ring(geos, GEOSGetInteriorRingN_r(geos, geometry, (int)i), arena, &ret->holes[i]);
}

static gboolean thicken(const PlanLine *line, double thickness_m, SecretArena *arena,
                        PlanPolygon *ret)
{
    GEOSContextHandle_t geos = GEOS_init_r();
    unsigned count = (unsigned)line->count;
    GEOSCoordSequence *sequence = GEOSCoordSeq_create_r(geos, count, 2);
    for (unsigned i = 0; i < count; i++)
        GEOSCoordSeq_setXY_r(geos, sequence, i, line->points[i].east, line->points[i].north);
    GEOSGeometry *axis = GEOSGeom_createLineString_r(geos, sequence);
    GEOSGeometry *wall =
        axis ? GEOSBufferWithStyle_r(geos, axis, thickness_m / 2, ROUND_SEGMENTS, GEOSBUF_CAP_FLAT,
                                     GEOSBUF_JOIN_MITRE, MITRE_LIMIT)
             : NULL;
    gboolean usable =
        wall && GEOSGeomTypeId_r(geos, wall) == GEOS_POLYGON && GEOSisEmpty_r(geos, wall) == 0;
    if (usable)
        copy_polygon(geos, wall, arena, ret);
    if (wall)
        GEOSGeom_destroy_r(geos, wall);
    if (axis)
        GEOSGeom_destroy_r(geos, axis);
    GEOS_finish_r(geos);
    return usable;
}

static double measure_area(GEOSContextHandle_t geos, const GEOSGeometry *a, const GEOSGeometry *b)
{
    double area = INFINITY;
    if (GEOSIntersects_r(geos, a, b) == 0)
        return 0;
    GEOSGeometry *common = GEOSIntersection_r(geos, a, b);
    if (!common || GEOSArea_r(geos, common, &area) != 1)
        area = INFINITY;
    if (common)
        GEOSGeom_destroy_r(geos, common);
    return area;
}

static double measure_overlap(const PlanPolygon *a, const PlanPolygon *b)
{
    GEOSContextHandle_t geos = GEOS_init_r();
    GEOSGeometry *built[] = {build_polygon(geos, a), build_polygon(geos, b)};
    double area = built[0] && built[1] ? measure_area(geos, built[0], built[1]) : INFINITY;
    for (guint i = 0; i < G_N_ELEMENTS(built); i++)
        if (built[i])
            GEOSGeom_destroy_r(geos, built[i]);
    GEOS_finish_r(geos);
    return area;
}

const Topology topology = {find_fault, thicken, measure_overlap};
