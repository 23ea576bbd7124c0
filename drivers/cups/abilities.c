#include "drivers/cups/abilities.h"
#include <string.h>

#define DPI_MIN 300 /* of the raster: below, a printed QR symbol loses modules */
#define VALUES_MAX 200

const char *const *abilities_names(int *ret_n)
{
    static const char *const names[] = {
        "document-format-supported",
        "pwg-raster-document-type-supported",
        "pwg-raster-document-resolution-supported",
        "pwg-raster-document-sheet-back",
        "sides-supported",
        "media-source-supported",
        "media-size-supported",
        "print-quality-supported",
        "job-creation-attributes-supported",
        "printer-make-and-model",
        "printer-firmware-string-version",
    };
    *ret_n = G_N_ELEMENTS(names);
    return names;
}

int abilities_dots(int size_um, int dpi)
{
    return (int)((gint64)size_um * dpi / 25400);
}

/* The best resolution, the same in both directions, up to the limit; 0: none. */
static int best_dpi(ipp_t *answer, int dpi_max)
{
    ipp_attribute_t *attribute =
        ipp_answer_find(answer, "pwg-raster-document-resolution-supported", IPP_TAG_RESOLUTION);
    int best = 0, count = attribute ? MIN(ippGetCount(attribute), VALUES_MAX) : 0;
    for (int i = 0; i < count; i++) {
        ipp_res_t units;
        int y, x = ippGetResolution(attribute, i, &y, &units);
        if (units == IPP_RES_PER_INCH && x == y && x >= DPI_MIN && x <= dpi_max)
            best = MAX(best, x);
    }
    return best;
}

/* Backs of sheets that must be drawn turned or mirrored are left to the printer's own PDF
 * interpreter (PWG 5102.4 4.3.3). */
static gboolean takes_backs(ipp_t *answer, const char *sides)
{
    return !strcmp(sides, "one-sided") ||
           ipp_answer_has(answer, "pwg-raster-document-sheet-back", "normal");
}

static gboolean takes_gray(ipp_t *answer)
{
    return ipp_answer_has(answer, "document-format-supported", "image/pwg-raster") &&
           ipp_answer_has(answer, "pwg-raster-document-type-supported", "sgray_8");
}

static void choose_format(ipp_t *answer, const Wish *wish, Abilities *abilities)
{
    int dpi = best_dpi(answer, wish->dpi_max);
    gboolean raster = takes_gray(answer) && takes_backs(answer, wish->sides) && dpi > 0;
    gboolean pdf = ipp_answer_has(answer, "document-format-supported", "application/pdf");
    if (raster && wish->format != PRINTER_FORMAT_PDF) {
        abilities->format = PRINTER_FORMAT_PWG;
        abilities->dpi = dpi;
    } else if (pdf && wish->format != PRINTER_FORMAT_PWG) {
        abilities->format = PRINTER_FORMAT_PDF;
    }
}

/* The first values of a keyword attribute, for a message. */
static char *list_values(ipp_t *answer, const char *name)
{
    ipp_attribute_t *attribute = ipp_answer_find(answer, name, IPP_TAG_ZERO);
    GString *text = g_string_new(NULL);
    for (int i = 0; attribute && i < MIN(ippGetCount(attribute), 8); i++) {
        const char *value = ippGetString(attribute, i, NULL);
        if (value)
            g_string_append_printf(text, "%s%.40s", text->len ? " " : "", value);
    }
    for (char *c = text->str; *c; c++)
        if (!g_ascii_isprint(*c))
            *c = '?';
    return g_string_free(text, FALSE);
}

static gboolean check_keyword(ipp_t *answer, const char *key, const char *name, const char *value,
                              Abilities *abilities)
{
    if (ipp_answer_has(answer, name, value))
        return TRUE;
    g_autofree char *can = list_values(answer, name);
    g_snprintf(abilities->error, sizeof abilities->error,
               "[printer] %s: the printer cannot %s; it says: %s", key, value,
               *can ? can : "nothing of it");
    return FALSE;
}

/* One dimension of a size: exactly, or a range for paper that anybody cuts. */
static gboolean covers(ipp_t *size, const char *name, int hmm)
{
    ipp_attribute_t *attribute = ippFindAttribute(size, name, IPP_TAG_ZERO);
    if (!attribute)
        return FALSE;
    int upper, lower;
    if (ippGetValueTag(attribute) == IPP_TAG_RANGE)
        lower = ippGetRange(attribute, 0, &upper);
    else if (ippGetValueTag(attribute) == IPP_TAG_INTEGER)
        lower = upper = ippGetInteger(attribute, 0);
    else
        return FALSE;
    return hmm >= (gint64)lower - IPP_MEDIA_TOLERANCE_HMM &&
           hmm <= (gint64)upper + IPP_MEDIA_TOLERANCE_HMM;
}

