/* What the printer can do, as attributes that never change. */
#include "machine.h"
#include <string.h>

#define MARGIN_HMM 0

static const struct {
    const char *name;
    int width_hmm, height_hmm;
} sizes[] = {
    {"custom_leaf_167x240mm", 16700, 24000},
    {"iso_a4_210x297mm", 21000, 29700},
    {"iso_a5_148x210mm", 14800, 21000},
};

#define N_SIZES ((int)G_N_ELEMENTS(sizes))

static const struct {
    ipp_tag_t tag;
    const char *name, *values; /* separated by blanks */
} words[] = {
    {IPP_TAG_CHARSET, "charset-configured", "utf-8"},
    {IPP_TAG_CHARSET, "charset-supported", "utf-8"},
    {IPP_TAG_LANGUAGE, "natural-language-configured", "en"},
    {IPP_TAG_LANGUAGE, "generated-natural-language-supported", "en"},
    {IPP_TAG_KEYWORD, "compression-supported", "none gzip deflate"},
    {IPP_TAG_KEYWORD, "ipp-versions-supported", "1.1 2.0"},
    {IPP_TAG_KEYWORD, "ipp-features-supported", "ipp-everywhere"},
    {IPP_TAG_KEYWORD, "job-creation-attributes-supported",
     "copies ipp-attribute-fidelity job-name media media-col print-color-mode print-quality "
     "print-scaling printer-resolution sides document-name"},
    {IPP_TAG_KEYWORD, "media-col-supported",
     "media-size media-source media-type media-top-margin media-left-margin media-right-margin "
     "media-bottom-margin"},
    {IPP_TAG_KEYWORD, "media-source-supported", "auto main"},
    {IPP_TAG_KEYWORD, "media-type-supported", "stationery"},
    {IPP_TAG_KEYWORD, "output-bin-supported", "face-down"},
    {IPP_TAG_KEYWORD, "output-bin-default", "face-down"},
    {IPP_TAG_KEYWORD, "pdl-override-supported", "attempted"},
    {IPP_TAG_KEYWORD, "print-color-mode-supported", "monochrome auto"},
    {IPP_TAG_KEYWORD, "print-color-mode-default", "monochrome"},
    {IPP_TAG_KEYWORD, "print-scaling-supported", "auto none"},
    {IPP_TAG_KEYWORD, "print-scaling-default", "auto"},
    {IPP_TAG_KEYWORD, "pwg-raster-document-type-supported", "black_1 sgray_8"},
    {IPP_TAG_KEYWORD, "pwg-raster-document-sheet-back", "normal"},
    {IPP_TAG_KEYWORD, "sides-supported", "one-sided two-sided-long-edge two-sided-short-edge"},
    {IPP_TAG_KEYWORD, "sides-default", "one-sided"},
    {IPP_TAG_KEYWORD, "which-jobs-supported", "completed not-completed all"},
    {IPP_TAG_NAME, "printer-name", "virtual"},
    {IPP_TAG_TEXT, "printer-info", "virtual"},
    {IPP_TAG_TEXT, "printer-location", "loopback"},
    {IPP_TAG_TEXT, "printer-make-and-model", "virtual"},
    {IPP_TAG_NAME, "printer-firmware-name", "main"},
    {IPP_TAG_TEXT, "printer-firmware-string-version", "1.4.2"},
    {IPP_TAG_NAME, "marker-names", "black"},
    {IPP_TAG_NAME, "marker-colors", "#000000"},
    {IPP_TAG_KEYWORD, "marker-types", "toner"},
    {IPP_TAG_TEXT, "printer-supply-description", "black"},
    {IPP_TAG_TEXT, "printer-device-id", "MFG:Kiosk;MDL:virtual;CMD:PDF,PWGRaster;"},
};

static void add_words(ipp_t *all)
{
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_auto(GStrv) values = g_strsplit(words[i].values, " ", -1);
        ippAddStrings(all, IPP_TAG_PRINTER, words[i].tag, words[i].name, (int)g_strv_length(values),
                      NULL, (const char *const *)values);
    }
}

static ipp_t *new_size(int width_hmm, int height_hmm)
{
    ipp_t *size = ippNew();
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", width_hmm);
    ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", height_hmm);
    return size;
}

