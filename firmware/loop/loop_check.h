/* `kiosk check`: one look at every part, without a panel and without changing anything. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/maintenance/readiness.h"

/* Waits at most 12 s for all parts. Parts that cannot even be opened are faults of their own. */
void loop_check_once(const Config *config, Checks *ret);

/* To standard output: a table, or {"ready":...,"checks":[...]}. */
void loop_check_print(const Checks *checks, gboolean as_json);
