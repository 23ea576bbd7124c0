#include "tests/unit/record_mutation.h"
#include <math.h>

#define FLAT "rec-2026-000001.json"
#define SPACE "rec-2026-000002.json" /* features: 0 sheet, 1 unit, 2 wall, 3 room */
#define CORNER "rec-2026-000003.json"

static Record *parse(const char *name)
{
    g_autofree char *text = sample_text(name);
    Record *record = record_parse(text, strlen(text), NULL);
    ck_assert_ptr_nonnull(record);
    return record;
}

static double area_of(const PlanLine *ring)
{
    double twice = 0;
    PlanPoint origin = ring->points[0];
    for (gsize i = 0; i < ring->count; i++) {
        PlanPoint a = ring->points[i], b = ring->points[(i + 1) % ring->count];
        twice += (a.east - origin.east) * (b.north - origin.north) -
                 (b.east - origin.east) * (a.north - origin.north);
    }
    return fabs(twice) / 2;
}

START_TEST(plan_is_typed_geometry_in_metres)
{
    g_autoptr(Record) record = parse(FLAT);
    const Plan *plan = record->plans[0].vector;
    ck_assert_int_eq(plan->epsg, 4549);
    ck_assert_uint_eq(plan->unit.outer.count, 10); /* without the closing repetition */
    ck_assert_double_eq(plan->unit.outer.points[0].north, 3350508.87);
    ck_assert_double_eq(plan->unit.outer.points[0].east, 514923.734);
    ck_assert_uint_eq(plan->n_walls, 19);
    ck_assert_int_eq(plan->walls[5].ownership, WALL_SHARED);
    ck_assert_uint_eq(plan->n_rooms, 9);
    ck_assert_str_eq(plan->rooms[0].name, "主卧");
    ck_assert_uint_eq(plan->n_balconies, 2);
    ck_assert(plan->balconies[0].enclosed && !plan->balconies[1].enclosed);
    ck_assert_uint_eq(plan->n_commons, 3);
    ck_assert_uint_eq(plan->n_openings, 14);
    ck_assert_int_eq(plan->openings[0].kind, OPENING_DOOR_LEFT);
    ck_assert_int_eq(plan->openings[1].kind, OPENING_DOOR_RIGHT);
    ck_assert_int_eq(plan->openings[6].kind, OPENING_DOOR_SLIDING);
    ck_assert_int_eq(plan->openings[9].kind, OPENING_WINDOW);
    ck_assert_uint_eq(plan->n_dimensions, 0);
    ck_assert_str_eq(plan->sheet.unit_no, "101");
    ck_assert_double_eq(plan->sheet.building_area, 99.57);
    ck_assert_str_eq(personal_reveal(plan->sheet.location), "示例市西湖区测试路1号1幢1单元101室");
}
END_TEST

START_TEST(wall_line_becomes_a_polygon_with_flat_ends)
{
    g_autoptr(Record) record = parse(CORNER);
    const Plan *plan = record->plans[0].vector;
    const PlanWall *wall = &plan->walls[6]; /* (0.24,5.22) to (5.28,5.22), 0.12 thick */
    ck_assert_uint_eq(wall->polygon.outer.count, 4);
    ck_assert_double_eq_tol(area_of(&wall->polygon.outer), 5.04 * 0.12, 1e-6);
    for (gsize i = 0; i < 4; i++) {
        PlanPoint point = wall->polygon.outer.points[i];
        ck_assert_double_eq_tol(fabs(point.north - 3350605.22), 0.06, 1e-6);
        ck_assert_double_eq_tol(fabs(point.east - 515002.76), 2.52, 1e-6);
    }
}
END_TEST

START_TEST(areas_of_the_sample_fit_its_outline)
{
    g_autoptr(Record) record = parse(CORNER);
    const Plan *plan = record->plans[0].vector;
    double exclusive = area_of(&plan->unit.outer) + area_of(&plan->balconies[0].polygon.outer) / 2;
    ck_assert_double_eq_tol(exclusive, plan->sheet.exclusive_area, 0.01);
}
END_TEST

