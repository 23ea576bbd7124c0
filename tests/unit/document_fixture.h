/* Records and plans for the tests of the document: the first sample, changed. */
#pragma once
#include "firmware/document/document.h"
#include "firmware/document/page.h"
#include "tests/unit/record_mutation.h"
#include <math.h>

#define FIXTURE_NORTH 3350508.0
#define FIXTURE_EAST 514923.0

/* A household plan in the building's own metres (x right, y up), turned by `degrees`
 * anticlockwise when it is written down. */
typedef struct {
    json_t *features;
    double degrees;
} PlanBuilder;

static inline json_t *builder_position(const PlanBuilder *builder, double x, double y)
{
    double c = cos(builder->degrees * G_PI / 180), s = sin(builder->degrees * G_PI / 180);
    double east = round((FIXTURE_EAST + c * x - s * y) * 1000) / 1000;
    double north = round((FIXTURE_NORTH + s * x + c * y) * 1000) / 1000;
    return json_pack("[ff]", north, east);
}

static inline void builder_feature(PlanBuilder *builder, const char *type, json_t *place,
                                   const char *properties)
{
    json_t *values = json_loads(properties, 0, NULL);
    ck_assert_msg(values != NULL, "%s", properties);
    json_array_append_new(builder->features,
                          json_pack("{ss ss sn so so}", "type", "Feature", "featureType", type,
                                    "geometry", "place", place ? place : json_null(), "properties",
                                    values));
}

static inline PlanBuilder builder_begin(double degrees)
{
    PlanBuilder builder = {json_array(), degrees};
    builder_feature(&builder, "sheet", NULL, "{\"unit_no\": \"101\"}");
    return builder;
}

/* `xy` holds `count` corners; the ring is closed here. */
static inline void builder_polygon(PlanBuilder *builder, const char *type, const char *properties,
                                   const double *xy, int count)
{
    json_t *ring = json_array();
    for (int i = 0; i <= count; i++)
        json_array_append_new(ring,
                              builder_position(builder, xy[i % count * 2], xy[i % count * 2 + 1]));
    builder_feature(builder, type, json_pack("{ss s[o]}", "type", "Polygon", "coordinates", ring),
                    properties);
}

static inline void builder_box(PlanBuilder *builder, const char *type, const char *properties,
                               double x0, double y0, double x1, double y1)
{
    double xy[] = {x0, y0, x1, y0, x1, y1, x0, y1};
    builder_polygon(builder, type, properties, xy, 4);
}

static inline void builder_line(PlanBuilder *builder, const char *type, const char *properties,
                                double x0, double y0, double x1, double y1)
{
    json_t *place = json_pack("{ss s[oo]}", "type", "LineString", "coordinates",
                              builder_position(builder, x0, y0), builder_position(builder, x1, y1));
    builder_feature(builder, type, place, properties);
}

/* The first sample with mutations and, if there is one, the builder's plan in place of its own.
 * Ends the builder. */
static inline Record *fixture_record(PlanBuilder *builder, const RecordMutation *mutations,
                                     gsize count)
{
    g_autofree char *text = sample_text("rec-2026-000001.json");
    json_t *root = json_loads(text, 0, NULL);
    for (gsize i = 0; i < count; i++)
        mutation_apply(&mutations[i], root);
    if (builder) {
        json_t *data = json_object_get(json_array_get(json_object_get(root, "plans"), 0), "data");
        json_object_set_new(data, "features", builder->features);
    }
    char *changed = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    g_autoptr(GError) error = NULL;
    Record *record = record_parse(changed, strlen(changed), &error);
    free(changed);
    ck_assert_msg(record != NULL, "%s", error ? error->message : "");
    return record;
}
