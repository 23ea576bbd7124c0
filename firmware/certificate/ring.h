/* What is beyond doubt about rings, told without libgeos: nearly all that stands in a plan of a flat.
 * Where an answer is no, ask it. */
#pragma once
#include "firmware/certificate/plan.h"

/* No side of the closed ring touches another one but at the corner between them. */
gboolean ring_is_simple(const PlanLine *ring);

/* Square metres that lie in two simple rings; INFINITY: neither is convex, or they are too long. */
double rings_overlap_m2(const PlanLine *a, const PlanLine *b);

/* The corners about a line of two positions that is `thickness_m` thick, in libgeos' order, and the
 * same to the bit. FALSE: other lines, and such as are shorter than 1 mm. */
gboolean line_becomes_rectangle(const PlanLine *line, double thickness_m, PlanPoint ret[4]);
