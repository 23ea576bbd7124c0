#include "ui/picture.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "ui/path.h"
#include <string.h>

#define FILE_BYTES_MAX (256 * 1024)
#define ICON_GRID 24.0
#define ICON_STROKE 1.7

typedef struct {
    double width;
    gboolean fill;
    char *geometry;
} Stroke;

typedef struct {
    PictureShape shape;
    char *geometry; /* NULL: lettering */
} Layer;

struct Pictures {
    GHashTable *icons;    /* name -> GPtrArray of Stroke */
    GHashTable *pictures; /* name -> GPtrArray of Layer */
    cairo_t *scratch;     /* where shapes are tried */
};

static void stroke_free(gpointer data)
{
    g_free(((Stroke *)data)->geometry);
    g_free(data);
}

static void layer_free(gpointer data)
{
    Layer *layer = data;
    g_free(layer->geometry);
    g_free((char *)layer->shape.text);
    g_free(layer);
}

static void trace_ellipse(cairo_t *cr, double x, double y, double rx, double ry)
{
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, rx, ry);
    cairo_new_sub_path(cr);
    cairo_arc(cr, 0, 0, 1, 0, 2 * G_PI);
    cairo_close_path(cr);
    cairo_restore(cr);
}

static void trace_rectangle(cairo_t *cr, const double n[5])
{
    double x = n[0], y = n[1], w = n[2], h = n[3], r = n[4];
    if (r <= 0) {
        cairo_rectangle(cr, x, y, w, h);
        return;
    }
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -G_PI_2, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, G_PI_2);
    cairo_arc(cr, x + r, y + h - r, r, G_PI_2, G_PI);
    cairo_arc(cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
    cairo_close_path(cr);
}

/* TRUE if `text` is `word` and `count` numbers; never asks the locale what a decimal point is. */
static gboolean scan(const char *text, const char *word, double *ret, int count)
{
    if (!g_str_has_prefix(text, word))
        return FALSE;
    const char *at = text + strlen(word);
    for (int i = 0; i < count; i++) {
        char *end = NULL;
        ret[i] = g_ascii_strtod(at, &end);
        if (end == at)
            return FALSE;
        at = end;
    }
    return *at == '\0';
}

/* circle cx cy r; ellipse cx cy rx ry; rect x y w h r; path DATA. */
static gboolean trace(cairo_t *cr, const char *geometry, GError **error)
{
    double n[5];
    cairo_new_path(cr);
    if (g_str_has_prefix(geometry, "path "))
        return path_trace(cr, geometry + strlen("path "), error);
    if (scan(geometry, "circle ", n, 3))
        trace_ellipse(cr, n[0], n[1], n[2], n[2]);
    else if (scan(geometry, "ellipse ", n, 4))
        trace_ellipse(cr, n[0], n[1], n[2], n[3]);
    else if (scan(geometry, "rect ", n, 5))
        trace_rectangle(cr, n);
    else {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "not a shape: '%.24s'", geometry);
        return FALSE;
    }
    return TRUE;
}

/* "[fill] [wN] geometry". */
static Stroke *parse_stroke(Pictures *pictures, const char *text, GError **error)
{
    Stroke *stroke = g_new0(Stroke, 1);
    stroke->width = ICON_STROKE;
    if (g_str_has_prefix(text, "fill ")) {
        stroke->fill = TRUE;
        text += strlen("fill ");
    }
    if (*text == 'w') {
        char *end = NULL;
        stroke->width = g_ascii_strtod(text + 1, &end);
        text = end + strspn(end, " ");
    }
    stroke->geometry = g_strdup(text);
    if (trace(pictures->scratch, text, error))
        return stroke;
    stroke_free(stroke);
    return NULL;
}

/* "name | stroke; stroke". */
static gboolean parse_icon(Pictures *pictures, char *line, GError **error)
{
    char *bar = strchr(line, '|');
    if (!bar) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "no '|' after the name");
        return FALSE;
    }
    *bar = '\0';
    g_autoptr(GPtrArray) strokes = g_ptr_array_new_with_free_func(stroke_free);
    g_auto(GStrv) parts = g_strsplit(bar + 1, ";", -1);
    for (int i = 0; parts[i]; i++) {
        Stroke *stroke = parse_stroke(pictures, g_strstrip(parts[i]), error);
        if (!stroke)
            return FALSE;
        g_ptr_array_add(strokes, stroke);
    }
    g_hash_table_replace(pictures->icons, g_strdup(g_strstrip(line)), g_steal_pointer(&strokes));
    return TRUE;
}

static gboolean parse_dashes(const char *word, PictureShape *shape)
{
    if (!strcmp(word, "-"))
        return TRUE;
    g_auto(GStrv) pair = g_strsplit(word, ",", -1);
    if (g_strv_length(pair) != 2)
        return FALSE;
    shape->n_dashes = 2;
    shape->dashes[0] = g_ascii_strtod(pair[0], NULL);
    shape->dashes[1] = g_ascii_strtod(pair[1], NULL);
    return shape->dashes[0] > 0 && shape->dashes[1] > 0;
}

/* A token's word, or "-" for none. */
static gboolean parse_token(const char *word, Token *ret)
{
    *ret = theme_token_from_word(word);
    return *ret || !strcmp(word, "-");
}

