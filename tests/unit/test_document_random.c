/* Properties that every plan has, whatever the flat: on plans drawn from a seed. */
#include "firmware/document/bands.h"
#include "firmware/document/plan_drawing.h"
#include "firmware/document/plan_geometry.h"
#include "tests/unit/document_fixture.h"
#include <glib/gstdio.h>

#define ZONE_X0 22.5
#define ZONE_Y0 64.5
#define ZONE_X1 145.5
#define ZONE_Y1 190.5
#define PLAN_PAGE 3
#define DPI 600

static Document *document;

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

static gboolean overlap(const double a[4], const double b[4])
{
    return a[0] < b[2] - 0.01 && b[0] < a[2] - 0.01 && a[1] < b[3] - 0.01 && b[1] < a[3] - 0.01;
}

/* No number on a number, a name or the outline, everything in the zone and off the north arrow. */
static void check_order(const Drawn *drawn, const char *what)
{
    double boxes[64][4], label[4], size_mm;
    const char *text;
    guint count = 0;
    const double arrow[4] = {123.0, 67.0, 143.0, 93.0};
    Rect unit = rect_empty();
    const PlanLine *outline = &drawn->record->plans[0].vector->unit.outer;
    g_autofree Vec *points = g_new(Vec, outline->count);
    for (gsize i = 0; i < outline->count; i++) {
        plan_drawing_locate(drawn->drawing, outline->points[i], &points[i].x, &points[i].y);
        rect_add_point(&unit, points[i]);
    }
    Ring ring = {points, (guint)outline->count};
    for (; count < 64 && plan_drawing_dimension(drawn->drawing, count, &text, boxes[count]);
         count++) {
        double *box = boxes[count];
        Rect rect = {box[0], box[1], box[2], box[3]};
        ck_assert_msg(!ring_crosses_rect(&ring, rect), "%s: %s on the outline", what, text);
        ck_assert_msg(!overlap(box, arrow), "%s: %s in the north arrow", what, text);
        ck_assert_msg(box[0] >= ZONE_X0 && box[1] >= ZONE_Y0 && box[2] <= ZONE_X1 &&
                          box[3] <= ZONE_Y1,
                      "%s: %s outside the zone", what, text);
        for (guint i = 0; i < count; i++)
            ck_assert_msg(!overlap(box, boxes[i]), "%s: %s on another number", what, text);
    }
    for (guint i = 0; plan_drawing_label(drawn->drawing, i, &size_mm, label); i++) {
        ck_assert_double_ge(size_mm, 1.6);
        for (guint n = 0; n < count; n++)
            ck_assert_msg(!overlap(label, boxes[n]), "%s: name %u on a number", what, i);
    }
}

/* A random flight of steps: parts of many lengths on two sides, among them very short ones. */
START_TEST(random_flats_keep_numbers_and_names_apart)
{
    g_autofree char *what = g_strdup_printf("seed %d", _i);
    GRand *random = g_rand_new_with_seed((guint32)_i);
    int steps = g_rand_int_range(random, 1, 6);
    double xy[32], x = 0, y = 0, widths[6], heights[6], width = 0;
    for (int i = 0; i < steps; i++) {
        widths[i] = round(g_rand_double_range(random, 0.35, 4) * 20) / 20;
        heights[i] = round(g_rand_double_range(random, 0.35, 4) * 20) / 20;
        width += widths[i];
    }
    int count = 0;
    xy[count++] = 0, xy[count++] = 0;
    xy[count++] = width, xy[count++] = 0;
    x = width;
    for (int i = 0; i < steps; i++) {
        y += heights[i];
        xy[count++] = x, xy[count++] = y;
        x -= widths[i];
        if (i == steps - 1)
            x = 0;
        xy[count++] = x, xy[count++] = y;
    }
    PlanBuilder builder = builder_begin(g_rand_double_range(random, -90, 90));
    builder_polygon(&builder, "unit", "{}", xy, count / 2);
    if (widths[steps - 1] > 0.6 && heights[0] > 0.6)
        builder_box(&builder, "room", "{\"name\": \"起居室\"}", 0.05, 0.05,
                    widths[steps - 1] - 0.05, heights[0] - 0.05);
    builder_box(&builder, "balcony", "{\"name\": \"阳台\", \"enclosed\": false}", 0, -1.3,
                MIN(width, 2.5), 0);
    g_rand_free(random);
    Drawn drawn = draw(&builder);
    check_order(&drawn, what);
    end(&drawn);
}
END_TEST

