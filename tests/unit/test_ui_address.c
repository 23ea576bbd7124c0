#include "tests/testing.h"
#include "ui/address.h"

#define LONG "示例市西湖区样例街道第三社区测试花园（二期）东区16幢3单元2204室及附属用房"

static gboolean has_room(const char *text, gpointer context)
{
    return g_utf8_strlen(text, -1) <= GPOINTER_TO_INT(context);
}

static void expect(const char *address, int room, const char *wanted)
{
    g_autofree char *text = address_fit(address, has_room, GINT_TO_POINTER(room));
    ck_assert_str_eq(text, wanted);
}

START_TEST(an_address_that_has_room_stays_whole)
{
    expect(LONG, 40, LONG);
    expect("", 0, "");
}
END_TEST

START_TEST(a_long_address_loses_whole_parts_of_its_front)
{
    expect(LONG, 39, "…西湖区样例街道第三社区测试花园（二期）东区16幢3单元2204室及附属用房");
    expect(LONG, 35, "…样例街道第三社区测试花园（二期）东区16幢3单元2204室及附属用房");
    expect(LONG, 30, "…测试花园（二期）东区16幢3单元2204室及附属用房");
    expect("示例市市场路1号", 7, "…市场路1号");
}
END_TEST

/* A wrong room number is worse than a missing street. */
START_TEST(a_number_is_never_cut_from_its_digits_or_its_unit)
{
    static const char *const numbers[] = {"2204室", "3单元", "16幢"};
    for (int room = 1; room < 40; room++) {
        g_autofree char *text = address_fit(LONG, has_room, GINT_TO_POINTER(room));
        for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
            const char *unit = numbers[i] + strspn(numbers[i], "0123456789");
            ck_assert_msg(!strstr(text, unit) || strstr(text, numbers[i]), "%s", text);
        }
    }
    expect("测试路1号地下室B12车位", 9, "…地下室B12车位");
    expect("测试路1号Ａ１２室", 5, "…Ａ１２室");
    expect("Test Road 12 Building B-12 Room 2204", 6, "… 2204");
    expect("Test Road 12 Building B-12 Room 2204", 3, "…2204");
    expect("12345678", 3, "12345678");
}
END_TEST

START_TEST(a_line_never_ends_between_a_number_and_its_unit)
{
    g_autofree char *text = address_bind("东区16幢3单元2204室B-12");
    ck_assert_str_eq(text, "东区16\u2060幢3\u2060单\u2060元2204\u2060室B-12");
    g_autofree char *word = address_bind("第三社区测试花园"); /* nor within such a word */
    ck_assert_str_eq(word, "第三社\u2060区测试花\u2060园");
}
END_TEST

START_TEST(the_floor_area_is_found_only_where_it_is_written_so)
{
    g_autofree char *area = address_find_floor_area("共有宗地面积932.58㎡/房屋建筑面积99.57㎡");
    ck_assert_str_eq(area, "99.57");
    ck_assert_ptr_null(address_find_floor_area("932.58㎡"));
    ck_assert_ptr_null(address_find_floor_area("房屋建筑面积㎡"));
    ck_assert_ptr_null(address_find_floor_area("房屋建筑面积99.57㎡（其中一层40㎡）"));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("address");
    tcase_add_test(tests, an_address_that_has_room_stays_whole);
    tcase_add_test(tests, a_long_address_loses_whole_parts_of_its_front);
    tcase_add_test(tests, a_number_is_never_cut_from_its_digits_or_its_unit);
    tcase_add_test(tests, a_line_never_ends_between_a_number_and_its_unit);
    tcase_add_test(tests, the_floor_area_is_found_only_where_it_is_written_so);
    return testing_run(tests);
}
