/* A USB stick: what is used, what is written, what a bad one can do. The stick is a small tmpfs in a
 * mount namespace of the test's own; where that is not allowed those tests say so and pass. */
#include "firmware/stick/stick.h"
#include "tests/testing.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define SAFE (MS_NOEXEC | MS_NODEV | MS_NOSUID)

static char *root, *path;
static Stick *stick;
static GError *error;

static void setup(void)
{
    root = g_dir_make_tmp("kiosk-stick-XXXXXX", NULL);
    path = g_build_filename(root, "stick", NULL);
    ck_assert_int_eq(g_mkdir(path, 0700), 0);
    stick = NULL;
    error = NULL;
}

static void teardown(void)
{
    stick_end(stick);
    g_clear_error(&error);
    (void)umount(path);
    g_autofree char *victim = g_build_filename(root, "victim", NULL);
    (void)g_unlink(victim);
    (void)g_rmdir(path);
    (void)g_rmdir(root);
    g_free(path);
    g_free(root);
}

static gboolean plug(unsigned long flags, const char *options)
{
    if ((unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS)) ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("stick", path, "tmpfs", flags, options)) {
        printf("no mounts here: not tested\n");
        return FALSE;
    }
    return TRUE;
}

static guint count_names(void)
{
    guint count = 0;
    GDir *dir = g_dir_open(path, 0, NULL);
    while (dir && g_dir_read_name(dir))
        count++;
    if (dir)
        g_dir_close(dir);
    return count;
}

static gboolean put(const char *name, const char *text)
{
    return stick_open_file(stick, name, &error) &&
           stick_append(stick, text, strlen(text), &error) && stick_close_file(stick, &error);
}

START_TEST(a_mere_folder_is_no_stick)
{
    ck_assert_int_eq(stick_look(path), STICK_NONE);
    ck_assert_ptr_null(stick_begin(path, "kiosk-1", &error));
    ck_assert_int_eq(count_names(), 0);
}
END_TEST

START_TEST(a_stick_that_could_run_programs_is_not_used)
{
    if (!plug(MS_NODEV | MS_NOSUID, "size=64k"))
        return;
    ck_assert_int_eq(stick_look(path), STICK_UNSAFE);
    ck_assert_ptr_null(stick_begin(path, "kiosk-1", &error));
    ck_assert(strstr(error->message, "noexec"));
    ck_assert_int_eq(count_names(), 0);
}
END_TEST

START_TEST(files_come_with_their_checksums_in_a_folder_of_their_own)
{
    if (!plug(SAFE, "size=256k"))
        return;
    for (int i = 0; i < 2; i++) {
        g_autofree char *sums = NULL;
        stick = stick_begin(path, "kiosk-A012", &error);
        ck_assert_ptr_nonnull(stick);
        ck_assert(put("journal.csv", "seq,at\r\n") && put("log.txt", "") &&
                  stick_finish(stick, &error));
        ck_assert_str_eq(stick_folder(stick), i ? "kiosk-A012-2" : "kiosk-A012");
        g_autofree char *file = g_build_filename(path, stick_folder(stick), "SHA256SUMS", NULL);
        ck_assert(g_file_get_contents(file, &sums, NULL, NULL));
        g_autofree char *wanted = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "seq,at\r\n", -1);
        g_autofree char *line = g_strconcat(wanted, "  journal.csv\n", NULL);
        ck_assert(g_str_has_prefix(sums, line));
        ck_assert_int_eq(stick_files(stick), 3);
        stick_end(g_steal_pointer(&stick));
    }
    ck_assert_int_eq(count_names(), 2);
}
END_TEST

START_TEST(a_full_stick_says_so_and_nothing_half_written_stays)
{
    if (!plug(SAFE, "size=64k"))
        return;
    char block[4096];
    memset(block, 'x', sizeof block);
    stick = stick_begin(path, "kiosk-A012", &error);
    ck_assert(put("first.csv", "a line") && stick_open_file(stick, "second.csv", &error));
    for (int i = 0; i < 64 && !error; i++)
        (void)stick_append(stick, block, sizeof block, &error);
    ck_assert_str_eq(error->message, "stick: second.csv: the stick is full");
    stick_end(g_steal_pointer(&stick));
    ck_assert_int_eq(count_names(), 0);
}
END_TEST

/* The descriptor of the open file answers as a device that is gone: EIO. */
static void break_file(const char *name)
{
    int gone = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    for (int fd = 3; fd < 64; fd++) {
        g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
        g_autofree char *target = g_file_read_link(link, NULL);
        if (target && g_str_has_suffix(target, name))
            ck_assert_int_ge(dup2(gone, fd), 0);
    }
    close(gone);
}

START_TEST(a_stick_that_is_pulled_out_is_told_from_a_full_one)
{
    if (!plug(SAFE, "size=64k"))
        return;
    stick = stick_begin(path, "kiosk-A012", &error);
    ck_assert(stick_open_file(stick, "journal.csv", &error));
    break_file("/journal.csv");
    ck_assert(!stick_append(stick, "x", 1, &error));
    ck_assert_str_eq(error->message, "stick: journal.csv: the stick was pulled out or is broken");
}
END_TEST

START_TEST(names_and_links_on_the_stick_lead_nowhere)
{
    if (!plug(SAFE, "size=256k"))
        return;
    g_autofree char *victim = g_build_filename(root, "victim", NULL);
    g_autofree char *link = g_build_filename(path, "kiosk-A012", NULL);
    g_autofree char *half = g_build_filename(path, "kiosk-A012-2.partial", NULL);
    g_autofree char *odd = g_build_filename(path, "-rf ..\n$(reboot)", NULL);
    ck_assert(g_file_set_contents(victim, "as it was", -1, NULL));
    ck_assert_int_eq(symlink(victim, link), 0);
    ck_assert_int_eq(symlink(root, half), 0);
    ck_assert(g_file_set_contents(odd, "", -1, NULL));
    stick = stick_begin(path, "kiosk-A012", &error);
    ck_assert_ptr_nonnull(stick);
    ck_assert(put("journal.csv", "seq\r\n") && stick_finish(stick, &error));
    ck_assert_str_eq(stick_folder(stick), "kiosk-A012-3");
    g_autofree char *text = NULL;
    ck_assert(g_file_get_contents(victim, &text, NULL, NULL));
    ck_assert_str_eq(text, "as it was");
    g_autofree char *leaked = g_build_filename(root, "journal.csv", NULL);
    ck_assert(!g_file_test(leaked, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST(names_of_ours_are_plain)
{
    static const char *const bad[] = {"", "..", "../x", "a/b", ".x", "-x", "a b", "a.b.c", "a\n"};
    if (!plug(SAFE, "size=64k"))
        return;
    stick = stick_begin(path, "kiosk-A012", &error);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        ck_assert_msg(!stick_open_file(stick, bad[i], &error), "\"%s\"", bad[i]);
        g_clear_error(&error);
        ck_assert_ptr_null(stick_begin(path, bad[i], &error));
        g_clear_error(&error);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("stick");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_mere_folder_is_no_stick);
    tcase_add_test(tests, a_stick_that_could_run_programs_is_not_used);
    tcase_add_test(tests, files_come_with_their_checksums_in_a_folder_of_their_own);
    tcase_add_test(tests, a_full_stick_says_so_and_nothing_half_written_stays);
    tcase_add_test(tests, a_stick_that_is_pulled_out_is_told_from_a_full_one);
    tcase_add_test(tests, names_and_links_on_the_stick_lead_nowhere);
    tcase_add_test(tests, names_of_ours_are_plain);
    return testing_run(tests);
}
