#include "ui/shown.h"
#include "firmware/maintenance/menu_view.h"
#include <string.h>

struct Shown {
    View view;
    MenuView menu;
    SecretArena *arena; /* owns the view's texts; NULL before the first view */
    PageImage image;
    guint8 *pixels;
    gsize pixels_size;
};

#define NUMBER(member)                                                                             \
    {                                                                                              \
        offsetof(View, member)                                                                     \
    }
static const struct {
    gsize offset;
} numbers[] =
    {
        NUMBER(screen),      NUMBER(language),   NUMBER(large_text),   NUMBER(high_contrast),
        NUMBER(speech),      NUMBER(tries_left), NUMBER(digits),       NUMBER(code_wrong),
        NUMBER(selected),    NUMBER(list_page),  NUMBER(pages),        NUMBER(page),
        NUMBER(covered),     NUMBER(zoom),       NUMBER(stage),        NUMBER(printed_sides),
        NUMBER(sides),       NUMBER(budget_s),   NUMBER(card_present), NUMBER(sees_taken),
        NUMBER(can_retract),
},
  counts[] = {NUMBER(seconds_left), NUMBER(percent), NUMBER(used_s)},
  texts[] = {
      NUMBER(hint),    NUMBER(phone_tail), NUMBER(holder_name),        NUMBER(holder_number),
      NUMBER(booklet), NUMBER(identifier), NUMBER(certificate_number), NUMBER(reason),
      NUMBER(detail),  NUMBER(ticket),
};

_Static_assert(sizeof(Screen) == sizeof(int) && sizeof(gboolean) == sizeof(int),
               "all numbers of a view are compared as int");

static int number_at(const View *view, gsize offset)
{
    int value;
    memcpy(&value, (const char *)view + offset, sizeof value);
    return value;
}

static const char *text_at(const View *view, gsize offset)
{
    const char *text;
    memcpy(&text, (const char *)view + offset, sizeof text);
    return text ? text : "";
}

static gboolean same_certificates(const View *a, const View *b)
{
    if (a->n_certificates != b->n_certificates)
        return FALSE;
    for (gsize i = 0; i < a->n_certificates; i++) {
        const ViewCertificate *x = &a->certificates[i], *y = &b->certificates[i];
        if (x->printable != y->printable || x->pages != y->pages || x->has_plan != y->has_plan ||
            x->sharing != y->sharing ||
            g_strcmp0(x->number, y->number ? y->number : "") ||
            g_strcmp0(x->reason, y->reason ? y->reason : "") ||
            strcmp(personal_reveal(x->location), personal_reveal(y->location)) ||
            strcmp(personal_reveal(x->reason_text), personal_reveal(y->reason_text)) ||
            strcmp(personal_reveal(x->area), personal_reveal(y->area)))
            return FALSE;
    }
    return TRUE;
}

static gboolean same_actions(const View *a, const View *b)
{
    if (a->n_actions != b->n_actions)
        return FALSE;
    for (gsize i = 0; i < a->n_actions; i++)
        if (a->actions[i].id != b->actions[i].id || a->actions[i].index != b->actions[i].index)
            return FALSE;
    return TRUE;
}

static gboolean same_pages(const View *a, const View *b)
{
    for (int i = 0; i < MIN(a->pages, (int)G_N_ELEMENTS(a->page_kinds)); i++)
        if (g_strcmp0(a->page_kinds[i], b->page_kinds[i] ? b->page_kinds[i] : ""))
            return FALSE;
    return (a->image ? a->image->serial : -1) == (b->image ? b->image->serial : -1);
}

/* The seconds left are a count and compared there. */
static gboolean same_menu(const View *a, const View *b)
{
    if (!a->menu || !b->menu)
        return a->menu == b->menu;
    MenuView x = *a->menu, y = *b->menu;
    x.seconds_left = y.seconds_left = 0;
    return !memcmp(&x, &y, sizeof x);
}

static ShownChange compare(const View *old, const View *new)
{
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (number_at(old, numbers[i].offset) != number_at(new, numbers[i].offset))
            return SHOWN_CHANGE_VIEW;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strcmp(text_at(old, texts[i].offset), text_at(new, texts[i].offset)))
            return SHOWN_CHANGE_VIEW;
    if (old->open_since_ms != new->open_since_ms || !same_actions(old, new) ||
        !same_certificates(old, new) || !same_pages(old, new) || !same_menu(old, new))
        return SHOWN_CHANGE_VIEW;
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
        if (number_at(old, counts[i].offset) != number_at(new, counts[i].offset))
            return SHOWN_CHANGE_COUNT;
    return SHOWN_CHANGE_NONE;
}

