#include "ui/face.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "firmware/document/fonts.h"
#include "ui/maintenance/maintenance.h"
#include "ui/screens/screens.h"
#include <glib/gstdio.h>
#include <unistd.h>

#define PORTRAIT_W 268.0
#define PORTRAIT_H 476.0
#define SMALLEST_SCALE 0.85 /* below it targets are smaller than a finger wants */

struct Face {
    Place place;
    Pictures *pictures;
    PangoFontMap *fonts;
    PangoContext *context;
    PangoLayout *layout;
    SecretArena *phrases;
    GArray *targets;
    GPtrArray *records; /* NULL: nobody asked */
    GPtrArray *spoken;
    GArray *marks, *shown_marks; /* of the last drawing; of what face_redraw drew last */
    int shown_w, shown_h;        /* the surface that it drew on, 0: none */
    gboolean shown_high;
    int turn;
    double width_mm, height_mm;
    int width_px, height_px;
    gboolean landscape;
    double scale;           /* panel millimetres of a design millimetre */
    double left_mm, top_mm; /* of the design on the panel */
};

static void (*const screens[SCREEN_COUNT])(Sheet *sheet) = {
    [SCREEN_UNKNOWN] = screen_draw_closed,      [SCREEN_ATTRACT] = screen_draw_attract,
    [SCREEN_CARD] = screen_draw_card,           [SCREEN_READING] = screen_draw_reading,
    [SCREEN_FACTOR] = screen_draw_factor,       [SCREEN_CHOOSE] = screen_draw_choose,
    [SCREEN_PREVIEW] = screen_draw_preview,     [SCREEN_PRINTING] = screen_draw_printing,
    [SCREEN_TAKE_CARD] = screen_draw_take_card, [SCREEN_COLLECT] = screen_draw_collect,
    [SCREEN_DONE] = screen_draw_done,           [SCREEN_STILL_THERE] = screen_draw_still_there,
    [SCREEN_REFUSED] = screen_draw_refused,     [SCREEN_FAULT] = screen_draw_fault,
    [SCREEN_CLOSED] = screen_draw_closed,       [SCREEN_HELP] = screen_draw_help,
};

/* Text is placed the same at every scale: no hinting anywhere. */
static void make_layout(Face *face)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    fonts_take_turn();
    face->fonts = pango_cairo_font_map_new();
    face->context = pango_font_map_create_context(face->fonts);
    pango_cairo_context_set_font_options(face->context, options);
    pango_cairo_context_set_resolution(face->context, 72);
    pango_context_set_language(face->context, pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(face->context, FALSE);
    face->layout = pango_layout_new(face->context);
    fonts_end_turn();
    cairo_font_options_destroy(options);
}

static void measure_panel(Face *face, const Config *config)
{
    face->width_mm = config_int(config, "panel", "width_mm");
    face->height_mm = config_int(config, "panel", "height_mm");
    face->width_px = config_int(config, "panel", "width_px");
    face->height_px = config_int(config, "panel", "height_px");
    face->landscape = face->width_mm > face->height_mm;
    double w = face->landscape ? PORTRAIT_H : PORTRAIT_W;
    double h = face->landscape ? PORTRAIT_W : PORTRAIT_H;
    double room = config_int(config, "panel", "scale_percent") / 100.0;
    face->scale = MIN(face->width_mm / w, face->height_mm / h) * room;
    face->left_mm = (face->width_mm - w * face->scale) / 2;
    face->top_mm = (face->height_mm - h * face->scale) / (room < 1 ? 1 : 2);
    if (face->scale < SMALLEST_SCALE)
        log_warn("ui", "panel of %.0f x %.0f mm: buttons and text are %.0f %% of their due size",
                 face->width_mm, face->height_mm, face->scale * 100);
}

Face *face_create(const Config *config, const Texts *texts, const char *assets_dir, GError **error)
{
    if (!fonts_use_private(assets_dir, error))
        return NULL;
    Pictures *pictures = pictures_load(assets_dir, error);
    if (!pictures)
        return NULL;
    Face *face = g_new0(Face, 1);
    face->pictures = pictures;
    face->place = (Place){.texts = texts,
                          .pictures = pictures,
                          .centre = config_string(config, "kiosk", "centre"),
                          .centre_en = config_string(config, "kiosk", "centre_en"),
                          .telephone = config_string(config, "kiosk", "telephone"),
                          .open_until = config_string(config, "kiosk", "open_until"),
                          .window = config_string(config, "kiosk", "window"),
                          .reader_at = config_string(config, "panel", "reader_at"),
                          .slot_at = config_string(config, "panel", "slot_at"),
                          .still_there_s = config_int(config, "visit", "still_there_s")};
    face->targets = g_array_new(FALSE, FALSE, sizeof(Target));
    face->marks = g_array_new(FALSE, FALSE, sizeof(Mark));
    face->shown_marks = g_array_new(FALSE, FALSE, sizeof(Mark));
    face->spoken = g_ptr_array_new();
    measure_panel(face, config);
    make_layout(face);
    return face;
}

