/* A printer that answers well-formed nonsense: out of range, of other types, missing, huge, in no
 * known character set. Nothing of it becomes more than "unknown". */
#include "drivers/cups/abilities.h"
#include "tests/testing.h"
#include "tests/unit/ipp_message.h"

typedef struct {
    guint8 tag;
    const char *name, *value;
    guint16 size;
} Value;

static ipp_t *decode(GByteArray *message)
{
    g_autoptr(GError) error = NULL;
    end_message(message);
    ipp_t *answer = ipp_answer_decode(message->data, message->len, &error);
    ck_assert_msg(answer != NULL, "%s", error ? error->message : "");
    return answer;
}

static PrinterStatus read_one(const Value *value)
{
    PrinterStatus status;
    g_autoptr(GByteArray) message = begin_message();
    if (value)
        add_value(message, value->tag, value->name, value->value, value->size);
    g_autoptr(ipp_t) answer = decode(message);
    ipp_answer_status(answer, 167000, 240000, &status);
    return status;
}

/* Each alone in an answer. */
static const Value nonsense[] = {
    {IPP_TAG_INTEGER, "printer-state", "\0\0\0\3", 4},
    {IPP_TAG_ENUM, "printer-state", "\0\0\0\0", 4},
    {IPP_TAG_ENUM, "printer-state", "\0\0\0\2", 4},
    {IPP_TAG_ENUM, "printer-state", "\0\0\0\6", 4},
    {IPP_TAG_ENUM, "printer-state", "\xff\xff\xff\xff", 4},
    {IPP_TAG_KEYWORD, "printer-state", "idle", 4},
    {IPP_TAG_UNSUPPORTED_VALUE, "printer-state", "", 0},
    {IPP_TAG_TEXT, "printer-state-reasons", "media-empty-error", 17},
    {IPP_TAG_NOVALUE, "printer-state-reasons", "", 0},
    {IPP_TAG_KEYWORD, "printer-state-reasons", "\xe7\xba\xb8", 3},
    {IPP_TAG_KEYWORD, "printer-state-reasons", "", 0},
    {IPP_TAG_KEYWORD, "printer-is-accepting-jobs", "true", 4},
    {IPP_TAG_TEXT, "printer-uuid", "urn:uuid:1", 10},
    {IPP_TAG_ENUM, "printer-up-time", "\0\0\0\7", 4},
    {IPP_TAG_INTEGER, "printer-up-time", "\x80\0\0\0", 4},
    {IPP_TAG_RANGE, "printer-impressions-completed", "\0\0\0\1\0\0\0\2", 8},
    {IPP_TAG_UNKNOWN, "printer-impressions-completed", "", 0},
    {IPP_TAG_INTEGER, "printer-impressions-completed", "\xff\xff\xff\xfe", 4},
    {IPP_TAG_INTEGER, "queued-job-count", "\xff\xff\xff\xff", 4},
    {IPP_TAG_TEXT, "marker-levels", "90", 2},
    {IPP_TAG_INTEGER, "media-col-ready", "\0\0\0\1", 4},
};

START_TEST(nonsense_is_as_unknown_as_nothing)
{
    PrinterStatus nothing = read_one(NULL), status = read_one(&nonsense[_i]);
    ck_assert_int_eq(nothing.state, PRINTER_STATE_UNKNOWN);
    ck_assert(!printer_can_print(&nothing) && !printer_is_clean(&nothing));
    ck_assert_msg(!memcmp(&nothing, &status, sizeof status), "%s", nonsense[_i].name);
}
END_TEST

/* Their length is fixed (RFC 8010 3.9). */
static const Value misshapen[] = {
    {IPP_TAG_INTEGER, "printer-up-time", "\0\0\7", 3},
    {IPP_TAG_ENUM, "printer-state", "\0\0\0\0\3", 5},
    {IPP_TAG_BOOLEAN, "printer-is-accepting-jobs", "", 0},
    {IPP_TAG_RESOLUTION, "pwg-raster-document-resolution-supported", "\0\0\2X\0\0\2X", 8},
    {IPP_TAG_RANGE, "x-dimension", "\0\0\0\1", 4},
    {IPP_TAG_DATE, "printer-current-time", "2026", 4},
    {IPP_TAG_INTEGER, "", "\0\0\0\1", 4}, /* one more value of nothing */
};

START_TEST(a_value_of_the_wrong_shape_spoils_the_whole_answer)
{
    const Value *value = &misshapen[_i];
    g_autoptr(GByteArray) message = begin_message();
    g_autoptr(GError) error = NULL;
    add_value(message, value->tag, value->name, value->value, value->size);
    end_message(message);
    ck_assert_ptr_null(ipp_answer_decode(message->data, message->len, &error));
    ck_assert_str_eq(error->message, "the answer has a malformed attribute");
}
END_TEST

