/* Names that were shown cover themselves again, and hold up nothing behind the preview; what the list
 * says of a certificate; what says that a booklet was taken; help. */
#include "firmware/visit/visit.h"
#include "tests/testing.h"

static Visit visit;
static VisitEffects effects;
static gint64 now;

static void send(VisitEvent event)
{
    now += 10;
    visit_step(&visit, &event, now, 1782777600000, &effects);
}

static void touch(ActionId id, int index)
{
    send((VisitEvent){.type = VISIT_EVENT_ACTION + (int)id, .number = index});
}

static void fire_deadline(void)
{
    int type;
    now = visit_deadline(&visit, &type);
    ck_assert(now > 0);
    send((VisitEvent){.type = type});
}

static void go_to_list(void)
{
    static const VisitSettings settings = {
        .card_ms = 60000, .idle_data_ms = 60000, .idle_read_ms = 120000};
    static const Holder holder = {.name = {"测试一"}, .id_number = {"330106189001010019"}};
    static ServiceVisit list = {.n_certificates = 2};
    list.certificates[0] = (VisitCertificate){.record = "rec-1", .printable = TRUE};
    list.certificates[1] = (VisitCertificate){
        .record = "rec-2", .reason = "printed", .reason_text = {"某日在某机打印过。"}};
    now = 1000;
    visit_init(&visit, &settings);
    send((VisitEvent){.type = VISIT_EVENT_READY});
    touch(ACTION_BEGIN, -1);
    send((VisitEvent){.type = VISIT_EVENT_CARD_READ, .holder = &holder});
    send((VisitEvent){.type = VISIT_EVENT_OPENED, .list = &list});
}

/* The preview, with names shown. */
static void go_to_shown_names(void)
{
    static const PageImage image = {.width_px = 1};
    go_to_list();
    touch(ACTION_CHOOSE, 0);
    send((VisitEvent){.type = VISIT_EVENT_PAGES_READY, .number = 0, .pages = 4});
    send((VisitEvent){.type = VISIT_EVENT_PAGE_DRAWN, .image = &image});
    touch(ACTION_REVEAL, -1);
    ck_assert_int_eq(visit.state, VISIT_PREVIEW);
    ck_assert(!visit.covered);
}

START_TEST(names_cover_themselves_after_fifteen_seconds)
{
    go_to_shown_names();
    gint64 shown = now;
    fire_deadline();
    ck_assert_int_le(now - shown, 15010);
    ck_assert(visit.covered);
    ck_assert_int_eq(visit.state, VISIT_PREVIEW);
}
END_TEST

/* Simulator, seed 1882: a touch over an empty slot was believed, the booklet fell to the next visit. */
START_TEST(with_an_exit_sensor_only_the_sensor_says_that_the_booklet_is_taken)
{
    View view;
    go_to_shown_names();
    visit.settings.sees_taken = TRUE;
    touch(ACTION_CONFIRM, -1);
    send((VisitEvent){.type = VISIT_EVENT_PRINTED, .booklet = "D33000000001", .identifier = "X"});
    send((VisitEvent){.type = VISIT_EVENT_CARD_LEFT});
    visit_view(&visit, now, &view);
    ck_assert(!view_offers(&view, (Action){ACTION_TAKEN, -1}));
    touch(ACTION_TAKEN, -1);
    ck_assert_int_eq(visit.state, VISIT_COLLECT);
    send((VisitEvent){.type = VISIT_EVENT_TAKEN_SEEN});
    ck_assert_int_eq(visit.state, VISIT_DONE);
    ck_assert_int_eq(effects.items[0].type, VISIT_EFFECT_TAKEN);
}
END_TEST

START_TEST(a_refusal_after_shown_names_ends_by_itself)
{
    go_to_shown_names();
    touch(ACTION_WRONG, -1);
    ck_assert_int_eq(visit.state, VISIT_REFUSED);
    fire_deadline();
    ck_assert_int_eq(visit.state, VISIT_ATTRACT);
    go_to_shown_names();
    send((VisitEvent){.type = VISIT_EVENT_PAGES_FAILED, .reason = "cannot-print"});
    ck_assert_int_eq(visit.state, VISIT_REFUSED);
    fire_deadline();
    ck_assert_int_eq(visit.state, VISIT_ATTRACT);
}
END_TEST

START_TEST(the_list_says_what_will_be_printed_once_the_record_is_there)
{
    View view;
    go_to_list();
    visit_view(&visit, now, &view);
    ck_assert_int_eq(view.certificates[0].pages, 0);
    ck_assert_str_eq(personal_reveal(view.certificates[0].area), "");
    send((VisitEvent){.type = VISIT_EVENT_PAGES_READY,
                      .number = 0,
                      .pages = 2,
                      .page_kinds = {"title", "household-plan"},
                      .area = {"101.79㎡"}});
    visit_view(&visit, now, &view);
    ck_assert_int_eq(view.screen, SCREEN_CHOOSE);
    ck_assert_int_eq(view.certificates[0].pages, 2);
    ck_assert(view.certificates[0].has_plan);
    ck_assert_str_eq(personal_reveal(view.certificates[0].area), "101.79㎡");
    ck_assert_int_eq(view.certificates[1].pages, 0);
}
END_TEST

