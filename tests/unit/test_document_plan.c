/* The household plan: turn, scale, dimensions, names. */
#include "firmware/document/plan_dimensions.h"
#include "firmware/document/plan_drawing.h"
#include "firmware/document/plan_openings.h"
#include "tests/unit/document_fixture.h"

static Document *document;

#define OPEN_BALCONY "{\"name\": \"阳台\", \"enclosed\": false}"

typedef struct {
    Record *record;
    PlanDrawing *drawing;
} Drawn;

static Drawn draw_record(Record *record)
{
    g_autoptr(GError) error = NULL;
    Drawn drawn = {record, plan_drawing_create(document, record->plans[0].vector, "plan", &error)};
    ck_assert_msg(drawn.drawing != NULL, "%s", error ? error->message : "");
    return drawn;
}

static Drawn draw(PlanBuilder *builder)
{
    return draw_record(fixture_record(builder, NULL, 0));
}

static void end(Drawn *drawn)
{
    plan_drawing_destroy(drawn->drawing);
    record_unref(drawn->record);
}

static double degrees_of(const Drawn *drawn)
{
    return plan_drawing_turn(drawn->drawing) * 180 / G_PI;
}

/* How the building stands in the field, and how the drawing is turned, both anticlockwise. */
static const struct {
    double field, turn;
} turns[] = {{0, 0},  {17.25, -17.25}, {-17.25, 17.25}, {44.6, -44.6}, {46, 44},
             {90, 0}, {135, 45},       {200, -20},      {0.1, -0.1}};

START_TEST(the_drawing_turns_the_shorter_way)
{
    PlanBuilder builder = builder_begin(turns[_i].field);
    builder_box(&builder, "unit", "{}", 0, 0, 10, 8);
    Drawn drawn = draw(&builder);
    double difference = fabs(degrees_of(&drawn) - turns[_i].turn);
    /* at 45 degrees both ways are as short: rounding decides */
    ck_assert_double_le(MIN(difference, fabs(difference - 90)), 0.02);
    end(&drawn);
}
END_TEST

START_TEST(the_main_direction_is_that_of_the_longest_walls)
{
    static const double xy[] = {0, 0, 10, 0, 10, 8, 6, 12, 0, 12};
    PlanBuilder builder = builder_begin(12.34);
    builder_polygon(&builder, "unit", "{}", xy, 5);
    Drawn drawn = draw(&builder);
    ck_assert_double_eq_tol(degrees_of(&drawn), -12.34, 0.01);
    end(&drawn);
}
END_TEST

static const struct {
    double width, height;
    int scale;
} scales[] = {
    {2.5, 4, 50},  {5, 4, 50},      {5.3, 4.5, 100}, {8, 8, 100},   {12, 11, 200},
    {16, 17, 200}, {17, 19.6, 300}, {24, 20, 300},   {40, 30, 400}, {60, 100, 1000},
};

START_TEST(the_scale_follows_the_rule)
{
    PlanBuilder builder = builder_begin(0);
    builder_box(&builder, "unit", "{}", 0, 0, scales[_i].width, scales[_i].height);
    Drawn drawn = draw(&builder);
    ck_assert_int_eq(plan_drawing_scale(drawn.drawing), scales[_i].scale);
    end(&drawn);
}
END_TEST

START_TEST(lengths_on_paper_are_true_to_scale)
{
    PlanBuilder builder = builder_begin(33);
    builder_box(&builder, "unit", "{}", 0, 0, 10, 8);
    Drawn drawn = draw(&builder);
    const PlanLine *outline = &drawn.record->plans[0].vector->unit.outer;
    double x0, y0, x1, y1;
    plan_drawing_locate(drawn.drawing, outline->points[0], &x0, &y0);
    plan_drawing_locate(drawn.drawing, outline->points[1], &x1, &y1);
    double metres = hypot(outline->points[1].north - outline->points[0].north,
                          outline->points[1].east - outline->points[0].east);
    ck_assert_double_eq_tol(hypot(x1 - x0, y1 - y0) * plan_drawing_scale(drawn.drawing) / 1000,
                            metres, 1e-9);
    end(&drawn);
}
END_TEST

