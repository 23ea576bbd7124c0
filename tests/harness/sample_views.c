#include "tests/harness/sample_views.h"
#include "tests/harness/sample_menus.h"
#include "ui/reason.h"
#include <string.h>

typedef struct {
    char name[48];
    Screen screen;
    void (*fill)(View *view);
    const char *reason, *detail;
} Sample;

#define SAMPLES_MAX 128
static gsize n_samples;
static Sample samples[SAMPLES_MAX];
static const char *const page_kinds[] = {"title", "rights", "notes", "household-plan"};

static void offer(View *view, const ActionId *ids, gsize count)
{
    for (gsize i = 0; i < count; i++)
        view_offer(view, ids[i], -1);
}
#define OFFER(view, ...)                                                                           \
    offer(view, (const ActionId[]){__VA_ARGS__}, G_N_ELEMENTS(((const ActionId[]){__VA_ARGS__})))

static void fill_attract(View *view)
{
    view->open_since_ms = 1782780000000;
    OFFER(view, ACTION_BEGIN, ACTION_MAINTENANCE);
}

static void fill_card(View *view)
{
    view->seconds_left = 58;
    OFFER(view, ACTION_CANCEL);
}

static void fill_card_moved(View *view)
{
    fill_card(view);
    view->hint = "moved";
}

static void fill_card_link(View *view)
{
    fill_card(view);
    view->hint = "link";
}

static void fill_card_lift(View *view)
{
    fill_card(view);
    view->hint = "lift";
}

static void fill_card_other(View *view)
{
    fill_card(view);
    view->hint = "a-word-of-tomorrow";
}

static void fill_reading(View *view)
{
    OFFER(view, ACTION_CANCEL);
}

static void fill_asking(View *view)
{
    view->hint = "identifying";
    OFFER(view, ACTION_CANCEL);
}

static void fill_factor(View *view)
{
    view->phone_tail = "0000";
    view->digits = 4;
    OFFER(view, ACTION_RESEND, ACTION_CANCEL, ACTION_ERASE, ACTION_CLEAR);
    for (int digit = 0; digit <= 9; digit++)
        view_offer(view, ACTION_DIGIT, digit);
}

static void fill_factor_full(View *view)
{
    fill_factor(view);
    view->digits = 6;
    OFFER(view, ACTION_SUBMIT);
}

static void fill_factor_wrong(View *view)
{
    fill_factor(view);
    view->digits = 0;
    view->code_wrong = TRUE;
    view->tries_left = 2;
}

static void fill_factor_again(View *view)
{
    fill_factor_wrong(view);
    view->tries_left = -1;
}

static void fill_factor_checking(View *view)
{
    view->phone_tail = "0000";
    view->digits = 6;
}

static void add_certificate(View *view, const char *number, const char *location,
                            const char *reason)
{
    view->certificates[view->n_certificates++] =
        (ViewCertificate){.number = number, .location = {location}, .printable = !*reason, .reason = reason};
}

static void fill_choose(View *view)
{
    view->holder_name = "测**";
    view->holder_number = "330106********0019";
    view->selected = 0;
    add_certificate(view, "示(2026)示例市不动产权第0000001号", "示例市西湖区测试路1号1幢1单元101室",
                    "");
    add_certificate(view, "示(2026)示例市不动产权第0000002号", "示例市西湖区测试路1号地下室B12车位",
                    "printed");
    add_certificate(view, "示(2026)示例市不动产权第0000003号", "示例市西湖区样例街8号2幢502室",
                    "tax-due");
    view->certificates[0].area = (Personal){"共有宗地面积932.58㎡/房屋建筑面积99.57㎡"};
    view->certificates[0].sharing = SHARING_JOINT;
    view->certificates[0].pages = 4;
    view->certificates[0].has_plan = TRUE;
    view->certificates[1].reason_text.hidden =
        view->language == LANGUAGE_EN ? "Printed on 2026-06-12 at A011, one booklet each."
                                      : "2026年6月12日在 A011 号机打印过红本，一证只打一本。";
    OFFER(view, ACTION_CANCEL);
    view_offer(view, ACTION_CHOOSE, 0);
}

static void fill_choose_one(View *view)
{
    fill_choose(view);
    view->certificates[0].has_plan = FALSE;
    view->certificates[0].sharing = view->large_text ? SHARING_SOLE : SHARING_SHARES;
    view->n_certificates = 1;
}

