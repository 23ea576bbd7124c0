#include "firmware/document/text.h"
#include "firmware/base/secret.h"
#include "firmware/document/fonts.h"
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <string.h>

#define NOMINAL_SIZE 16.0 /* every line is shaped at this em, in pango's pixels */

static const struct {
    const char *word, *family;
    PangoWeight weight;
} faces[FACE_COUNT] = {
    [FACE_UNKNOWN] = {"unknown", "Noto Serif CJK SC", PANGO_WEIGHT_NORMAL},
    [FACE_SERIF_REGULAR] = {"serif-regular", "Noto Serif CJK SC", PANGO_WEIGHT_NORMAL},
    [FACE_SERIF_MEDIUM] = {"serif-medium", "Noto Serif CJK SC", PANGO_WEIGHT_MEDIUM},
    [FACE_SERIF_SEMIBOLD] = {"serif-semibold", "Kiosk Labels Serif", PANGO_WEIGHT_SEMIBOLD},
    [FACE_SERIF_BOLD] = {"serif-bold", "Kiosk Labels Serif", PANGO_WEIGHT_BOLD},
    [FACE_SANS_LIGHT] = {"sans-light", "Kiosk Labels Sans", PANGO_WEIGHT_LIGHT},
    [FACE_SANS_REGULAR] = {"sans-regular", "Noto Sans CJK SC", PANGO_WEIGHT_NORMAL},
    [FACE_SANS_MEDIUM] = {"sans-medium", "Kiosk Labels Sans", PANGO_WEIGHT_MEDIUM},
    [FACE_SANS_BOLD] = {"sans-bold", "Kiosk Labels Sans", PANGO_WEIGHT_BOLD},
};

struct TextEngine {
    PangoFontMap *map;
    PangoContext *context;
    PangoFontDescription *fonts[FACE_COUNT];
    FcCharSet *coverage; /* of all fonts together */
    GHashTable *fixed;   /* set of TextLine */
};

struct TextLine {
    int references;
    Face face;
    double size_mm, spacing_mm; /* as asked for */
    char *text;                 /* its own copy, which a PDF keeps beside the glyphs */
    GArray *runs;               /* PangoGlyphItem, from left to right */
    double width_em;
};

const char *face_word(Face face)
{
    return (unsigned)face < FACE_COUNT ? faces[face].word : faces[FACE_UNKNOWN].word;
}

Face face_from_word(const char *word)
{
    for (Face face = FACE_SERIF_REGULAR; face < FACE_COUNT; face++)
        if (!strcmp(word, faces[face].word))
            return face;
    return FACE_UNKNOWN;
}

static FcCharSet *unite_coverage(void)
{
    FcCharSet *all = FcCharSetCreate();
    FcFontSet *fonts = FcConfigGetFonts(NULL, FcSetSystem);
    for (int i = 0; fonts && i < fonts->nfont; i++) {
        FcCharSet *one = NULL;
        if (FcPatternGetCharSet(fonts->fonts[i], FC_CHARSET, 0, &one) == FcResultMatch)
            FcCharSetMerge(all, one, NULL);
    }
    return all;
}

static void set_options(PangoContext *context)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
}

static guint hash_line(gconstpointer line)
{
    return g_str_hash(((const TextLine *)line)->text);
}

static gboolean lines_are_equal(gconstpointer a, gconstpointer b)
{
    const TextLine *first = a, *second = b;
    return first->face == second->face && first->size_mm == second->size_mm &&
           first->spacing_mm == second->spacing_mm && !strcmp(first->text, second->text);
}

static void drop_line(gpointer line)
{
    text_line_destroy(line);
}