START_TEST(the_sample_keeps_numbers_and_names_apart)
{
    Drawn drawn = draw(NULL);
    check_order(&drawn, "sample");
    end(&drawn);
}
END_TEST

typedef struct {
    double width, depth, degrees;
    int rooms;
} Flat;

/* A box with bays before its upper and lower walls, a row of rooms with doors and windows, stairs.
 */
static PlanBuilder build_flat(GRand *random, Flat *ret)
{
    Flat flat = {g_rand_double_range(random, 6, 20), g_rand_double_range(random, 5, 16),
                 g_rand_double_range(random, -90, 90), g_rand_int_range(random, 1, 7)};
    PlanBuilder builder = builder_begin(flat.degrees);
    double bay = g_rand_double_range(random, 1, flat.width - 3);
    double out = g_rand_double_range(random, -1, 1.5), w = flat.width, d = flat.depth;
    if (fabs(out) < 0.35)
        out = 0.35;
    const double outline[] = {0,         0, bay, 0, bay, -out, bay + 1.5, -out,
                              bay + 1.5, 0, w,   0, w,   d,    0,         d};
    builder_polygon(&builder, "unit", "{}", outline, 8);
    double each = (w - 0.4) / flat.rooms, y0 = MAX(0, -out) + 0.2;
    for (int i = 0; i < flat.rooms; i++) {
        static const char *const names[] = {"客厅", "主卧", "卫生间", "书房兼客房", "阳光房", "厨"};
        g_autofree char *name = g_strdup_printf("{\"name\": \"%s\"}", names[i]);
        double x0 = 0.2 + i * each, x1 = x0 + each - 0.2;
        builder_box(&builder, "room", name, x0, y0, x1, d - 0.2);
        builder_box(&builder, "wall", "{\"ownership\": \"own\"}", x1, 0.1, x1 + 0.2, d - 0.1);
        builder_line(&builder, "door", "{\"swing\": \"left\"}", x1 + 0.1, y0 + 0.3, x1 + 0.1,
                     y0 + 0.3 + MIN(0.9, each));
    }
    builder_line(&builder, "window", "{}", 1, d - 0.1, MIN(3, w - 1), d - 0.1);
    builder_box(&builder, "common", "{\"name\": \"楼梯\"}", w + 0.1, 1, w + 2.6, 4);
    *ret = flat;
    return builder;
}

/* A ring of the plan on the leaf; the caller frees its points. */
static Ring locate_ring(const Drawn *drawn, const PlanLine *line)
{
    Ring ring = {g_new(Vec, line->count), (guint)line->count};
    for (gsize i = 0; i < line->count; i++)
        plan_drawing_locate(drawn->drawing, line->points[i], &ring.points[i].x, &ring.points[i].y);
    return ring;
}

static Rect label_rect(const Drawn *drawn, guint i)
{
    double size_mm, box[4];
    ck_assert(plan_drawing_label(drawn->drawing, i, &size_mm, box));
    return (Rect){box[0] + 0.01, box[1] + 0.01, box[2] - 0.01, box[3] - 0.01};
}

