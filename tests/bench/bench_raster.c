/* bench_raster RECORD.json: figures of the way from a record to the printer's raster, one JSON object
 * on standard output. Times are milliseconds of wall clock, a list of rounds each; `run raster`
 * makes ratios of them. */
#include "drivers/cups/pwg.h"
#include "firmware/document/bands.h"
#include "tests/harness/sample_qr.h"
