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
};

struct TextLine {
    PangoLayout *layout;
    PangoLayoutLine *line; /* the layout's only one */
    double size_mm;
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
    return engine;
}

void text_engine_destroy(TextEngine *engine)
{
    if (!engine)
        return;
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

static PangoLayout *shape(TextEngine *engine, Face face, const char *text, gssize length)
{
    PangoLayout *layout = pango_layout_new(engine->context);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_font_description(layout, engine->fonts[face]);
    pango_layout_set_text(layout, text, (int)length);
    return layout;
}

/* Pango spreads letter spacing half before and half behind, which puts a centred title off centre:
 * here it stands between characters only. */
static void space_out(TextLine *line, double spacing_em)
{
    int amount = pango_units_from_double(spacing_em * NOMINAL_SIZE);
    for (GSList *link = line->line->runs; link; link = link->next) {
        PangoGlyphItem *run = link->data;
        int last = run->glyphs->num_glyphs - (link->next ? 0 : 1);
        for (int i = 0; i < last; i++) {
            run->glyphs->glyphs[i].geometry.width += amount;
            line->width_em += spacing_em;
        }
    }
}

TextLine *text_line_create(TextEngine *engine, Face face, double size_mm, double spacing_mm,
                           const char *text, gssize length)
{
    TextLine *line = g_new0(TextLine, 1);
    line->size_mm = size_mm;
    PangoRectangle logical;
    fonts_take_turn();
    line->layout = shape(engine, face, text, length);
    line->line = pango_layout_get_line(line->layout, 0);
    pango_layout_line_get_extents(line->line, NULL, &logical);
    fonts_end_turn();
    line->width_em = pango_units_to_double(logical.width) / NOMINAL_SIZE;
    if (spacing_mm > 0)
        space_out(line, spacing_mm / size_mm);
    return line;
}

void text_line_destroy(TextLine *line)
{
    if (!line)
        return;
    for (GSList *link = line->line->runs; link; link = link->next) {
        PangoGlyphString *glyphs = ((PangoGlyphItem *)link->data)->glyphs;
        secret_wipe(glyphs->glyphs, (gsize)glyphs->num_glyphs * sizeof *glyphs->glyphs);
    }
    /* The layout's own copy of the text; nobody reads it between here and its end. */
    char *text = (char *)(gsize)pango_layout_get_text(line->layout);
    secret_wipe(text, strlen(text));
    fonts_take_turn();
    g_object_unref(line->layout);
    fonts_end_turn();
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
    cairo_move_to(cr, 0, 0);
    fonts_take_turn();
    pango_cairo_show_layout_line(cr, line->line);
    cairo_restore(cr); /* lets go of the font */
    fonts_end_turn();
}

GArray *text_measure_clusters(TextEngine *engine, Face face, const char *text, gsize length)
{
    GArray *clusters = g_array_new(FALSE, FALSE, sizeof(TextCluster));
    if (length == 0)
        return clusters;
    fonts_take_turn();
    PangoLayout *layout = shape(engine, face, text, (gssize)length);
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    do {
        PangoRectangle box;
        pango_layout_iter_get_cluster_extents(iter, NULL, &box);
        gsize start = (gsize)pango_layout_iter_get_index(iter);
        if (start >= length || box.width == 0)
            continue;
        TextCluster cluster = {start, length, pango_units_to_double(box.x) / NOMINAL_SIZE,
                               pango_units_to_double(box.x + box.width) / NOMINAL_SIZE};
        if (clusters->len > 0)
            g_array_index(clusters, TextCluster, clusters->len - 1).end = start;
        g_array_append_val(clusters, cluster);
    } while (pango_layout_iter_next_cluster(iter));
    pango_layout_iter_free(iter);
    char *copy = (char *)(gsize)pango_layout_get_text(layout);
    secret_wipe(copy, strlen(copy));
    g_object_unref(layout);
    fonts_end_turn();
    return clusters;
}