START_TEST(north_is_up_and_east_is_right)
{
    PlanBuilder builder = builder_begin(0);
    builder_box(&builder, "unit", "{}", 0, 0, 10, 8);
    Drawn drawn = draw(&builder);
    double x0, y0, x1, y1;
    plan_drawing_locate(drawn.drawing, (PlanPoint){FIXTURE_NORTH, FIXTURE_EAST}, &x0, &y0);
    plan_drawing_locate(drawn.drawing, (PlanPoint){FIXTURE_NORTH + 1, FIXTURE_EAST + 2}, &x1, &y1);
    ck_assert_double_gt(x1, x0);
    ck_assert_double_lt(y1, y0);
    end(&drawn);
}
END_TEST

/* A door from (4, 0) to (5, 0): to its left lies the flat's inside, above. */
START_TEST(a_left_door_opens_to_the_left)
{
    static const struct {
        const char *swing;
        gboolean opens_up;
    } doors[] = {{"{\"swing\": \"left\"}", TRUE}, {"{\"swing\": \"right\"}", FALSE}};
    for (guint i = 0; i < G_N_ELEMENTS(doors); i++) {
        PlanBuilder builder = builder_begin(0);
        builder_box(&builder, "unit", "{}", 0, 0, 10, 8);
        builder_line(&builder, "door", doors[i].swing, 4, 0, 5, 0);
        g_autoptr(Record) record = fixture_record(&builder, NULL, 0);
        g_autoptr(Figure) figure = figure_create(record->plans[0].vector);
        g_autoptr(GArray) openings = openings_create(figure, 5);
        Rect box = opening_swing_box(&g_array_index(openings, Opening, 0));
        Vec hinge = figure_turn_point(figure, (PlanPoint){FIXTURE_NORTH, FIXTURE_EAST + 4});
        ck_assert_double_eq_tol(box.y1 - box.y0, 5, 0.01);
        ck_assert(doors[i].opens_up ? box.y1 <= hinge.y * 5 + 0.01 : box.y0 >= hinge.y * 5 - 0.01);
    }
}
END_TEST

START_TEST(a_gap_is_as_deep_as_its_wall)
{
    PlanBuilder builder = builder_begin(17.25);
    builder_box(&builder, "unit", "{}", 0, 0, 10, 8);
    builder_line(&builder, "wall", "{\"ownership\": \"own\", \"thickness\": 0.24}", 0, 0.12, 10,
                 0.12);
    builder_line(&builder, "window", "{}", 2, 0.12, 4, 0.12);
    builder_line(&builder, "window", "{}", 2, 5, 4, 5);
    g_autoptr(Record) record = fixture_record(&builder, NULL, 0);
    g_autoptr(Figure) figure = figure_create(record->plans[0].vector);
    g_autoptr(GArray) openings = openings_create(figure, 5);
    const Opening *in_wall = &g_array_index(openings, Opening, 0), *bare = in_wall + 1;
    ck_assert_double_eq_tol(in_wall->far - in_wall->near, 1.2, 0.02);
    ck_assert_double_eq_tol(bare->far - bare->near, 1.0, 1e-9); /* 0.20 m where no wall is */
}
END_TEST

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All numbers of a drawing, sorted and joined. */
static char *numbers_of(const Drawn *drawn)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    const char *text;
    double box[4];
    for (guint i = 0; plan_drawing_dimension(drawn->drawing, i, &text, box); i++)
        g_ptr_array_add(texts, (gpointer)(gsize)text);
    g_ptr_array_sort(texts, compare_texts);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv(" ", (char **)texts->pdata);
}

START_TEST(the_sample_is_dimensioned_as_a_surveyor_would)
{
    Drawn drawn = draw(NULL);
    g_autofree char *numbers = numbers_of(&drawn);
    ck_assert_str_eq(numbers, "0.60 1.30 1.50 11.60 12.90 2.10 2.50 3.50 3.80 4.00 4.30 6.10 6.20 "
                              "8.10");
    ck_assert_int_eq(plan_drawing_scale(drawn.drawing), 200);
    ck_assert_double_eq_tol(degrees_of(&drawn), 17.25, 0.01);
    end(&drawn);
}
END_TEST

