/* PINs, waits, locks, sessions and roles; what survives a restart and a clock that jumps. */
#include "firmware/base/error.h"
#include "firmware/staff/staff.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <string.h>

#define BOOT_A "11111111-1111-1111-1111-111111111111"
#define BOOT_B "22222222-2222-2222-2222-222222222222"
#define DAY_MS 86400000

static char *folder, *path;
static Journal *journal;
static Staff *staff;
static StaffClock now;

static void open_book(void)
{
    journal = journal_open(path, JOURNAL_WRITE, NULL, NULL);
    ck_assert_ptr_nonnull(journal);
    staff = staff_open(journal, NULL);
    ck_assert_ptr_nonnull(staff);
}

static void close_book(void)
{
    g_clear_pointer(&staff, staff_close);
    g_clear_pointer(&journal, journal_close);
}

static void restart(void)
{
    close_book();
    open_book();
}

static StaffSession by_supervisor(void)
{
    return (StaffSession){.id = "boss",
                          .role = STAFF_ROLE_SUPERVISOR,
                          .opened_ms = now.boot_ms,
                          .touched_ms = now.boot_ms};
}

static void set_up(void)
{
    now = (StaffClock){.boot_ms = 1000000, .boot_id = BOOT_A, .wall_ms = 1782777600000};
    folder = g_dir_make_tmp("kiosk-staff-XXXXXX", NULL);
    path = g_build_filename(folder, "journal.db", NULL);
    open_book();
    StaffSession by = by_supervisor();
    ck_assert(staff_add(staff, &by, "tina", STAFF_ROLE_TECHNICIAN, "193746", &now, NULL));
    ck_assert(staff_add(staff, &by, "sam", STAFF_ROLE_SUPERVISOR, "827364", &now, NULL));
}

static void tear_down(void)
{
    close_book();
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(folder, name, NULL);
        g_unlink(file);
    }
    g_rmdir(folder);
    g_free(folder);
    g_free(path);
}

static StaffVerdict try_pin(const char *id, const char *pin)
{
    StaffSession session;
    g_autoptr(GError) error = NULL;
    StaffVerdict verdict = staff_login(staff, id, pin, &now, &session, &error);
    ck_assert_int_eq(staff_session_is_live(&session, now.boot_ms), verdict == STAFF_ADMITTED);
    return verdict;
}

START_TEST(five_wrong_pins_are_free_then_the_wait_doubles_until_the_lock)
{
    for (int i = 1; i < STAFF_FREE_TRIES; i++)
        ck_assert_int_eq(try_pin("tina", "000001"), STAFF_WRONG);
    ck_assert_int_eq(try_pin("tina", "000001"), STAFF_WRONG);
    gint64 wait_ms = STAFF_WAIT_MS;
    for (int i = STAFF_FREE_TRIES; i < STAFF_LOCK_TRIES; i++) {
        ck_assert_int_eq(try_pin("tina", "193746"), STAFF_WAIT);
        now.boot_ms += wait_ms - 1;
        ck_assert_int_eq(try_pin("tina", "193746"), STAFF_WAIT);
        now.boot_ms += 1;
        ck_assert_int_eq(try_pin("tina", "000001"),
                         i + 1 == STAFF_LOCK_TRIES ? STAFF_LOCKED : STAFF_WRONG);
        wait_ms *= 2;
    }
    now.boot_ms += 400LL * DAY_MS;
    ck_assert_int_eq(try_pin("tina", "193746"), STAFF_LOCKED);
    restart();
    ck_assert_int_eq(try_pin("tina", "193746"), STAFF_LOCKED);
    StaffSession by = by_supervisor();
    ck_assert(staff_unlock(staff, &by, "tina", &now, NULL));
    ck_assert_int_eq(try_pin("tina", "193746"), STAFF_ADMITTED);
}
END_TEST

START_TEST(a_right_pin_ends_the_count_and_tells_of_failures)
{
    StaffSession session;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(try_pin("tina", "000001"), STAFF_WRONG);
    ck_assert_int_eq(staff_login(staff, "tina", "193746", &now, &session, NULL), STAFF_ADMITTED);
    ck_assert_int_eq(session.failures, 3);
    ck_assert_int_eq(session.last_login_ms, 0);
    now.wall_ms += 5000;
    ck_assert_int_eq(staff_login(staff, "tina", "193746", &now, &session, NULL), STAFF_ADMITTED);
    ck_assert_int_eq(session.failures, 0);
    ck_assert_int_eq(session.last_login_ms, 1782777600000);
}
END_TEST

