/* Reading one plan: what plan.c and plan_geometry.c share. Private to this room. */
#pragma once
#include "firmware/certificate/plan.h"
#include <geos_c.h>

typedef struct {
    Plan *plan;
    SecretArena *arena;
    const char *where;      /* begins every message */
    gsize index;            /* of the feature being read */
    gsize n_positions;      /* so far, in the whole plan */
    gsize n_wall_positions; /* of lines that become walls */
    gboolean has_sheet, has_unit;
    GArray *walls, *rooms, *balconies, *commons, *openings,
        *dimensions;       /* until they are counted */
    GArray *room_features; /* gsize: the index of each room's feature */
    GEOSContextHandle_t geos;
    GError **error;
} PlanReader;

/* Sets "<where>: features[<index>]: <member>: <rule>"; always FALSE. */
gboolean plan_reader_refuse(PlanReader *reader, const char *member, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* The word of `place.type`, or NULL and an error when there is no place. */
const char *plan_reader_place_type(PlanReader *reader, const json_t *feature);

/* The feature's place as a valid polygon, or as a line of at least two different positions. FALSE
 * and an error. */
gboolean plan_reader_polygon(PlanReader *reader, const json_t *feature, PlanPolygon *ret);
gboolean plan_reader_line(PlanReader *reader, const json_t *feature, PlanLine *ret);

/* The polygon with flat ends that a line of `thickness_m` covers. */
gboolean plan_reader_thicken(PlanReader *reader, const PlanLine *line, double thickness_m,
                             PlanPolygon *ret);

/* Refuses rooms that lie on each other by more than coordinates rounded to millimetres explain. */
gboolean plan_reader_rooms_are_apart(PlanReader *reader);