static const struct {
    double xy[24];
    int count;
    const char *numbers;
} dimensioned[] = {
    {{0, 0, 10, 0, 10, 8, 0, 8}, 4, "10.00 10.00 8.00 8.00"}, /* nothing twice */
    {{0, 0, 6, 0, 6, 3, 10, 3, 10, 8, 0, 8}, 6, "10.00 3.00 4.00 5.00 6.00 8.00"},
    {{0, 0, 5, 0, 5, 0.005, 10, 0.005, 10, 8, 0, 8}, 6, "10.00 10.00 8.00 8.00"}, /* one edge */
    {{0, 0, 10, 0, 10, 8, 5.2, 8, 5.2, 8.2, 0, 8.2}, 6, "10.00 4.80 5.20 8.00 8.20"},
    {{0, 0, 10, 0, 10, 2.4995, 7, 2.4995, 7, 8, 0, 8}, 6, "10.00 2.50 3.00 5.50 7.00 8.00"},
};

START_TEST(edges_of_030_and_more_are_dimensioned_once)
{
    PlanBuilder builder = builder_begin(0);
    builder_polygon(&builder, "unit", "{}", dimensioned[_i].xy, dimensioned[_i].count);
    Drawn drawn = draw(&builder);
    g_autofree char *numbers = numbers_of(&drawn);
    ck_assert_str_eq(numbers, dimensioned[_i].numbers);
    end(&drawn);
}
END_TEST

START_TEST(a_court_is_measured_inside)
{
    PlanBuilder builder = builder_begin(8);
    json_t *rings = json_array();
    static const double corners[2][8] = {{0, 0, 16, 0, 16, 14, 0, 14}, {6, 5, 11, 5, 11, 9, 6, 9}};
    for (int r = 0; r < 2; r++) {
        json_t *ring = json_array();
        for (int i = 0; i <= 4; i++)
            json_array_append_new(
                ring, builder_position(&builder, corners[r][i % 4 * 2], corners[r][i % 4 * 2 + 1]));
        json_array_append_new(rings, ring);
    }
    builder_feature(&builder, "unit", json_pack("{ss so}", "type", "Polygon", "coordinates", rings),
                    "{}");
    Drawn drawn = draw(&builder);
    g_autofree char *numbers = numbers_of(&drawn);
    ck_assert_str_eq(numbers, "14.00 14.00 16.00 16.00 4.00 5.00");
    end(&drawn);
}
END_TEST

/* `bays` bays of `width` along the lower side of a hall. */
static PlanBuilder hall_with_bays(int bays, double width)
{
    double xy[400];
    int count = 0;
    for (int i = 0; i < bays; i++) {
        const double bay[] = {2 * i * width,       0,    2 * i * width,       -0.6,
                              (2 * i + 1) * width, -0.6, (2 * i + 1) * width, 0};
        memcpy(xy + count, bay, sizeof bay);
        count += 8;
    }
    const double rest[] = {2 * bays * width, 0, 2 * bays * width, 8, 0, 8};
    memcpy(xy + count, rest, sizeof rest);
    PlanBuilder builder = builder_begin(1);
    builder_polygon(&builder, "unit", "{}", xy, (count + 6) / 2);
    return builder;
}

START_TEST(equal_bays_have_one_depth)
{
    PlanBuilder builder = hall_with_bays(2, 3);
    Drawn drawn = draw(&builder);
    g_autofree char *numbers = numbers_of(&drawn);
    ck_assert_str_eq(numbers, "0.60 0.60 12.00 3.00 3.00 3.00 3.00 8.00 8.60");
    end(&drawn);
}
END_TEST

