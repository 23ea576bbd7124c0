/* 附图页: one page a plan, drawn from vectors or scanned. */
#include "firmware/document/page.h"
#include "firmware/document/plan_drawing.h"

#define SCAN_DPI_MIN 150 /* a scan is never enlarged beyond this */

static const char *kind_word(PlanKind kind)
{
    return kind == PLAN_KIND_PARCEL ? "parcel-plan" : "household-plan";
}

static gboolean add_plan(Pages *pages, gsize index, GError **error)
{
    const RecordPlan *plan = &pages->record->plans[index];
    Page *page = page_create(PART_PLANS, kind_word(plan->kind));
    g_ptr_array_add(pages->pages, page);
    lines_add_item(page->lines, pages->document, ITEM_PLAN_HEADING);
    g_autofree char *member = g_strdup_printf("plans[%zu].data", index);
    if (plan->vector) {
        page->drawing = plan_drawing_create(pages->document, plan->vector, member, error);
        return page->drawing != NULL;
    }
    g_autofree char *path = g_strconcat("record: ", member, NULL);
    const TemplateItem *area = &pages->document->template->items[ITEM_PLAN_AREA];
    page->scan =
        picture_create(plan->png, path, PICTURE_SCAN, area->width_mm, area->height_mm, error);
    return page->scan != NULL;
}

gboolean pages_add_plans(Pages *pages, GError **error)
{
    int allowed = (int)pages->document->template->numbers[NUMBER_PLAN_PAGES];
    if (pages->record->n_plans > (gsize)allowed)
        return pages_refuse(error, "plans", "%zu plans, the booklet has %d pages for them",
                            pages->record->n_plans, allowed);
    for (gsize i = 0; i < pages->record->n_plans; i++)
        if (!add_plan(pages, i, error))
            return FALSE;
    return TRUE;
}

void plans_draw(const Pages *pages, const Page *page, const Drawing *drawing)
{
    cairo_t *cr = drawing->cr;
    const Template *template = pages->document->template;
    const TemplateItem *area = &template->items[ITEM_PLAN_AREA];
    const TemplateItem *frame = &template->items[ITEM_FRAME];
    ink_set_black(cr);
    if (drawing->with_booklet)
        draw_box(cr, frame->x_mm, frame->y_mm, frame->width_mm, frame->height_mm, frame->line_mm);
    if (page->drawing)
        plan_drawing_draw(page->drawing, drawing);
    /* nobody knows what names and addresses a scan shows */
    else if (drawing->is_covered)
        draw_cover(cr, area->x_mm, area->y_mm, area->width_mm, area->height_mm);
    else
        picture_draw_fitted(page->scan, cr, area->x_mm, area->y_mm, area->width_mm, area->height_mm,
                            SCAN_DPI_MIN);
}