/* "text token face em x y : lettering", cut into words. */
static gboolean parse_lettering(char **words, const char *body, PictureShape *shape)
{
    shape->text = g_strdup(body);
    if (g_strv_length(words) != 6)
        return FALSE;
    shape->serif = !strcmp(words[2], "serif");
    shape->width_mm = g_ascii_strtod(words[3], NULL);
    shape->x = g_ascii_strtod(words[4], NULL);
    shape->y = g_ascii_strtod(words[5], NULL);
    return parse_token(words[1], &shape->fill) && shape->fill && shape->width_mm > 0;
}

/* "fill line width dashes : geometry" or lettering. */
static Layer *parse_layer(Pictures *pictures, char *line, GError **error)
{
    char *body = strstr(line, " : ");
    if (!body) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "no ' : ' before the shape");
        return NULL;
    }
    *body = '\0';
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    Layer *layer = g_new0(Layer, 1);
    PictureShape *shape = &layer->shape;
    if (!g_strcmp0(words[0], "text")) {
        if (parse_lettering(words, body + 3, shape))
            return layer;
    } else if (g_strv_length(words) == 4 && parse_token(words[0], &shape->fill) &&
               parse_token(words[1], &shape->line) && parse_dashes(words[3], shape)) {
        shape->width_mm = g_ascii_strtod(words[2], NULL);
        layer->geometry = g_strdup(body + 3);
        if (trace(pictures->scratch, layer->geometry, error))
            return layer;
    }
    if (error && !*error)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "not a layer of a picture");
    layer_free(layer);
    return NULL;
}

/* "picture NAME" begins one; other lines are its layers. */
static gboolean parse_picture_line(Pictures *pictures, char *line, GPtrArray **current,
                                   GError **error)
{
    if (g_str_has_prefix(line, "picture ")) {
        *current = g_ptr_array_new_with_free_func(layer_free);
        g_hash_table_replace(pictures->pictures, g_strdup(line + strlen("picture ")), *current);
        return TRUE;
    }
    Layer *layer = *current ? parse_layer(pictures, line, error) : NULL;
    if (layer)
        g_ptr_array_add(*current, layer);
    else if (!*current)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "a layer before the first picture");
    return layer != NULL;
}

static gboolean load_file(Pictures *pictures, const char *assets_dir, const char *name,
                          gboolean icons, GError **error)
{
    g_autofree char *path = g_build_filename(assets_dir, "icons", name, NULL);
    g_autofree char *contents = NULL;
    g_autoptr(GError) cause = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &contents, &length, &cause) || length > FILE_BYTES_MAX) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "icons: %s",
                    cause ? cause->message : "file is larger than 256 KiB");
        return FALSE;
    }
    g_auto(GStrv) lines = g_strsplit(contents, "\n", -1);
    GPtrArray *current = NULL;
    for (int i = 0; lines[i]; i++) {
        char *line = g_strchomp(lines[i]);
        if (!*line || *line == '#')
            continue;
        if (!(icons ? parse_icon(pictures, line, &cause)
                    : parse_picture_line(pictures, line, &current, &cause))) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "%s:%d: %s", path, i + 1,
                        cause ? cause->message : "broken");
            return FALSE;
        }
    }
    return TRUE;
}

Pictures *pictures_load(const char *assets_dir, GError **error)
{
    g_autoptr(Pictures) pictures = g_new0(Pictures, 1);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    pictures->scratch = cairo_create(surface);
    cairo_surface_destroy(surface);
    pictures->icons =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    pictures->pictures =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    if (!load_file(pictures, assets_dir, "pictograms.txt", TRUE, error) ||
        !load_file(pictures, assets_dir, "pictures.txt", FALSE, error))
        return NULL;
    return g_steal_pointer(&pictures);
}

void pictures_free(Pictures *pictures)
{
    if (!pictures)
        return;
    g_hash_table_unref(pictures->icons);
    g_hash_table_unref(pictures->pictures);
    cairo_destroy(pictures->scratch);
    g_free(pictures);
}

gboolean pictures_has(const Pictures *pictures, const char *name)
{
    return g_hash_table_contains(pictures->icons, name) ||
           g_hash_table_contains(pictures->pictures, name);
}

void pictures_draw_icon(Pictures *pictures, cairo_t *cr, const char *name, double x, double y,
                        double size_mm)
{
    GPtrArray *strokes = g_hash_table_lookup(pictures->icons, name);
    if (!strokes) {
        log_error("ui", "no pictogram %s", name);
        return;
    }
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, size_mm / ICON_GRID, size_mm / ICON_GRID);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    for (guint i = 0; i < strokes->len; i++) {
        const Stroke *stroke = strokes->pdata[i];
        (void)trace(cr, stroke->geometry, NULL);
        if (stroke->fill)
            cairo_fill_preserve(cr);
        cairo_set_line_width(cr, stroke->width);
        cairo_stroke(cr);
    }
    cairo_restore(cr);
}

void pictures_walk(Pictures *pictures, cairo_t *cr, const char *name, PictureDraw draw,
                   gpointer context)
{
    GPtrArray *layers = g_hash_table_lookup(pictures->pictures, name);
    if (!layers)
        log_error("ui", "no picture %s", name);
    for (guint i = 0; layers && i < layers->len; i++) {
        const Layer *layer = layers->pdata[i];
        cairo_new_path(cr);
        if (layer->geometry)
            (void)trace(cr, layer->geometry, NULL);
        draw(&layer->shape, context);
    }
}
