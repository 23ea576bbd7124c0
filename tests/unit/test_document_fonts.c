#include "firmware/base/error.h"
#include "firmware/document/fonts.h"
#include "tests/testing.h"
#include <pango/pangocairo.h>
#include <pango/pangofc-font.h>
#include <string.h>

static const struct {
    const char *font, *text, *file; /* the file that the text must come from */
} faces[] = {
    {"Noto Serif CJK SC 10", "不动产权证书㎡（《1Aa", "core-serif-regular.otf"},
    {"Noto Serif CJK SC 10", "镕㐂龦", "rare-serif-regular.otf"},
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
    tcase_add_test(tests, a_folder_without_fonts_is_refused_with_its_path);
    tcase_add_test(tests, fonts_do_not_change_under_a_running_program);
    return testing_run(tests);
}
