#include "tests/harness/screen_check.h"
#include "firmware/maintenance/menu_view.h"
#include "ui/focus.h"
#include "ui/screens/screens.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TARGET_LEAST 15.0
#define PRIMARY_LEAST 20.0
#define GAP_LEAST 3.0
#define REACH_TOP 190.4 /* 60 % of an upright panel, from below */
#define CAPITAL_LEAST 4.8
#define HANZI_OF_EM 0.92
#define CAPITAL_OF_EM 0.73
#define ICON_CONTRAST_LEAST 4.5
#define LEADING 2.2 /* boxes hold a line's leading: neighbours may share a little of it */

typedef struct {
    const Target *targets;
    gsize count;
    const GPtrArray *records;
    const View *view;
    gboolean landscape;
    const char *name;
    CheckId id;
    Measures *measures;
} Case;

static const char *const words[CHECK_COUNT] = {"unknown",   "targets",      "gaps",     "offers",
                                               "primaries", "texts",        "overlaps", "contrast",
                                               "privacy",   "placeholders", "focus"};

const char *screen_check_word(CheckId id)
{
    return words[(guint)id < CHECK_COUNT ? id : 0];
}

void measures_clear(Measures *measures)
{
    *measures = (Measures){.hanzi_mm = 1000,
                           .capital_mm = 1000,
                           .target_mm = 1000,
                           .primary_mm = 1000,
                           .gap_mm = 1000,
                           .contrast = 21,
                           .contrast_high = 21,
                           .icon_contrast = 21};
}

static void breach(const Case *now, const char *what, const char *text)
{
    now->measures->breaches[now->id]++;
    fprintf(stderr, "%s: %s: %s\n", now->name, what, text);
}

static double panel_width(const Case *now)
{
    return now->landscape ? 476 : 268;
}

static double panel_height(const Case *now)
{
    return now->landscape ? 268 : 476;
}

static gboolean is_on_panel(const Case *now, const Box *box)
{
    return box->x >= 0 && box->y >= 0 && box->x + box->w <= panel_width(now) &&
           box->y + box->h <= panel_height(now);
}

static void check_targets(const Case *now)
{
    Measures *measures = now->measures;
    for (gsize i = 0; i < now->count; i++) {
        const Target *target = &now->targets[i];
        const Box *box = &target->box;
        gboolean primary = target->kind == TARGET_PRIMARY;
        double *least = primary ? &measures->primary_mm : &measures->target_mm;
        char word[ACTION_WORD_BYTES];
        action_format(target->action, word);
        measures->targets++;
        *least = MIN(*least, MIN(box->w, box->h));
        if (MIN(box->w, box->h) < (primary ? PRIMARY_LEAST : TARGET_LEAST))
            breach(now, "target too small", word);
        if (!now->landscape && box->y < REACH_TOP && target->kind != TARGET_PROBE)
            breach(now, "target too high to reach", word);
        if (!is_on_panel(now, box))
            breach(now, "target outside the panel", word);
        if (target->kind != TARGET_NOTE && !view_offers(now->view, target->action))
            breach(now, "target of an action that is not offered", word);
        if (!target->label || !*target->label)
            breach(now, "target without words for speech", word);
    }
}

/* Gap between two boxes: below 0 they overlap. */
static double gap(const Box *a, const Box *b)
{
    double x = MAX(a->x, b->x) - MIN(a->x + a->w, b->x + b->w);
    double y = MAX(a->y, b->y) - MIN(a->y + a->h, b->y + b->h);
    return MAX(x, y);
}

static void check_gaps(const Case *now)
{
    for (gsize i = 0; i < now->count; i++)
        for (gsize j = i + 1; j < now->count; j++) {
            double mm = gap(&now->targets[i].box, &now->targets[j].box);
            gboolean probes = now->targets[i].kind == TARGET_PROBE; /* they leave nothing out */
            if (!probes)
                now->measures->gap_mm = MIN(now->measures->gap_mm, mm);
            if (mm < (probes ? 0 : GAP_LEAST) - 0.001)
                breach(now, "two targets less than 3 mm apart", now->targets[j].label);
        }
}

/* A certificate that is not on this screenful, chosen or not, and one that is marked already, need no target. */
static gboolean needs_target(const Action *action, const View *view)
{
    if (action->id == ACTION_CHOOSE)
        return action->index == view->selected && screen_choose_shows(view, action->index);
    if (action->id == ACTION_TAKEN)
        return !view->sees_taken;
    return action->id != ACTION_SELECT && action->id != ACTION_MAINTENANCE; /* the hidden one */
}

