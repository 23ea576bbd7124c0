#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/plan_reader.h"
#include <math.h>
#include <string.h>

#define NORTH_MIN 1e6
#define NORTH_MAX 6e6
#define EAST_MIN 2e5
#define EAST_MAX 8e5
#define MITRE_LIMIT 5.0
/* Lines that become walls: one that crosses itself costs the square of its positions. */
#define WALL_POSITIONS_MAX 50
#define WALLS_POSITIONS_MAX 2000
#define OVERLAP_MAX_M2 0.05 /* 1 mm of rounding along the longest walls */

static gboolean is_within(double value, double min, double max)
{
    return value >= min && value <= max;
}

static gboolean read_position(PlanReader *reader, const json_t *json, PlanPoint *ret)
{
    const json_t *north = json_array_get(json, 0), *east = json_array_get(json, 1);
    if (json_array_size(json) != 2 || !json_is_number(north) || !json_is_number(east))
        return plan_reader_refuse(reader, "place", "a position is not two numbers");
    if (++reader->n_positions > LIMIT_PLAN_POSITIONS)
        return plan_reader_refuse(reader, "place", "the plan has more than %d positions",
                                  LIMIT_PLAN_POSITIONS);
    *ret = (PlanPoint){json_number_value(north), json_number_value(east)};
    if (is_within(ret->north, EAST_MIN, EAST_MAX) && is_within(ret->east, NORTH_MIN, NORTH_MAX))
        return plan_reader_refuse(reader, "place",
                                  "axes are swapped: a position is [northing, easting]");
    if (!is_within(ret->north, NORTH_MIN, NORTH_MAX))
        return plan_reader_refuse(reader, "place", "northing is not from 1000000 to 6000000 m");
    if (!is_within(ret->east, EAST_MIN, EAST_MAX))
        return plan_reader_refuse(reader, "place", "easting is not from 200000 to 800000 m");
    return TRUE;
}

static gboolean is_same(PlanPoint a, PlanPoint b)
{
    return a.north == b.north && a.east == b.east;
}

/* All positions of an array; one that repeats the one before it is dropped. */
static gboolean read_positions(PlanReader *reader, const json_t *json, PlanLine *ret)
{
    gsize size = json_array_size(json);
    if (size > LIMIT_PLAN_POSITIONS)
        return plan_reader_refuse(reader, "place", "the plan has more than %d positions",
                                  LIMIT_PLAN_POSITIONS);
    ret->points = secret_arena_alloc(reader->arena, size * sizeof *ret->points);
    ret->count = 0;
    for (gsize i = 0; i < size; i++) {
        PlanPoint point;
        if (!read_position(reader, json_array_get(json, i), &point))
            return FALSE;
        if (ret->count == 0 || !is_same(point, ret->points[ret->count - 1]))
            ret->points[ret->count++] = point;
    }
    return TRUE;
}

/* JSON-FG lets every geometry name a system of its own: ours has one for the whole plan. */
static gboolean place_is_plain(PlanReader *reader, const json_t *feature, const json_t *place)
{
    if (json_object_get(place, "coordRefSys") || json_object_get(feature, "coordRefSys"))
        return plan_reader_refuse(reader, "coordRefSys", "only allowed at the collection");
    return TRUE;
}

const char *plan_reader_place_type(PlanReader *reader, const json_t *feature)
{
    const char *type =
        json_string_value(json_object_get(json_object_get(feature, "place"), "type"));
    if (!type)
        plan_reader_refuse(reader, "place", "no geometry with a type");
    return type;
}

static const json_t *find_coordinates(PlanReader *reader, const json_t *feature, const char *wanted)
{
    const json_t *place = json_object_get(feature, "place");
    const char *type = plan_reader_place_type(reader, feature);
    if (!type || !place_is_plain(reader, feature, place))
        return NULL;
    const json_t *coordinates = json_object_get(place, "coordinates");
    if (strcmp(type, wanted) == 0 && json_array_size(coordinates) > 0)
        return coordinates;
    plan_reader_refuse(reader, "place", "not a %s with coordinates", wanted);
    return NULL;
}

