/* Private to the files of the menu's tasks: what carries one out, and how it ends. */
#pragma once
#include "firmware/loop/loop.h"

typedef void (*RunTask)(Loop *loop, const MenuEffect *effect);

/* The task's audit event by who is signed in. `result`: "ok" or a stable word. */
void task_describe(Loop *loop, const char *result, AuditDraft *ret);

/* The end, with its audit event: the menu shows sentence `key` with its values (NULL: none). */
void task_end(Loop *loop, gboolean ok, const char *key, const char *value);
void task_fail(Loop *loop, const GError *error);

/* The same without an audit event: it stands in the task's own transaction. */
void task_end_quietly(Loop *loop, gboolean ok, const char *key, const char *value,
                      const char *more);

/* loop_task_stock.c: LOAD, UNLOAD, NEXT_SERIAL, COUNT_STOCK, SPOIL, LOSE, DESTROY */
void task_run_stock(Loop *loop, const MenuEffect *effect);

/* loop_task_settle.c: SETTLE_PRINTED, _SPOILED, _VOID, _DELIVERED */
void task_run_settle(Loop *loop, const MenuEffect *effect);

/* loop_task_settle.c: ACKNOWLEDGE */
void task_run_acknowledge(Loop *loop, const MenuEffect *effect);

/* loop_task_print.c: TEST_PRINT, CALIBRATION_PRINT, REPORT, OFFSET */
void task_run_print(Loop *loop, const MenuEffect *effect);
void task_run_report(Loop *loop, const MenuEffect *effect);
void task_run_offset(Loop *loop, const MenuEffect *effect);
void task_place(Loop *loop); /* from now on everything is printed where the settings say */
void task_print_answer(Loop *loop, const PrinterCall *call);
void task_print_tick(Loop *loop);
void task_print_abandon(Loop *loop);

/* loop_task_export.c: EXPORT, and REPORT onto a stick; takes `report`. */
void task_run_export(Loop *loop, const MenuEffect *effect);
void task_export_report(Loop *loop, GBytes *report);

/* One setting, into the file beside the journal; it counts from the next start, but a placement's
 * is known to loop->config at once. */
gboolean task_keep_setting(Loop *loop, const char *section, const char *key, const char *value,
                           GError **error);
