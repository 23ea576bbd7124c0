#include "firmware/base/error.h"
#include "firmware/document/fonts.h"
#include "firmware/document/text.h"
#include "tests/testing.h"
#include <pango/pangocairo.h>
#include <pango/pangofc-font.h>
#include <string.h>

static const struct {
    const char *font, *text, *file; /* the file that the text must come from */
} faces[] = {
    {"Noto Serif CJK SC 10", "不动产权证书㎡（《1Aa", "core-serif-regular.otf"},
    {"Noto Serif CJK SC 10", "镕㐂龦", "rare-serif-regular.otf"},
    {"Noto Serif CJK SC 10", "鳌黉鬯", "second-serif-regular.otf"},
    {"Noto Serif CJK SC 10", "𠀁𪜀𮯠", "fallback-hanamin-b.ttf"},
    {"Noto Serif CJK SC 10", "𠀀𢑀", "fallback-hanamin-a.ttf"},
    {"Noto Serif CJK SC 10", "䶶鿰", "fallback-babelstone-han.ttf"},
    {"Noto Serif CJK SC Medium 10", "𠀁", "fallback-hanamin-b.ttf"},
    {"Noto Serif CJK SC Bold 10", "𠀁", "fallback-hanamin-b.ttf"},
    {"Noto Serif CJK SC Medium 10", "㐂", "rare-serif-regular.otf"},
    {"Noto Serif CJK SC Medium 10", "示(2026)示例市不动产权第0000001号", "core-serif-medium.otf"},
    {"Kiosk Labels Serif Semi-Bold 10", "房屋分户图附记附图页", "labels-serif-semibold.otf"},
    {"Noto Serif CJK SC Bold 10", "请取走您的证书", "core-serif-bold.otf"},
    {"Kiosk Labels Sans Light 10", "权利人共有情况坐落", "labels-sans-light.otf"},
    {"Noto Sans CJK SC 10", "如意卧室3.50", "core-sans-regular.otf"},
    {"Noto Sans CJK SC 10", "㐂", "rare-sans-regular.otf"},
    {"Kiosk Labels Sans Medium 10", "样本 SPECIMEN扫码核验1:200", "labels-sans-medium.otf"},
    {"Noto Sans CJK SC Bold 10", "样本 SPECIMEN", "core-sans-bold.otf"},
    {"Kiosk Labels Sans Bold 10", "样本 SPECIMEN", "labels-sans-bold.otf"},
    {"Kiosk Labels Serif Bold 10", "不动产权证书", "labels-serif-bold.otf"},
};

static char *file_of_run(PangoGlyphItem *run)
{
    PangoFcFont *font = PANGO_FC_FONT(run->item->analysis.font);
    FcPattern *pattern = pango_fc_font_get_pattern(font);
    FcChar8 *file = NULL;
    ck_assert_int_eq(FcPatternGetString(pattern, FC_FILE, 0, &file), FcResultMatch);
    return g_path_get_basename((const char *)file);
}

START_TEST(text_is_set_in_the_kiosks_own_faces)
{
    g_autoptr(GError) error = NULL;
    ck_assert_msg(fonts_use_private(ASSETS_DIR, &error), "%s", error ? error->message : "");
    g_autoptr(PangoFontMap) map = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(map);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    g_autoptr(PangoLayout) layout = pango_layout_new(context);
    g_object_unref(context);
    PangoFontDescription *font = pango_font_description_from_string(faces[_i].font);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, faces[_i].text, -1);
    ck_assert_int_eq(pango_layout_get_unknown_glyphs_count(layout), 0);
    PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
    for (GSList *run = line->runs; run; run = run->next) {
        g_autofree char *file = file_of_run(run->data);
        ck_assert_str_eq(file, faces[_i].file);
    }
}
END_TEST

/* GB 18030-2022, implementation level 3. */
static const struct {
    gunichar first, last;
} level_3[] = {
    {0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0x20000, 0x2A6DF}, {0x2A700, 0x2B739},
    {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0},
};

static gboolean is_printable(const TextEngine *engine, gunichar character)
{
    char text[7] = "";
    gunichar found = 0;
    g_unichar_to_utf8(character, text);
    gboolean printable = !text_find_unprintable(engine, text, &found);
    ck_assert(printable || found == character);
    return printable;
}

START_TEST(every_hanzi_of_gb_18030_level_3_is_printable)
{
    ck_assert(fonts_use_private(ASSETS_DIR, NULL));
    g_autoptr(TextEngine) engine = text_engine_create();
    for (gunichar c = level_3[_i].first; c <= level_3[_i].last; c++)
        ck_assert_msg(is_printable(engine, c), "U+%04X", (unsigned)c);
}
END_TEST

/* Control, format, soft hyphen, variation selector, Private Use, not a character, unassigned,
 * and hanzi that came after the fonts. */