START_TEST(the_services_sentence_is_shown_in_its_own_language_only)
{
    View view;
    go_to_list();
    for (int english = 0; english <= 1; english++) {
        visit_view(&visit, now, &view);
        ck_assert_int_eq(view.language == LANGUAGE_EN, english);
        ck_assert_str_eq(personal_reveal(view.certificates[1].reason_text),
                         english ? "" : "某日在某机打印过。");
        touch(ACTION_LANGUAGE, -1);
    }
}
END_TEST

START_TEST(list_says_how_a_certificate_is_owned_once_its_record_is_there)
{
    View view;
    go_to_list();
    visit_view(&visit, now, &view);
    ck_assert_int_eq(view.certificates[0].sharing, SHARING_UNKNOWN);
    send((VisitEvent){.type = VISIT_EVENT_PAGES_READY, .pages = 4, .sharing = SHARING_JOINT});
    visit_view(&visit, now, &view);
    ck_assert_int_eq(view.certificates[0].sharing, SHARING_JOINT);
    ck_assert_int_eq(view.certificates[1].sharing, SHARING_UNKNOWN);
}
END_TEST

/* A record names the owners with their shares. */
START_TEST(how_it_is_owned_is_a_word_without_names)
{
    ck_assert_int_eq(sharing_parse("单独所有"), SHARING_SOLE);
    ck_assert_int_eq(sharing_parse("共同共有"), SHARING_JOINT);
    ck_assert_int_eq(sharing_parse("按份共有：测试一60%，测试三40%"), SHARING_SHARES);
    ck_assert_int_eq(sharing_parse("测试一60%，测试三40%"), SHARING_UNKNOWN);
    ck_assert_int_eq(sharing_parse(""), SHARING_UNKNOWN);
}
END_TEST

START_TEST(an_enlarged_page_is_gone_through_by_quarters_and_left_by_one_touch)
{
    View view;
    go_to_shown_names();
    int page = visit.page;
    touch(ACTION_ZOOM, -1);
    for (int quarter = 1; quarter <= VIEW_QUARTERS; quarter++) {
        visit_view(&visit, now, &view);
        ck_assert_int_eq(view.zoom, quarter);
        ck_assert_int_eq(view_offers(&view, (Action){ACTION_PREVIOUS_PAGE, -1}), quarter > 1);
        ck_assert_int_eq(view_offers(&view, (Action){ACTION_NEXT_PAGE, -1}),
                         quarter < VIEW_QUARTERS);
        ck_assert(effects.count == 1 && effects.items[0].type == VISIT_EFFECT_DRAW);
        if (quarter < VIEW_QUARTERS)
            touch(ACTION_NEXT_PAGE, -1);
    }
    touch(ACTION_PREVIOUS_PAGE, -1);
    ck_assert_int_eq(visit.zoom, VIEW_QUARTERS - 1);
    ck_assert(visit.page == page && !visit.covered);
    touch(ACTION_ZOOM, -1);
    ck_assert_int_eq(visit.zoom, 0);
}
END_TEST

START_TEST(help_is_left_by_the_button_that_opened_it)
{
    View view;
    go_to_list();
    for (int i = 0; i < 2; i++) {
        touch(ACTION_HELP, -1);
        visit_view(&visit, now, &view);
        ck_assert_int_eq(view.screen, i == 0 ? SCREEN_HELP : SCREEN_CHOOSE);
        ck_assert(view_offers(&view, (Action){ACTION_HELP, -1}));
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cover");
    tcase_add_test(tests, with_an_exit_sensor_only_the_sensor_says_that_the_booklet_is_taken);
    tcase_add_test(tests, names_cover_themselves_after_fifteen_seconds);
    tcase_add_test(tests, a_refusal_after_shown_names_ends_by_itself);
    tcase_add_test(tests, the_list_says_what_will_be_printed_once_the_record_is_there);
    tcase_add_test(tests, the_services_sentence_is_shown_in_its_own_language_only);
    tcase_add_test(tests, list_says_how_a_certificate_is_owned_once_its_record_is_there);
    tcase_add_test(tests, how_it_is_owned_is_a_word_without_names);
    tcase_add_test(tests, an_enlarged_page_is_gone_through_by_quarters_and_left_by_one_touch);
    tcase_add_test(tests, help_is_left_by_the_button_that_opened_it);
    return testing_run(tests);
}