START_TEST(neither_a_restart_nor_a_clock_shortens_a_wait)
{
    for (int i = 0; i < STAFF_FREE_TRIES + 1; i++) {
        now.boot_ms += i == STAFF_FREE_TRIES ? STAFF_WAIT_MS : 0;
        ck_assert_int_eq(try_pin("tina", "000001"), STAFF_WRONG);
    }
    const StaffMember *tina = staff_find(staff, "tina");
    ck_assert_int_eq(staff_wait_left_ms(tina, &now), 2 * STAFF_WAIT_MS);
    now.wall_ms += 365LL * DAY_MS;
    ck_assert_int_eq(staff_wait_left_ms(tina, &now), 2 * STAFF_WAIT_MS);
    now.wall_ms = 0;
    restart(); /* of the program */
    tina = staff_find(staff, "tina");
    ck_assert_int_eq(staff_wait_left_ms(tina, &now), 2 * STAFF_WAIT_MS);
    now.boot_ms += 29000;
    ck_assert_int_eq(staff_wait_left_ms(tina, &now), 1000);
    g_strlcpy(now.boot_id, BOOT_B, sizeof now.boot_id); /* of the machine */
    now.boot_ms = 4000;
    ck_assert_int_eq(staff_wait_left_ms(tina, &now), 26000);
    ck_assert_int_eq(try_pin("tina", "193746"), STAFF_WAIT);
    now.boot_ms = 30000;
    ck_assert_int_eq(try_pin("tina", "193746"), STAFF_ADMITTED);
}
END_TEST

START_TEST(a_try_counts_before_the_pin_is_compared)
{
    StaffMember member = {.role = STAFF_ROLE_TECHNICIAN};
    ck_assert_int_eq(staff_begin_try(&member, &now), STAFF_ADMITTED);
    ck_assert_int_eq(member.failures, 1); /* whoever pulls the plug here has used it up */
    ck_assert_int_eq(staff_end_try(&member, TRUE, &now), STAFF_ADMITTED);
    ck_assert_int_eq(member.failures, 0);
}
END_TEST

START_TEST(a_session_ends_after_five_idle_minutes_or_an_hour)
{
    StaffSession session;
    ck_assert_int_eq(staff_login(staff, "sam", "827364", &now, &session, NULL), STAFF_ADMITTED);
    gint64 start_ms = now.boot_ms;
    ck_assert(staff_session_is_live(&session, start_ms + STAFF_IDLE_MS - 1));
    ck_assert(!staff_session_is_live(&session, start_ms + STAFF_IDLE_MS));
    for (gint64 at = start_ms; at < start_ms + STAFF_SESSION_MS; at += 60000)
        staff_session_touch(&session, at);
    ck_assert_int_eq(staff_session_left_ms(&session, start_ms + STAFF_SESSION_MS - 1), 1);
    staff_session_touch(&session, start_ms + STAFF_SESSION_MS);
    ck_assert(!staff_session_is_live(&session, start_ms + STAFF_SESSION_MS));
    ck_assert(!staff_session_is_live(&session, start_ms - 1));
}
END_TEST

START_TEST(each_action_asks_for_its_roles)
{
    StaffSession tina, sam, dead;
    ck_assert_int_eq(staff_login(staff, "tina", "193746", &now, &tina, NULL), STAFF_ADMITTED);
    ck_assert_int_eq(staff_login(staff, "sam", "827364", &now, &sam, NULL), STAFF_ADMITTED);
    dead = sam;
    dead.touched_ms -= STAFF_IDLE_MS;
    for (int type = 0; type < AUDIT_TYPE_COUNT; type++) {
        AuditNeeds needs = audit_row((AuditType)type)->needs;
        gint64 at = now.boot_ms;
        ck_assert(!staff_may((AuditType)type, NULL, NULL, at, NULL));
        ck_assert(!staff_may((AuditType)type, &tina, &dead, at, NULL));
        ck_assert(!staff_may((AuditType)type, &dead, NULL, at, NULL));
        ck_assert_int_eq(staff_may((AuditType)type, &tina, NULL, at, NULL),
                         needs == AUDIT_NEEDS_MEMBER);
        ck_assert_int_eq(staff_may((AuditType)type, &sam, NULL, at, NULL),
                         needs == AUDIT_NEEDS_MEMBER || needs == AUDIT_NEEDS_SUPERVISOR);
        ck_assert_int_eq(staff_may((AuditType)type, &sam, &tina, at, NULL),
                         needs != AUDIT_NEEDS_UNKNOWN);
        ck_assert_int_eq(staff_may((AuditType)type, &sam, &sam, at, NULL),
                         needs == AUDIT_NEEDS_MEMBER || needs == AUDIT_NEEDS_SUPERVISOR);
    }
}
END_TEST

START_TEST(every_audit_type_has_its_own_number_word_and_sentences)
{
    for (int i = 1; i < AUDIT_TYPE_COUNT; i++) {
        const AuditRow *row = audit_row((AuditType)i);
        ck_assert(row->id > 0 && *row->word && *row->sentence && *row->sentence_zh);
        ck_assert_int_eq(audit_from_word(row->word), i);
        for (int k = 1; k < i; k++)
            ck_assert_int_ne(audit_row((AuditType)k)->id, row->id);
    }
}
END_TEST