static const gunichar without_picture[] = {0x01,   0x09,    0x7F,    0x85,   0xAD,   0x200B,
                                           0x202E, 0x2028,  0xFE0F,  0xFEFF, 0xE000, 0xF8FF,
                                           0xFFFE, 0xE0100, 0xF0000, 0x0378, 0x2EBF0};

START_TEST(what_has_no_picture_is_named)
{
    ck_assert(fonts_use_private(ASSETS_DIR, NULL));
    g_autoptr(TextEngine) engine = text_engine_create();
    ck_assert_msg(!is_printable(engine, without_picture[_i]), "U+%04X",
                  (unsigned)without_picture[_i]);
}
END_TEST

typedef struct {
    double top, bottom, width; /* means over a text, in em */
} EmBox;

static EmBox measure(PangoContext *context, const char *name, const char *text)
{
    EmBox box = {0};
    PangoFontDescription *font = pango_font_description_from_string(name);
    pango_font_description_set_absolute_size(font, 1000 * PANGO_SCALE);
    double unit = 1000.0 * PANGO_SCALE * (double)g_utf8_strlen(text, -1);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        g_autoptr(PangoLayout) layout = pango_layout_new(context);
        pango_layout_set_font_description(layout, font);
        pango_layout_set_text(layout, p, (int)(g_utf8_next_char(p) - p));
        PangoRectangle ink, logical;
        pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), &ink, &logical);
        box.top += -ink.y / unit;
        box.bottom += (ink.y + ink.height) / unit;
        box.width += logical.width / unit;
    }
    pango_font_description_free(font);
    return box;
}

/* Hanzi of one shape each, whole height and width of the square. */
static const char *const fallback_texts[] = {
    "𠁀𪜀𮯠𠇇𠍎𡂡𢀖𣁳𥏼𦉭𧈅𩇯", "𠀀𡊍𢑀𣢾𥚧𦞧𧝓𨖾𩜴𪶁",
    "䶶䶸䶺鿰鿲鿴鿶鿸鿺鿼𰀭𰂵𰄬𰆶𰈩𰊢"};

START_TEST(a_fallback_stands_on_the_same_line_in_the_same_size)
{
    static const char *const fonts[] = {"Noto Serif CJK SC", "Noto Serif CJK SC Medium",
                                        "Noto Serif CJK SC Bold"};
    ck_assert(fonts_use_private(ASSETS_DIR, NULL));
    g_autoptr(PangoFontMap) map = pango_cairo_font_map_new();
    PangoContext *context = pango_font_map_create_context(map);
    EmBox wanted = measure(context, fonts[0], "国酬警赢囊疆麟鬟蠢露蔓繁镶耀");
    EmBox plain = measure(context, fonts[0], fallback_texts[_i]);
    for (guint f = 0; f < G_N_ELEMENTS(fonts); f++) {
        EmBox box = measure(context, fonts[f], fallback_texts[_i]);
        ck_assert_double_eq_tol(box.top, wanted.top, 0.06);
        ck_assert_double_eq_tol(box.bottom, wanted.bottom, 0.06);
        ck_assert_double_eq_tol(box.width, 1, 0.001);
        /* Never made bolder by machine: that would make its strokes, and so its box, larger. */
        ck_assert_double_eq_tol(box.top, plain.top, 1e-9);
        ck_assert_double_eq_tol(box.bottom, plain.bottom, 1e-9);
    }
    g_object_unref(context);
}
END_TEST

START_TEST(a_folder_without_fonts_is_refused_with_its_path)
{
    g_autoptr(GError) error = NULL;
    ck_assert(!fonts_use_private("/nonexistent", &error));
    ck_assert(kiosk_error_is(error, KIOSK_ERROR_CONFIG));
    ck_assert_ptr_nonnull(strstr(error->message, "/nonexistent/fonts/fonts.conf"));
}
END_TEST

START_TEST(fonts_do_not_change_under_a_running_program)
{
    ck_assert(fonts_use_private(ASSETS_DIR, NULL));
    ck_assert(fonts_use_private(ASSETS_DIR, NULL));
    ck_assert(!fonts_use_private("/elsewhere", NULL));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("fonts");
    tcase_add_loop_test(tests, text_is_set_in_the_kiosks_own_faces, 0, G_N_ELEMENTS(faces));
    tcase_add_loop_test(tests, every_hanzi_of_gb_18030_level_3_is_printable, 0,
                        G_N_ELEMENTS(level_3));
    tcase_add_loop_test(tests, what_has_no_picture_is_named, 0, G_N_ELEMENTS(without_picture));
    tcase_add_loop_test(tests, a_fallback_stands_on_the_same_line_in_the_same_size, 0,
                        G_N_ELEMENTS(fallback_texts));
    tcase_add_test(tests, a_folder_without_fonts_is_refused_with_its_path);
    tcase_add_test(tests, fonts_do_not_change_under_a_running_program);
    return testing_run(tests);
}