static void check_offers(const Case *now)
{
    for (gsize i = 0; i < now->view->n_actions; i++) {
        const Action *action = &now->view->actions[i];
        char word[ACTION_WORD_BYTES];
        gsize found = 0;
        action_format(*action, word);
        for (gsize j = 0; j < now->count; j++)
            found += now->targets[j].action.id == action->id &&
                     now->targets[j].action.index == action->index;
        if (found > 1 || (found == 0 && needs_target(action, now->view)))
            breach(now, found ? "action with two targets" : "action without a target", word);
    }
}

/* Lying: behind the first secondary button, or, without one, as wide as all of the column. */
static gboolean begins_right(const Box *box)
{
    return fabs(box->x - 252) < 0.01 ||
           (fabs(box->x - 184) < 0.01 && fabs(box->x + box->w - 460) < 0.01);
}

static void check_primaries(const Case *now)
{
    int primaries = 0;
    for (gsize i = 0; i < now->count; i++) {
        const Box *box = &now->targets[i].box;
        if (now->targets[i].kind != TARGET_PRIMARY)
            continue;
        primaries++;
        gboolean in_place = now->landscape
                                ? fabs(box->y - 188) < 0.01 && begins_right(box)
                                : fabs(box->y - 370) < 0.01 && fabs(box->x - 16) < 0.01;
        if (!in_place)
            breach(now, "primary at another place", now->targets[i].label);
    }
    if (primaries > 1)
        breach(now, "two primaries", screen_word(now->view->screen));
}

/* Where data may end in an ellipsis, and where it stands whole. Everywhere else all of it is shown.
 */
static const struct {
    Screen screen;
    MenuPage page;
    const char *reason;
} may_be_cut[] = {
    {SCREEN_CHOOSE, MENU_PAGE_UNKNOWN, "the address is whole on the rights page of the preview"},
    {SCREEN_MAINTENANCE, MENU_PAGE_SECTION, "the page behind the row has the value whole"},
    {SCREEN_MAINTENANCE, MENU_PAGE_LINES, "the export has the line whole"},
};

guint screen_check_excuses(void)
{
    return G_N_ELEMENTS(may_be_cut);
}

static gboolean is_excused(const Case *now)
{
    const View *view = now->view;
    MenuPage page = view->menu ? view->menu->page : MENU_PAGE_UNKNOWN;
    for (guint i = 0; i < G_N_ELEMENTS(may_be_cut); i++)
        if (may_be_cut[i].screen == view->screen && may_be_cut[i].page == page) {
            now->measures->excuses |= 1u << i;
            return TRUE;
        }
    return FALSE;
}

static void check_texts(const Case *now)
{
    Measures *measures = now->measures;
    for (guint i = 0; i < now->records->len; i++) {
        const TextRecord *record = now->records->pdata[i];
        if (record->paper || record->icon)
            continue;
        measures->texts++;
        measures->hanzi_mm = MIN(measures->hanzi_mm, record->em_mm * HANZI_OF_EM);
        measures->capital_mm = MIN(measures->capital_mm, record->em_mm * CAPITAL_OF_EM);
        if (record->cut && !(record->may_cut && is_excused(now)))
            breach(now, "text does not fit", record->text);
        if (record->broken && !record->may_cut)
            breach(now, "word broken", record->text);
        if (record->used.w > record->box.w + 0.05)
            breach(now, "text wider than its box", record->text);
        if (record->em_mm * CAPITAL_OF_EM < CAPITAL_LEAST)
            breach(now, "text too small", record->text);
    }
}

/* A text belongs to a target or it does not: it never lies across an edge. */
static void check_edges(const Case *now, const TextRecord *record)
{
    Box inner = {record->used.x, record->used.y + LEADING, record->used.w,
                 MAX(record->used.h - 2 * LEADING, 0)};
    for (gsize i = 0; i < now->count; i++) {
        const Box *box = &now->targets[i].box;
        gboolean inside = inner.x >= box->x && inner.x + inner.w <= box->x + box->w &&
                          inner.y >= box->y && inner.y + inner.h <= box->y + box->h;
        if (!inside && gap(&inner, box) < -0.05)
            breach(now, "across the edge of a target", record->text);
    }
}

static void check_overlaps(const Case *now)
{
    for (guint i = 0; i < now->records->len; i++) {
        const TextRecord *first = now->records->pdata[i];
        if (first->paper)
            continue;
        if (!is_on_panel(now, &first->used))
            breach(now, "outside the panel", first->text);
        check_edges(now, first);
        for (guint j = i + 1; j < now->records->len; j++) {
            const TextRecord *second = now->records->pdata[j];
            if (!second->paper && gap(&first->used, &second->used) < -LEADING)
                breach(now, first->text, second->text);
        }
    }
}