/* Every name wholly in its own area, off walls and off other names. */
static void check_names(const Drawn *drawn, const char *what)
{
    const Plan *plan = drawn->record->plans[0].vector;
    gsize count = plan->n_rooms + plan->n_balconies + plan->n_commons;
    for (guint i = 0; i < count; i++) {
        gsize balcony = i - plan->n_rooms, common = balcony - plan->n_balconies;
        const PlanPolygon *area = i < plan->n_rooms             ? &plan->rooms[i].polygon
                                  : balcony < plan->n_balconies ? &plan->balconies[balcony].polygon
                                                                : &plan->commons[common].polygon;
        Shape shape = {.outer = locate_ring(drawn, &area->outer)};
        Rect label = label_rect(drawn, i);
        ck_assert_msg(shape_contains_rect(&shape, label), "%s: name %u leaves its area", what, i);
        g_free(shape.outer.points);
        for (guint other = 0; other < i; other++)
            ck_assert_msg(!rects_overlap(label, label_rect(drawn, other)), "%s: name %u on name %u",
                          what, i, other);
        for (gsize w = 0; w < plan->n_walls; w++) {
            Shape wall = {.outer = locate_ring(drawn, &plan->walls[w].polygon.outer)};
            ck_assert_msg(!shape_meets_rect(&wall, label), "%s: name %u on wall %zu", what, i, w);
            g_free(wall.outer.points);
        }
    }
}

/* No number in the flat, in a balcony or over common parts. */
static void check_numbers(const Drawn *drawn, const char *what)
{
    const Plan *plan = drawn->record->plans[0].vector;
    const char *text;
    double box[4];
    for (guint i = 0; plan_drawing_dimension(drawn->drawing, i, &text, box); i++) {
        Rect rect = {box[0], box[1], box[2], box[3]};
        for (gsize a = 0; a <= plan->n_balconies + plan->n_commons; a++) {
            const PlanPolygon *area = a == 0 ? &plan->unit
                                      : a <= plan->n_balconies
                                          ? &plan->balconies[a - 1].polygon
                                          : &plan->commons[a - 1 - plan->n_balconies].polygon;
            Shape shape = {.outer = locate_ring(drawn, &area->outer)};
            ck_assert_msg(!shape_meets_rect(&shape, rect), "%s: %s over area %zu", what, text, a);
            g_free(shape.outer.points);
        }
    }
}

/* A box of rooms with walls, a pillar in each larger room, doors, a notch above, and on each side
 * perhaps an open balcony; stairs to the right, away from the balconies. */
static PlanBuilder build_home(GRand *random)
{
    static const char *const names[] = {"{\"name\": \"客厅\"}", "{\"name\": \"卫生间\"}",
                                        "{\"name\": \"衣帽间\"}", "{\"name\": \"主卧\"}"};
    const char *own = "{\"ownership\": \"own\"}";
    PlanBuilder builder = builder_begin(g_rand_double_range(random, -90, 90));
    int columns = g_rand_int_range(random, 1, 5), rows = g_rand_int_range(random, 1, 4);
    double each = round(g_rand_double_range(random, 1.5, 5) * 20) / 20;
    double deep = round(g_rand_double_range(random, 1.5, 4.5) * 20) / 20;
    double wall = g_rand_double_range(random, 0.1, 0.3), w = columns * each, d = rows * deep;
    double notch = MIN(0.4, each / 4), from = g_rand_double_range(random, 0.4, w - 0.9);
    const double outline[] = {0,          0,         w,    0,         w,    d, from + 0.5, d,
                              from + 0.5, d - notch, from, d - notch, from, d, 0,          d};
    builder_polygon(&builder, "unit", "{}", outline, 8);
    for (int c = 1; c < columns; c++)
        builder_box(&builder, "wall", own, c * each - wall / 2, 0, c * each + wall / 2, d - 0.4);
    for (int c = 0; c < columns; c++)
        for (int r = 0; r < rows; r++) {
            double x0 = c * each + wall / 2, x1 = (c + 1) * each - wall / 2;
            double y0 = r * deep + wall / 2, y1 = (r + 1) * deep - wall / 2;
            double top = r == rows - 1 ? y1 - 0.4 : y1, middle = (x0 + x1) / 2;
            builder_box(&builder, "room", names[g_rand_int_range(random, 0, 4)], x0, y0, x1, top);
            if (x1 - x0 > 2.5 && top - y0 > 2.5)
                builder_box(&builder, "wall", own, middle - 0.2, (y0 + top) / 2 - 0.2, middle + 0.2,
                            (y0 + top) / 2 + 0.2);
            builder_line(&builder, "door", g_rand_boolean(random) ? "{\"swing\": \"left\"}" : "{}",
                         x0 + 0.1, y0, x0 + 0.1 + MIN(0.8, x1 - x0 - 0.2), y0);
        }
    double long_m = round(g_rand_double_range(random, 0.8, 4) * 20) / 20;
    double out = round(g_rand_double_range(random, 0.6, 2) * 20) / 20;
    const char *balcony = "{\"name\": \"阳台\", \"enclosed\": false}";
    if (g_rand_boolean(random))
        builder_box(&builder, "balcony", balcony, 0.3, -out, 0.3 + MIN(long_m, w - 0.3), 0);
    if (g_rand_boolean(random))
        builder_box(&builder, "balcony", balcony, -out, 0.3, 0, 0.3 + MIN(long_m, d - 0.3));
    if (g_rand_boolean(random) && w - from > 1.8)
        builder_box(&builder, "balcony", balcony, from + 0.8, d, MIN(w, from + 0.8 + long_m),
                    d + out);
    if (g_rand_boolean(random))
        builder_box(&builder, "common", "{\"name\": \"楼梯\"}", w + 0.1, 0.2, w + 2.6, d - 0.2);
    else
        builder_box(&builder, "balcony", balcony, w, 0.3, w + out, 0.3 + MIN(long_m, d - 0.3));
    return builder;
}

