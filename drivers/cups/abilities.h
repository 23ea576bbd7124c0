/* What a printer can do, held against what kiosk.conf wants of it: read once a printer, no guess.
 * No I/O, any thread. */
#pragma once
#include "drivers/cups/ipp_answer.h"

/* What the configuration wants. */
typedef struct {
    const char *sides;       /* sides keyword (RFC 8011 5.2.8) */
    const char *tray;        /* media-source keyword (PWG 5100.3), "" the printer's choice */
    int quality;             /* print-quality (RFC 8011 5.2.13): IPP_QUALITY_DRAFT... */
    PrinterFormat format;    /* UNKNOWN: the fastest that the printer takes */
    int dpi_max;             /* of the raster */
    int width_um, height_um; /* media, 0: not checked */
} Wish;

typedef struct {
    PrinterFormat format;
    int dpi;              /* PWG: its best resolution up to dpi_max */
    gboolean unscaled;    /* takes print-scaling (PWG 5100.13) */
    gboolean has_quality; /* takes print-quality */
    char error[200];      /* "[printer] KEY: ..." what it cannot do, "" nothing */
    char model[128], firmware[64];
} Abilities;

/* Attributes to ask for; their number into `ret_n`. Static. */
const char *const *abilities_names(int *ret_n);

void abilities_read(ipp_t *answer, const Wish *wish, Abilities *ret);

/* The dots of `size_um` at `dpi`, cut off to whole ones. */
int abilities_dots(int size_um, int dpi);