START_TEST(supplies_in_no_known_character_set_and_out_of_range_are_shown_without_a_level)
{
    static const char *const levels[] = {"\0\0\0\x64", "\0\0\0\x65", "\x80\0\0\0",
                                         "\x7f\xff\xff\xff", "\xff\xff\xff\xfe"};
    static const int percents[] = {100, -1, -1, -1, -1};
    PrinterStatus status;
    g_autoptr(GByteArray) message = begin_message();
    add_value(message, IPP_TAG_NAME, "marker-names", "\xff\xfe%n\x1b[2J", 8);
    for (int i = 0; i < 40; i++)
        add_value(message, IPP_TAG_INTEGER, i ? "" : "marker-levels", levels[i % 5], 4);
    g_autoptr(ipp_t) answer = decode(message);
    ipp_answer_status(answer, 0, 0, &status);
    ck_assert_uint_eq(status.n_supplies, G_N_ELEMENTS(status.supplies));
    ck_assert_str_eq(status.supplies[0].name, "??%n?[2J");
    ck_assert_str_eq(status.supplies[1].name, "");
    for (gsize i = 0; i < status.n_supplies; i++)
        ck_assert_int_eq(status.supplies[i].percent, percents[i % 5]);
}
END_TEST

static void add_size(ipp_t *answer, const char *name, gboolean within_media, int x_low, int x_high)
{
    g_autoptr(ipp_t) size = ippNew(), media = ippNew();
    ippAddRange(size, IPP_TAG_ZERO, "x-dimension", x_low, x_high);
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", 24000);
    ippAddCollection(media, IPP_TAG_ZERO, "media-size", size);
    ippAddCollection(answer, IPP_TAG_PRINTER, name, within_media ? media : size);
}

static const Wish plain = {.sides = "one-sided",
                           .tray = "",
                           .quality = IPP_QUALITY_NORMAL,
                           .dpi_max = 600,
                           .width_um = 167000,
                           .height_um = 240000};

static const struct {
    int low, high;
    gboolean fits;
} ranges[] = {
    {1, G_MAXINT, TRUE},         {G_MININT, G_MAXINT, TRUE}, {16700, 16700, TRUE},
    {G_MAXINT, G_MAXINT, FALSE}, {G_MININT, 0, FALSE},       {20000, 10000, FALSE},
};

START_TEST(a_range_of_sizes_is_taken_as_far_as_it_goes)
{
    Abilities abilities;
    g_autoptr(ipp_t) answer = ippNew();
    ippAddString(answer, IPP_TAG_PRINTER, IPP_TAG_MIMETYPE, "document-format-supported", NULL,
                 "application/pdf");
    add_size(answer, "media-size-supported", FALSE, ranges[_i].low, ranges[_i].high);
    abilities_read(answer, &plain, &abilities);
    ck_assert_str_eq(abilities.error,
                     ranges[_i].fits ? ""
                                     : "[printer] media: the printer has no size of 167 x 240 mm");
}
END_TEST

START_TEST(media_with_sides_out_of_this_world_is_not_ours)
{
    static const int sides[] = {G_MININT, -1, 0, G_MAXINT};
    g_autoptr(ipp_t) answer = ippNew();
    for (gsize i = 0; i < G_N_ELEMENTS(sides); i++) {
        g_autoptr(ipp_t) size = ippNew(), media = ippNew();
        ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", sides[i]);
        ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", 24000);
        ippAddCollection(media, IPP_TAG_ZERO, "media-size", size);
        ippAddCollection(answer, IPP_TAG_PRINTER, "media-col-ready", media);
    }
    add_size(answer, "media-col-ready", TRUE, 16700,
             16700); /* a range is nothing that lies there */
    PrinterStatus status;
    ipp_answer_status(answer, 167000, 240000, &status);
    ck_assert_int_eq(status.media_ready, TRI_NO);
}
END_TEST

static const Value inabilities[] = {
    {IPP_TAG_INTEGER, "document-format-supported", "\0\0\0\1", 4},
    {IPP_TAG_MIMETYPE, "document-format-supported", "\xff\xfe/\x1b[2J", 7},
    {IPP_TAG_MIMETYPE, "document-format-supported", "", 0},
    {IPP_TAG_BEGIN_COLLECTION, "document-format-supported", "", 0},
};