#define FEATURES "plans.0.data.features."
#define DATA "record: plans[0].data: "
#define PLACE(type, coordinates) "{\"type\":\"" type "\",\"coordinates\":" coordinates "}"
#define A "[3350540,514960]"
#define B "[3350540,514970]"
#define C "[3350550,514970]"
#define D "[3350550,514960]"
#define SQUARE "[[" A "," B "," C "," D "," A "]]"
#define FEATURE(type, place, properties)                                                           \
    "{\"type\":\"Feature\",\"featureType\":\"" type "\",\"place\":" place                          \
    ",\"properties\":{" properties "}}"

static const RecordMutation mutations[] = {
    {"plans.0.data.type", "\"Feature\"", 0, DATA "type: not FeatureCollection"},
    {"plans.0.data.conformsTo", NULL, 0, DATA "conformsTo: does not name JSON-FG core"},
    {"plans.0.data.conformsTo", "[7,\"x\"]", 0, DATA "conformsTo: does not name JSON-FG core"},
    {"plans.0.data.coordRefSys", "\"http://www.opengis.net/def/crs/EPSG/0/4534\"", 0, NULL},
    {"plans.0.data.coordRefSys", "\"http://www.opengis.net/def/crs/EPSG/0/4554\"", 0, NULL},
    {"plans.0.data.coordRefSys", "\"http://www.opengis.net/def/crs/EPSG/0/4533\"", 0,
     DATA "coordRefSys: not http://www.opengis.net/def/crs/EPSG/0/4534 to 4554"},
    {"plans.0.data.coordRefSys", "\"http://www.opengis.net/def/crs/EPSG/0/4326\"", 0,
     DATA "coordRefSys: not"},
    {"plans.0.data.coordRefSys", NULL, 0, DATA "coordRefSys: not"},
    {"plans.0.data.features", "{}", 0, DATA "features: not an array"},
    {"plans.0.data.features", "[]", 0, DATA "features: no sheet"},
    {FEATURES "1", NULL, 0, DATA "features: no unit"},
    {FEATURES "2.featureType", "\"sheet\"", 0, DATA "features[2]: featureType: a second sheet"},
    {FEATURES "3.featureType", "\"unit\"", 0, DATA "features[3]: featureType: a second unit"},
    {FEATURES "3.featureType", "\"garden\"", 0, DATA "features[3]: featureType: missing or unkn"},
    {FEATURES "3", "null", 0, DATA "features[3]: featureType: missing or unknown"},
    {FEATURES "0.place", PLACE("Polygon", SQUARE), 0, DATA "features[0]: place: not null"},
    {FEATURES "0.properties", "null", 0, NULL},
    {FEATURES "0.properties.floor", NULL, 0, NULL},
    {FEATURES "0.properties.floor", "7", 0, DATA "features[0]: properties.floor: not a string"},
    {FEATURES "0.properties.structure", "字", 41, "properties.structure: 41 characters"},
    {FEATURES "0.properties.structure", "\"a\\nb\"", 0, "properties.structure: control character"},
    {FEATURES "0.properties.building_area", "18.39", 0, NULL},
    {FEATURES "0.properties.building_area", "18.37", 0, NULL},
    {FEATURES "0.properties.building_area", "18.40", 0,
     DATA "features[0]: properties.building_area: 18.40 is not exclusive_area + apportioned_area"},
    {FEATURES "0.properties.building_area", "null", 0, NULL},
    {FEATURES "0.properties.exclusive_area", "\"13\"", 0, "properties.exclusive_area: not a numb"},
    {FEATURES "0.properties.exclusive_area", "-1", 0, "properties.exclusive_area: not from 0"},
    {FEATURES "0.properties.total_floors", "1000", 0, "properties.total_floors: not from 0 to 999"},
    {FEATURES "1.place", "null", 0, DATA "features[1]: place: no geometry with a type"},
    {FEATURES "1.place", PLACE("LineString", SQUARE), 0, DATA "features[1]: place: not a Polygon"},
    {FEATURES "1.place", PLACE("Polygon", "[]"), 0, DATA "features[1]: place: not a Polygon"},
    {FEATURES "1.place", PLACE("Polygon", "7"), 0, DATA "features[1]: place: not a Polygon"},
    {FEATURES "1.place", PLACE("Polygon", SQUARE), 0, NULL},
    {FEATURES "1.place.coordRefSys", "\"x\"", 0, DATA "features[1]: coordRefSys: only allowed at"},
    {FEATURES "1.coordRefSys", "\"x\"", 0, DATA "features[1]: coordRefSys: only allowed at"},
    {FEATURES "1.place.coordinates.0.0", "[514960,3350540]", 0,
     DATA "features[1]: place: axes are swapped: a position is [northing, easting]"},
    {FEATURES "1.place.coordinates.0.0", "[999999,514960]", 0, "place: northing is not from"},
    {FEATURES "1.place.coordinates.0.0", "[6000001,514960]", 0, "place: northing is not from"},
    {FEATURES "1.place.coordinates.0.0", "[3350540,199999]", 0, "place: easting is not from"},
    {FEATURES "1.place.coordinates.0.0", "[3350540,800001]", 0, "place: easting is not from"},
    {FEATURES "1.place.coordinates.0.0", "[30.27,120.15]", 0, "place: northing is not from"},
    {FEATURES "1.place.coordinates.0.0", "[3350540,514960,5]", 0, "a position is not two numbers"},
    {FEATURES "1.place.coordinates.0.0", "[3350540]", 0, "a position is not two numbers"},
    {FEATURES "1.place.coordinates.0.0", "[\"3350540\",514960]", 0, "is not two numbers"},
    {FEATURES "1.place.coordinates.0.0", "7", 0, "a position is not two numbers"},
    {FEATURES "1.place.coordinates.0.4", NULL, 0, "features[1]: place: a ring is not closed"},
    {FEATURES "1.place", PLACE("Polygon", "[[" A "," B "," C "]]"), 0, "fewer than 4 different"},
    {FEATURES "1.place", PLACE("Polygon", "[[" A "," B "," B "," A "]]"), 0, "fewer than 4"},
    {FEATURES "1.place", PLACE("Polygon", "[[" A "," C "," B "," D "," A "]]"), 0,
     DATA "features[1]: place: not a valid polygon (Self-intersection)"},
    {FEATURES "1.place", PLACE("Polygon", "[[" A "," A "," B "," C "," D "," A "]]"), 0, NULL},
    {FEATURES "1.place",
     PLACE("Polygon", "[[" A "," B "," C "," D "," A "],[[3350542,514962],[3350542,514964],"
                      "[3350544,514964],[3350542,514962]]]"),
     0, NULL},
    {FEATURES "1.place",
     PLACE("Polygon", "[[" A "," B "," C "," D "," A "],[[3350552,514962],[3350552,514964],"
                      "[3350554,514964],[3350552,514962]]]"),
     0, "not a valid polygon (Hole lies"},
    {FEATURES "2.properties.ownership", "\"common\"", 0,
     DATA "features[2]: properties.ownership: not own, shared or borrowed"},
    {FEATURES "2.properties.ownership", "\"borrowed\"", 0, NULL},
    {FEATURES "2", FEATURE("wall", PLACE("LineString", "[" A "," B "]"), "\"ownership\":\"own\""),
     0, DATA "features[2]: properties.thickness: not a number from 0.01 to 3 m"},
    {FEATURES "2",
     FEATURE("wall", PLACE("LineString", "[" A "," B "]"), "\"ownership\":\"own\",\"thickness\":0"),
     0, "properties.thickness: not"},
    {FEATURES "2",
     FEATURE("wall", PLACE("LineString", "[" A "," A "]"),
             "\"ownership\":\"own\",\"thickness\":0.1"),
     0, "a line without length"},
    {FEATURES "2",
     FEATURE("wall", PLACE("LineString", "[" A "," B "," C "]"),
             "\"ownership\":\"own\",\"thickness\":0.1"),
     0, NULL},
    {FEATURES "2", FEATURE("wall", PLACE("Point", A), "\"ownership\":\"own\""), 0,
     DATA "features[2]: place: not a Polygon"},
    {FEATURES "3.properties.name", NULL, 0, DATA "features[3]: properties.name: missing"},
    {FEATURES "3.properties.name", "\"\"", 0, DATA "features[3]: properties.name: empty"},
    {FEATURES "2", FEATURE("room", PLACE("Polygon", SQUARE), "\"name\":\"车位\""), 0,
     DATA "features[3]: place: overlaps the room of features[2]"},
    {FEATURES "2", FEATURE("common", PLACE("Polygon", SQUARE), "\"name\":\"车道\""), 0, NULL},
    {FEATURES "2", FEATURE("common", PLACE("Polygon", SQUARE), ""), 0, "properties.name: missing"},
    {FEATURES "2", FEATURE("balcony", PLACE("Polygon", SQUARE), "\"name\":\"阳台\""), 0,
     DATA "features[2]: properties.enclosed: not true or false"},
    {FEATURES "2", FEATURE("door", PLACE("LineString", "[" A "," B "]"), ""), 0, NULL},
    {FEATURES "2", FEATURE("door", PLACE("LineString", "[" A "," B "]"), "\"swing\":\"up\""), 0,
     DATA "features[2]: properties.swing: not left, right or sliding"},
    {FEATURES "2", FEATURE("door", PLACE("LineString", "[" A "," B "," C "]"), ""), 0,
     DATA "features[2]: place: not a line of two positions"},
    {FEATURES "2", FEATURE("window", PLACE("LineString", "[" A "]"), ""), 0, "without length"},
    {FEATURES "2", FEATURE("window", PLACE("Polygon", SQUARE), ""), 0, "place: not a LineString"},
    {FEATURES "2", FEATURE("dimension", PLACE("LineString", "[" A "," B "]"), ""), 0, NULL},
    {FEATURES "2", FEATURE("dimension", PLACE("LineString", "[" A "," B "]"), "\"text\":7"), 0,
     DATA "features[2]: properties.text: not a string"},
};

