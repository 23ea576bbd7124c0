/* A household plan (房屋分户图, GB/T 17986.1-2000 and GB/T 42547-2023 figure L.5) drawn from survey
 * vectors at a true scale. Private to this room. */
#pragma once
#include "firmware/certificate/plan.h"
#include "firmware/document/page.h"

typedef struct PlanDrawing PlanDrawing;

/* Turns, scales, dimensions and labels `plan` once. Keeps a pointer to it. NULL and
 * KIOSK_ERROR_REFUSED beginning with `member` when it cannot be drawn within the rules. */
PlanDrawing *plan_drawing_create(const Document *document, const Plan *plan, const char *member,
                                 GError **error);
void plan_drawing_destroy(PlanDrawing *drawing); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanDrawing, plan_drawing_destroy)

/* Draws the whole figure in millimetres of the leaf. */
void plan_drawing_draw(const PlanDrawing *plan, const Drawing *drawing);

int plan_drawing_scale(const PlanDrawing *drawing); /* N of 1:N */

/* Turn of the drawing in radians, anticlockwise, in (-45, 45] degrees. */
double plan_drawing_turn(const PlanDrawing *drawing);

/* Where a surveyed point stands on the leaf, in mm. */
void plan_drawing_locate(const PlanDrawing *drawing, PlanPoint point, double *ret_x_mm,
                         double *ret_y_mm);

/* Text and middle of dimension or label `i` in mm; FALSE behind the last one. For tests. */
gboolean plan_drawing_dimension(const PlanDrawing *drawing, guint i, const char **ret_text,
                                double ret_box_mm[4]);
gboolean plan_drawing_label(const PlanDrawing *drawing, guint i, double *ret_size_mm,
                            double ret_box_mm[4]);