gboolean plan_reader_line(PlanReader *reader, const json_t *feature, PlanLine *ret)
{
    const json_t *coordinates = find_coordinates(reader, feature, "LineString");
    if (!coordinates || !read_positions(reader, coordinates, ret))
        return FALSE;
    return ret->count >= 2 || plan_reader_refuse(reader, "place", "a line without length");
}

static gboolean read_ring(PlanReader *reader, const json_t *json, PlanLine *ret)
{
    if (!read_positions(reader, json, ret))
        return FALSE;
    if (ret->count < 4)
        return plan_reader_refuse(reader, "place", "a ring has fewer than 4 different positions");
    if (!is_same(ret->points[0], ret->points[ret->count - 1]))
        return plan_reader_refuse(reader, "place", "a ring is not closed");
    ret->count--;
    return TRUE;
}

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

static gboolean check_valid(PlanReader *reader, const PlanPolygon *polygon)
{
    GEOSGeometry *geometry = build_polygon(reader->geos, polygon);
    if (!geometry)
        return plan_reader_refuse(reader, "place", "not a polygon");
    gboolean valid = GEOSisValid_r(reader->geos, geometry) == 1;
    if (!valid) {
        char *reason = GEOSisValidReason_r(reader->geos, geometry);
        g_autofree char *words =
            g_strndup(reason ? reason : "", strcspn(reason ? reason : "", "["));
        plan_reader_refuse(reader, "place", "not a valid polygon (%s)", words);
        GEOSFree_r(reader->geos, reason);
    }
    GEOSGeom_destroy_r(reader->geos, geometry);
    return valid;
}

gboolean plan_reader_polygon(PlanReader *reader, const json_t *feature, PlanPolygon *ret)
{
    const json_t *rings = find_coordinates(reader, feature, "Polygon");
    if (!rings)
        return FALSE;
    gsize size = json_array_size(rings);
    if (size > LIMIT_PLAN_POSITIONS / 4)
        return plan_reader_refuse(reader, "place", "%zu rings", size);
    *ret = (PlanPolygon){.n_holes = size - 1};
    ret->holes = secret_arena_alloc(reader->arena, ret->n_holes * sizeof *ret->holes);
    for (gsize i = 0; i < size; i++)
        if (!read_ring(reader, json_array_get(rings, i), i ? &ret->holes[i - 1] : &ret->outer))
            return FALSE;
    return check_valid(reader, ret);
}

static void copy_ring(PlanReader *reader, const GEOSGeometry *ring, PlanLine *ret)
{
    const GEOSCoordSequence *sequence = GEOSGeom_getCoordSeq_r(reader->geos, ring);
    unsigned size = 0;
    GEOSCoordSeq_getSize_r(reader->geos, sequence, &size);
    ret->count = size ? size - 1 : 0;
    ret->points = secret_arena_alloc(reader->arena, ret->count * sizeof *ret->points);
    for (unsigned i = 0; i < ret->count; i++)
        GEOSCoordSeq_getXY_r(reader->geos, sequence, i, &ret->points[i].east,
                             &ret->points[i].north);
}

static void copy_polygon(PlanReader *reader, const GEOSGeometry *geometry, PlanPolygon *ret)
{
    copy_ring(reader, GEOSGetExteriorRing_r(reader->geos, geometry), &ret->outer);
    ret->n_holes = (gsize)MAX(GEOSGetNumInteriorRings_r(reader->geos, geometry), 0);
    ret->holes = secret_arena_alloc(reader->arena, ret->n_holes * sizeof *ret->holes);
    for (gsize i = 0; i < ret->n_holes; i++)
        copy_ring(reader, GEOSGetInteriorRingN_r(reader->geos, geometry, (int)i), &ret->holes[i]);
}

