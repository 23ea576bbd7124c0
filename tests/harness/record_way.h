/* What the programs share that measure a record's way to paper. Whatever fails ends the program
 * with status 1 and a sentence. */
#pragma once
#include "firmware/document/bands.h"

typedef struct {
    Document *document; /* on plain paper */
    char *text;         /* of the record */
    gsize length;
} RecordWay;

G_NORETURN void record_way_fail(const GError *error); /* NULL: no sentence */

void record_way_open(RecordWay *ret, const char *record_file);
void record_way_close(RecordWay *way);

/* Everything from the record's text on, for an issue that is always the same. The caller ends it.
 */
Pages *record_way_lay_out(const RecordWay *way);
RasterSource *record_way_raster(Pages *pages, int dpi); /* gray */

/* One JSON object on standard output: the most memory that the process had, and what of its memory
 * now are files. */
void record_way_tell_memory(void);