static ipp_t *new_media(int i)
{
    static const char *const margins[] = {"media-top-margin", "media-left-margin",
                                          "media-right-margin", "media-bottom-margin"};
    ipp_t *media = ippNew(), *size = new_size(sizes[i].width_hmm, sizes[i].height_hmm);
    ippAddCollection(media, IPP_TAG_ZERO, "media-size", size);
    ippDelete(size);
    for (gsize k = 0; k < G_N_ELEMENTS(margins); k++)
        ippAddInteger(media, IPP_TAG_ZERO, IPP_TAG_INTEGER, margins[k], MARGIN_HMM);
    ippAddString(media, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "media-source", NULL, "main");
    ippAddString(media, IPP_TAG_ZERO, IPP_TAG_KEYWORD, "media-type", NULL, "stationery");
    return media;
}

static void add_collections(ipp_t *all, const char *name, ipp_t **values, int count)
{
    ippAddCollections(all, IPP_TAG_PRINTER, name, count, (const ipp_t **)values);
    for (int i = 0; i < count; i++)
        ippDelete(values[i]);
}

static void add_media(ipp_t *all)
{
    const char *names[N_SIZES + 2] = {[N_SIZES] = "custom_min_90x140mm",
                                      [N_SIZES + 1] = "custom_max_216x356mm"};
    ipp_t *media[N_SIZES], *known[N_SIZES + 1], *first = new_media(0);
    for (int i = 0; i < N_SIZES; i++) {
        names[i] = sizes[i].name;
        media[i] = new_media(i);
        known[i] = new_size(sizes[i].width_hmm, sizes[i].height_hmm);
    }
    known[N_SIZES] = ippNew();
    ippAddRange(known[N_SIZES], IPP_TAG_ZERO, "x-dimension", 9000, 21600);
    ippAddRange(known[N_SIZES], IPP_TAG_ZERO, "y-dimension", 14000, 35600);
    ippAddStrings(all, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-supported", N_SIZES + 2, NULL,
                  names);
    ippAddString(all, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "media-default", NULL, sizes[0].name);
    add_collections(all, "media-col-database", media, N_SIZES);
    add_collections(all, "media-col-default", &first, 1);
    add_collections(all, "media-size-supported", known, N_SIZES + 1);
    for (gsize i = 0; i < 4; i++) {
        static const char *const margins[] = {
            "media-top-margin-supported", "media-left-margin-supported",
            "media-right-margin-supported", "media-bottom-margin-supported"};
        ippAddInteger(all, IPP_TAG_PRINTER, IPP_TAG_INTEGER, margins[i], MARGIN_HMM);
    }
}

static void add_numbers(ipp_t *all)
{
    static const int operations[] = {IPP_OP_PRINT_JOB,  IPP_OP_VALIDATE_JOB,
                                     IPP_OP_CREATE_JOB, IPP_OP_SEND_DOCUMENT,
                                     IPP_OP_CANCEL_JOB, IPP_OP_GET_JOB_ATTRIBUTES,
                                     IPP_OP_GET_JOBS,   IPP_OP_GET_PRINTER_ATTRIBUTES};
    static const int resolutions[] = {300, 600}, qualities[] = {3, 4, 5}, upright[] = {3};
    ippAddIntegers(all, IPP_TAG_PRINTER, IPP_TAG_ENUM, "operations-supported",
                   (int)G_N_ELEMENTS(operations), operations);
    ippAddIntegers(all, IPP_TAG_PRINTER, IPP_TAG_ENUM, "print-quality-supported", 3, qualities);
    ippAddInteger(all, IPP_TAG_PRINTER, IPP_TAG_ENUM, "print-quality-default", 4);
    ippAddIntegers(all, IPP_TAG_PRINTER, IPP_TAG_ENUM, "orientation-requested-supported", 1,
                   upright);
    ippAddInteger(all, IPP_TAG_PRINTER, IPP_TAG_ENUM, "finishings-supported", 3);
    ippAddInteger(all, IPP_TAG_PRINTER, IPP_TAG_ENUM, "finishings-default", 3);
    ippAddRange(all, IPP_TAG_PRINTER, "copies-supported", 1, 1);
    ippAddInteger(all, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "copies-default", 1);
    ippAddBoolean(all, IPP_TAG_PRINTER, "color-supported", 0);
    ippAddBoolean(all, IPP_TAG_PRINTER, "job-ids-supported", 1);
    ippAddBoolean(all, IPP_TAG_PRINTER, "multiple-document-jobs-supported", 0);
    ippAddResolutions(all, IPP_TAG_PRINTER, "printer-resolution-supported", 2, IPP_RES_PER_INCH,
                      resolutions, resolutions);
    ippAddResolution(all, IPP_TAG_PRINTER, "printer-resolution-default", IPP_RES_PER_INCH, 600,
                     600);
    ippAddResolutions(all, IPP_TAG_PRINTER, "pwg-raster-document-resolution-supported", 2,
                      IPP_RES_PER_INCH, resolutions, resolutions);
}