static void drop_pixels(Shown *shown)
{
    secret_wipe(shown->pixels, shown->pixels ? shown->pixels_size : 0);
    g_clear_pointer(&shown->pixels, g_free);
    shown->image = (PageImage){0};
}

static void copy_image(Shown *shown, const PageImage *image)
{
    if (!image || image->width_px <= 0 || image->height_px <= 0 || image->stride <= 0) {
        drop_pixels(shown);
        return;
    }
    if (shown->pixels && shown->image.serial == image->serial)
        return;
    drop_pixels(shown);
    shown->pixels_size = (gsize)image->stride * (gsize)image->height_px;
    shown->pixels = g_memdup2(image->pixels, shown->pixels_size);
    shown->image = *image;
    shown->image.pixels = shown->pixels;
}

static const char *keep(SecretArena *arena, const char *text)
{
    return text && *text ? secret_arena_text(arena, text, -1).hidden : "";
}

static Personal keep_personal(SecretArena *arena, Personal text)
{
    return secret_arena_text(arena, text.hidden, -1);
}

static void copy_texts(View *copy, const View *view, SecretArena *arena)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = keep(arena, text_at(view, texts[i].offset));
        memcpy((char *)copy + texts[i].offset, &text, sizeof text);
    }
    for (gsize i = 0; i < copy->n_certificates; i++) {
        const ViewCertificate *from = &view->certificates[i];
        copy->certificates[i] = (ViewCertificate){
            .number = keep(arena, from->number),
            .location = keep_personal(arena, from->location),
            .printable = from->printable,
            .reason = keep(arena, from->reason),
            .reason_text = keep_personal(arena, from->reason_text),
            .area = keep_personal(arena, from->area),
            .sharing = from->sharing,
            .pages = from->pages,
            .has_plan = from->has_plan,
        };
    }
    for (int i = 0; i < copy->pages; i++)
        copy->page_kinds[i] = keep(arena, view->page_kinds[i]);
}

Shown *shown_create(void)
{
    return g_new0(Shown, 1);
}

static void forget(Shown *shown)
{
    g_clear_pointer(&shown->arena, secret_arena_destroy);
    secret_wipe(&shown->view, sizeof shown->view);
    secret_wipe(&shown->menu, sizeof shown->menu);
}

void shown_destroy(Shown *shown)
{
    if (!shown)
        return;
    forget(shown);
    drop_pixels(shown);
    g_free(shown);
}

/* While it prints, the seconds left never rise: a better estimate waits until it is true. */
static void hold_seconds(const Shown *shown, View *view)
{
    const View *before = &shown->view;
    gboolean goes_on = shown->arena && before->screen == SCREEN_PRINTING &&
                       view->screen == SCREEN_PRINTING && before->seconds_left >= 0 &&
                       view->stage >= before->stage;
    if (goes_on)
        view->seconds_left = MIN(view->seconds_left, before->seconds_left);
}

ShownChange shown_take(Shown *shown, const View *given)
{
    View held = *given;
    const View *view = &held;
    hold_seconds(shown, &held);
    ShownChange change = shown->arena ? compare(&shown->view, view) : SHOWN_CHANGE_VIEW;
    if (change == SHOWN_CHANGE_NONE)
        return change;
    if (change == SHOWN_CHANGE_COUNT) {
        for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
            int value = number_at(view, counts[i].offset);
            memcpy((char *)&shown->view + counts[i].offset, &value, sizeof value);
        }
        return change;
    }
    forget(shown);
    shown->arena = secret_arena_create();
    shown->view = *view;
    shown->view.n_certificates = MIN(view->n_certificates, G_N_ELEMENTS(view->certificates));
    shown->view.n_actions = MIN(view->n_actions, VIEW_ACTIONS_MAX);
    shown->view.pages = CLAMP(view->pages, 0, (int)G_N_ELEMENTS(view->page_kinds));
    copy_texts(&shown->view, view, shown->arena);
    copy_image(shown, view->image);
    if (view->menu)
        shown->menu = *view->menu;
    shown->view.menu = view->menu ? &shown->menu : NULL;
    shown->view.image = shown->pixels ? &shown->image : NULL;
    return change;
}

const View *shown_view(const Shown *shown)
{
    return shown->arena ? &shown->view : NULL;
}
