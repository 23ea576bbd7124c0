/* One drawing of one screen: where it is drawn, what it draws from, and what came of it: targets
 * for fingers and, for tests, a record of each text. Everything is in design millimetres (268 x 476
 * or 476 x 268). Private to the room ui. */
#pragma once
#include "firmware/visit/view.h"
#include "ui/mark.h"
#include "ui/picture.h"
#include "ui/text.h"
#include "ui/theme.h"
#include <cairo.h>
#include <pango/pangocairo.h>

typedef struct {
    double x, y, w, h;
} Box;

typedef enum {
    TARGET_UNKNOWN = 0,
    TARGET_PRIMARY,
    TARGET_SECONDARY,
    TARGET_UTILITY,
    TARGET_CARD,
    TARGET_KEY,
    TARGET_PROBE, /* a place of the panel that is tested, wherever it lies */
    TARGET_NOTE, /* cannot be chosen: a touch says why. Its action has the id UNKNOWN and an index
                    of its own */
} TargetKind;

typedef struct {
    Box box;
    Action action;
    TargetKind kind;
    const char *label; /* what speech says of it; alive until the next drawing */
} Target;

/* How one text was set or a pictogram drawn: what the tests measure. */
typedef struct {
    char *text;
    gboolean icon; /* `text` is its name */
    Box box, used; /* room given, room taken */
    double em_mm;
    Token colour, ground;
    gboolean may_cut, cut; /* cut: an ellipsis or more lines than the box holds */
    gboolean broken;       /* a word was broken inside */
    gboolean paper;        /* lettering on drawn things: exempt from the least size */
} TextRecord;

/* What a sheet needs beside the view; owned by the face. */
typedef struct {
    const Texts *texts;
    Pictures *pictures;
    const char *centre, *centre_en;
    const char *telephone, *open_until, *window;
    const char *reader_at, *slot_at; /* words of kiosk.conf: "below-right" */
    int still_there_s;
} Place;

typedef struct {
    cairo_t *cr;
    const View *view;
    const Place *place;
    PangoLayout *layout;
    gboolean landscape, large, high;
    gboolean in_scene;   /* millimetres are the scene's own now: nothing is recorded */
    double say_x, say_w; /* the column of heading and lead */
    gint64 wall_ms;
    Action pressed, focused;
    Token ground;         /* what text is now drawn on */
    GArray *targets;      /* of Target */
    GPtrArray *records;   /* of TextRecord, or NULL */
    GArray *marks;        /* of Mark */
    GPtrArray *spoken;    /* sentences that speech says when the screen comes */
    SecretArena *phrases; /* texts made for this drawing */
} Sheet;

typedef enum { ALIGN_UNKNOWN = 0, ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } Align;

typedef struct {
    Size size;
    Token colour; /* UNKNOWN: ink */
    gboolean bold;
    Align align;        /* UNKNOWN: left */
    gboolean middle;    /* in the middle of the box's height, else at its top */
    int lines;          /* most lines; 0: as many as the box holds */
    gboolean may_cut;   /* data of any length: the end gives way to an ellipsis */
    gboolean keeps_end; /* with may_cut: the middle gives way */
    gboolean balanced;  /* more than one line: broken where one breathes, or into even lines */
    gsize bold_bytes;   /* so much of the beginning is bold */
    gboolean paper;     /* lettering on a drawn thing: neither scaled nor measured */
    double em_mm;       /* with paper: its size */
} Type;

/* Colours and shapes. */
void sheet_set_colour(Sheet *sheet, Token token);
void sheet_trace_box(Sheet *sheet, Box box, double radius);
void sheet_fill_box(Sheet *sheet, Box box, double radius, Token token);
void sheet_stroke_box(Sheet *sheet, Box box, double radius, Token token, double width_mm,
                      gboolean dashed);
void sheet_fill_circle(Sheet *sheet, double x, double y, double radius, Token token);
void sheet_stroke_circle(Sheet *sheet, double x, double y, double radius, Token token,
                         double width_mm);
void sheet_draw_line(Sheet *sheet, double x1, double y1, double x2, double y2, Token token,
                     double width_mm);

/* The first `fraction` of a circle, clockwise from 12 o'clock, with round ends. */
void sheet_draw_arc(Sheet *sheet, double x, double y, double radius, Token token, double width_mm,
                    double fraction);

/* Pictogram `name` in a square of `size_mm` around a point. */
void sheet_draw_icon(Sheet *sheet, const char *name, double x, double y, double size_mm,
                     Token token);

/* em and line height of a size on this sheet. */
double sheet_em(const Sheet *sheet, Size size);
double sheet_line(const Sheet *sheet, Size size);

/* Sets `text` in `box`; gives the height that it took. */
double sheet_draw_text(Sheet *sheet, Box box, Type type, const char *text);

/* Width of `text` on one line; lines that it takes in a box of `width_mm`. */
double sheet_measure_width(Sheet *sheet, Type type, const char *text);
/* TRUE when `text` takes at most `lines` of that width, and no word of it is broken. */
gboolean sheet_fits(Sheet *sheet, Type type, double width_mm, int lines, const char *text);
int sheet_count_lines(Sheet *sheet, Type type, double width_mm, const char *text);

/* The sentence of `key` in the view's language, in large mode "<key>.large" where there is one.
 * Alive until the drawing ends. */
const char *sheet_say(Sheet *sheet, const char *key, ...) G_GNUC_NULL_TERMINATED;
const char *sheet_say_number(Sheet *sheet, const char *key, const char *name, int value);
const char *sheet_keep(Sheet *sheet, char *text); /* takes and frees `text` */

/* Something is drawn within `box` (the unit that `cr` has now), up to `beyond` outside of it, and
 * `hash` (see mark.h) decides how it looks. For drawings that do not go through this header. */
void sheet_mark(Sheet *sheet, Box box, double beyond, guint64 hash);

/* Speech says this when the screen comes. */
void sheet_speak(Sheet *sheet, const char *sentence);

/* TRUE if the view offers the action; a target of it is recorded only then, with the words that
 * speech has for it, and drawn with a ring where the focus is. A note is always recorded. */
gboolean sheet_offers(const Sheet *sheet, ActionId id, int index);
void sheet_add_target(Sheet *sheet, Box box, Action action, TargetKind kind, const char *label);
gboolean sheet_is_pressed(const Sheet *sheet, Action action);

void text_record_free(TextRecord *record);