static void fill_choose_many(View *view)
{
    fill_choose(view);
    view->selected = -1;
    add_certificate(view, "示(2026)示例市不动产权第0000004号",
                    "示例市西湖区样例街道第三社区测试花园（二期）东区16幢3单元2204室及附属用房",
                    "");
    add_certificate(view, "示(2026)示例市不动产权第0000005号",
                    "示例市西湖区样例街道第三社区测试花园（二期）东区16幢3单元2205室及附属用房",
                    "window");
    add_certificate(view, "示(2026)示例市不动产权第0000006号", "示例市西湖区样例街9号", "locked");
    add_certificate(view, "示(2026)示例市不动产权第0000007号", "示例市西湖区样例街10号",
                    "a-word-of-tomorrow");
    view->certificates[6].reason_text =
        (Personal){"这一本的登记还没有办完，办完后会发短信通知您。"};
    view_offer(view, ACTION_CHOOSE, 3);
    view_offer(view, ACTION_SELECT, 0);
    view_offer(view, ACTION_SELECT, 3);
}

static void fill_choose_second(View *view)
{
    fill_choose_many(view);
    view->selected = 3;
    view->list_page = 1;
}

static void fill_choose_third(View *view)
{
    fill_choose_many(view);
    view->list_page = 2;
}

static void fill_choose_last(View *view)
{
    fill_choose_many(view);
    view->list_page = 3;
    view->certificates[6].reason_text = (Personal){NULL};
}

static void fill_choose_loading(View *view)
{
    fill_choose(view);
    view->hint = "loading";
    view->certificates[0].pages = 0, view->certificates[1].reason_text.hidden = NULL;
    view->n_actions = 0;
    OFFER(view, ACTION_CANCEL);
}

static void fill_preview(View *view)
{
    view->pages = G_N_ELEMENTS(page_kinds);
    view->page = 2;
    memcpy(view->page_kinds, page_kinds, sizeof page_kinds);
    view->covered = TRUE;
    view->image = sample_page_image();
    OFFER(view, ACTION_CONFIRM, ACTION_BACK, ACTION_NEXT_PAGE, ACTION_PREVIOUS_PAGE, ACTION_ZOOM,
          ACTION_REVEAL, ACTION_WRONG);
}

/* The detail says which. */
static void fill_quarter(View *view)
{
    fill_preview(view);
    view->zoom = view->detail[0] - '0';
    view->covered = view->zoom != 2;
    view->n_actions = 0;
    OFFER(view, ACTION_CONFIRM, ACTION_BACK, ACTION_ZOOM, ACTION_REVEAL, ACTION_WRONG);
    if (view->zoom < VIEW_QUARTERS)
        OFFER(view, ACTION_NEXT_PAGE);
    if (view->zoom > 1)
        OFFER(view, ACTION_PREVIOUS_PAGE);
}

static void fill_preview_first(View *view)
{
    fill_preview(view);
    view->page = 1;
    view->image = NULL;
    view->pages = 6;
    view->page_kinds[4] = "parcel-plan";
    view->page_kinds[5] = "a-word-of-tomorrow";
    view->n_actions = 0;
    OFFER(view, ACTION_BACK, ACTION_NEXT_PAGE, ACTION_ZOOM, ACTION_REVEAL, ACTION_WRONG);
}

static void fill_preview_last(View *view)
{
    fill_preview_first(view);
    view->page = 6;
    view->image = sample_page_image();
    view->n_actions = 0;
    OFFER(view, ACTION_CONFIRM, ACTION_BACK, ACTION_PREVIOUS_PAGE, ACTION_ZOOM, ACTION_REVEAL,
          ACTION_WRONG);
}

static void fill_printing(View *view)
{
    fill_preview(view);
    view->n_actions = 0;
    view->image = NULL;
    view->stage = STAGE_PRINT;
    view->percent = 60;
    view->printed_sides = 1;
    view->sides = 4;
    view->used_s = 72;
    view->budget_s = 120;
    view->seconds_left = 48;
    view->card_present = TRUE;
}

static void fill_printing_fetch(View *view)
{
    fill_printing(view);
    view->stage = STAGE_FETCH;
    view->printed_sides = view->sides = -1;
    view->used_s = 9;
    view->seconds_left = 111;
    view->pages = 0;
    view->card_present = FALSE;
}

static void fill_printing_prepare(View *view)
{
    fill_printing(view);
    view->stage = STAGE_PREPARE;
    view->pages = 3;
}

static void fill_printing_blind(View *view)
{
    fill_printing(view);
    view->sides = view->printed_sides = -1;
}