START_TEST(random_homes_are_drawn_in_order)
{
    g_autofree char *what = g_strdup_printf("seed %d", _i);
    GRand *random = g_rand_new_with_seed((guint32)_i);
    PlanBuilder builder = build_home(random);
    g_rand_free(random);
    Drawn drawn = draw(&builder);
    check_order(&drawn, what);
    check_names(&drawn, what);
    check_numbers(&drawn, what);
    end(&drawn);
}
END_TEST

/* Middle of the ink at a place, in mm from it along a line: the outline is there, and no other line
 * touches it. */
static double find_line(RasterSource *source, const guint8 *dots, Vec place, Vec along)
{
    double k = DPI / 25.4, ends[2], sum = 0, weight = 0;
    for (int e = 0; e < 2; e++) {
        double step = (e ? 0.25 : -0.25) / k;
        for (double t = 0;; t += step) {
            Vec at = vec_scale(vec_along(place, along, t), k);
            double dark = 255 - dots[(gsize)at.y * raster_stride(source) + (gsize)at.x];
            sum += t * dark;
            weight += dark;
            ends[e] = t;
            if (dark < 16)
                break;
        }
    }
    ck_assert_double_gt(weight, 255 * 4 * 5); /* five dots of black and more: 0.3 mm is seven */
    ck_assert_double_lt(ends[1] - ends[0], 0.5);
    return sum / weight;
}

/* Distance on paper of two points of the outline, found in the dots. */
static double measure(const Pages *pages, RasterSource *source, const guint8 *dots, PlanPoint from,
                      PlanPoint to)
{
    const PlanDrawing *drawing = ((const Page *)pages->pages->pdata[PLAN_PAGE])->drawing;
    Vec a, b;
    plan_drawing_locate(drawing, from, &a.x, &a.y);
    plan_drawing_locate(drawing, to, &b.x, &b.y);
    Vec along = vec_unit(vec_sub(b, a));
    return vec_length(vec_sub(b, a)) + find_line(source, dots, b, along) -
           find_line(source, dots, a, along);
}

static PlanPoint surveyed(const PlanBuilder *builder, double x, double y)
{
    json_auto_t *position = builder_position(builder, x, y);
    return (PlanPoint){json_number_value(json_array_get(position, 0)),
                       json_number_value(json_array_get(position, 1))};
}