static gboolean check_size(ipp_t *answer, const Wish *wish, Abilities *abilities)
{
    ipp_attribute_t *sizes =
        ipp_answer_find(answer, "media-size-supported", IPP_TAG_BEGIN_COLLECTION);
    if (!wish->width_um || !sizes)
        return TRUE;
    for (int i = 0; i < MIN(ippGetCount(sizes), VALUES_MAX); i++) {
        ipp_t *size = ippGetCollection(sizes, i);
        if (covers(size, "x-dimension", wish->width_um / 10) &&
            covers(size, "y-dimension", wish->height_um / 10))
            return TRUE;
    }
    g_snprintf(abilities->error, sizeof abilities->error,
               "[printer] media: the printer has no size of %d x %d mm", wish->width_um / 1000,
               wish->height_um / 1000);
    return FALSE;
}

static gboolean check_quality(ipp_t *answer, const Wish *wish, Abilities *abilities)
{
    ipp_attribute_t *attribute = ipp_answer_find(answer, "print-quality-supported", IPP_TAG_ENUM);
    abilities->has_quality = attribute && ippContainsInteger(attribute, wish->quality);
    if (abilities->has_quality || (!attribute && wish->quality == IPP_QUALITY_NORMAL))
        return TRUE;
    g_snprintf(abilities->error, sizeof abilities->error,
               "[printer] quality: the printer cannot %s",
               ippEnumString("print-quality", wish->quality));
    return FALSE;
}

static void say_format(ipp_t *answer, const Wish *wish, Abilities *abilities)
{
    g_autofree char *can = list_values(answer, "document-format-supported");
    g_snprintf(abilities->error, sizeof abilities->error,
               "[printer] format: the printer takes no %s; it says: %s",
               wish->format == PRINTER_FORMAT_PDF   ? "PDF"
               : wish->format == PRINTER_FORMAT_PWG ? "PWG raster in gray"
                                                    : "PDF and no PWG raster in gray",
               *can ? can : "nothing");
}

/* It takes raster, but none that we can draw, and PDF is not wanted or not taken. */
static void say_raster(ipp_t *answer, const Wish *wish, Abilities *abilities)
{
    char can[80] = "";
    ipp_attribute_t *dpis =
        ipp_answer_find(answer, "pwg-raster-document-resolution-supported", IPP_TAG_RESOLUTION);
    if (dpis)
        ippAttributeString(dpis, can, sizeof can);
    if (takes_backs(answer, wish->sides))
        g_snprintf(abilities->error, sizeof abilities->error,
                   "[printer] dpi_max: the printer takes raster at no resolution from %d to %d "
                   "dpi; it says: %s",
                   DPI_MIN, wish->dpi_max, *can ? can : "nothing");
    else
        g_snprintf(abilities->error, sizeof abilities->error,
                   "[printer] sides: for %s the printer wants raster with the backs turned",
                   wish->sides);
}

static gboolean check_format(ipp_t *answer, const Wish *wish, Abilities *abilities)
{
    choose_format(answer, wish, abilities);
    if (abilities->format)
        return TRUE;
    if (takes_gray(answer) && wish->format != PRINTER_FORMAT_PDF)
        say_raster(answer, wish, abilities);
    else
        say_format(answer, wish, abilities);
    return FALSE;
}

void abilities_read(ipp_t *answer, const Wish *wish, Abilities *ret)
{
    *ret = (Abilities){0};
    ipp_answer_text(answer, "printer-make-and-model", ret->model, sizeof ret->model);
    ipp_answer_text(answer, "printer-firmware-string-version", ret->firmware, sizeof ret->firmware);
    ret->unscaled = ipp_answer_has(answer, "job-creation-attributes-supported", "print-scaling");
    gboolean sides = !strcmp(wish->sides, "one-sided") &&
                     !ipp_answer_find(answer, "sides-supported", IPP_TAG_ZERO);
    (void)(check_format(answer, wish, ret) && check_size(answer, wish, ret) &&
           check_quality(answer, wish, ret) &&
           (sides || check_keyword(answer, "sides", "sides-supported", wish->sides, ret)) &&
           (!*wish->tray ||
            check_keyword(answer, "tray", "media-source-supported", wish->tray, ret)));
}
