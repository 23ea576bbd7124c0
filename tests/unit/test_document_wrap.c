/* Where lines break, and how numbered notes hang. */
#include "firmware/document/fonts.h"
#include "firmware/document/wrap.h"
#include "tests/testing.h"

static TextEngine *engine;

static const struct {
    const char *text;
    double width_em;
    const char *rows; /* joined by '|' */
} breaks[] = {
    {"一二三四五六", 3, "一二三|四五六"},
    {"一二三，四五六", 3, "一二|三，四|五六"}, /* no comma begins a row */
    {"一二（三四五六", 3, "一二|（三四|五六"}, /* no bracket ends one */
    {"编号SL-2026-000001。", 9, "编号|SL-2026-000001。"},
    {"面积932.58㎡整", 5, "面积|932.58㎡|整"},
    {"ABCDEFGHIJKL", 3, "ABCD|EFGH|IJKL"}, /* wider than the row: broken where it must */
    {"ABCDEFGH。", 5, "ABCDEFG|H。"},
    {"一 二", 1, "一|二"},
    {"一\n\n二", 5, "一||二"},
};

/* Names, alone and with their shares. */
static const struct {
    const char *text;
    double width_em;
    const char *rows;
} lists[] = {
    {"测试一、测试二、测试三", 10, "测试一、测试二、|测试三"},
    {"测试一4.17%；欧阳测试七4.17%", 10, "测试一4.17%；|欧阳测试七4.17%"},
    {"测试一，欧阳测试七八九十", 6, "测试一，欧阳|测试七八九十"}, /* wider than a row */
    {"测试一、欧阳测试七", 9, "测试一、欧阳测试七"},
    {"欧阳测试七八九", 4, "欧阳测试|七八九"},
};

static void check_rows(const char *text, double width_em, WrapStyle style, const char *wanted)
{
    g_autoptr(Flow) flow = flow_create(engine, FACE_SERIF_REGULAR, text);
    g_autoptr(GArray) pieces = flow_wrap(flow, 1, width_em, style);
    ck_assert_ptr_nonnull(pieces);
    g_autoptr(GString) rows = g_string_new("");
    for (guint i = 0; i < pieces->len; i++) {
        const WrapPiece *piece = &g_array_index(pieces, WrapPiece, i);
        g_string_append_printf(rows, "%s%.*s", i > 0 ? "|" : "", (int)piece->length,
                               text + piece->start);
    }
    ck_assert_str_eq(rows->str, wanted);
}

START_TEST(lines_break_where_chinese_lines_may)
{
    check_rows(breaks[_i].text, breaks[_i].width_em, WRAP_PLAIN, breaks[_i].rows);
}
END_TEST

START_TEST(lists_break_between_their_entries)
{
    check_rows(lists[_i].text, lists[_i].width_em, WRAP_LIST, lists[_i].rows);
}
END_TEST

/* The same gap behind "9." and "10.", whose points stand below each other. */
START_TEST(numbers_of_two_digits_keep_their_distance)
{
    g_autoptr(Flow) flow = flow_create(engine, FACE_SERIF_REGULAR, "9. 一\n10. 二");
    g_autoptr(GArray) pieces = flow_wrap(flow, 3.8, 100, WRAP_HANG);
    ck_assert_uint_eq(pieces->len, 4);
    const WrapPiece *piece = (const WrapPiece *)(const void *)pieces->data;
    ck_assert_double_gt(piece[0].x_mm, 1.5); /* a digit */
    ck_assert_double_eq(piece[2].x_mm, 0);
    ck_assert_double_eq(piece[1].x_mm, piece[3].x_mm);
    ck_assert_double_eq_tol(piece[1].x_mm - piece[0].x_mm, 6, 1e-9);
}
END_TEST

START_TEST(a_numbered_note_hangs_behind_its_number)
{
    const char *text = "2. 一二三四五六七八";
    g_autoptr(Flow) flow = flow_create(engine, FACE_SERIF_REGULAR, text);
    g_autoptr(GArray) pieces = flow_wrap(flow, 2, 16, WRAP_HANG);
    ck_assert_uint_eq(pieces->len, 3);
    const WrapPiece *piece = (const WrapPiece *)(const void *)pieces->data;
    ck_assert_int_eq(strncmp(text + piece[0].start, "2.", piece[0].length), 0);
    ck_assert_int_eq(piece[0].row, piece[1].row);
    ck_assert_double_eq(piece[1].x_mm, 6);
    ck_assert_double_eq(piece[2].x_mm, 6);
}
END_TEST

/* In every test's own process: pango looks for fonts in threads, which a fork would lose. */
static void setup(void)
{
    g_autoptr(GError) error = NULL;
    ck_assert_msg(fonts_use_private(ASSETS_DIR, &error), "%s", error ? error->message : "");
    engine = text_engine_create();
}

static void teardown(void)
{
    text_engine_destroy(engine);
}

int main(void)
{
    TCase *tests = tcase_create("wrap");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, lines_break_where_chinese_lines_may, 0, G_N_ELEMENTS(breaks));
    tcase_add_loop_test(tests, lists_break_between_their_entries, 0, G_N_ELEMENTS(lists));
    tcase_add_test(tests, numbers_of_two_digits_keep_their_distance);
    tcase_add_test(tests, a_numbered_note_hangs_behind_its_number);
    return testing_run(tests);
}