/* One address for each way in, and how safe it is. */
static void add_addresses(const Machine *machine, ipp_t *all)
{
    g_autofree char *plain = g_strdup_printf("ipp://localhost:%d/ipp/print", machine->port);
    g_autofree char *safe = g_strdup_printf("ipps://localhost:%d/ipp/print", machine->port);
    const char *const addresses[] = {plain, safe}, *const security[] = {"none", "tls"},
                      *const authentication[] = {"none", "none"};
    int count = machine->tls ? 2 : 1;
    ippAddStrings(all, IPP_TAG_PRINTER, IPP_TAG_URI, "printer-uri-supported", count, NULL,
                  addresses);
    ippAddStrings(all, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "uri-security-supported", count, NULL,
                  security);
    ippAddStrings(all, IPP_TAG_PRINTER, IPP_TAG_KEYWORD, "uri-authentication-supported", count,
                  NULL, authentication);
}

/* PWG 5100.13 and the older marker attributes say the same. */
void supply_describe(const Machine *machine, ipp_t *all)
{
    g_autofree char *supply = g_strdup_printf("type=toner;maxcapacity=100;level=%d;"
                                              "class=supplyThatIsConsumed;colorantname=black;",
                                              machine->supply);
    ippAddInteger(all, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "marker-levels", machine->supply);
    ippAddInteger(all, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "marker-low-levels", 10);
    ippAddInteger(all, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "marker-high-levels", 100);
    ippAddOctetString(all, IPP_TAG_PRINTER, "printer-supply", supply, (int)strlen(supply));
}

static ssize_t append(void *context, ipp_uchar_t *bytes, size_t size)
{
    g_byte_array_append(context, bytes, (guint)size);
    return (ssize_t)size;
}

void capabilities_encode(Machine *machine)
{
    ipp_t *all = ippNew();
    ipp_state_t state;
    add_words(all);
    add_numbers(all);
    add_media(all);
    ippAddStrings(all, IPP_TAG_PRINTER, IPP_TAG_MIMETYPE, "document-format-supported",
                  (int)g_strv_length(machine->formats), NULL,
                  (const char *const *)machine->formats);
    ippAddString(all, IPP_TAG_PRINTER, IPP_TAG_MIMETYPE, "document-format-default", NULL,
                 machine->formats[0]);
    add_addresses(machine, all);
    machine->capabilities = g_byte_array_new();
    ippSetState(all, IPP_STATE_IDLE);
    while ((state = ippWriteIO(machine->capabilities, append, 1, NULL, all)) != IPP_STATE_DATA)
        if (state == IPP_STATE_ERROR)
            g_error("virtual printer: its own attributes cannot be encoded");
    ippDelete(all);
}

typedef struct {
    const GByteArray *bytes;
    gsize at;
} Source;

static ssize_t take(void *context, ipp_uchar_t *buffer, size_t size)
{
    Source *source = context;
    size = MIN(size, source->bytes->len - source->at);
    memcpy(buffer, source->bytes->data + source->at, size);
    source->at += size;
    return (ssize_t)size;
}

ipp_t *capabilities_decode(const Machine *machine)
{
    Source source = {machine->capabilities, 0};
    ipp_t *all = ippNew();
    ipp_state_t state;
    while ((state = ippReadIO(&source, take, 1, NULL, all)) != IPP_STATE_DATA)
        if (state == IPP_STATE_ERROR)
            g_error("virtual printer: its own attributes cannot be decoded");
    return all;
}
