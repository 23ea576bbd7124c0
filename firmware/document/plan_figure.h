/* The surveyed shapes of a plan, turned parallel to the sheet: metres, x right, y down. Private to
 * this room. */
#pragma once
#include "firmware/certificate/plan.h"
#include "firmware/document/plan_geometry.h"

typedef enum { SIDE_NONE = 0, SIDE_BOTTOM, SIDE_RIGHT, SIDE_TOP, SIDE_LEFT, SIDE_COUNT } Side;

/* A straight stretch of a ring. */
typedef struct {
    Vec a, b;        /* straightened, as it is drawn */
    double length_m; /* of the data, as it is printed */
    Vec normal;      /* outwards, unit */
    Side side;       /* that it faces; SIDE_NONE: slanted */
} Edge;

typedef struct {
    Edge *edges;
    guint count;
} EdgeList;

typedef struct {
    const Plan *plan;
    SecretArena *arena; /* owns everything below */
    double turn;        /* radians anticlockwise, in (-45, 45] degrees */
    PlanPoint base;
    Shape unit;
    EdgeList unit_edges;  /* collinear neighbours merged */
    EdgeList *hole_edges; /* of the unit's holes: normals point into them */
    Shape *walls, *rooms, *balconies, *commons;
    EdgeList *balcony_edges;
    Vec (*openings)[2];
    Vec (*dimensions)[2];
} Figure;

/* Never NULL. Keeps a pointer to `plan`. */
Figure *figure_create(const Plan *plan);
void figure_destroy(Figure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Figure, figure_destroy)

/* A surveyed point on the sheet. */
Vec figure_turn_point(const Figure *figure, PlanPoint point);

/* Unit vector out of the drawing towards `side`, and the one along it: right for bottom and top,
 * down for left and right. */
Vec side_normal(Side side);
Vec side_along(Side side);
