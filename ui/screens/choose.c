#include "ui/screens/screens.h"
#include "ui/address.h"
#include <math.h>
#include <string.h>

#define TEXT_X 22.0 /* from the card's left edge */
#define PADDING 6.0 /* at its right */
#define EDGE 2.2    /* above and below its lines, which have leading of their own */
#define LINES_MAX 3 /* of an address */
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

#define READY_LINES 2 /* kept free from the start: nothing moves when the record comes */

/* The floor area in the citizen's words, or as the record has it. */
static const char *say_area(Sheet *sheet, const ViewCertificate *certificate)
{
    const char *area = personal_reveal(certificate->area);
    g_autofree char *floor = address_find_floor_area(area);
    return floor ? sheet_say(sheet, "choose.card.area", "area", floor, NULL) : area;
}

static const char *say_sharing(Sheet *sheet, const ViewCertificate *certificate)
{
    static const char *const keys[] = {NULL, "choose.card.sole", "choose.card.joint",
                                       "choose.card.shares"};
    return certificate->sharing ? sheet_say(sheet, keys[certificate->sharing], NULL) : NULL;
}

/* What a printable one will be: area, how it is owned, and pages, once the record is there; what has
 * no room goes, the pages last. */
static const char *say_ready(Sheet *sheet, const ViewCertificate *certificate, Type type,
                             double width, int room)
{
    if (certificate->pages == 0)
        return sheet_say(sheet, "choose.card.ready", NULL);
    const char *comma = sheet->view->language == LANGUAGE_EN ? ", " : "，";
    const char *parts[] = {say_area(sheet, certificate), say_sharing(sheet, certificate)};
    const char *text = sheet_say_number(
        sheet, certificate->has_plan ? "choose.card.pages.plan" : "choose.card.pages", "pages",
        certificate->pages);
    for (int i = G_N_ELEMENTS(parts) - 1; i >= 0; i--) {
        const char *longer =
            parts[i] ? sheet_keep(sheet, g_strjoin(comma, parts[i], text, NULL)) : text;
        if (sheet_count_lines(sheet, type, width, longer) < room)
            text = longer;
    }
    return text;
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
    const char *apart = sheet_keep(sheet, g_strjoin("\n", why, next, NULL));
    const char *joined =
        sheet_keep(sheet, g_strjoin(language == LANGUAGE_EN ? " " : "", why, next, NULL));
    if (sheet->landscape && sheet_count_lines(sheet, *type, width, joined) == 1)
        return joined; /* lower cards there */
    return sheet_count_lines(sheet, *type, width, apart) <= room - 1 ? apart : joined;
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

/* How the address is set. */
typedef struct {
    Sheet *sheet;
    Type type;
    double width;
} Room;

static gboolean has_room(const char *text, gpointer context)
{
    const Room *room = context;
    g_autofree char *bound = address_bind(text);
    return sheet_count_lines(room->sheet, room->type, room->width, bound) <= room->type.lines;
}

/* Lines that the address may take: what has to be done is never cut for it, and outside of large
 * text the number stands there too. */
static int count_room(Sheet *sheet, const ViewCertificate *certificate, double width, double height)
{
    double line = sheet_line(sheet, SIZE_SMALL), kept = sheet->large ? 0 : line;
    if (!certificate->printable) {
        ViewCertificate own = *certificate;
        Type type = {.size = SIZE_SMALL};
        own.reason_text.hidden = NULL;
        const char *reason = join_reason(sheet, &own, &type, width, 1);
        kept += sheet_count_lines(sheet, type, width, reason) * line;
    }
    return CLAMP((int)floor((height - kept) / sheet_line(sheet, SIZE_LIST) + 0.02), 1, LINES_MAX);
}

static const char *say_chip(Sheet *sheet, const ViewCertificate *certificate)
{
    if (certificate->printable)
        return sheet_say(sheet, "choose.chip.ready", NULL);
    return sheet_keep(sheet, reason_format_certificate(sheet->place->texts, sheet->view->language,
                                                       certificate, "chip"));
}

/* What a card says stands in the middle of its height: less of it not at the top, more of it not on
 * the edge. The chip stands at the right of the address, in upright large text below it. */
static void draw_content(Sheet *sheet, Box box, const ViewCertificate *certificate,
                         gboolean selected)
{
    SceneBooklet look = look_of(certificate);
    const char *chip = say_chip(sheet, certificate);
    double chip_mm = component_measure_chip(sheet, chip), chip_h = component_chip_height(sheet);
    gboolean below = sheet->large && !sheet->landscape;
    double width = box.w - TEXT_X - PADDING, line = sheet_line(sheet, SIZE_LIST);
    double between = below ? chip_h + 3.5 : 0.6, most = box.h - 2 * EDGE - between;
    Room room = {sheet,
                 {.size = SIZE_LIST, .bold = TRUE, .may_cut = TRUE, .balanced = TRUE},
                 width - (below ? 0 : chip_mm + 4)};
    room.type.lines = count_room(sheet, certificate, width, most);
    g_autofree char *fitting = address_fit(personal_reveal(certificate->location), has_room, &room);
    const char *address = sheet_keep(sheet, address_bind(fitting));
    double address_mm =
        MIN(sheet_count_lines(sheet, room.type, room.width, address), room.type.lines) * line;
    Lines lines = lay_lines(sheet, width, most - address_mm, certificate);
    double top = (box.h - address_mm - between - lines.height) / 2;
    double chip_top = below ? top + address_mm + 1.5 : MAX(top + (line - chip_h) / 2, 4);
    double after = top + address_mm + between;
    if (!below && lines.height > 0 && !lines.numbered) /* a long line is clear of the chip */
        after = MIN(MAX(after, chip_top + chip_h + 1.5), box.h - EDGE - lines.height);
    draw_mark(sheet, box.x + 11.2, box.y + top + line / 2, certificate, selected);
    sheet_draw_text(sheet, (Box){box.x + TEXT_X, box.y + top, room.width, address_mm}, room.type,
                    address);
    component_draw_chip(sheet, below ? box.x + TEXT_X : box.x + box.w - PADDING - chip_mm,
                        box.y + chip_top, look.kind, look.icon, chip);
    draw_lines(sheet, (Box){box.x + TEXT_X, box.y + after, width, lines.height}, &lines,
               certificate);
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
        sheet, (Box){box.x + box.w - 108, box.y, 108, box.h}, last ? "left" : "right",
        last ? sheet_say(sheet, "choose.first", NULL)
             : sheet_say_number(sheet, "choose.more", "number", (page + 1) * page_size + 1),
        (Action){ACTION_LIST_PAGE, -1}, FALSE);
}