START_TEST(plan_error_names_feature_and_member)
{
    mutation_check(&mutations[_i], SPACE, KIOSK_ERROR_INVALID);
}
END_TEST

static Plan *parse_with(const char *feature, SecretArena *arena, GError **error)
{
    g_autofree char *text = sample_text(SPACE);
    json_auto_t *root = json_loads(text, 0, NULL);
    json_t *data = json_object_get(json_array_get(json_object_get(root, "plans"), 0), "data");
    json_array_append_new(json_object_get(data, "features"), json_loads(feature, 0, NULL));
    return plan_parse(data, arena, "plan", error);
}

START_TEST(window_round_a_corner_is_one_opening_for_each_straight)
{
    g_autoptr(SecretArena) arena = secret_arena_create();
    const Plan *plan =
        parse_with(FEATURE("window", PLACE("LineString", "[" A "," B "," C "]"), ""), arena, NULL);
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(plan->n_openings, 2);
    for (gsize i = 0; i < 2; i++)
        ck_assert_uint_eq(plan->openings[i].line.count, 2);
    ck_assert_double_eq(plan->openings[0].line.points[1].east, 514970);
    ck_assert_double_eq(plan->openings[1].line.points[1].north, 3350550);
}
END_TEST

START_TEST(missing_values_of_the_sheet_are_unknown)
{
    g_autoptr(Record) record = NULL;
    g_autofree char *text = sample_text(SPACE);
    json_auto_t *root = json_loads(text, 0, NULL);
    RecordMutation empty = {FEATURES "0.properties", "{}", 0, NULL};
    mutation_apply(&empty, root);
    char *changed = json_dumps(root, 0);
    record = record_parse(changed, strlen(changed), NULL);
    secret_free(changed);
    const PlanSheet *sheet = &record->plans[0].vector->sheet;
    ck_assert_ptr_null(sheet->floor);
    ck_assert(isnan(sheet->exclusive_area) && isnan(sheet->total_floors));
    ck_assert(personal_is_absent(sheet->location));
}
END_TEST