TextEngine *text_engine_create(void)
{
    TextEngine *engine = g_new0(TextEngine, 1);
    fonts_take_turn();
    engine->map = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(engine->map), 72);
    engine->context = pango_font_map_create_context(engine->map);
    set_options(engine->context);
    fonts_end_turn();
    for (Face face = FACE_UNKNOWN; face < FACE_COUNT; face++) {
        PangoFontDescription *font = pango_font_description_new();
        pango_font_description_set_family_static(font, faces[face].family);
        pango_font_description_set_weight(font, faces[face].weight);
        pango_font_description_set_absolute_size(font, NOMINAL_SIZE * PANGO_SCALE);
        engine->fonts[face] = font;
    }
    engine->coverage = unite_coverage();
    engine->fixed = g_hash_table_new_full(hash_line, lines_are_equal, drop_line, NULL);
    return engine;
}

void text_engine_destroy(TextEngine *engine)
{
    if (!engine)
        return;
    g_hash_table_unref(engine->fixed);
    FcCharSetDestroy(engine->coverage);
    for (int face = 0; face < FACE_COUNT; face++)
        pango_font_description_free(engine->fonts[face]);
    fonts_take_turn();
    g_object_unref(engine->context);
    g_object_unref(engine->map);
    fonts_end_turn();
    g_free(engine);
}

/* Characters that mean something else than a picture, whatever a font says. */
static gboolean has_picture(gunichar c)
{
    static const guint32 without = 1u << G_UNICODE_CONTROL | 1u << G_UNICODE_FORMAT |
                                   1u << G_UNICODE_PRIVATE_USE | 1u << G_UNICODE_SURROGATE |
                                   1u << G_UNICODE_LINE_SEPARATOR |
                                   1u << G_UNICODE_PARAGRAPH_SEPARATOR;
    return !(without & 1u << g_unichar_type(c));
}

gboolean text_find_unprintable(const TextEngine *engine, const char *text, gunichar *ret_character)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c != '\n' && !(has_picture(c) && FcCharSetHasChar(engine->coverage, c))) {
            *ret_character = c;
            return TRUE;
        }
    }
    return FALSE;
}

static void clear_run(gpointer data)
{
    PangoGlyphItem *run = data;
    secret_wipe(run->glyphs->glyphs, (gsize)run->glyphs->num_glyphs * sizeof *run->glyphs->glyphs);
    pango_glyph_string_free(run->glyphs);
    pango_item_free(run->item);
}

/* The runs of one font each. A PangoLayout would look for line breaks as well and read the outline
 * of every glyph for the extents of its ink; neither is wanted here. The caller unrefs, in a turn. */
static GArray *shape(TextEngine *engine, Face face, const char *text, int length)
{
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(PangoGlyphItem));
    g_array_set_clear_func(runs, clear_run);
    pango_context_set_font_description(engine->context, engine->fonts[face]);
    GList *items = pango_itemize(engine->context, text, 0, length, NULL, NULL);
    for (GList *link = items; link; link = link->next) {
        PangoItem *item = link->data;
        PangoGlyphItem run = {.item = item, .glyphs = pango_glyph_string_new()};
        pango_shape_full(text + item->offset, item->length, text, length, &item->analysis,
                         run.glyphs);
        g_array_append_val(runs, run);
    }
    g_list_free(items);
    return runs;
}

/* Spacing stands between characters only, so that a centred title stays in the centre. */
static void space_out(TextLine *line, double spacing_em)
{
    int amount = pango_units_from_double(spacing_em * NOMINAL_SIZE);
    for (guint i = 0; i < line->runs->len; i++) {
        PangoGlyphString *glyphs = g_array_index(line->runs, PangoGlyphItem, i).glyphs;
        int last = glyphs->num_glyphs - (i + 1 < line->runs->len ? 0 : 1);
        for (int k = 0; k < last; k++) {
            glyphs->glyphs[k].geometry.width += amount;
            line->width_em += spacing_em;
        }
    }
}

static double run_width_em(const PangoGlyphItem *run)
{
    return pango_units_to_double(pango_glyph_string_get_width(run->glyphs)) / NOMINAL_SIZE;
}