#define CARD_MM 54.0
#define PAGER_MM 19.0

/* In an upright list of several pages the picture takes what the cards leave. */
static double list_top(const Sheet *sheet, gboolean paged, int page_size)
{
    if (sheet->landscape || sheet->large || !paged)
        return 192;
    return 366 - PAGER_MM - 3 - page_size * CARD_MM - (page_size - 1) * THEME_GAP;
}

static double card_height(const Sheet *sheet, gboolean paged, int page_size)
{
    double whole = (sheet->landscape ? 144 : 174) - (paged ? PAGER_MM + 3 : 0);
    if (!sheet->landscape && (!paged || !sheet->large))
        return sheet->large ? 74 : CARD_MM;
    return (whole - (page_size - 1) * THEME_GAP) / page_size;
}

static int count_pages(const View *view)
{
    int size = view_list_page_size(view->large_text, view->n_certificates);
    return MAX(((int)view->n_certificates + size - 1) / size, 1);
}

static int page_shown(const View *view)
{
    return CLAMP(view->list_page, 0, count_pages(view) - 1);
}

/* The page that has the certificate, from 0; -1: none. */
static int page_of(const View *view, int index)
{
    int indices[LIST_MAX], count = order(view, indices);
    for (int i = 0; i < count; i++)
        if (indices[i] == index)
            return i / view_list_page_size(view->large_text, view->n_certificates);
    return -1;
}

gboolean screen_choose_shows(const View *view, int index)
{
    return page_of(view, index) == page_shown(view);
}

static void draw_list(Sheet *sheet, double picture_top)
{
    const View *view = sheet->view;
    int indices[LIST_MAX], count = order(view, indices);
    int page_size = view_list_page_size(view->large_text, view->n_certificates);
    int pages = count_pages(view), page = page_shown(view);
    SceneBooklet booklets[3];
    gsize shown = 0;
    Box work = frame_work(sheet, list_top(sheet, pages > 1, page_size));
    double height = card_height(sheet, pages > 1, page_size), y = work.y;
    for (int i = page * page_size; i < MIN((page + 1) * page_size, count); i++) {
        booklets[shown++] = look_of(&view->certificates[indices[i]]);
        draw_card(sheet, (Box){work.x, y, work.w, height}, indices[i]);
        y += height + THEME_GAP;
    }
    if (pages > 1)
        draw_pager(sheet, (Box){work.x, work.y + work.h - PAGER_MM, work.w, PAGER_MM}, page, pages,
                   page_size);
    Box picture = frame_picture(sheet, picture_top + 3);
    if (!sheet->landscape)
        picture.h = work.y - THEME_GAP - picture.y;
    if (picture.h > 36 && shown > 0)
        scene_draw_booklets(sheet, picture, booklets, sheet->landscape ? 1 : shown);
}

/* Why nothing can be checked on this page. */
static const char *say_waiting(Sheet *sheet)
{
    const View *view = sheet->view;
    int indices[LIST_MAX], size = view_list_page_size(view->large_text, view->n_certificates);
    if (!g_strcmp0(view->hint, "loading"))
        return sheet_say(sheet, "choose.loading", NULL);
    if (view->selected >= 0)
        return sheet_say_number(sheet, "choose.chosen", "page", page_of(view, view->selected) + 1);
    gboolean can =
        order(view, indices) > 0 && view->certificates[indices[page_shown(view) * size]].printable;
    return sheet_say(sheet, can ? "choose.waiting" : "choose.elsewhere", NULL);
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
    gboolean seen = screen_choose_shows(view, view->selected); /* never "this one" out of sight */
    frame_draw_steps(sheet, 2);
    double end = frame_draw_say(sheet, frame_say_top(sheet),
                                sheet_say(sheet, "choose.heading", NULL), say_lead(sheet));
    draw_list(sheet, end);
    frame_draw_bottom(sheet,
                      &(Bottom){.primary = {seen ? ACTION_CHOOSE : ACTION_UNKNOWN, view->selected},
                                .text = sheet_say(sheet, "choose.check", NULL),
                                .wait_icon = loading ? "wait" : "hand",
                                .wait = say_waiting(sheet),
                                .choices = {{ACTION_CANCEL, "exit", "action.leave"}}});
}
