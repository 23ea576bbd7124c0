/* A view as one JSON line: what the headless panel says instead of drawing it. */
#pragma once
#include "ui/text.h"

/* The object without its closing newline. `at_s`: seconds since the start. Personal data stands in
 * it as the panel shows it: masked, locations only on the screens choose and preview. The caller
 * wipes and frees with secret_free. */
char *report_format(const Texts *texts, const View *view, double at_s);

/* {"error":"..."}; the caller frees with secret_free. */
char *report_format_error(const char *message);
