/* A household plan's survey vectors (the FeatureCollection alone). */
#include "firmware/base/limit.h"
#include "firmware/certificate/json_input.h"
#include "firmware/certificate/plan.h"
#include "tests/fuzz/fuzz.h"
#include <math.h>

static void check_polygon(const PlanPolygon *polygon)
{
    FUZZ_CHECK(polygon->outer.count >= 3);
    for (gsize i = 0; i < polygon->outer.count; i++)
        FUZZ_CHECK(isfinite(polygon->outer.points[i].north) &&
                   isfinite(polygon->outer.points[i].east));
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    g_autoptr(GError) error = NULL;
    json_auto_t *json =
        json_input_parse((const char *)bytes, length, LIMIT_RECORD_BYTES, "plan", &error);
    FUZZ_CHECK_ERROR(json, error);
    if (!json)
        return 0;
    SecretArena *arena = secret_arena_create();
    Plan *plan = plan_parse(json, arena, "plan", &error);
    FUZZ_CHECK_ERROR(plan, error);
    if (plan) {
        check_polygon(&plan->unit);
        for (gsize i = 0; i < plan->n_walls; i++)
            check_polygon(&plan->walls[i].polygon);
        for (gsize i = 0; i < plan->n_rooms; i++)
            check_polygon(&plan->rooms[i].polygon);
    }
    secret_arena_destroy(arena);
    return 0;
}
