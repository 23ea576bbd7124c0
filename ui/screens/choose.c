#include "ui/screens/screens.h"
#include <math.h>
#include <string.h>

#define CARD_TOP_MM 4.8 /* above the address */
#define LIST_MAX G_N_ELEMENTS(((View *)0)->certificates)

static const struct {
    const char *word, *icon;
    ChipKind kind;
} looks[] = {
    {"printed", "book", CHIP_NEUTRAL}, {"tax-due", "wait", CHIP_WARN},
    {"window", "walk", CHIP_NEUTRAL},  {"locked", "wait", CHIP_NEUTRAL},
    {NULL, "walk", CHIP_NEUTRAL},
};

static SceneBooklet look_of(const ViewCertificate *certificate)
{
    guint i = 0;
    while (looks[i].word && g_strcmp0(looks[i].word, certificate->reason))
        i++;
    return (SceneBooklet){certificate->printable, certificate->printable ? CHIP_OK : looks[i].kind,
                          certificate->printable ? "check" : looks[i].icon};
}

/* Printable ones first, else as the service sent them. */
static int order(const View *view, int ret[LIST_MAX])
{
    int count = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < (int)view->n_certificates; i++)
            if (view->certificates[i].printable == !pass)
                ret[count++] = i;
    return count;
}

static void draw_mark(Sheet *sheet, double x, double y, const ViewCertificate *certificate,
                      gboolean selected)
{
    if (!certificate->printable) {
        sheet_draw_icon(sheet, "lock", x, y, 10, TOKEN_INK);
        return;
    }
    sheet_stroke_circle(sheet, x, y, 4.7, selected ? TOKEN_RED : TOKEN_EDGE, selected ? 1.2 : 0.8);
    if (selected)
        sheet_fill_circle(sheet, x, y, 2.8, TOKEN_RED);
}

/* What stands below the address. */
typedef struct {
    const char *text;
    Type type;
    gboolean numbered, worded; /* there is room for the number, for the text */
    double height;
} Lines;

#define READY_LINES 3 /* kept free from the start: nothing moves when the record comes */

/* What a printable one will be: area and pages, once the record is there. */
static const char *say_ready(Sheet *sheet, const ViewCertificate *certificate, Type type,
                             double width, int room)
{
    if (certificate->pages == 0)
        return sheet_say(sheet, "choose.card.ready", NULL);
    const char *pages = sheet_say_number(
        sheet, certificate->has_plan ? "choose.card.pages.plan" : "choose.card.pages", "pages",
        certificate->pages);
    const char *both =
        sheet_keep(sheet, g_strjoin("\n", personal_reveal(certificate->area), pages, NULL));
    return sheet_count_lines(sheet, type, width, both) < room ? both : pages;
}

/* Why it cannot be printed, bold, and what to do. */
static const char *join_reason(Sheet *sheet, const ViewCertificate *certificate, Type *type,
                               double width, int room)
{
    const Texts *texts = sheet->place->texts;
    Language language = sheet->view->language;
    g_autofree char *why = reason_format_certificate(texts, language, certificate, "sentence");
    g_autofree char *next = reason_format_certificate(texts, language, certificate, "next");
    type->bold_bytes = strlen(why);
    const char *text = sheet_keep(sheet, g_strjoin("\n", why, next, NULL));
    if (sheet_count_lines(sheet, *type, width, text) <= room - 1)
        return text;
    return sheet_keep(sheet, g_strjoin(language == LANGUAGE_EN ? " " : "", why, next, NULL));
}

/* In the service's words where all of them have room, else in our own: what to do is never cut. */
static const char *say_reason(Sheet *sheet, const ViewCertificate *certificate, Type *type,
                              double width, int room)
{
    ViewCertificate own = *certificate;
    const char *text = join_reason(sheet, certificate, type, width, room);
    own.reason_text.hidden = NULL;
    return sheet_count_lines(sheet, *type, width, text) <= room
               ? text
               : join_reason(sheet, &own, type, width, room);
}

/* The lines below the address: number, and what a card says for itself. The number gives way where
 * there is no room for all. */
static Lines lay_lines(Sheet *sheet, double width, double height,
                       const ViewCertificate *certificate)
{
    double line = sheet_line(sheet, SIZE_SMALL);
    int room = (int)floor(height / line + 0.05);
    Type type = {.size = SIZE_SMALL, .balanced = TRUE};
    const char *text;
    if (certificate->printable) {
        text = say_ready(sheet, certificate, type, width, room);
        type.colour = TOKEN_INK2;
    } else {
        text = say_reason(sheet, certificate, &type, width, room);
    }
    int needed = sheet_count_lines(sheet, type, width, text);
    gboolean numbered = needed < room || (certificate->printable && room == 1);
    int left = MAX(room - numbered, 0);
    int shown = numbered + MIN(needed, left);
    if (certificate->printable)
        shown = MAX(shown, MIN(READY_LINES, room));
    return (Lines){text, type, numbered, left > 0, shown * line};
}

