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

/* Glyphs of one font side by side; they, their clusters and bytes follow those of the run before.
 */
typedef struct {
    cairo_scaled_font_t *font;
    int glyphs, clusters, bytes;
} Run;

struct TextLine {
    int references;
    Face face;
    double size_mm, spacing_mm; /* as asked for */
    char *text;                 /* its own copy, which a PDF keeps beside the glyphs */
    GArray *runs;               /* Run, from left to right */
    GArray *clusters;           /* cairo_text_cluster_t, one a character with its marks */
    GArray *ends;               /* int, of each cluster in pango's units at NOMINAL_SIZE */
    GArray *glyphs;             /* cairo_glyph_t at NOMINAL_SIZE */
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

static void clear_run(gpointer run)
{
    cairo_scaled_font_destroy(((Run *)run)->font);
}

/* A line without glyphs as yet. */
static TextLine *line_new(Face face, double size_mm, double spacing_mm, const char *text,
                          gsize length)
{
    TextLine *line = g_new(TextLine, 1);
    *line = (TextLine){.references = 1,
                       .face = face,
                       .size_mm = size_mm,
                       .spacing_mm = spacing_mm,
                       .text = g_strndup(text, length)};
    /* so that no array grows and leaves a copy of itself behind */
    guint count = (guint)g_utf8_strlen(line->text, -1);
    line->runs = g_array_new(FALSE, FALSE, sizeof(Run));
    g_array_set_clear_func(line->runs, clear_run);
    line->clusters = g_array_sized_new(FALSE, FALSE, sizeof(cairo_text_cluster_t), count);
    line->ends = g_array_sized_new(FALSE, FALSE, sizeof(int), count);
    line->glyphs = g_array_sized_new(FALSE, FALSE, sizeof(cairo_glyph_t), count);
    return line;
}

static void add_glyph(TextLine *line, unsigned long index, double x, double y)
{
    cairo_glyph_t glyph = {index, x, y};
    g_array_append_val(line->glyphs, glyph);
}

/* The last `glyphs` glyphs stand for the next `bytes` of the text. Pango begins a run wherever the
 * script changes, we where the font does. */
static void end_cluster(TextLine *line, cairo_scaled_font_t *font, int bytes, int glyphs, int end)
{
    guint n_runs = line->runs->len;
    if (n_runs == 0 || g_array_index(line->runs, Run, n_runs - 1).font != font) {
        Run next = {cairo_scaled_font_reference(font), 0, 0, 0};
        g_array_append_val(line->runs, next);
    }
    Run *run = &g_array_index(line->runs, Run, line->runs->len - 1);
    run->glyphs += glyphs;
    run->clusters++;
    run->bytes += bytes;
    cairo_text_cluster_t cluster = {bytes, glyphs};
    g_array_append_val(line->clusters, cluster);
    g_array_append_val(line->ends, end);
}

/* A run of pango's that begins at `x`, which moves on to its end; `spacing` stands behind every
 * glyph. In pango's units. */
static void add_item(TextLine *line, PangoGlyphItem *item, int spacing, int *x)
{
    cairo_scaled_font_t *font =
        pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(item->item->analysis.font));
    PangoGlyphItemIter iter;
    gboolean more = pango_glyph_item_iter_init_start(&iter, item, line->text);
    for (; more; more = pango_glyph_item_iter_next_cluster(&iter)) {
        guint before = line->glyphs->len;
        int first = MIN(iter.start_glyph, iter.end_glyph + 1); /* the later one in Hebrew */
        int end = MAX(iter.start_glyph + 1, iter.end_glyph);
        for (int i = first; i < end; i++) {
            const PangoGlyphInfo *info = &item->glyphs->glyphs[i];
            gboolean unknown = (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0;
            if (info->glyph == PANGO_GLYPH_EMPTY)
                continue;
            add_glyph(line, unknown ? 0 : info->glyph,
                      pango_units_to_double(*x + info->geometry.x_offset),
                      pango_units_to_double(info->geometry.y_offset));
            *x += info->geometry.width + spacing;
        }
        end_cluster(line, font, iter.end_index - iter.start_index,
                    (int)(line->glyphs->len - before), *x);
    }
}

/* A PangoLayout would look for line breaks as well and read the outline of every glyph for the
 * extents of its ink; neither is wanted here. Gives the width without spacing, in pango's units. */
static int shape(TextLine *line, TextEngine *engine, int spacing)
{
    int x = 0, length = (int)strlen(line->text);
    pango_context_set_font_description(engine->context, engine->fonts[line->face]);
    GList *items = pango_itemize(engine->context, line->text, 0, length, NULL, NULL);
    for (GList *link = items; link; link = link->next) {
        PangoItem *item = link->data;
        PangoGlyphItem run = {.item = item, .glyphs = pango_glyph_string_new()};
        pango_shape_full(line->text + item->offset, item->length, line->text, length,
                         &item->analysis, run.glyphs);
        add_item(line, &run, spacing, &x);
        secret_wipe(run.glyphs->glyphs, (gsize)run.glyphs->num_glyphs * sizeof *run.glyphs->glyphs);
        pango_glyph_string_free(run.glyphs);
        pango_item_free(item);
    }
    g_list_free(items);
    return x - (int)line->glyphs->len * spacing;
}

static double em_of(int units)
{
    return pango_units_to_double(units) / NOMINAL_SIZE;
}

/* Spacing stands between characters only, so that a centred title stays in the centre. */
TextLine *text_line_create(TextEngine *engine, Face face, double size_mm, double spacing_mm,
                           const char *text, gssize length)
{
    TextLine *line =
        line_new(face, size_mm, spacing_mm, text, length < 0 ? strlen(text) : (gsize)length);
    double spacing_em = spacing_mm / size_mm;
    fonts_take_turn();
    line->width_em = em_of(shape(line, engine, pango_units_from_double(spacing_em * NOMINAL_SIZE)));
    fonts_end_turn();
    if (line->glyphs->len > 1)
        line->width_em += spacing_em * (line->glyphs->len - 1);
    return line;
}

TextLine *text_line_cut(const TextLine *line, double size_mm, gsize start, gsize length)
{
    TextLine *piece = line_new(line->face, size_mm, line->spacing_mm, line->text + start, length);
    const cairo_text_cluster_t *cluster = (const void *)line->clusters->data;
    const cairo_glyph_t *glyph = (const void *)line->glyphs->data;
    const int *end = (const void *)line->ends->data;
    int left = 0, right = 0;
    gsize at = 0;
    for (guint r = 0; r < line->runs->len; r++) {
        const Run *run = &g_array_index(line->runs, Run, r);
        for (int i = 0; i < run->clusters; i++, cluster++, end++) {
            gboolean inside = at >= start && at + (gsize)cluster->num_bytes <= start + length;
            for (int k = 0; k < cluster->num_glyphs; k++, glyph++)
                if (inside)
                    add_glyph(piece, glyph->index, glyph->x - pango_units_to_double(left),
                              glyph->y);
            if (inside)
                end_cluster(piece, run->font, cluster->num_bytes, cluster->num_glyphs,
                            (right = *end) - left);
            else if (at < start)
                left = right = *end;
            at += (gsize)cluster->num_bytes;
        }
    }
    piece->width_em = em_of(right - left);
    return piece;
}

TextLine *text_line_create_fixed(TextEngine *engine, Face face, double size_mm, double spacing_mm,
                                 const char *text, gssize length)
{
    g_autofree char *whole = length < 0 ? g_strdup(text) : g_strndup(text, (gsize)length);
    const TextLine wanted = {
        .face = face, .size_mm = size_mm, .spacing_mm = spacing_mm, .text = whole};
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
    g_array_unref(line->clusters);
    g_array_unref(line->ends);
    secret_wipe(line->glyphs->data, line->glyphs->len * sizeof(cairo_glyph_t));
    g_array_unref(line->glyphs);
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
    cairo_move_to(cr, x_mm, y_mm); /* rounded as the rules beside it are */
    cairo_get_current_point(cr, &x_mm, &y_mm);
    cairo_translate(cr, x_mm, y_mm);
    cairo_rotate(cr, angle);
    cairo_scale(cr, scale, scale);
    const char *text = line->text;
    const cairo_glyph_t *glyphs = (const void *)line->glyphs->data;
    const cairo_text_cluster_t *clusters = (const void *)line->clusters->data;
    fonts_take_turn();
    for (guint i = 0; i < line->runs->len; i++) {
        const Run *run = &g_array_index(line->runs, Run, i);
        cairo_set_scaled_font(cr, run->font);
        cairo_show_text_glyphs(cr, text, run->bytes, glyphs, run->glyphs, clusters, run->clusters,
                               0);
        text += run->bytes;
        glyphs += run->glyphs;
        clusters += run->clusters;
    }
    cairo_restore(cr); /* lets go of the font */
    fonts_end_turn();
}

GArray *text_line_clusters(const TextLine *line)
{
    GArray *list = g_array_sized_new(FALSE, FALSE, sizeof(TextCluster), line->clusters->len);
    gsize at = 0;
    int x = 0;
    for (guint i = 0; i < line->clusters->len; i++) {
        int end = g_array_index(line->ends, int, i);
        gsize start = at;
        at += (gsize)g_array_index(line->clusters, cairo_text_cluster_t, i).num_bytes;
        TextCluster cluster = {start, at, em_of(x), em_of(end)};
        if (end > x)
            g_array_append_val(list, cluster);
        else if (list->len > 0)
            g_array_index(list, TextCluster, list->len - 1).end = at;
        x = end;
    }
    return list;
}