START_TEST(lengths_that_do_not_stand_apart_are_refused)
{
    PlanBuilder builder = hall_with_bays(40, 0.3);
    g_autoptr(Record) record = fixture_record(&builder, NULL, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(PlanDrawing) drawing =
        plan_drawing_create(document, record->plans[0].vector, "plans[0].data", &error);
    ck_assert_ptr_null(drawing);
    ck_assert_str_eq(error->message, "record: plans[0].data: the lengths do not stand apart at "
                                     "1:300: give dimension features");
}
END_TEST

START_TEST(given_dimensions_replace_all_others)
{
    PlanBuilder builder = builder_begin(21);
    builder_box(&builder, "unit", "{}", 0, 0, 6, 5);
    builder_line(&builder, "dimension", "{}", 0, 0, 4, 0);
    builder_line(&builder, "dimension", "{\"text\": \"净宽4.00\"}", 1, 2, 5, 2);
    Drawn drawn = draw(&builder);
    g_autofree char *numbers = numbers_of(&drawn);
    ck_assert_str_eq(numbers, "4.00 净宽4.00");
    end(&drawn);
}
END_TEST

/* The box of the number `wanted` on the leaf. */
static Rect number_box(const Drawn *drawn, const char *wanted)
{
    const char *text;
    double box[4];
    for (guint i = 0; plan_drawing_dimension(drawn->drawing, i, &text, box); i++)
        if (!strcmp(text, wanted))
            return (Rect){box[0], box[1], box[2], box[3]};
    ck_abort_msg("%s is not there", wanted);
}

/* 2 m are too short for their number at 1:400: it stands farther out, on whatever side. */
START_TEST(the_depth_of_a_balcony_never_stands_in_the_flat)
{
    static const double places[][4] = {
        {10, -2, 16, 0}, {10, 26, 16, 28}, {-2, 10, 0, 16}, {30, 10, 32, 16}};
    PlanBuilder builder = builder_begin(5);
    builder_box(&builder, "unit", "{}", 0, 0, 30, 26);
    builder_box(&builder, "balcony", OPEN_BALCONY, places[_i][0], places[_i][1], places[_i][2],
                places[_i][3]);
    Drawn drawn = draw(&builder);
    ck_assert_int_eq(plan_drawing_scale(drawn.drawing), 400);
    const PlanLine *outline = &drawn.record->plans[0].vector->unit.outer;
    Rect flat = rect_empty(), number = number_box(&drawn, "2.00");
    for (gsize i = 0; i < outline->count; i++) {
        Vec at;
        plan_drawing_locate(drawn.drawing, outline->points[i], &at.x, &at.y);
        rect_add_point(&flat, at);
    }
    ck_assert(!rects_overlap(flat, number));
    end(&drawn);
}
END_TEST

/* Each one's usual side is the other one's place. */
START_TEST(balconies_round_a_corner_are_both_measured)
{
    PlanBuilder builder = builder_begin(-33);
    builder_box(&builder, "unit", "{}", 0, 0, 12, 10);
    builder_box(&builder, "balcony", OPEN_BALCONY, 8.6, -1.8, 11.6, 0);
    builder_box(&builder, "balcony", OPEN_BALCONY, 12, 0.3, 13.8, 3.25);
    Drawn drawn = draw(&builder);
    g_autofree char *numbers = numbers_of(&drawn);
    ck_assert_str_eq(numbers, "1.80 1.80 10.00 10.00 12.00 12.00 2.95 3.00");
    end(&drawn);
}
END_TEST

START_TEST(no_tick_of_a_balcony_stands_in_the_flat)
{
    static const double places[][4] = {
        {3, -1.5, 6, 0}, {3, 8, 6, 9.5}, {-1.5, 3, 0, 6}, {10, 3, 11.5, 6}};
    PlanBuilder builder = builder_begin(0);
    builder_box(&builder, "unit", "{}", 0, 0, 10, 8);
    builder_box(&builder, "balcony", OPEN_BALCONY, places[_i][0], places[_i][1], places[_i][2],
                places[_i][3]);
    g_autoptr(Record) record = fixture_record(&builder, NULL, 0);
    g_autoptr(Figure) figure = figure_create(record->plans[0].vector);
    g_autoptr(GArray) dimensions = dimensions_create(document->engine, figure, 5);
    int halves = 0;
    for (guint i = 0; i < dimensions->len; i++)
        for (int end = 0; end < 2; end++) {
            Vec tick[2];
            dimension_tick(&g_array_index(dimensions, Dimension, i), end, tick);
            halves += fabs(tick[1].x - tick[0].x) < 1;
            Rect box = rect_empty();
            rect_add_point(&box, vec_scale(tick[0], 0.2));
            rect_add_point(&box, vec_scale(tick[1], 0.2));
            ck_assert(!shape_meets_rect(&figure->unit, rect_grow(box, -1e-6, -1e-6)));
        }
    ck_assert_int_eq(halves, 1); /* all others are whole */
}
END_TEST

/* A pillar in a room's middle, and a length that the plan gives in another's. */
START_TEST(names_keep_off_pillars_and_given_lengths)
{
    PlanBuilder builder = builder_begin(12);
    builder_box(&builder, "unit", "{}", 0, 0, 9, 4);
    builder_box(&builder, "room", "{\"name\": \"客厅\"}", 0.2, 0.2, 4.2, 3.8);
    builder_box(&builder, "room", "{\"name\": \"主卧\"}", 4.4, 0.2, 8.8, 3.8);
    builder_box(&builder, "wall", "{\"ownership\": \"own\"}", 2, 1.8, 2.4, 2.2);
    builder_line(&builder, "dimension", "{}", 4.4, 2, 8.8, 2);
    Drawn drawn = draw(&builder);
    double pillar[2], from[2], to[2], size_mm, name[4];
    const Plan *plan = drawn.record->plans[0].vector;
    const PlanLine *wall = &plan->walls[0].polygon.outer;
    plan_drawing_locate(drawn.drawing, wall->points[0], &pillar[0], &pillar[1]);
    ck_assert(plan_drawing_label(drawn.drawing, 0, &size_mm, name));
    double side_mm = 400.0 / plan_drawing_scale(drawn.drawing);
    ck_assert(name[1] > pillar[1] || name[3] < pillar[1] - side_mm ||
              name[0] > pillar[0] + side_mm || name[2] < pillar[0]);
    plan_drawing_locate(drawn.drawing, plan->dimensions[0].from, &from[0], &from[1]);
    plan_drawing_locate(drawn.drawing, plan->dimensions[0].to, &to[0], &to[1]);
    ck_assert(plan_drawing_label(drawn.drawing, 1, &size_mm, name));
    ck_assert(name[1] > from[1] || name[3] < to[1]);
    end(&drawn);
}
END_TEST

/* Millimetres to which coordinates are rounded turn a door of 0.9 m by up to 0.1 degrees. */
START_TEST(openings_stand_square_in_their_walls)
{
    PlanBuilder builder = builder_begin(17.25);
    builder_box(&builder, "unit", "{}", 0, 0, 10, 8);
    for (int i = 0; i < 9; i++)
        builder_line(&builder, "door", "{\"swing\": \"left\"}", 1 + i * 0.87, 0.12, 1.8 + i * 0.87,
                     0.12);
    g_autoptr(Record) record = fixture_record(&builder, NULL, 0);
    g_autoptr(Figure) figure = figure_create(record->plans[0].vector);
    for (gsize i = 0; i < figure->plan->n_openings; i++)
        ck_assert_double_eq_tol(figure->openings[i][0].y, figure->openings[i][1].y, 1e-12);
}
END_TEST

/* Rooms of falling width at 1:100; the size or the number of their name. */
START_TEST(names_shrink_then_break_then_become_numbers)
{
    static const struct {
        double width, height, size_mm;
    } rooms[] = {{3, 1, 2.7}, {1.1, 1, 2.4}, {0.8, 0.6, 1.6}, {0.55, 1, 2.0}, {0.35, 0.4, 1.8}};
    PlanBuilder builder = builder_begin(0);
    builder_box(&builder, "unit", "{}", 0, 0, 8, 6);
    for (guint i = 0; i < G_N_ELEMENTS(rooms); i++)
        builder_box(&builder, "room", "{\"name\": \"储藏间室\"}", 0.2, 0.2 + i,
                    0.2 + rooms[i].width, 0.2 + i + rooms[i].height);
    Drawn drawn = draw(&builder);
    ck_assert_int_eq(plan_drawing_scale(drawn.drawing), 100);
    for (guint i = 0; i < G_N_ELEMENTS(rooms); i++) {
        double size_mm, box[4];
        ck_assert(plan_drawing_label(drawn.drawing, i, &size_mm, box));
        ck_assert_msg(fabs(size_mm - rooms[i].size_mm) < 1e-9, "room %u: %.1f", i, size_mm);
    }
    end(&drawn);
}
END_TEST

START_TEST(a_name_of_three_never_stands_in_two_lines)
{
    PlanBuilder builder = builder_begin(0);
    builder_box(&builder, "unit", "{}", 0, 0, 8, 6);
    builder_box(&builder, "room", "{\"name\": \"储藏室\"}", 0.2, 0.2, 0.65, 1.4);
    Drawn drawn = draw(&builder);
    double size_mm, box[4];
    ck_assert(plan_drawing_label(drawn.drawing, 0, &size_mm, box));
    ck_assert_double_eq(size_mm, 1.8); /* ① */
    ck_assert_double_lt(box[3] - box[1], 2 * 1.8);
    end(&drawn);
}
END_TEST

START_TEST(twenty_thousand_positions_take_less_than_a_second)
{
    enum { COUNT = 19000 };
    g_autofree double *xy = g_new(double, 2 * COUNT);
    for (int i = 0; i < COUNT; i++) {
        double angle = 2 * G_PI * i / COUNT, radius = 1000 + (i % 2) * 40;
        xy[2 * i] = radius * cos(angle);
        xy[2 * i + 1] = radius * sin(angle);
    }
    PlanBuilder builder = builder_begin(0);
    builder_polygon(&builder, "unit", "{}", xy, COUNT);
    Record *record = fixture_record(&builder, NULL, 0);
    gint64 start = g_get_monotonic_time();
    g_autoptr(GError) error = NULL;
    g_autoptr(PlanDrawing) drawing =
        plan_drawing_create(document, record->plans[0].vector, "plan", &error);
    ck_assert_ptr_null(drawing);
    ck_assert_str_eq(error->message,
                     "record: plan: the outline has 19000 corners, at most 1000 can be drawn");
    ck_assert_int_lt(g_get_monotonic_time() - start, G_USEC_PER_SEC);
    record_unref(record);
}
END_TEST

/* In every test's own process: pango looks for fonts in threads, which a fork would lose. */
static void setup(void)
{
    g_autoptr(GError) error = NULL;
    document = document_create(ASSETS_DIR, STOCK_PLAIN, NULL, &error);
    ck_assert_msg(document != NULL, "%s", error ? error->message : "");
}

static void teardown(void)
{
    document_destroy(document);
}

int main(void)
{
    TCase *tests = tcase_create("plan");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, the_drawing_turns_the_shorter_way, 0, G_N_ELEMENTS(turns));
    tcase_add_test(tests, the_main_direction_is_that_of_the_longest_walls);
    tcase_add_loop_test(tests, the_scale_follows_the_rule, 0, G_N_ELEMENTS(scales));
    tcase_add_test(tests, lengths_on_paper_are_true_to_scale);
    tcase_add_test(tests, north_is_up_and_east_is_right);
    tcase_add_test(tests, a_left_door_opens_to_the_left);
    tcase_add_test(tests, a_gap_is_as_deep_as_its_wall);
    tcase_add_test(tests, the_sample_is_dimensioned_as_a_surveyor_would);
    tcase_add_loop_test(tests, edges_of_030_and_more_are_dimensioned_once, 0,
                        G_N_ELEMENTS(dimensioned));
    tcase_add_test(tests, a_court_is_measured_inside);
    tcase_add_test(tests, equal_bays_have_one_depth);
    tcase_add_test(tests, lengths_that_do_not_stand_apart_are_refused);
    tcase_add_test(tests, given_dimensions_replace_all_others);
    tcase_add_loop_test(tests, the_depth_of_a_balcony_never_stands_in_the_flat, 0, 4);
    tcase_add_test(tests, balconies_round_a_corner_are_both_measured);
    tcase_add_loop_test(tests, no_tick_of_a_balcony_stands_in_the_flat, 0, 4);
    tcase_add_test(tests, a_name_of_three_never_stands_in_two_lines);
    tcase_add_test(tests, names_keep_off_pillars_and_given_lengths);
    tcase_add_test(tests, openings_stand_square_in_their_walls);
    tcase_add_test(tests, names_shrink_then_break_then_become_numbers);
    tcase_add_test(tests, twenty_thousand_positions_take_less_than_a_second);
    return testing_run(tests);
}