static void draw_lines(Sheet *sheet, Box box, const Lines *lines,
                       const ViewCertificate *certificate)
{
    double line = sheet_line(sheet, SIZE_SMALL);
    Type number = {
        .size = SIZE_SMALL, .colour = TOKEN_INK2, .lines = 1, .may_cut = TRUE, .keeps_end = TRUE};
    if (lines->numbered) {
        sheet_draw_text(sheet, (Box){box.x, box.y, box.w, line}, number, certificate->number);
        box.y += line;
        box.h -= line;
    }
    if (lines->worded)
        sheet_draw_text(sheet, box, lines->type, lines->text);
}

/* The chip's word gives way, as the reason says it too, where an address needs its room. */
static const char *shorten_chip(Sheet *sheet, const char *chip, Type type, double width,
                                const char *location)
{
    double word_mm = component_measure_chip(sheet, chip) + 4;
    double icon_mm = component_measure_chip(sheet, "") + 4;
    return sheet_count_lines(sheet, type, width - word_mm, location) > 1 &&
                   sheet_count_lines(sheet, type, width - icon_mm, location) == 1
               ? ""
               : chip;
}

/* What a card says stands in the middle of its height: less of it not at the top, more of it not on
 * the edge. */
static void draw_content(Sheet *sheet, Box box, const ViewCertificate *certificate,
                         gboolean selected)
{
    SceneBooklet look = look_of(certificate);
    g_autofree char *word = NULL;
    if (!certificate->printable)
        word = reason_format_certificate(sheet->place->texts, sheet->view->language, certificate,
                                         "chip");
    const char *chip = word ? sheet_keep(sheet, g_steal_pointer(&word))
                            : sheet_say(sheet, "choose.chip.ready", NULL);
    gboolean below = sheet->large && !sheet->landscape;
    Type type = {
        .size = SIZE_LIST, .bold = TRUE, .may_cut = TRUE, .keeps_end = TRUE, .balanced = TRUE};
    type.lines = certificate->printable ? 2 : 1;
    const char *location = personal_reveal(certificate->location);
    double whole = box.w - (below ? 24 : 28);
    if (!below && !certificate->printable)
        chip = shorten_chip(sheet, chip, type, whole, location);
    double chip_mm = component_measure_chip(sheet, chip), chip_h = component_chip_height(sheet);
    double width = whole - (below ? 0 : chip_mm + 4);
    int count = MIN(sheet_count_lines(sheet, type, width, location), type.lines);
    double address_mm = count * sheet_line(sheet, SIZE_LIST), after = CARD_TOP_MM + address_mm;
    double chip_top = below ? after + 1.5 : 4;
    if (below)
        after = chip_top + chip_h + 2;
    else
        after = sheet->large ? MAX(after + 0.6, chip_top + chip_h) : after + 0.6;
    Lines lines = lay_lines(sheet, box.w - 28, box.h - 2 - after, certificate);
    double bottom = box.y + box.h - 2;
    box.y += MAX((box.h - after - lines.height - CARD_TOP_MM) / 2, -1.4);
    draw_mark(sheet, box.x + 11.2, box.y + 10.3, certificate, selected);
    sheet_draw_text(sheet, (Box){box.x + 22, box.y + CARD_TOP_MM, width, address_mm}, type,
                    location);
    component_draw_chip(sheet, below ? box.x + 22 : box.x + box.w - 6 - chip_mm, box.y + chip_top,
                        look.kind, look.icon, chip);
    double y = box.y + after;
    draw_lines(sheet, (Box){box.x + 22, y, box.w - 28, bottom - y}, &lines, certificate);
}

/* What speech says of a card: the address, and whether and why not. */
static const char *say_card(Sheet *sheet, const ViewCertificate *certificate)
{
    const Texts *texts = sheet->place->texts;
    Language language = sheet->view->language;
    const char *location = personal_reveal(certificate->location);
    if (certificate->printable)
        return sheet_keep(
            sheet, g_strjoin(", ", location, sheet_say(sheet, "choose.chip.ready", NULL), NULL));
    g_autofree char *why = reason_format_certificate(texts, language, certificate, "sentence");
    g_autofree char *next = reason_format_certificate(texts, language, certificate, "next");
    return sheet_keep(sheet, g_strjoin(", ", location, why, next, NULL));
}