START_TEST(positions_are_bounded)
{
    GString *line = g_string_new("[");
    for (int i = 0; i < 19990; i++)
        g_string_append_printf(line, "%s[3350540,%d]", i ? "," : "", 514000 + i % 2);
    g_string_append(line, "]");
    g_autofree char *few =
        g_strdup_printf(FEATURE("window", PLACE("LineString", "%s"), ""), line->str);
    g_autoptr(SecretArena) arena = secret_arena_create();
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(parse_with(few, arena, &error));
    ck_assert_str_eq(error->message,
                     "plan: features[4]: place: the plan has more than 20000 positions");
    g_string_truncate(line, line->len - 1);
    for (int i = 0; i < 20; i++)
        g_string_append(line, "," A);
    g_string_append(line, "]");
    g_autofree char *many =
        g_strdup_printf(FEATURE("window", PLACE("LineString", "%s"), ""), line->str);
    g_clear_error(&error);
    ck_assert_ptr_null(parse_with(many, arena, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "more than 20000 positions"));
    g_string_free(line, TRUE);
}
END_TEST

/* Without a bound a line that crosses itself takes gigabytes to become a wall. */
START_TEST(lines_of_walls_are_bounded)
{
    static const struct {
        int positions, walls;
        const char *complaint;
    } cases[] = {
        {50, 40, NULL},
        {51, 1, "plan: features[2]: place: a wall's line of 51 positions, at most 50"},
        {50, 41,
         "plan: features[42]: place: the lines of all walls have more than 2000 positions: "
         "give polygons"},
    };
    for (gsize c = 0; c < G_N_ELEMENTS(cases); c++) {
        g_autoptr(GString) line = g_string_new("");
        for (int i = 0; i < cases[c].positions; i++)
            g_string_append_printf(line, "%s[%d,%d]", i ? "," : "[", 3350540 + i, 514960 + i % 2);
        g_string_append(line, "]");
        g_autofree char *wall = g_strdup_printf(
            FEATURE("wall", PLACE("LineString", "%s"), "\"ownership\":\"own\",\"thickness\":0.1"),
            line->str);
        g_autofree char *text = sample_text("rec-2026-000001.json");
        json_auto_t *root = json_loads(text, 0, NULL);
        json_t *data = json_object_get(json_array_get(json_object_get(root, "plans"), 0), "data");
        json_t *features = json_object_get(data, "features");
        while (json_array_size(features) > 2)
            json_array_remove(features, 2);
        for (int i = 0; i < cases[c].walls; i++)
            json_array_append_new(features, json_loads(wall, 0, NULL));
        g_autoptr(SecretArena) arena = secret_arena_create();
        g_autoptr(GError) error = NULL;
        const Plan *plan = plan_parse(data, arena, "plan", &error);
        ck_assert_msg((plan != NULL) == (cases[c].complaint == NULL), "%s",
                      error ? error->message : "read");
        if (cases[c].complaint)
            ck_assert_str_eq(error->message, cases[c].complaint);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("plan");
    tcase_add_test(tests, plan_is_typed_geometry_in_metres);
    tcase_add_test(tests, wall_line_becomes_a_polygon_with_flat_ends);
    tcase_add_test(tests, areas_of_the_sample_fit_its_outline);
    tcase_add_loop_test(tests, plan_error_names_feature_and_member, 0, G_N_ELEMENTS(mutations));
    tcase_add_test(tests, window_round_a_corner_is_one_opening_for_each_straight);
    tcase_add_test(tests, missing_values_of_the_sheet_are_unknown);
    tcase_add_test(tests, positions_are_bounded);
    tcase_add_test(tests, lines_of_walls_are_bounded);
    return testing_run(tests);
}
