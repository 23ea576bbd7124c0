/* `kiosk check`: one look at every part, without a panel and without changing anything. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/maintenance/readiness.h"

/* What was found; called once, before the parts are closed, which may still have to wait for an
 * answer's own deadline. */
typedef void (*LoopChecked)(const Checks *checks, gpointer context);

/* Waits for each part no longer than its check's deadline. Parts that cannot even be opened are
 * faults of their own; none hides another. */
void loop_check_once(Config *config, LoopChecked checked, gpointer context);

/* To standard output: a table, or {"ready":...,"checks":[...]}. */
void loop_check_print(const Checks *checks, gboolean as_json);