void face_destroy(Face *face)
{
    if (!face)
        return;
    fonts_take_turn();
    g_object_unref(face->layout);
    g_object_unref(face->context);
    g_object_unref(face->fonts);
    fonts_end_turn();
    pictures_free(face->pictures);
    secret_arena_destroy(face->phrases);
    g_array_unref(face->targets);
    g_array_unref(face->marks);
    g_array_unref(face->shown_marks);
    g_ptr_array_unref(face->spoken);
    g_clear_pointer(&face->records, g_ptr_array_unref);
    g_free(face);
}

static void move_targets(Face *face)
{
    for (guint i = 0; i < face->targets->len; i++) {
        Box *box = &g_array_index(face->targets, Target, i).box;
        *box = (Box){face->left_mm + box->x * face->scale, face->top_mm + box->y * face->scale,
                     box->w * face->scale, box->h * face->scale};
    }
}

static void forget_drawing(Face *face)
{
    g_array_set_size(face->targets, 0);
    g_array_set_size(face->marks, 0);
    g_ptr_array_set_size(face->spoken, 0);
    if (face->records)
        g_ptr_array_set_size(face->records, 0);
    secret_arena_destroy(face->phrases);
    face->phrases = secret_arena_create();
}

static void draw_citizen(Sheet *sheet)
{
    Screen screen = sheet->view->screen;
    frame_draw_header(sheet);
    screens[(guint)screen < SCREEN_COUNT && screens[screen] ? screen : SCREEN_UNKNOWN](sheet);
    frame_draw_foot(sheet);
}

/* `cr`'s unit is a design millimetre. */
static void draw_sheet(Face *face, cairo_t *cr, const View *view, gint64 wall_ms, FaceHold hold)
{
    forget_drawing(face);
    Sheet sheet = {.cr = cr,
                   .view = view,
                   .place = &face->place,
                   .layout = face->layout,
                   .landscape = face->landscape,
                   .large = view->large_text,
                   .high = view->high_contrast,
                   .say_x = THEME_MARGIN,
                   .say_w = face->landscape ? 150 : 236,
                   .wall_ms = wall_ms,
                   .pressed = hold.pressed,
                   .focused = hold.focused,
                   .ground = TOKEN_PAPER,
                   .targets = face->targets,
                   .records = face->records,
                   .marks = face->marks,
                   .spoken = face->spoken,
                   .phrases = face->phrases};
    fonts_take_turn();
    pango_cairo_update_context(cr, face->context);
    pango_layout_context_changed(face->layout);
    fonts_end_turn();
    sheet_set_colour(&sheet, TOKEN_PAPER);
    cairo_paint(cr);
    if (view->screen == SCREEN_MAINTENANCE)
        maintenance_draw(&sheet);
    else
        draw_citizen(&sheet);
    fonts_take_turn();
    pango_layout_set_text(face->layout, "", 0);
    fonts_end_turn();
    move_targets(face);
}

/* Pixels of a panel millimetre on a surface, and where the panel's corner lies on it, before the
 * turn. */
static double fit(const Face *face, int width_px, int height_px, double *ret_x, double *ret_y)
{
    if (face->turn % 2) {
        int swap = width_px;
        width_px = height_px;
        height_px = swap;
    }
    double scale = MIN(width_px / face->width_mm, height_px / face->height_mm);
    *ret_x = (width_px - face->width_mm * scale) / 2;
    *ret_y = (height_px - face->height_mm * scale) / 2;
    return scale;
}

/* From the upright picture to the surface. */
static void turn_matrix(const Face *face, int width_px, int height_px, cairo_matrix_t *ret)
{
    static const double sines[] = {0, 1, 0, -1}, cosines[] = {1, 0, -1, 0};
    double s = sines[face->turn], c = cosines[face->turn];
    double x = face->turn == 1 || face->turn == 2 ? width_px : 0;
    double y = face->turn == 2 || face->turn == 3 ? height_px : 0;
    cairo_matrix_init(ret, c, s, -s, c, x, y);
}

void face_set_turn(Face *face, int turn)
{
    face->turn = turn & 3;
    face_forget(face);
}