/* N of the "1:N" that pdftotext finds on the page. */
static int printed_scale(Pages *pages)
{
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, NULL);
    g_autofree char *path = NULL, *text = NULL;
    gsize length;
    const char *data = g_bytes_get_data(pdf, &length);
    g_close(g_file_open_tmp("random-XXXXXX.pdf", &path, NULL), NULL);
    ck_assert(g_file_set_contents(path, data, (gssize)length, NULL));
    char *argv[] = {"pdftotext", "-raw", "-f", "4", "-l", "4", path, "-", NULL};
    ck_assert(
        g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &text, NULL, NULL, NULL));
    g_unlink(path);
    const char *found = strstr(text, "1:");
    ck_assert_msg(found != NULL, "%s", text);
    return (int)strtol(found + 2, NULL, 10);
}

START_TEST(the_printed_scale_is_that_of_the_ink)
{
    GRand *random = g_rand_new_with_seed((guint32)_i);
    Flat flat;
    PlanBuilder builder = build_flat(random, &flat);
    g_rand_free(random);
    PlanPoint ends[4] = {surveyed(&builder, 0, flat.depth / 2),
                         surveyed(&builder, flat.width, flat.depth / 2), surveyed(&builder, 0.5, 0),
                         surveyed(&builder, 0.5, flat.depth)};
    g_autoptr(Record) record = fixture_record(&builder, NULL, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(Pages) pages = pages_create(document, record, &error);
    ck_assert_msg(pages != NULL, "seed %d: %s", _i, error ? error->message : "");
    g_autoptr(RasterSource) source = bands_create(pages, RASTER_GRAY8, DPI, &error);
    g_autofree guint8 *dots = g_malloc(raster_stride(source) * (gsize)source->height_px);
    ck_assert(source->fill(source, PLAN_PAGE, 0, source->height_px, dots));
    int scale = printed_scale(pages);
    double across = measure(pages, source, dots, ends[0], ends[1]) * scale / 1000;
    double down = measure(pages, source, dots, ends[2], ends[3]) * scale / 1000;
    ck_assert_msg(fabs(across / flat.width - 1) < 0.002, "seed %d: %.4f m, surveyed %.4f", _i,
                  across, flat.width);
    ck_assert_msg(fabs(down / flat.depth - 1) < 0.002, "seed %d: %.4f m, surveyed %.4f", _i, down,
                  flat.depth);
}
END_TEST

/* A name stands in its own room, wholly, as a number if it must. */
START_TEST(names_stay_in_their_rooms)
{
    GRand *random = g_rand_new_with_seed((guint32)_i);
    Flat flat;
    PlanBuilder builder = build_flat(random, &flat);
    g_rand_free(random);
    Drawn drawn = draw(&builder);
    g_autofree char *what = g_strdup_printf("seed %d", _i);
    check_order(&drawn, what);
    check_names(&drawn, what);
    end(&drawn);
}
END_TEST

/* In every test's own process: pango looks for fonts in threads, which a fork would lose. */
static void setup(void)
{
    g_autoptr(GError) error = NULL;
    document = document_create(ASSETS_DIR, STOCK_PREPRINTED, NULL, &error);
    ck_assert_msg(document != NULL, "%s", error ? error->message : "");
}

static void teardown(void)
{
    document_destroy(document);
}

/* A loop over the seeds below `usual`, or over those of KIOSK_SEEDS=FIRST-LAST: more of them, or
 * one again. */
#define ADD_SEEDED(tests, name, usual)                                                             \
    do {                                                                                           \
        int first = 0, last = (usual)-1;                                                           \
        if (g_getenv("KIOSK_SEEDS"))                                                               \
            sscanf(g_getenv("KIOSK_SEEDS"), "%d-%d", &first, &last);                               \
        tcase_add_loop_test(tests, name, first, last + 1);                                         \
    } while (0)

int main(void)
{
    TCase *tests = tcase_create("random");
    tcase_add_checked_fixture(tests, setup, teardown);
    ADD_SEEDED(tests, random_flats_keep_numbers_and_names_apart, 60);
    ADD_SEEDED(tests, random_homes_are_drawn_in_order, 60);
    tcase_add_test(tests, the_sample_keeps_numbers_and_names_apart);
    ADD_SEEDED(tests, the_printed_scale_is_that_of_the_ink, 16);
    ADD_SEEDED(tests, names_stay_in_their_rooms, 40);
    return testing_run(tests);
}
