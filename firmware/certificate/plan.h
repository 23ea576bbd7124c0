/* A household plan (房屋分户图) from survey vectors: the JSON-FG profile of FORMATS section 2,
 * checked (libgeos for validity), coordinates still in projected metres. */
#pragma once
#include "firmware/base/secret.h"
#include <jansson.h>

typedef struct {
    double north, east; /* metres */
} PlanPoint;

typedef struct {
    PlanPoint *points;
    gsize count; /* of a ring: without the closing repetition of the first point */
} PlanLine;

typedef struct {
    PlanLine outer;
    PlanLine *holes;
    gsize n_holes;
} PlanPolygon;

typedef enum { WALL_OWNERSHIP_UNKNOWN = 0, WALL_OWN, WALL_SHARED, WALL_BORROWED } WallOwnership;

typedef struct {
    WallOwnership ownership;
    PlanPolygon polygon; /* a LineString with thickness comes as the polygon with flat ends */
} PlanWall;

typedef struct {
    char *name; /* never NULL */
    PlanPolygon polygon;
} PlanRoom; /* also common parts */

typedef struct {
    char *name;
    PlanPolygon polygon;
    gboolean enclosed;
} PlanBalcony;

typedef enum {
    OPENING_UNKNOWN = 0,
    OPENING_WINDOW,
    OPENING_DOOR_PLAIN, /* no swing given: gap and jambs only */
    OPENING_DOOR_LEFT,  /* looking from hinge to latch with north up */
    OPENING_DOOR_RIGHT,
    OPENING_DOOR_SLIDING
} OpeningKind;

typedef struct {
    OpeningKind kind;
    PlanLine line; /* two points; a door runs from hinge to latch */
} PlanOpening;

typedef struct {
    PlanPoint from, to;
    char *text; /* NULL: the length to 0.01 m */
} PlanDimension;

/* The sheet's table. NULL or NaN: not given, stays blank. */
typedef struct {
    char *parcel_code, *structure, *building_no, *unit_no, *floor, *surveyor, *drawn_on, *checker,
        *checked_on;
    Personal location;
    double exclusive_area, apportioned_area, building_area, total_floors;
} PlanSheet;

typedef struct {
    PlanSheet sheet;
    PlanPolygon unit;
    PlanWall *walls;
    gsize n_walls;
    PlanRoom *rooms;
    gsize n_rooms;
    PlanBalcony *balconies;
    gsize n_balconies;
    PlanRoom *commons;
    gsize n_commons;
    PlanOpening *openings;
    gsize n_openings;
    PlanDimension *dimensions;
    gsize n_dimensions;
    int epsg; /* 4534 to 4554 */
} Plan;

/* Reads the FeatureCollection `json`; all memory comes from `arena`. NULL and `error`
 * KIOSK_ERROR_INVALID naming feature and member: "plans[0].data: features[3]: place: ...". `where`
 * begins the message. */
Plan *plan_parse(json_t *json, SecretArena *arena, const char *where, GError **error);