TextLine *text_line_create(TextEngine *engine, Face face, double size_mm, double spacing_mm,
                           const char *text, gssize length)
{
    TextLine *line = g_new(TextLine, 1);
    gsize bytes = length < 0 ? strlen(text) : (gsize)length;
    *line = (TextLine){1, face, size_mm, spacing_mm, g_strndup(text, bytes), NULL, 0};
    fonts_take_turn();
    line->runs = shape(engine, face, line->text, (int)bytes);
    fonts_end_turn();
    for (guint i = 0; i < line->runs->len; i++)
        line->width_em += run_width_em(&g_array_index(line->runs, PangoGlyphItem, i));
    if (spacing_mm > 0)
        space_out(line, spacing_mm / size_mm);
    return line;
}

TextLine *text_line_create_fixed(TextEngine *engine, Face face, double size_mm, double spacing_mm,
                                 const char *text, gssize length)
{
    g_autofree char *whole = length < 0 ? g_strdup(text) : g_strndup(text, (gsize)length);
    const TextLine wanted = {0, face, size_mm, spacing_mm, whole, NULL, 0};
    TextLine *line = g_hash_table_lookup(engine->fixed, &wanted);
    if (!line) {
        line = text_line_create(engine, face, size_mm, spacing_mm, whole, -1);
        g_hash_table_add(engine->fixed, line);
    }
    line->references++;
    return line;
}

void text_line_destroy(TextLine *line)
{
    if (!line || --line->references > 0)
        return;
    fonts_take_turn();
    g_array_unref(line->runs);
    fonts_end_turn();
    secret_wipe(line->text, strlen(line->text));
    g_free(line->text);
    g_free(line);
}

double text_line_width_mm(const TextLine *line)
{
    return line->width_em * line->size_mm;
}

double text_line_size_mm(const TextLine *line)
{
    return line->size_mm;
}

void text_line_set_size(TextLine *line, double size_mm)
{
    line->size_mm = size_mm;
}

void text_line_draw(const TextLine *line, cairo_t *cr, double x_mm, double y_mm, double angle)
{
    double scale = line->size_mm / NOMINAL_SIZE;
    cairo_save(cr);
    cairo_translate(cr, x_mm, y_mm);
    cairo_rotate(cr, angle);
    cairo_scale(cr, scale, scale);
    double x_em = 0;
    fonts_take_turn();
    for (guint i = 0; i < line->runs->len; i++) {
        PangoGlyphItem *run = &g_array_index(line->runs, PangoGlyphItem, i);
        cairo_move_to(cr, x_em * NOMINAL_SIZE, 0);
        pango_cairo_show_glyph_item(cr, line->text, run);
        x_em += run_width_em(run);
    }
    cairo_restore(cr); /* lets go of the font */
    fonts_end_turn();
}

/* Adds the clusters of a run that begins at `x`, which moves on to its end. */
static void add_clusters(GArray *clusters, const PangoGlyphItem *run, const char *text, double *x)
{
    PangoGlyphItemIter iter;
    gboolean more = pango_glyph_item_iter_init_start(&iter, (PangoGlyphItem *)(gsize)run, text);
    for (; more; more = pango_glyph_item_iter_next_cluster(&iter)) {
        int width = 0;
        for (int i = iter.start_glyph; i < iter.end_glyph; i++)
            width += run->glyphs->glyphs[i].geometry.width;
        TextCluster cluster = {(gsize)iter.start_index, (gsize)iter.end_index, *x,
                               *x + pango_units_to_double(width) / NOMINAL_SIZE};
        *x = cluster.x1;
        if (width > 0)
            g_array_append_val(clusters, cluster);
        else if (clusters->len > 0)
            g_array_index(clusters, TextCluster, clusters->len - 1).end = cluster.end;
    }
}

GArray *text_measure_clusters(TextEngine *engine, Face face, const char *text, gsize length)
{
    GArray *clusters = g_array_new(FALSE, FALSE, sizeof(TextCluster));
    double x = 0;
    fonts_take_turn();
    GArray *runs = shape(engine, face, text, (int)length);
    for (guint i = 0; i < runs->len; i++)
        add_clusters(clusters, &g_array_index(runs, PangoGlyphItem, i), text, &x);
    g_array_unref(runs);
    fonts_end_turn();
    return clusters;
}