gboolean plan_reader_thicken(PlanReader *reader, const PlanLine *line, double thickness_m,
                             PlanPolygon *ret)
{
    GEOSContextHandle_t geos = reader->geos;
    unsigned count = (unsigned)line->count;
    if (count > WALL_POSITIONS_MAX)
        return plan_reader_refuse(reader, "place", "a wall's line of %u positions, at most %d",
                                  count, WALL_POSITIONS_MAX);
    if ((reader->n_wall_positions += count) > WALLS_POSITIONS_MAX)
        return plan_reader_refuse(reader, "place",
                                  "the lines of all walls have more than %d "
                                  "positions: give polygons",
                                  WALLS_POSITIONS_MAX);
    GEOSCoordSequence *sequence = GEOSCoordSeq_create_r(geos, count, 2);
    for (unsigned i = 0; i < count; i++)
        GEOSCoordSeq_setXY_r(geos, sequence, i, line->points[i].east, line->points[i].north);
    GEOSGeometry *axis = GEOSGeom_createLineString_r(geos, sequence);
    GEOSGeometry *wall =
        axis ? GEOSBufferWithStyle_r(geos, axis, thickness_m / 2, 8, GEOSBUF_CAP_FLAT,
                                     GEOSBUF_JOIN_MITRE, MITRE_LIMIT)
             : NULL;
    gboolean usable =
        wall && GEOSGeomTypeId_r(geos, wall) == GEOS_POLYGON && GEOSisEmpty_r(geos, wall) == 0;
    if (usable)
        copy_polygon(reader, wall, ret);
    if (wall)
        GEOSGeom_destroy_r(geos, wall);
    if (axis)
        GEOSGeom_destroy_r(geos, axis);
    return usable || plan_reader_refuse(reader, "place", "no wall can be made of this line");
}

/* From where to where a ring reaches in a direction, in lengths of the direction. */
static void find_reach(const PlanLine *ring, PlanPoint direction, double *ret_least,
                       double *ret_most)
{
    *ret_least = INFINITY;
    *ret_most = -INFINITY;
    for (gsize i = 0; i < ring->count; i++) {
        double at = ring->points[i].north * direction.north + ring->points[i].east * direction.east;
        *ret_least = MIN(*ret_least, at);
        *ret_most = MAX(*ret_most, at);
    }
}

/* Whether a line along the first edge of `a`, or one across it, has `a` and `b` on its two sides:
 * so lie nearly all rooms of a flat. */
static gboolean lie_apart(const PlanLine *a, const PlanLine *b)
{
    PlanPoint edge = {a->points[1].north - a->points[0].north,
                      a->points[1].east - a->points[0].east};
    PlanPoint directions[] = {edge, {-edge.east, edge.north}};
    for (guint i = 0; i < G_N_ELEMENTS(directions); i++) {
        double least, most, other_least, other_most;
        find_reach(a, directions[i], &least, &most);
        find_reach(b, directions[i], &other_least, &other_most);
        if (most <= other_least || other_most <= least)
            return TRUE;
    }
    return FALSE;
}

static double measure_overlap(GEOSContextHandle_t geos, const GEOSGeometry *a,
                              const GEOSGeometry *b)
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

gboolean plan_reader_rooms_are_apart(PlanReader *reader)
{
    const PlanRoom *rooms = (const PlanRoom *)reader->rooms->data;
    guint count = reader->rooms->len;
    GEOSGeometry **built = g_new0(GEOSGeometry *, count + 1);
    const gsize *features = (const gsize *)(const void *)reader->room_features->data;
    gboolean apart = TRUE;
    for (guint i = 0; i < count && apart; i++) {
        built[i] = build_polygon(reader->geos, &rooms[i].polygon);
        for (guint j = 0; j < i && apart; j++) {
            if (lie_apart(&rooms[i].polygon.outer, &rooms[j].polygon.outer) ||
                measure_overlap(reader->geos, built[i], built[j]) <= OVERLAP_MAX_M2)
                continue;
            reader->index = features[i];
            apart = plan_reader_refuse(reader, "place", "overlaps the room of features[%zu]",
                                       features[j]);
        }
    }
    for (guint i = 0; i < count; i++)
        if (built[i])
            GEOSGeom_destroy_r(reader->geos, built[i]);
    g_free(built);
    return apart;
}