static void draw_card(Sheet *sheet, Box box, int index)
{
    const ViewCertificate *certificate = &sheet->view->certificates[index];
    gboolean selected = certificate->printable && sheet->view->selected == index;
    Action action = {ACTION_SELECT, index};
    Token before = sheet->ground, fill = certificate->printable ? TOKEN_CARD : TOKEN_SUNK;
    if (sheet_is_pressed(sheet, action))
        fill = TOKEN_SHADE;
    sheet_fill_box(sheet, box, THEME_RADIUS_CARD, fill);
    sheet->ground = fill;
    if (selected)
        sheet_stroke_box(sheet, box, THEME_RADIUS_CARD, TOKEN_RED, THEME_STROKE_SELECTED, FALSE);
    else if (certificate->printable)
        sheet_stroke_box(sheet, box, THEME_RADIUS_CARD, TOKEN_EDGE,
                         sheet->high ? THEME_STROKE_HIGH : THEME_STROKE_CONTROL, FALSE);
    else
        sheet_stroke_box(sheet, box, THEME_RADIUS_CARD, TOKEN_LINE, THEME_STROKE_CONTROL,
                         sheet->high);
    draw_content(sheet, box, certificate, selected);
    sheet->ground = before;
    const char *label = say_card(sheet, certificate);
    if (!certificate->printable)
        sheet_add_target(sheet, box, (Action){ACTION_UNKNOWN, index}, TARGET_NOTE, label);
    else if (!selected)
        sheet_add_target(sheet, box, action, TARGET_CARD, label);
}

static void draw_pager(Sheet *sheet, Box box, int page, int pages, int page_size)
{
    char number[16], whole[16];
    gboolean last = page + 1 >= pages;
    g_snprintf(number, sizeof number, "%d", page + 1);
    g_snprintf(whole, sizeof whole, "%d", pages);
    sheet_draw_text(sheet, (Box){box.x, box.y, box.w - 112, box.h},
                    (Type){.size = SIZE_BODY, .middle = TRUE, .lines = 1},
                    sheet_say(sheet, "choose.pages", "page", number, "pages", whole, NULL));
    component_draw_secondary(
        sheet, (Box){box.x + box.w - 108, box.y, 108, box.h}, "right",
        last ? sheet_say(sheet, "choose.first", NULL)
             : sheet_say_number(sheet, "choose.more", "number", (page + 1) * page_size + 1),
        (Action){ACTION_LIST_PAGE, -1}, FALSE);
}

static double card_height(const Sheet *sheet, gboolean paged, int page_size)
{
    double whole = sheet->landscape ? 144 : 174;
    if (!paged)
        return sheet->landscape ? (whole - (page_size - 1) * THEME_GAP) / page_size
                                : (sheet->large ? 74 : 54);
    return (whole - 19 - 3 - (page_size - 1) * THEME_GAP) / page_size;
}

static void draw_list(Sheet *sheet, double picture_top)
{
    const View *view = sheet->view;
    int indices[LIST_MAX], count = order(view, indices), page_size = sheet->large ? 2 : 3;
    int pages = MAX((count + page_size - 1) / page_size, 1);
    int page = CLAMP(view->list_page, 0, pages - 1);
    SceneBooklet booklets[3];
    gsize shown = 0;
    Box work = frame_work(sheet, 192);
    double height = card_height(sheet, pages > 1, page_size), y = work.y;
    for (int i = page * page_size; i < MIN((page + 1) * page_size, count); i++) {
        booklets[shown++] = look_of(&view->certificates[indices[i]]);
        draw_card(sheet, (Box){work.x, y, work.w, height}, indices[i]);
        y += height + THEME_GAP;
    }
    if (pages > 1)
        draw_pager(sheet, (Box){work.x, work.y + work.h - 19, work.w, 19}, page, pages, page_size);
    Box picture = frame_picture(sheet, picture_top + 3);
    if (picture.h > 36 && shown > 0)
        scene_draw_booklets(sheet, picture, booklets, sheet->landscape ? 1 : shown);
}

static const char *say_lead(Sheet *sheet)
{
    const View *view = sheet->view;
    char count[16], printable[16];
    int ready = 0;
    for (gsize i = 0; i < view->n_certificates; i++)
        ready += view->certificates[i].printable;
    g_snprintf(count, sizeof count, "%zu", view->n_certificates);
    g_snprintf(printable, sizeof printable, "%d", ready);
    return sheet_say(sheet, "choose.lead", "name", view->holder_name, "number", view->holder_number,
                     "count", count, "printable", printable, NULL);
}

void screen_draw_choose(Sheet *sheet)
{
    const View *view = sheet->view;
    gboolean loading = !g_strcmp0(view->hint, "loading");
    frame_draw_steps(sheet, 2);
    double end = frame_draw_say(sheet, frame_say_top(sheet),
                                sheet_say(sheet, "choose.heading", NULL), say_lead(sheet));
    draw_list(sheet, end);
    frame_draw_bottom(
        sheet,
        &(Bottom){.primary = {ACTION_CHOOSE, view->selected},
                  .text = sheet_say(sheet, "choose.check", NULL),
                  .wait_icon = loading ? "wait" : "hand",
                  .wait = sheet_say(sheet, loading ? "choose.loading" : "choose.waiting", NULL),
                  .choices = {{ACTION_CANCEL, "exit", "action.leave"}}});
}
