#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/plan_reader.h"
#include "firmware/certificate/ring.h"
#include <math.h>
#include <string.h>

#define NORTH_MIN 1e6
#define NORTH_MAX 6e6
#define EAST_MIN 2e5
#define EAST_MAX 8e5
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

static gboolean ask_topology(PlanReader *reader)
{
    if (!reader->topology)
        reader->topology = topology_open(reader->error);
    return reader->topology != NULL;
}

/* Most rings are simple beyond doubt; libgeos knows of all others, and of holes. */
static gboolean check_valid(PlanReader *reader, const PlanPolygon *polygon)
{
    if (polygon->n_holes == 0 && ring_is_simple(&polygon->outer))
        return TRUE;
    if (!ask_topology(reader))
        return FALSE;
    g_autofree char *fault = reader->topology->find_fault(polygon);
    return !fault || plan_reader_refuse(reader, "place", "not a valid polygon (%s)", fault);
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

gboolean plan_reader_thicken(PlanReader *reader, const PlanLine *line, double thickness_m,
                             PlanPolygon *ret)
{
    unsigned count = (unsigned)line->count;
    if (count > WALL_POSITIONS_MAX)
        return plan_reader_refuse(reader, "place", "a wall's line of %u positions, at most %d",
                                  count, WALL_POSITIONS_MAX);
    if ((reader->n_wall_positions += count) > WALLS_POSITIONS_MAX)
        return plan_reader_refuse(reader, "place",
                                  "the lines of all walls have more than %d "
                                  "positions: give polygons",
                                  WALLS_POSITIONS_MAX);
    PlanPoint corners[4];
    if (line_becomes_rectangle(line, thickness_m, corners)) {
        *ret = (PlanPolygon){
            .outer = {secret_arena_alloc(reader->arena, sizeof corners), G_N_ELEMENTS(corners)}};
        memcpy(ret->outer.points, corners, sizeof corners);
        return TRUE;
    }
    return ask_topology(reader) &&
           (reader->topology->thicken(line, thickness_m, reader->arena, ret) ||
            plan_reader_refuse(reader, "place", "no wall can be made of this line"));
}

gboolean plan_reader_rooms_are_apart(PlanReader *reader)
{
    const PlanRoom *rooms = (const PlanRoom *)reader->rooms->data;
    const gsize *features = (const gsize *)(const void *)reader->room_features->data;
    for (guint i = 0; i < reader->rooms->len; i++)
        for (guint j = 0; j < i; j++) {
            const PlanPolygon *room = &rooms[i].polygon, *other = &rooms[j].polygon;
            if (rings_overlap_m2(&room->outer, &other->outer) <= OVERLAP_MAX_M2)
                continue; /* holes make it less only */
            if (!ask_topology(reader))
                return FALSE;
            if (reader->topology->measure_overlap(room, other) <= OVERLAP_MAX_M2)
                continue;
            reader->index = features[i];
            return plan_reader_refuse(reader, "place", "overlaps the room of features[%zu]",
                                      features[j]);
        }
    return TRUE;
}
