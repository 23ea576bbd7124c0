#include "ui/mark.h"

#define FNV_PRIME 1099511628211u

guint64 mark_hash(guint64 hash, const void *bytes, gsize length)
{
    const guint8 *byte = bytes;
    for (gsize i = 0; i < length; i++)
        hash = (hash ^ byte[i]) * FNV_PRIME;
    return hash;
}

static gboolean touch(const cairo_rectangle_int_t *a, const cairo_rectangle_int_t *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

static void unite(cairo_rectangle_int_t *into, const cairo_rectangle_int_t *other)
{
    int right = MAX(into->x + into->width, other->x + other->width);
    int bottom = MAX(into->y + into->height, other->y + other->height);
    into->x = MIN(into->x, other->x);
    into->y = MIN(into->y, other->y);
    into->width = right - into->x;
    into->height = bottom - into->y;
}

/* Adds a box; boxes that touch become one, and the last place takes what is left over. */
static int add(cairo_rectangle_int_t *boxes, int count, cairo_rectangle_int_t box)
{
    for (int i = 0; i < count;) {
        if (!touch(&boxes[i], &box) && count < MARK_BOXES_MAX) {
            i++;
            continue;
        }
        unite(&box, &boxes[i]);
        boxes[i] = boxes[--count];
        i = 0; /* the larger box may touch others */
    }
    boxes[count] = box;
    return count + 1;
}

/* Index of a mark of `marks` that looks the same and is not taken yet, -1: none. */
static int find(const GArray *marks, const gboolean *taken, guint64 hash, guint from)
{
    for (guint n = 0; n < marks->len; n++) {
        guint i = (from + n) % marks->len; /* mostly the next one */
        if (!taken[i] && g_array_index(marks, Mark, i).hash == hash)
            return (int)i;
    }
    return -1;
}

int marks_compare(const GArray *before, const GArray *after, int width, int height,
                  cairo_rectangle_int_t ret[MARK_BOXES_MAX])
{
    const cairo_rectangle_int_t panel = {0, 0, width, height};
    g_autofree gboolean *taken = g_new0(gboolean, before->len + 1);
    cairo_region_t *bounds = cairo_region_create_rectangle(&panel);
    int count = 0;
    guint next = 0;
    for (guint i = 0; i < after->len; i++) {
        const Mark *mark = &g_array_index(after, Mark, i);
        int same = find(before, taken, mark->hash, next);
        if (same < 0) {
            count = add(ret, count, mark->box);
            continue;
        }
        taken[same] = TRUE;
        next = (guint)same + 1;
    }
    for (guint i = 0; i < before->len; i++)
        if (!taken[i])
            count = add(ret, count, g_array_index(before, Mark, i).box);
    int kept = 0;
    for (int i = 0; i < count; i++) {
        cairo_region_t *part = cairo_region_copy(bounds);
        cairo_region_intersect_rectangle(part, &ret[i]);
        if (!cairo_region_is_empty(part))
            cairo_region_get_extents(part, &ret[kept++]);
        cairo_region_destroy(part);
    }
    cairo_region_destroy(bounds);
    return kept;
}