START_TEST(pins_have_six_digits_and_are_not_rows)
{
    static const char *const wrong[] = {"",       "12345",  "1234567890123", "12345a",
                                        "111111", "123456", "987654",        "02468a"};
    static const char *const fine[] = {"193746", "000001", "112233", "100000"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        ck_assert_ptr_nonnull(staff_find_pin_fault(wrong[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(fine); i++)
        ck_assert_ptr_null(staff_find_pin_fault(fine[i]));
}
END_TEST

START_TEST(no_pin_stands_in_the_database)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    ck_assert_int_eq(try_pin("tina", "193746"), STAFF_ADMITTED);
    close_book();
    ck_assert(g_file_get_contents(path, &text, &length, NULL));
    ck_assert_ptr_null(memmem(text, length, "193746", 6));
    ck_assert_ptr_nonnull(memmem(text, length, "$y$", 3));
    open_book();
}
END_TEST

START_TEST(a_locked_supervisor_gets_a_code_and_only_once)
{
    StaffSession session;
    ck_assert(!staff_needs_code(staff));
    ck_assert_int_eq(staff_use_code(staff, "", &now, &session, NULL), STAFF_WRONG);
    for (int i = 0; i < STAFF_LOCK_TRIES; i++) {
        now.boot_ms += 10000000;
        (void)try_pin("sam", "000001");
    }
    ck_assert(staff_find(staff, "sam")->locked);
    ck_assert(staff_needs_code(staff));
    for (int i = 0; i < STAFF_FREE_TRIES; i++)
        ck_assert_int_eq(staff_use_code(staff, "00", &now, &session, NULL), STAFF_WRONG);
    ck_assert_int_eq(staff_use_code(staff, "00", &now, &session, NULL), STAFF_WAIT);
    restart();
    ck_assert_int_eq(staff_use_code(staff, "00", &now, &session, NULL), STAFF_WAIT);
}
END_TEST

START_TEST(nobody_is_let_in_when_the_journal_cannot_be_written)
{
    g_autoptr(GError) error = NULL;
    StaffSession session;
    close_book();
    journal = journal_open(path, JOURNAL_READ, NULL, NULL);
    staff = staff_open(journal, NULL);
    ck_assert_int_eq(staff_login(staff, "tina", "193746", &now, &session, &error), STAFF_FAILED);
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_STORAGE));
    ck_assert(!staff_session_is_live(&session, now.boot_ms));
}
END_TEST

START_TEST(two_people_enrol_a_card_whose_number_stands_nowhere)
{
    static const char number[] = "330106189001010019", other[] = "330106189001010035";
    StaffSession sam = by_supervisor(), tina = by_supervisor();
    g_autofree char *bytes = NULL;
    gsize length;
    tina.role = STAFF_ROLE_TECHNICIAN;
    g_strlcpy(tina.id, "tina", sizeof tina.id);
    ck_assert(!staff_has_cards(staff));
    ck_assert(!staff_set_card(staff, &sam, NULL, "tina", number, &now, NULL));
    ck_assert(!staff_set_card(staff, &tina, &sam, "tina", "330106189001010018", &now, NULL));
    ck_assert(staff_set_card(staff, &tina, &sam, "tina", number, &now, NULL));
    ck_assert(!staff_set_card(staff, &tina, &sam, "sam", number, &now, NULL)); /* it is tina's */
    ck_assert(staff_set_card(staff, &tina, &sam, "sam", other, &now, NULL));
    restart();
    ck_assert_str_eq(staff_find_card(staff, number)->id, "tina");
    ck_assert_str_eq(staff_find_card(staff, other)->id, "sam");
    ck_assert_ptr_null(staff_find_card(staff, "330106189001010027"));
    ck_assert(staff_set_card(staff, &tina, &sam, "tina", NULL, &now, NULL));
    ck_assert_ptr_null(staff_find_card(staff, number));
    ck_assert_str_eq(staff_find_card(staff, other)->id, "sam");
    close_book();
    ck_assert(g_file_get_contents(path, &bytes, &length, NULL));
    ck_assert(!memmem(bytes, length, number, strlen(number)));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("staff");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, five_wrong_pins_are_free_then_the_wait_doubles_until_the_lock);
    tcase_add_test(tests, a_right_pin_ends_the_count_and_tells_of_failures);
    tcase_add_test(tests, neither_a_restart_nor_a_clock_shortens_a_wait);
    tcase_add_test(tests, a_try_counts_before_the_pin_is_compared);
    tcase_add_test(tests, a_session_ends_after_five_idle_minutes_or_an_hour);
    tcase_add_test(tests, each_action_asks_for_its_roles);
    tcase_add_test(tests, every_audit_type_has_its_own_number_word_and_sentences);
    tcase_add_test(tests, pins_have_six_digits_and_are_not_rows);
    tcase_add_test(tests, no_pin_stands_in_the_database);
    tcase_add_test(tests, a_locked_supervisor_gets_a_code_and_only_once);
    tcase_add_test(tests, two_people_enrol_a_card_whose_number_stands_nowhere);
    tcase_add_test(tests, nobody_is_let_in_when_the_journal_cannot_be_written);
    return testing_run(tests);
}
