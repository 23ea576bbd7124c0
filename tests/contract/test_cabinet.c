#include "drivers/cabinet.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *folder, *path;
    Config *config;
    const CabinetDriver *driver;
    Cabinet *cabinet;
} Fixture;

static void set_up(Fixture *f, const char *driver, const char *text)
{
    g_autoptr(GError) error = NULL;
    f->folder = g_dir_make_tmp("cabinet-XXXXXX", NULL);
    f->path = g_build_filename(f->folder, "cabinet.ini", NULL);
    if (text)
        ck_assert(g_file_set_contents(f->path, text, -1, NULL));
    f->config = config_defaults();
    ck_assert(config_set(f->config, "cabinet", "virtual_file", f->path, &error));
    f->driver = cabinet_driver_find(driver);
    ck_assert_ptr_nonnull(f->driver);
    f->cabinet = f->driver->open(f->config, &error);
    ck_assert_ptr_nonnull(f->cabinet);
}

static void tear_down(Fixture *f)
{
    f->driver->close(f->cabinet);
    config_free(f->config);
    g_unlink(f->path);
    g_rmdir(f->folder);
    g_free(f->path);
    g_free(f->folder);
}

static void assert_all_unknown(Fixture *f)
{
    CabinetStatus status;
    memset(&status, 0xFF, sizeof status);
    f->driver->get_status(f->cabinet, &status);
    ck_assert_int_eq(status.door_shut, TRI_UNKNOWN);
    ck_assert_int_eq(status.slot_empty, TRI_UNKNOWN);
    ck_assert_int_eq(status.retract_full, TRI_UNKNOWN);
    ck_assert_int_eq(status.can_release, TRI_UNKNOWN);
    ck_assert_int_eq(status.can_retract, TRI_UNKNOWN);
    ck_assert_int_eq(status.can_scan, TRI_UNKNOWN);
    ck_assert_str_eq(status.scanned_serial, "");
}

static char *read_actor(Fixture *f, const char *key)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    ck_assert(g_key_file_load_from_file(file, f->path, G_KEY_FILE_NONE, NULL));
    return g_key_file_get_value(file, "actors", key, NULL);
}

static const char *const driver_names[] = {"none", "virtual"};

START_TEST(absent_parts_are_unknown_and_their_rule_applies)
{
    Fixture f;
    g_autoptr(GError) error = NULL;
    set_up(&f, driver_names[_i], NULL);
    assert_all_unknown(&f);
    ck_assert(f.driver->release(f.cabinet, &error)); /* no shutter: it is open */
    ck_assert(!f.driver->retract(f.cabinet, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_UNAVAILABLE));
    f.driver->set_lamp(f.cabinet, LAMP_GREEN);
    tear_down(&f);
}
END_TEST

START_TEST(close_takes_nothing)
{
    cabinet_driver_find(driver_names[_i])->close(NULL);
}
END_TEST

START_TEST(unknown_driver_is_not_found)
{
    ck_assert_ptr_null(cabinet_driver_find("steam"));
}
END_TEST

START_TEST(sensors_are_read_again_when_the_file_changed)
{
    Fixture f;
    CabinetStatus status;
    set_up(&f, "virtual", "[sensors]\ndoor_shut=yes\ncan_scan=yes\nscanned_serial=D33000000001\n");
    f.driver->get_status(f.cabinet, &status);
    ck_assert_int_eq(status.door_shut, TRI_YES);
    ck_assert_int_eq(status.slot_empty, TRI_UNKNOWN);
    ck_assert_int_eq(status.can_scan, TRI_YES);
    ck_assert_str_eq(status.scanned_serial, "D33000000001");
    ck_assert(g_file_set_contents(f.path, "[sensors]\ndoor_shut=no\nslot_empty=yes\n", -1, NULL));
    f.driver->get_status(f.cabinet, &status);
    ck_assert_int_eq(status.door_shut, TRI_NO);
    ck_assert_int_eq(status.slot_empty, TRI_YES);
    ck_assert_str_eq(status.scanned_serial, "");
    g_unlink(f.path);
    assert_all_unknown(&f);
    tear_down(&f);
}
END_TEST

START_TEST(actors_are_written_and_sensors_kept)
{
    Fixture f;
    CabinetStatus status;
    g_autoptr(GError) error = NULL;
    set_up(&f, "virtual", "[sensors]\ncan_release=yes\ncan_retract=yes\nretract_full=no\n");
    f.driver->set_lamp(f.cabinet, LAMP_AMBER);
    ck_assert(f.driver->release(f.cabinet, &error));
    ck_assert(f.driver->release(f.cabinet, &error));
    ck_assert(f.driver->retract(f.cabinet, &error));
    g_autofree char *lamp = read_actor(&f, "lamp"), *released = read_actor(&f, "released"),
                    *retracted = read_actor(&f, "retracted");
    ck_assert_str_eq(lamp, "amber");
    ck_assert_str_eq(released, "2");
    ck_assert_str_eq(retracted, "1");
    f.driver->get_status(f.cabinet, &status);
    ck_assert_int_eq(status.can_release, TRI_YES);
    ck_assert_int_eq(status.retract_full, TRI_NO);
    tear_down(&f);
}
END_TEST

START_TEST(full_bin_takes_nothing_back)
{
    Fixture f;
    g_autoptr(GError) error = NULL;
    set_up(&f, "virtual", "[sensors]\ncan_retract=yes\nretract_full=yes\n");
    ck_assert(!f.driver->retract(f.cabinet, &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_UNAVAILABLE));
    tear_down(&f);
}
END_TEST

static const char *const bad_files[] = {
    "no section\n",
    "[sensors\n",
    "[sensors]\ndoor_shut=maybe\nslot_empty=YES\nscanned_serial=D330000000012\n",
    "[sensors]\nscanned_serial=33-00\n",
    "",
};

START_TEST(nonsense_in_the_file_is_unknown)
{
    Fixture f;
    set_up(&f, "virtual", bad_files[_i]);
    assert_all_unknown(&f);
    tear_down(&f);
}
END_TEST

START_TEST(huge_file_is_unknown)
{
    Fixture f;
    g_autofree char *padding = g_strnfill(5000, '#');
    g_autofree char *text = g_strconcat("[sensors]\ndoor_shut=yes\n", padding, NULL);
    set_up(&f, "virtual", text);
    assert_all_unknown(&f);
    tear_down(&f);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("cabinet");
    tcase_add_loop_test(tests, absent_parts_are_unknown_and_their_rule_applies, 0,
                        G_N_ELEMENTS(driver_names));
    tcase_add_loop_test(tests, close_takes_nothing, 0, G_N_ELEMENTS(driver_names));
    tcase_add_test(tests, unknown_driver_is_not_found);
    tcase_add_test(tests, sensors_are_read_again_when_the_file_changed);
    tcase_add_test(tests, actors_are_written_and_sensors_kept);
    tcase_add_test(tests, full_bin_takes_nothing_back);
    tcase_add_loop_test(tests, nonsense_in_the_file_is_unknown, 0, G_N_ELEMENTS(bad_files));
    tcase_add_test(tests, huge_file_is_unknown);
    return testing_run(tests);
}
