/* `kiosk check`: one look at every part, without a panel and without changing anything. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/loop/readiness.h"

/* Waits at most 12 s for all parts. FALSE and an error when the parts cannot be opened at all. */
gboolean loop_check_once(const Config *config, Checks *ret, GError **error);

/* To standard output: a table, or {"ready":...,"checks":[...]}. */
void loop_check_print(const Checks *checks, gboolean as_json);