static void fill_printing_check(View *view)
{
    fill_printing(view);
    view->stage = STAGE_CHECK;
    view->printed_sides = 4;
    view->used_s = 124;
    view->seconds_left = 0;
    view->card_present = FALSE;
}

static void fill_take_card(View *view)
{
    view->seconds_left = 55;
    view->card_present = TRUE;
}

static void fill_collect(View *view)
{
    view->booklet = "33010000001";
    view->seconds_left = 60;
    view->can_retract = TRUE;
    OFFER(view, ACTION_TAKEN, ACTION_WRONG);
}

static void fill_collect_watched(View *view)
{
    fill_collect(view);
    view->sees_taken = TRUE;
    view->can_retract = FALSE;
    view->seconds_left = -1;
    view->n_actions = 0;
}

static void fill_done(View *view)
{
    view->certificate_number = "示(2026)示例市不动产权第0000001号";
    view->identifier = "11100000MB03271699001.11330106MA00000A9H.A012202600000001.001.K";
    OFFER(view, ACTION_FINISH, ACTION_NEXT);
}

static void fill_done_last(View *view)
{
    fill_done(view);
    view->n_actions = 0;
    OFFER(view, ACTION_FINISH);
}

static void fill_still_there(View *view)
{
    view->seconds_left = 22;
    OFFER(view, ACTION_MORE_TIME, ACTION_FINISH);
}

static void fill_card_away(View *view)
{
    view->hint = "card-away";
    view->seconds_left = 8;
    OFFER(view, ACTION_FINISH);
}

static void fill_refused(View *view)
{
    OFFER(view, ACTION_BACK);
}

static void fill_fault(View *view)
{
    view->ticket = "826417";
    OFFER(view, ACTION_BACK, ACTION_CALL);
}

static void fill_closed(View *view)
{
    OFFER(view, ACTION_MAINTENANCE);
}

static void fill_closed_back(View *view)
{
    view->speech = TRUE;
    OFFER(view, ACTION_BACK);
}

static void fill_help(View *view)
{
    OFFER(view, ACTION_BACK);
}

static void add(const char *name, Screen screen, void (*fill)(View *), const char *reason,
                const char *detail)
{
    g_assert(n_samples < SAMPLES_MAX);
    Sample *sample = &samples[n_samples++];
    *sample = (Sample){.screen = screen, .fill = fill, .reason = reason, .detail = detail};
    g_strlcpy(sample->name, name, sizeof sample->name);
}

static void add_reasons(Screen screen, void (*fill)(View *))
{
    const char *const *words = reason_list_words(screen);
    for (int i = 0; words[i]; i++) {
        g_autofree char *name = g_strdup_printf("%s-%s", screen_word(screen), words[i]);
        add(name, screen, fill, words[i], NULL);
    }
    g_autofree char *name = g_strdup_printf("%s-unknown", screen_word(screen));
    add(name, screen, fill, "a-word-of-tomorrow", NULL);
}

