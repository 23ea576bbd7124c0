/* What is told of rings without libgeos, against libgeos: over rings that are plain, and rings that are
 * not. */
#include "firmware/certificate/ring.h"
#include "firmware/certificate/topology.h"
#include "tests/testing.h"
#include <math.h>

#define NORTH 3350508.0
#define EAST 514923.0
#define RINGS 4000
#define POINTS 9

typedef struct {
    PlanPoint points[POINTS];
    PlanLine line;
} Ring;

static void set_ring(Ring *ring, gsize count)
{
    ring->line = (PlanLine){ring->points, count};
}

/* Corners in any order, on a grid of millimetres or one so coarse that sides touch and run on each
 * other. */
static void scatter(GRand *rand, Ring *ring, double grid)
{
    gsize count = (gsize)g_rand_int_range(rand, 3, POINTS + 1);
    for (gsize i = 0; i < count; i++)
        ring->points[i] = (PlanPoint){NORTH + g_rand_int_range(rand, 0, (int)(8 / grid)) * grid,
                                      EAST + g_rand_int_range(rand, 0, (int)(8 / grid)) * grid};
    set_ring(ring, count);
}

/* A turned rectangle, as rooms are. */
static void set_room(GRand *rand, Ring *ring)
{
    double north = NORTH + g_rand_double_range(rand, 0, 4), angle = g_rand_double_range(rand, 0, 7);
    double east = EAST + g_rand_double_range(rand, 0, 4);
    double sides[] = {g_rand_double_range(rand, 0.5, 5), g_rand_double_range(rand, 0.5, 5)};
    for (int i = 0; i < 4; i++) {
        double along = i == 1 || i == 2 ? sides[0] : 0, across = i >= 2 ? sides[1] : 0;
        ring->points[i] = (PlanPoint){north + cos(angle) * along - sin(angle) * across,
                                      east + sin(angle) * along + cos(angle) * across};
    }
    set_ring(ring, 4);
}

START_TEST(a_ring_called_simple_is_valid_for_libgeos)
{
    GRand *rand = g_rand_new_with_seed(7);
    int simple = 0, valid = 0;
    for (int i = 0; i < RINGS; i++) {
        Ring ring;
        scatter(rand, &ring, i & 1 ? 1 : 0.001);
        g_autofree char *fault = topology.find_fault(&(PlanPolygon){.outer = ring.line});
        gboolean is_simple = ring_is_simple(&ring.line);
        ck_assert_msg(!is_simple || !fault, "ring %d is simple, libgeos: %s", i, fault);
        simple += is_simple;
        valid += !fault;
    }
    g_rand_free(rand);
    ck_assert_int_gt(RINGS, 4 * valid / 3);   /* there are invalid ones */
    ck_assert_int_gt(simple, 9 * valid / 10); /* and nearly all others are told */
}
END_TEST

START_TEST(an_overlap_is_what_libgeos_measures)
{
    GRand *rand = g_rand_new_with_seed(8);
    int told = 0, overlapping = 0;
    for (int i = 0; i < RINGS; i++) {
        Ring room, other;
        set_room(rand, &room);
        if (i & 1)
            set_room(rand, &other);
        else
            do
                scatter(rand, &other, 0.001);
            while (!ring_is_simple(&other.line));
        double ours = rings_overlap_m2(&other.line, &room.line);
        double theirs = topology.measure_overlap(&(PlanPolygon){.outer = other.line},
                                                 &(PlanPolygon){.outer = room.line});
        ck_assert_msg(fabs(ours - theirs) < 1e-6, "pair %d: %g, libgeos %g", i, ours, theirs);
        ck_assert(rings_overlap_m2(&room.line, &other.line) == ours ||
                  fabs(rings_overlap_m2(&room.line, &other.line) - ours) < 1e-6);
        told += isfinite(ours);
        overlapping += ours > 0.05;
    }
    g_rand_free(rand);
    ck_assert_int_eq(told, RINGS);
    ck_assert(overlapping > RINGS / 10 && overlapping < RINGS);
}
END_TEST

START_TEST(two_rings_with_niches_are_left_to_libgeos)
{
    Ring ring = {{{0, 0}, {2, 0}, {2, 1}, {1, 1}, {1, 2}, {0, 2}}, {0}};
    Ring inside = ring;
    set_ring(&ring, 6);
    set_ring(&inside, 6);
    ck_assert(isinf(rings_overlap_m2(&ring.line, &inside.line)));
}
END_TEST

START_TEST(a_straight_wall_is_libgeos_own_to_the_bit)
{
    GRand *rand = g_rand_new_with_seed(9);
    SecretArena *arena = secret_arena_create();
    for (int i = 0; i < RINGS; i++) {
        Ring ring;
        PlanPoint corners[4];
        PlanPolygon wall;
        scatter(rand, &ring, i & 1 ? 1 : 0.001);
        ring.line.count = 2;
        if (!line_becomes_rectangle(&ring.line, i % 30 / 10.0 + 0.01, corners))
            continue;
        ck_assert(topology.thicken(&ring.line, i % 30 / 10.0 + 0.01, arena, &wall));
        ck_assert_uint_eq(wall.outer.count, 4);
        for (int k = 0; k < 4; k++) {
            ck_assert_double_eq(wall.outer.points[k].north, corners[k].north);
            ck_assert_double_eq(wall.outer.points[k].east, corners[k].east);
        }
    }
    secret_arena_destroy(arena);
    g_rand_free(rand);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("ring");
    tcase_add_test(tests, a_ring_called_simple_is_valid_for_libgeos);
    tcase_add_test(tests, an_overlap_is_what_libgeos_measures);
    tcase_add_test(tests, two_rings_with_niches_are_left_to_libgeos);
    tcase_add_test(tests, a_straight_wall_is_libgeos_own_to_the_bit);
    return testing_run(tests);
}
