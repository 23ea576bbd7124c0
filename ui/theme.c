#include "ui/theme.h"
#include <math.h>
#include <string.h>

static const struct {
    const char *word;
    guint32 normal, high;
} tokens[TOKEN_COUNT] = {
    [TOKEN_UNKNOWN] = {"unknown", 0x000000, 0xFFFFFF},
    [TOKEN_PAPER] = {"paper", 0xFAF6EF, 0x000000},
    [TOKEN_CARD] = {"card", 0xFFFFFF, 0x000000},
    [TOKEN_SUNK] = {"sunk", 0xF1EADF, 0x000000},
    [TOKEN_SHADE] = {"shade", 0xE9DFD0, 0x000000},
    [TOKEN_LINE] = {"line", 0xD9CDBC, 0xFFFFFF},
    [TOKEN_EDGE] = {"edge", 0x6B5D53, 0xFFFFFF},
    [TOKEN_INK] = {"ink", 0x221A16, 0xFFFFFF},
    [TOKEN_INK2] = {"ink2", 0x3F342E, 0xFFFFFF},
    [TOKEN_RED] = {"red", 0x741316, 0xFFFFA8},
    [TOKEN_PRESSED] = {"pressed", 0x570C0F, 0xFFFFFF},
    [TOKEN_ONRED] = {"onred", 0xFFFFFF, 0x000000},
    [TOKEN_GREEN] = {"green", 0x0A3D25, 0xFFFFFF},
    [TOKEN_GREENT] = {"greent", 0xE6F0E8, 0x000000},
    [TOKEN_AMBER] = {"amber", 0x4A2D00, 0xFFFFFF},
    [TOKEN_AMBERT] = {"ambert", 0xFBEFD6, 0x000000},
    [TOKEN_REDI] = {"redi", 0x661013, 0xFFFFFF},
    [TOKEN_REDT] = {"redt", 0xF8E6E2, 0x000000},
    [TOKEN_GOLD] = {"gold", 0xFFF1CC, 0xFFFFFF},
    [TOKEN_MHEAD] = {"mhead", 0x2A211C, 0x000000},
    [TOKEN_ONMHEAD] = {"onmhead", 0xFFFFFF, 0xFFFFFF},
    [TOKEN_CHART_GONE] = {"chart-gone", 0x8F7C70, 0xFFFFFF},
    [TOKEN_CHART_OPEN] = {"chart-open", 0xB97A00, 0xFFFFFF},
    [TOKEN_TEST_BLACK] = {"test-black", 0x000000, 0x000000},
    [TOKEN_TEST_WHITE] = {"test-white", 0xFFFFFF, 0xFFFFFF},
    [TOKEN_TEST_RED] = {"test-red", 0xFF0000, 0xFF0000},
    [TOKEN_TEST_GREEN] = {"test-green", 0x00FF00, 0x00FF00},
    [TOKEN_TEST_BLUE] = {"test-blue", 0x0000FF, 0x0000FF},
};

static const SizeRow sizes[SIZE_COUNT] = {
    [SIZE_UNKNOWN] = {8.0, 1.45, FALSE, TRUE}, [SIZE_SMALL] = {7.0, 1.4, FALSE, TRUE},
    [SIZE_BODY] = {8.0, 1.45, FALSE, TRUE},    [SIZE_LIST] = {8.5, 1.3, FALSE, TRUE},
    [SIZE_LEAD] = {9.0, 1.45, FALSE, TRUE},    [SIZE_ACTION] = {11.0, 1.2, FALSE, TRUE},
    [SIZE_CENTRE] = {8.0, 1.3, TRUE, TRUE},    [SIZE_TITLE] = {14.0, 1.28, TRUE, TRUE},
    [SIZE_DISPLAY] = {20.0, 1.25, TRUE, TRUE}, [SIZE_DISPLAY_LATIN] = {18.0, 1.39, TRUE, TRUE},
    [SIZE_CLOCK] = {9.5, 1.3, FALSE, TRUE},    [SIZE_KEY] = {14.0, 1.1, FALSE, FALSE},
    [SIZE_PAGE] = {20.0, 1.1, FALSE, FALSE},   [SIZE_RING] = {26.0, 1.1, FALSE, FALSE},
    [SIZE_CENTRE_LONG] = {7.0, 1.2, TRUE, TRUE},
    [SIZE_NUMBER] = {32.0, 1.1, FALSE, FALSE},
};

Token theme_token_from_word(const char *word)
{
    for (int i = TOKEN_UNKNOWN + 1; i < TOKEN_COUNT; i++)
        if (!strcmp(tokens[i].word, word))
            return (Token)i;
    return TOKEN_UNKNOWN;
}

guint32 theme_colour(Token token, gboolean high_contrast)
{
    const guint index = (guint)token < TOKEN_COUNT ? (guint)token : 0;
    return high_contrast ? tokens[index].high : tokens[index].normal;
}

static double linear(guint32 channel)
{
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(guint32 rgb)
{
    return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) +
           0.0722 * linear(rgb & 0xff);
}

double theme_contrast(guint32 first, guint32 second)
{
    double a = luminance(first), b = luminance(second);
    return (MAX(a, b) + 0.05) / (MIN(a, b) + 0.05);
}

const SizeRow *theme_size(Size size)
{
    return &sizes[(guint)size < SIZE_COUNT ? (guint)size : 0];
}
