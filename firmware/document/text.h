/* Lines of text in millimetres. A line is shaped once at one nominal size and scaled when it is
 * drawn: without hinting its width is proportional to its size, so preview, PDF and raster agree.
 * Everything here belongs to the thread of the document. */
#pragma once
#include <cairo.h>
#include <glib.h>

/* Serif Regular and Medium and Sans Regular set any text, the others only words of the template. */
typedef enum {
    FACE_UNKNOWN = 0,
    FACE_SERIF_REGULAR,
    FACE_SERIF_MEDIUM,
    FACE_SERIF_SEMIBOLD,
    FACE_SERIF_BOLD,
    FACE_SANS_LIGHT,
    FACE_SANS_REGULAR,
    FACE_SANS_MEDIUM,
    FACE_SANS_BOLD,
    FACE_COUNT
} Face;

/* "serif-regular" and so on. */
const char *face_word(Face face);
Face face_from_word(const char *word);

typedef struct TextEngine TextEngine;

/* Needs fonts_use_private before. Never NULL. */
TextEngine *text_engine_create(void);
void text_engine_destroy(TextEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextEngine, text_engine_destroy)

/* Finds the first character that no font has or that has no picture (control, format, Private Use,
 * unassigned); newlines are fine. TRUE and the character when there is one. */
gboolean text_find_unprintable(const TextEngine *engine, const char *text, gunichar *ret_character);

/* One shaped line. */
typedef struct TextLine TextLine;

/* Shapes `length` bytes (-1: to the end) of `text`, which holds no newline. `size_mm` is the em,
 * `spacing_mm` stands between every two characters. */
TextLine *text_line_create(TextEngine *engine, Face face, double size_mm, double spacing_mm,
                           const char *text, gssize length);

/* The same for a fixed text, which belongs to the template or a drawing and stands on many pages:
 * it is shaped once and kept as long as `engine`. Never for a person's data; its size stays. */
TextLine *text_line_create_fixed(TextEngine *engine, Face face, double size_mm, double spacing_mm,
                                 const char *text, gssize length);

/* A piece of a line that begins and ends with a cluster, at its own size, without shaping it again.
 */
TextLine *text_line_cut(const TextLine *line, double size_mm, gsize start, gsize length);

void text_line_destroy(TextLine *line); /* wipes; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextLine, text_line_destroy)

double text_line_width_mm(const TextLine *line); /* from first to last character's advance */
double text_line_size_mm(const TextLine *line);
void text_line_set_size(TextLine *line, double size_mm); /* spacing grows with it */

/* Draws with the current source; x is the left end, y the baseline, `angle` clockwise. */
void text_line_draw(const TextLine *line, cairo_t *cr, double x_mm, double y_mm, double angle);

/* Distance from a box's middle down to the baseline of text that is centred in it. Ink and logical
 * heights differ from text to text; with them rows would jump. */
static inline double text_baseline_drop(double size_mm)
{
    return 0.38 * size_mm;
}

/* A piece of text that is set as one: a character with its marks. Positions in em. */
typedef struct {
    gsize start, end; /* bytes */
    double x0, x1;
} TextCluster;

/* The clusters of a line without spacing. The caller unrefs. */
GArray *text_line_clusters(const TextLine *line);