static void check_contrast(const Case *now)
{
    gboolean high = now->view->high_contrast;
    double least = high ? THEME_CONTRAST_LEAST_HIGH : THEME_CONTRAST_LEAST;
    Measures *measures = now->measures;
    for (guint i = 0; i < now->records->len; i++) {
        const TextRecord *record = now->records->pdata[i];
        double *lowest = record->icon ? &measures->icon_contrast
                         : high       ? &measures->contrast_high
                                      : &measures->contrast;
        double contrast =
            theme_contrast(theme_colour(record->colour, high), theme_colour(record->ground, high));
        *lowest = MIN(*lowest, contrast);
        if (contrast < (record->icon ? ICON_CONTRAST_LEAST : least))
            breach(now, "contrast too low", record->text);
    }
}

/* Names, numbers and addresses: only where the design wants them. */
static void check_privacy(const Case *now)
{
    static const char *const personal[] = {"测**", "330106********0019", "测试路", "样例街"};
    for (guint i = 0; i < now->records->len; i++) {
        const TextRecord *record = now->records->pdata[i];
        for (guint j = 0; j < G_N_ELEMENTS(personal); j++)
            if (strstr(record->text, personal[j]) && now->view->screen != SCREEN_CHOOSE)
                breach(now, "personal data", record->text);
    }
}

static void check_placeholders(const Case *now)
{
    for (guint i = 0; i < now->records->len; i++) {
        const TextRecord *record = now->records->pdata[i];
        if (strpbrk(record->text, "{}"))
            breach(now, "placeholder left", record->text);
        if (strchr(record->text, '!') || strstr(record->text, "\uff01"))
            breach(now, "exclamation mark", record->text);
    }
}

/* How many targets four arrows reach from the one that a first key gives. */
static gsize count_reached(const Case *now)
{
    g_autofree gboolean *reached = g_new0(gboolean, now->count);
    const Target *first =
        focus_move(now->targets, now->count, (Action){ACTION_UNKNOWN, -1}, KEY_DOWN);
    gsize count = 1, before = 0;
    reached[first - now->targets] = TRUE;
    while (count > before) {
        before = count;
        for (gsize i = 0; i < now->count; i++)
            for (Key key = KEY_UP; reached[i] && key <= KEY_RIGHT; key++) {
                const Target *to =
                    focus_move(now->targets, now->count, now->targets[i].action, key);
                count += !reached[to - now->targets];
                reached[to - now->targets] = TRUE;
            }
    }
    return count;
}

static void check_focus(const Case *now)
{
    if (now->count == 0)
        return;
    if (count_reached(now) != now->count)
        breach(now, "arrows do not reach every target", screen_word(now->view->screen));
    const Target *at = &now->targets[0];
    for (gsize i = 0; i < now->count; i++) {
        const Target *next = focus_move(now->targets, now->count, at->action, KEY_NEXT);
        if (next != &now->targets[(i + 1) % now->count] ||
            focus_move(now->targets, now->count, next->action, KEY_PREVIOUS) != at)
            breach(now, "Tab leaves the order of reading", next->label);
        at = next;
    }
}

void screen_check(const Face *face, const GPtrArray *records, const View *view, gboolean landscape,
                  const char *name, Measures *measures)
{
    static void (*const checks[CHECK_COUNT])(const Case *) = {
        [CHECK_TARGETS] = check_targets,
        [CHECK_GAPS] = check_gaps,
        [CHECK_OFFERS] = check_offers,
        [CHECK_PRIMARIES] = check_primaries,
        [CHECK_TEXTS] = check_texts,
        [CHECK_OVERLAPS] = check_overlaps,
        [CHECK_CONTRAST] = check_contrast,
        [CHECK_PRIVACY] = check_privacy,
        [CHECK_PLACEHOLDERS] = check_placeholders,
        [CHECK_FOCUS] = check_focus,
    };
    Case now = {.records = records,
                .view = view,
                .landscape = landscape,
                .name = name,
                .measures = measures};
    now.targets = face_targets(face, &now.count);
    for (now.id = CHECK_TARGETS; now.id < CHECK_COUNT; now.id++)
        checks[now.id](&now);
}

void screen_check_looks(Gallery *gallery, gsize i, Measures *measures)
{
    for (int look = 0; look < GALLERY_LOOKS; look++) {
        gboolean landscape = look_of(look).landscape;
        Face *face = gallery_face(gallery, landscape);
        g_autofree char *suffix = look_name(look);
        g_autofree char *name = g_strconcat(sample_views_name(i), " ", suffix, NULL);
        const View *view = gallery_view(gallery, i, look);
        face_layout(face, view, GALLERY_WALL_MS);
        screen_check(face, face_record_texts(face), view, landscape, name, measures);
    }
}
