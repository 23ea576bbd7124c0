#include "tests/testing.h"
#include "ui/component.h"
#include "ui/theme.h"

START_TEST(contrast_follows_the_formula_of_wcag)
{
    ck_assert_double_eq_tol(theme_contrast(0xFFFFFF, 0x000000), 21.0, 0.001);
    ck_assert_double_eq_tol(theme_contrast(0x000000, 0xFFFFFF), 21.0, 0.001);
    ck_assert_double_eq_tol(theme_contrast(0x777777, 0xFFFFFF), 4.48, 0.01);
    ck_assert_double_eq_tol(theme_contrast(0x123456, 0x123456), 1.0, 0.001);
}
END_TEST

/* Text on ground, as the screens pair them. */
static const struct {
    Token text, ground;
} pairs[] = {
    {TOKEN_INK, TOKEN_PAPER},     {TOKEN_INK, TOKEN_CARD},     {TOKEN_INK, TOKEN_SUNK},
    {TOKEN_INK, TOKEN_SHADE},     {TOKEN_INK, TOKEN_AMBERT},   {TOKEN_INK2, TOKEN_PAPER},
    {TOKEN_INK2, TOKEN_CARD},     {TOKEN_INK2, TOKEN_SUNK},    {TOKEN_ONRED, TOKEN_RED},
    {TOKEN_ONRED, TOKEN_PRESSED}, {TOKEN_RED, TOKEN_PAPER},    {TOKEN_RED, TOKEN_CARD},
    {TOKEN_GREEN, TOKEN_GREENT},  {TOKEN_AMBER, TOKEN_AMBERT}, {TOKEN_REDI, TOKEN_REDT},
    {TOKEN_PAPER, TOKEN_INK},
};

START_TEST(text_has_ten_to_one_in_the_default_colours)
{
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
        ck_assert_double_ge(theme_contrast(theme_colour(pairs[i].text, FALSE),
                                           theme_colour(pairs[i].ground, FALSE)),
                            THEME_CONTRAST_LEAST);
    ck_assert_double_ge(
        theme_contrast(theme_colour(TOKEN_GOLD, FALSE), theme_colour(TOKEN_RED, FALSE)),
        THEME_CONTRAST_LEAST);
}
END_TEST

START_TEST(text_has_twenty_to_one_in_high_contrast)
{
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
        ck_assert_double_ge(
            theme_contrast(theme_colour(pairs[i].text, TRUE), theme_colour(pairs[i].ground, TRUE)),
            THEME_CONTRAST_LEAST_HIGH);
}
END_TEST

START_TEST(outlines_of_controls_are_seen_on_every_ground)
{
    static const Token grounds[] = {TOKEN_PAPER, TOKEN_CARD, TOKEN_SUNK};
    for (guint i = 0; i < G_N_ELEMENTS(grounds); i++) {
        ck_assert_double_ge(
            theme_contrast(theme_colour(TOKEN_EDGE, FALSE), theme_colour(grounds[i], FALSE)), 4.5);
        ck_assert_double_ge(
            theme_contrast(theme_colour(TOKEN_EDGE, TRUE), theme_colour(grounds[i], TRUE)), 20);
    }
}
END_TEST

START_TEST(every_kind_of_chip_is_readable)
{
    for (int kind = CHIP_UNKNOWN; kind <= CHIP_NEUTRAL; kind++) {
        Token ink, ground;
        component_chip_colours((ChipKind)kind, &ink, &ground);
        ck_assert_double_ge(theme_contrast(theme_colour(ink, FALSE), theme_colour(ground, FALSE)),
                            THEME_CONTRAST_LEAST);
    }
}
END_TEST

START_TEST(the_least_size_has_capitals_of_the_least_height)
{
    for (int size = SIZE_UNKNOWN + 1; size < SIZE_COUNT; size++) {
        ck_assert_double_ge(theme_size((Size)size)->em_mm * 0.73, 4.8);
        ck_assert_double_ge(theme_size((Size)size)->line, 1.1);
    }
}
END_TEST

START_TEST(a_word_that_is_no_token_is_unknown)
{
    ck_assert_int_eq(theme_token_from_word("edge"), TOKEN_EDGE);
    ck_assert_int_eq(theme_token_from_word("unknown"), TOKEN_UNKNOWN);
    ck_assert_int_eq(theme_token_from_word(""), TOKEN_UNKNOWN);
    ck_assert_int_eq(theme_token_from_word("edges"), TOKEN_UNKNOWN);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("theme");
    tcase_add_test(tests, contrast_follows_the_formula_of_wcag);
    tcase_add_test(tests, text_has_ten_to_one_in_the_default_colours);
    tcase_add_test(tests, text_has_twenty_to_one_in_high_contrast);
    tcase_add_test(tests, outlines_of_controls_are_seen_on_every_ground);
    tcase_add_test(tests, every_kind_of_chip_is_readable);
    tcase_add_test(tests, the_least_size_has_capitals_of_the_least_height);
    tcase_add_test(tests, a_word_that_is_no_token_is_unknown);
    return testing_run(tests);
}
