/* What kiosk.conf wants of a printer, held against what it can do: a sentence with the key, or
 * nothing. */
#include "drivers/cups/abilities.h"
#include "tests/testing.h"
#include <string.h>

/* What a printer says, a word each; dpis and qualities 0-ended. */
typedef struct {
    const char *format, *type, *back, *side, *tray;
    int dpi[3], quality[3];
    int width_hmm;
} Said;

#define ABLE                                                                                       \
    .format = "image/pwg-raster", .type = "sgray_8", .back = "normal",                             \
    .side = "two-sided-long-edge", .tray = "tray-1", .dpi = {300, 600}, .quality = {4, 5},         \
    .width_hmm = 16700
#define WANTED                                                                                     \
    .sides = "two-sided-long-edge", .tray = "tray-1", .quality = IPP_QUALITY_NORMAL,               \
    .dpi_max = 600, .width_um = 167000, .height_um = 240000

static void add_word(ipp_t *answer, ipp_tag_t tag, const char *name, const char *word)
{
    if (word)
        ippAddString(answer, IPP_TAG_PRINTER, tag, name, NULL, word);
}

static void add_resolutions(ipp_t *answer, const int *dpi)
{
    int count = 0;
    while (dpi[count])
        count++;
    if (count)
        ippAddResolutions(answer, IPP_TAG_PRINTER, "pwg-raster-document-resolution-supported",
                          count, IPP_RES_PER_INCH, dpi, dpi);
}

static ipp_t *say(const Said *said)
{
    ipp_t *answer = ippNew();
    g_autoptr(ipp_t) size = ippNew();
    add_word(answer, IPP_TAG_MIMETYPE, "document-format-supported", said->format);
    add_word(answer, IPP_TAG_KEYWORD, "pwg-raster-document-type-supported", said->type);
    add_word(answer, IPP_TAG_KEYWORD, "pwg-raster-document-sheet-back", said->back);
    add_word(answer, IPP_TAG_KEYWORD, "sides-supported", said->side);
    add_word(answer, IPP_TAG_KEYWORD, "media-source-supported", said->tray);
    add_resolutions(answer, said->dpi);
    if (said->quality[0])
        ippAddIntegers(answer, IPP_TAG_PRINTER, IPP_TAG_ENUM, "print-quality-supported", 2,
                       said->quality);
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", said->width_hmm);
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", 24000);
    ippAddCollection(answer, IPP_TAG_PRINTER, "media-size-supported", size);
    return answer;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const struct {
    Said said;
    Wish wish;
    const char *error;
    PrinterFormat format;
    int dpi;
} rows[] = {
    {{ABLE}, {WANTED}, "", PRINTER_FORMAT_PWG, 600},
    {{ABLE}, {WANTED, .dpi_max = 599}, "", PRINTER_FORMAT_PWG, 300},
    {{ABLE, .width_hmm = 21000},
     {WANTED},
     "[printer] media: the printer has no size of 167 x 240 mm",
     PRINTER_FORMAT_PWG,
     600},
    {{ABLE, .side = "one-sided"},
     {WANTED},
     "[printer] sides: the printer cannot two-sided-long-edge; it says: one-sided",
     PRINTER_FORMAT_PWG,
     600},
    {{ABLE, .side = NULL},
     {WANTED},
     "[printer] sides: the printer cannot two-sided-long-edge; it says: nothing of it",
     PRINTER_FORMAT_PWG,
     600},
    {{ABLE, .side = NULL}, {WANTED, .sides = "one-sided"}, "", PRINTER_FORMAT_PWG, 600},
    {{ABLE},
     {WANTED, .quality = IPP_QUALITY_DRAFT},
     "[printer] quality: the printer cannot draft",
     PRINTER_FORMAT_PWG,
     600},
    {{ABLE, .quality = {0}},
     {WANTED, .quality = IPP_QUALITY_HIGH},
     "[printer] quality: the printer cannot high",
     PRINTER_FORMAT_PWG,
     600},
    {{ABLE},
     {WANTED, .tray = "tray-9"},
     "[printer] tray: the printer cannot tray-9; it says: tray-1",
     PRINTER_FORMAT_PWG,
     600},
    {{ABLE, .tray = NULL}, {WANTED, .tray = ""}, "", PRINTER_FORMAT_PWG, 600},
    {{ABLE, .dpi = {150, 1200}},
     {WANTED},
     "[printer] dpi_max: the printer takes raster at no resolution from 300 to 600 dpi; it says: "
     "150dpi,1200dpi",
     PRINTER_FORMAT_UNKNOWN,
     0},
    {{ABLE, .dpi = {0}},
     {WANTED},
     "[printer] dpi_max: the printer takes raster at no resolution from 300 to 600 dpi; it says: "
     "nothing",
     PRINTER_FORMAT_UNKNOWN,
     0},
    {{ABLE, .back = "rotated"},
     {WANTED},
     "[printer] sides: for two-sided-long-edge the printer wants raster with the backs turned",
     PRINTER_FORMAT_UNKNOWN,
     0},
    {{ABLE, .type = "srgb_8"},
     {WANTED},
     "[printer] format: the printer takes no PDF and no PWG raster in gray; it says: "
     "image/pwg-raster",
     PRINTER_FORMAT_UNKNOWN,
     0},
    {{ABLE},
     {WANTED, .format = PRINTER_FORMAT_PDF},
     "[printer] format: the printer takes no PDF; it says: image/pwg-raster",
     PRINTER_FORMAT_UNKNOWN,
     0},
    {{ABLE, .format = "application/pdf"}, {WANTED}, "", PRINTER_FORMAT_PDF, 0},
    {{ABLE, .format = "application/pdf"},
     {WANTED, .format = PRINTER_FORMAT_PWG},
     "[printer] format: the printer takes no PWG raster in gray; it says: application/pdf",
     PRINTER_FORMAT_UNKNOWN,
     0},
};
#pragma GCC diagnostic pop

START_TEST(what_the_printer_cannot_do_is_said_with_the_key_and_never_guessed)
{
    Abilities abilities;
    g_autoptr(ipp_t) answer = say(&rows[_i].said);
    abilities_read(answer, &rows[_i].wish, &abilities);
    ck_assert_str_eq(abilities.error, rows[_i].error);
    ck_assert_int_eq(abilities.format, rows[_i].format);
    ck_assert_int_eq(abilities.dpi, rows[_i].dpi);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("printer abilities");
    tcase_add_loop_test(tests, what_the_printer_cannot_do_is_said_with_the_key_and_never_guessed, 0,
                        (int)G_N_ELEMENTS(rows));
    return testing_run(tests);
}
