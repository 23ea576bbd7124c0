#include "ui/path.h"
#include "firmware/base/error.h"
#include <math.h>
#include <string.h>

typedef struct {
    cairo_t *cr;
    const char *rest;
    double x, y;                 /* current point */
    double start_x, start_y;     /* of the subpath */
    double control_x, control_y; /* second control point of the curve before, for S */
    gboolean has_control;
} Pen;

static void skip(Pen *pen)
{
    while (*pen->rest == ' ' || *pen->rest == ',')
        pen->rest++;
}

/* SVG lets numbers touch: "1.5.5-2" is 1.5, 0.5, -2. */
static gboolean read_number(Pen *pen, double *ret)
{
    skip(pen);
    const char *at = pen->rest;
    char digits[32];
    gsize length = strspn(at, "+-") > 0 ? 1 : 0;
    length += strspn(at + length, "0123456789");
    if (at[length] == '.')
        length += 1 + strspn(at + length + 1, "0123456789");
    if (length == 0 || length >= sizeof digits)
        return FALSE;
    memcpy(digits, at, length);
    digits[length] = '\0';
    char *end = NULL;
    *ret = g_ascii_strtod(digits, &end);
    pen->rest = at + length;
    return end != digits && isfinite(*ret);
}

/* The flags of an arc may stand without blanks between: "a1 1 0 011.7 1". */
static gboolean read_flag(Pen *pen, gboolean *ret)
{
    skip(pen);
    if (*pen->rest != '0' && *pen->rest != '1')
        return FALSE;
    *ret = *pen->rest++ == '1';
    return TRUE;
}

static gboolean read_numbers(Pen *pen, double *ret, int count)
{
    for (int i = 0; i < count; i++)
        if (!read_number(pen, &ret[i]))
            return FALSE;
    return TRUE;
}

static void move_to(Pen *pen, double x, double y)
{
    pen->x = pen->start_x = x;
    pen->y = pen->start_y = y;
    cairo_move_to(pen->cr, x, y);
}

static void line_to(Pen *pen, double x, double y)
{
    pen->x = x;
    pen->y = y;
    cairo_line_to(pen->cr, x, y);
}

static void curve_to(Pen *pen, const double c[6])
{
    cairo_curve_to(pen->cr, c[0], c[1], c[2], c[3], c[4], c[5]);
    pen->control_x = c[2];
    pen->control_y = c[3];
    pen->has_control = TRUE;
    pen->x = c[4];
    pen->y = c[5];
}

/* SVG 1.1 appendix F.6.5 for circles' and ellipses' arcs without rotation of the axes. */
static void arc_to(Pen *pen, double rx, double ry, gboolean large, gboolean sweep, double x,
                   double y)
{
    double half_x = (pen->x - x) / 2, half_y = (pen->y - y) / 2;
    double size = half_x * half_x / (rx * rx) + half_y * half_y / (ry * ry);
    if (size > 1) {
        rx *= sqrt(size);
        ry *= sqrt(size);
        size = 1;
    }
    double factor = sqrt((1 - size) / MAX(size, 1e-12)) * (large == sweep ? -1 : 1);
    double centre_x = factor * rx * half_y / ry, centre_y = -factor * ry * half_x / rx;
    double from = atan2((half_y - centre_y) / ry, (half_x - centre_x) / rx);
    double to = atan2((-half_y - centre_y) / ry, (-half_x - centre_x) / rx);
    cairo_save(pen->cr);
    cairo_translate(pen->cr, centre_x + (pen->x + x) / 2, centre_y + (pen->y + y) / 2);
    cairo_scale(pen->cr, rx, ry);
    if (sweep)
        cairo_arc(pen->cr, 0, 0, 1, from, to);
    else
        cairo_arc_negative(pen->cr, 0, 0, 1, from, to);
    cairo_restore(pen->cr);
    pen->x = x;
    pen->y = y;
}

static gboolean draw_arc(Pen *pen, double base_x, double base_y)
{
    double n[3], end[2];
    gboolean large, sweep;
    if (!read_numbers(pen, n, 3) || !read_flag(pen, &large) || !read_flag(pen, &sweep) ||
        !read_numbers(pen, end, 2) || n[0] <= 0 || n[1] <= 0 || n[2] != 0)
        return FALSE;
    arc_to(pen, n[0], n[1], large, sweep, base_x + end[0], base_y + end[1]);
    return TRUE;
}

static gboolean draw_curve(Pen *pen, gboolean smooth, double base_x, double base_y)
{
    double c[6] = {0};
    if (!read_numbers(pen, smooth ? c + 2 : c, smooth ? 4 : 6))
        return FALSE;
    for (int i = smooth ? 2 : 0; i < 6; i++)
        c[i] += i % 2 ? base_y : base_x;
    if (smooth) {
        c[0] = pen->has_control ? 2 * pen->x - pen->control_x : pen->x;
        c[1] = pen->has_control ? 2 * pen->y - pen->control_y : pen->y;
    }
    curve_to(pen, c);
    return TRUE;
}

static gboolean draw_step(Pen *pen, char command)
{
    gboolean relative = g_ascii_islower(command), had_control = pen->has_control;
    double base_x = relative ? pen->x : 0, base_y = relative ? pen->y : 0, n[2];
    char kind = g_ascii_toupper(command);
    pen->has_control = had_control && kind == 'S';
    if (kind == 'C' || kind == 'S')
        return draw_curve(pen, kind == 'S', base_x, base_y);
    if (kind == 'A')
        return draw_arc(pen, base_x, base_y);
    if (!read_numbers(pen, n, kind == 'H' || kind == 'V' ? 1 : 2))
        return FALSE;
    if (kind == 'M')
        move_to(pen, base_x + n[0], base_y + n[1]);
    else if (kind == 'L')
        line_to(pen, base_x + n[0], base_y + n[1]);
    else if (kind == 'H')
        line_to(pen, base_x + n[0], pen->y);
    else
        line_to(pen, pen->x, base_y + n[0]);
    return TRUE;
}

static void close_shape(Pen *pen)
{
    cairo_close_path(pen->cr);
    pen->x = pen->start_x;
    pen->y = pen->start_y;
    pen->has_control = FALSE;
}

gboolean path_trace(cairo_t *cr, const char *data, GError **error)
{
    Pen pen = {.cr = cr, .rest = data};
    char command = '\0';
    for (skip(&pen); *pen.rest; skip(&pen)) {
        gboolean named = strchr("MmLlHhVvCcSsAaZz", *pen.rest) != NULL;
        char before = command;
        command = named ? *pen.rest++ : command == 'M' ? 'L' : command == 'm' ? 'l' : command;
        gboolean closes = command == 'Z' || command == 'z';
        if (closes && named)
            close_shape(&pen);
        gboolean first = before == '\0' && g_ascii_toupper(command) != 'M';
        if (command == '\0' || first || (closes && !named) ||
            (!closes && !draw_step(&pen, command))) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "path: broken before '%.12s'",
                        pen.rest);
            return FALSE;
        }
    }
    return TRUE;
}