START_TEST(a_printer_that_names_no_format_cannot_print_and_the_sentence_is_plain)
{
    Abilities abilities;
    const Value *value = &inabilities[_i];
    g_autoptr(GByteArray) message = begin_message();
    add_value(message, value->tag, value->name, value->value, value->size);
    if (value->tag == IPP_TAG_BEGIN_COLLECTION)
        add_value(message, IPP_TAG_END_COLLECTION, "", "", 0);
    g_autoptr(ipp_t) answer = decode(message);
    abilities_read(answer, &plain, &abilities);
    ck_assert_int_eq(abilities.format, PRINTER_FORMAT_UNKNOWN);
    ck_assert(g_str_has_prefix(abilities.error, "[printer] format: "));
    for (const char *c = abilities.error; *c; c++)
        ck_assert(g_ascii_isprint(*c));
}
END_TEST

/* 600 x 300, 0, negative, a dot an inch, dots a centimetre, more than wanted. */
static const char *const resolutions[] = {
    "\0\0\2\x58\0\0\1\x2c\3", "\0\0\0\0\0\0\0\0\3",
    "\x80\0\0\0\x80\0\0\0\3", "\0\0\0\1\0\0\0\1\3",
    "\0\0\2\x58\0\0\2\x58\4", "\0\0\4\xb0\0\0\4\xb0\3",
    "\0\0\2\x58\0\0\2\x58\0", "\x7f\xff\xff\xff\x7f\xff\xff\xff\3",
};

START_TEST(a_resolution_that_is_none_is_never_drawn_at)
{
    Abilities abilities;
    Wish raster = plain;
    raster.format = PRINTER_FORMAT_PWG;
    g_autoptr(GByteArray) message = begin_message();
    add_value(message, IPP_TAG_MIMETYPE, "document-format-supported", "image/pwg-raster", 16);
    add_value(message, IPP_TAG_KEYWORD, "pwg-raster-document-type-supported", "sgray_8", 7);
    for (gsize i = 0; i < G_N_ELEMENTS(resolutions); i++)
        add_value(message, IPP_TAG_RESOLUTION, i ? "" : "pwg-raster-document-resolution-supported",
                  resolutions[i], 9);
    g_autoptr(ipp_t) answer = decode(message);
    abilities_read(answer, &raster, &abilities);
    ck_assert_int_eq(abilities.format, PRINTER_FORMAT_UNKNOWN);
    ck_assert_int_eq(abilities.dpi, 0);
}
END_TEST

START_TEST(jobs_of_nonsense_are_none_or_could_still_print)
{
    g_autoptr(ipp_t) answer = ippNew();
    ippAddInteger(answer, IPP_TAG_JOB, IPP_TAG_INTEGER, "job-id", -7); /* no job */
    ippAddString(answer, IPP_TAG_JOB, IPP_TAG_NAME, "job-name", NULL, "key");
    ippAddSeparator(answer);
    ippAddInteger(answer, IPP_TAG_JOB, IPP_TAG_INTEGER, "job-id", 8);
    ippAddString(answer, IPP_TAG_JOB, IPP_TAG_NAME, "job-name", NULL, "key");
    ippAddString(answer, IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-state", NULL, "completed");
    ippAddInteger(answer, IPP_TAG_JOB, IPP_TAG_INTEGER, "job-impressions-completed", G_MININT);
    g_autoptr(GArray) jobs = ipp_answer_jobs(answer);
    ck_assert_uint_eq(jobs->len, 1);
    PrinterJobStatus found = ipp_jobs_find(jobs, "key");
    ck_assert_int_eq(found.state, JOB_STATE_UNKNOWN);
    ck_assert_int_eq(found.impressions, -1);
    ck_assert(ipp_job_is_live(found.state));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("hostile printer");
    tcase_add_loop_test(tests, nonsense_is_as_unknown_as_nothing, 0, (int)G_N_ELEMENTS(nonsense));
    tcase_add_loop_test(tests, a_value_of_the_wrong_shape_spoils_the_whole_answer, 0,
                        (int)G_N_ELEMENTS(misshapen));
    tcase_add_test(tests,
                   supplies_in_no_known_character_set_and_out_of_range_are_shown_without_a_level);
    tcase_add_loop_test(tests, a_range_of_sizes_is_taken_as_far_as_it_goes, 0,
                        (int)G_N_ELEMENTS(ranges));
    tcase_add_test(tests, media_with_sides_out_of_this_world_is_not_ours);
    tcase_add_loop_test(tests,
                        a_printer_that_names_no_format_cannot_print_and_the_sentence_is_plain, 0,
                        (int)G_N_ELEMENTS(inabilities));
    tcase_add_test(tests, a_resolution_that_is_none_is_never_drawn_at);
    tcase_add_test(tests, jobs_of_nonsense_are_none_or_could_still_print);
    return testing_run(tests);
}