static const struct {
    const char *name;
    Screen screen;
    void (*fill)(View *view);
    const char *reason, *detail;
} plain[] = {
    {"attract", SCREEN_ATTRACT, fill_attract, NULL, NULL},
    {"card", SCREEN_CARD, fill_card, NULL, NULL},
    {"reading", SCREEN_READING, fill_reading, NULL, NULL},
    {"factor", SCREEN_FACTOR, fill_factor, NULL, NULL},
    {"choose", SCREEN_CHOOSE, fill_choose, NULL, NULL},
    {"preview", SCREEN_PREVIEW, fill_preview, NULL, NULL},
    {"printing", SCREEN_PRINTING, fill_printing, NULL, NULL},
    {"take-card", SCREEN_TAKE_CARD, fill_take_card, NULL, NULL},
    {"collect", SCREEN_COLLECT, fill_collect, NULL, NULL},
    {"done", SCREEN_DONE, fill_done, NULL, NULL},
    {"still-there", SCREEN_STILL_THERE, fill_still_there, NULL, NULL},
    {"refused", SCREEN_REFUSED, fill_refused, "nothing-printable", NULL},
    {"fault", SCREEN_FAULT, fill_fault, "jam", "2"},
    {"closed", SCREEN_CLOSED, fill_closed, "stock-empty", "10:45"},
    {"help", SCREEN_HELP, fill_help, NULL, NULL},
    {"card-moved", SCREEN_CARD, fill_card_moved, NULL, NULL},
    {"card-link", SCREEN_CARD, fill_card_link, NULL, NULL},
    {"card-lift", SCREEN_CARD, fill_card_lift, NULL, NULL},
    {"card-other", SCREEN_CARD, fill_card_other, NULL, NULL},
    {"card-away", SCREEN_STILL_THERE, fill_card_away, NULL, NULL},
    {"reading-asking", SCREEN_READING, fill_asking, NULL, NULL},
    {"factor-full", SCREEN_FACTOR, fill_factor_full, NULL, NULL},
    {"factor-wrong", SCREEN_FACTOR, fill_factor_wrong, NULL, NULL},
    {"factor-again", SCREEN_FACTOR, fill_factor_again, NULL, NULL},
    {"factor-checking", SCREEN_FACTOR, fill_factor_checking, NULL, NULL},
    {"choose-one", SCREEN_CHOOSE, fill_choose_one, NULL, NULL},
    {"choose-many", SCREEN_CHOOSE, fill_choose_many, NULL, NULL},
    {"choose-second", SCREEN_CHOOSE, fill_choose_second, NULL, NULL},
    {"choose-third", SCREEN_CHOOSE, fill_choose_third, NULL, NULL},
    {"choose-last", SCREEN_CHOOSE, fill_choose_last, NULL, NULL},
    {"choose-loading", SCREEN_CHOOSE, fill_choose_loading, NULL, NULL},
    {"preview-zoomed", SCREEN_PREVIEW, fill_quarter, NULL, "2"},
    {"preview-begun", SCREEN_PREVIEW, fill_quarter, NULL, "1"},
    {"preview-lower", SCREEN_PREVIEW, fill_quarter, NULL, "3"},
    {"preview-corner", SCREEN_PREVIEW, fill_quarter, NULL, "4"},
    {"preview-first", SCREEN_PREVIEW, fill_preview_first, NULL, NULL},
    {"preview-last", SCREEN_PREVIEW, fill_preview_last, NULL, NULL},
    {"printing-fetch", SCREEN_PRINTING, fill_printing_fetch, NULL, NULL},
    {"printing-prepare", SCREEN_PRINTING, fill_printing_prepare, NULL, NULL},
    {"printing-blind", SCREEN_PRINTING, fill_printing_blind, NULL, NULL},
    {"printing-check", SCREEN_PRINTING, fill_printing_check, NULL, NULL},
    {"collect-watched", SCREEN_COLLECT, fill_collect_watched, NULL, NULL},
    {"done-last", SCREEN_DONE, fill_done_last, NULL, NULL},
    {"closed-opens", SCREEN_CLOSED, fill_closed, "hours", "8:30"},
    {"closed-back", SCREEN_CLOSED, fill_closed_back, "maintenance", NULL},
    {"refused-character", SCREEN_REFUSED, fill_refused, "cannot-print", "owners"},
    {"fault-spoiled-at", SCREEN_FAULT, fill_fault, "spoiled", "3"},
};

static void make(void)
{
    if (n_samples > 0)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
        add(plain[i].name, plain[i].screen, plain[i].fill, plain[i].reason, plain[i].detail);
    add_reasons(SCREEN_REFUSED, fill_refused);
    add_reasons(SCREEN_FAULT, fill_fault);
    add_reasons(SCREEN_CLOSED, fill_closed);
}

gsize sample_views_count(void)
{
    make();
    return n_samples + sample_menus_count();
}

const char *sample_views_name(gsize i)
{
    make();
    return i < n_samples ? samples[i].name : sample_menus_name(i - n_samples);
}

static void fill_sample(const Sample *sample, View *ret)
{
    ret->screen = sample->screen;
    ret->reason = sample->reason, ret->detail = sample->detail;
    sample->fill(ret);
    if ((int)ret->n_certificates > view_list_page_size(ret->large_text, ret->n_certificates) && !g_str_has_suffix(sample->name, "loading"))
        OFFER(ret, ACTION_LIST_PAGE);
}

void sample_views_fill(gsize i, gboolean large_text, Language language, View *ret)
{
    make();
    *ret = (View){.screen = SCREEN_MAINTENANCE, .language = language, .large_text = large_text};
    ret->seconds_left = ret->selected = ret->tries_left = -1;
    if (i >= n_samples) {
        sample_menus_fill(i - n_samples, ret);
        return;
    }
    fill_sample(&samples[i], ret);
    OFFER(ret, ACTION_LANGUAGE, ACTION_LARGE_TEXT, ACTION_CONTRAST, ACTION_SPEECH, ACTION_HELP);
}
