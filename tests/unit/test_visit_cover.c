/* Names that were shown cover themselves again, and hold up nothing behind the preview. */
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

/* The preview, with names shown. */
static void go_to_shown_names(void)
{
    static const VisitSettings settings = {
        .card_ms = 60000, .idle_data_ms = 60000, .idle_read_ms = 120000};
    static const Holder holder = {.name = {"测试一"}, .id_number = {"330106189001010019"}};
    static const PageImage image = {.width_px = 1};
    static ServiceVisit list = {.n_certificates = 1};
    list.certificates[0] = (VisitCertificate){.record = "rec-1", .printable = TRUE};
    now = 1000;
    visit_init(&visit, &settings);
    send((VisitEvent){.type = VISIT_EVENT_READY});
    touch(ACTION_BEGIN, -1);
    send((VisitEvent){.type = VISIT_EVENT_CARD_READ, .holder = &holder});
    send((VisitEvent){.type = VISIT_EVENT_OPENED, .list = &list});
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

int main(void)
{
    TCase *tests = tcase_create("cover");
    tcase_add_test(tests, names_cover_themselves_after_fifteen_seconds);
    tcase_add_test(tests, a_refusal_after_shown_names_ends_by_itself);
    return testing_run(tests);
}