void face_draw(Face *face, cairo_t *cr, int width_px, int height_px, const View *view,
               gint64 wall_ms, FaceHold hold)
{
    double x, y, scale = fit(face, width_px, height_px, &x, &y);
    cairo_matrix_t matrix;
    turn_matrix(face, width_px, height_px, &matrix);
    cairo_save(cr);
    cairo_transform(cr, &matrix);
    cairo_translate(cr, x + face->left_mm * scale, y + face->top_mm * scale);
    cairo_scale(cr, scale * face->scale, scale * face->scale);
    draw_sheet(face, cr, view, wall_ms, hold);
    cairo_restore(cr);
}

/* Only what follows from the view: boxes, sentences, marks. */
static void lay_out(Face *face, int width_px, int height_px, const View *view, gint64 wall_ms,
                    FaceHold hold)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cr = cairo_create(surface);
    cairo_rectangle(cr, 0, 0, 0, 0);
    cairo_clip(cr);
    face_draw(face, cr, width_px, height_px, view, wall_ms, hold);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

void face_layout(Face *face, const View *view, gint64 wall_ms)
{
    lay_out(face, face->width_px, face->height_px, view, wall_ms, FACE_HOLD_NOTHING);
}

void face_forget(Face *face)
{
    face->shown_w = face->shown_h = 0;
}

int face_redraw(Face *face, cairo_t *cr, int width_px, int height_px, const View *view,
                gint64 wall_ms, FaceHold hold, cairo_rectangle_int_t ret[MARK_BOXES_MAX])
{
    int count = 1;
    cairo_save(cr);
    if (face->shown_w != width_px || face->shown_h != height_px ||
        face->shown_high != view->high_contrast) {
        ret[0] = (cairo_rectangle_int_t){0, 0, width_px, height_px};
    } else {
        lay_out(face, width_px, height_px, view, wall_ms, hold);
        count = marks_compare(face->shown_marks, face->marks, width_px, height_px, ret);
        for (int i = 0; i < count; i++)
            cairo_rectangle(cr, ret[i].x, ret[i].y, ret[i].width, ret[i].height);
        cairo_clip(cr);
    }
    if (count > 0)
        face_draw(face, cr, width_px, height_px, view, wall_ms, hold);
    cairo_restore(cr);
    GArray *before = face->shown_marks;
    face->shown_marks = face->marks;
    face->marks = before;
    face->shown_w = width_px;
    face->shown_h = height_px;
    face->shown_high = view->high_contrast;
    return count;
}

const GPtrArray *face_spoken(const Face *face)
{
    return face->spoken;
}

const Target *face_targets(const Face *face, gsize *ret_count)
{
    *ret_count = face->targets->len;
    return (const Target *)(gpointer)face->targets->data;
}

const Target *face_hit(const Face *face, double x_mm, double y_mm)
{
    for (guint i = 0; i < face->targets->len; i++) {
        const Target *target = &g_array_index(face->targets, Target, i);
        const Box *box = &target->box;
        if (x_mm >= box->x && x_mm < box->x + box->w && y_mm >= box->y && y_mm < box->y + box->h)
            return target;
    }
    return NULL;
}

void face_locate(const Face *face, int width_px, int height_px, double x_px, double y_px,
                 double *ret_x_mm, double *ret_y_mm)
{
    double x, y, scale = fit(face, width_px, height_px, &x, &y);
    cairo_matrix_t matrix;
    turn_matrix(face, width_px, height_px, &matrix);
    cairo_matrix_invert(&matrix); /* a turn always has an inverse */
    cairo_matrix_transform_point(&matrix, &x_px, &y_px);
    *ret_x_mm = (x_px - x) / scale;
    *ret_y_mm = (y_px - y) / scale;
}

gboolean face_save_png(Face *face, const View *view, gint64 wall_ms, const char *path,
                       GError **error)
{
    g_autofree char *part = g_strconcat(path, ".part", NULL);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, face->width_px, face->height_px);
    cairo_t *cr = cairo_create(surface);
    face_draw(face, cr, face->width_px, face->height_px, view, wall_ms, FACE_HOLD_NOTHING);
    cairo_destroy(cr);
    cairo_status_t status = cairo_surface_write_to_png(surface, part);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS && g_rename(part, path) == 0)
        return TRUE;
    unlink(part);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "screenshot: %s cannot be written: %s",
                path, status ? cairo_status_to_string(status) : "renaming failed");
    return FALSE;
}

double face_scale(const Face *face)
{
    return face->scale;
}

const GPtrArray *face_record_texts(Face *face)
{
    if (!face->records)
        face->records = g_ptr_array_new_with_free_func((GDestroyNotify)text_record_free);
    return face->records;
}
