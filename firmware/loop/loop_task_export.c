/* Journal, audit, log or the report onto a USB stick: a worker of its own writes, so that a stick
 * that hangs holds up nothing else. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop_task.h"
#include <string.h>

static char *write_log(void)
{
    LogMemory *lines = g_new(LogMemory, LOG_MEMORY);
    guint n = MIN(log_recent(LOG_LEVEL_DEBUG, 0, LOG_MEMORY, lines), LOG_MEMORY);
    GString *text = g_string_new(NULL);
    for (guint i = n; i-- > 0;) {
        char at[32];
        clock_format_utc(lines[i].at_ms, at);
        g_string_append_printf(text, "%s %s\n", at, lines[i].text);
    }
    g_free(lines);
    return g_string_free(text, FALSE);
}

/* "kiosk-A012-20261124T101530": letters, digits and dashes, whatever the plate says. */
static void name_folder(const Loop *loop, char ret[72])
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(clock_wall_ms() / 1000);
    g_autofree char *at = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_snprintf(ret, 72, "kiosk-%s-%s", config_string(loop->config, "kiosk", "machine"), at);
    for (char *c = ret; *c; c++)
        if (!g_ascii_isalnum(*c) && *c != '-')
            *c = 'x';
}

/* Takes `report`, NULL: everything else. */
static void export(Loop *loop, GBytes *report)
{
    LoopMenu *menu = &loop->menu;
    if (menu->stick_busy) {
        if (report)
            g_bytes_unref(report);
        task_end(loop, FALSE, "menu.stick.busy", NULL);
        return;
    }
    if (!menu->stick)
        menu->stick = stick_worker_start(loop->events);
    StickCall *call = g_new0(StickCall, 1);
    g_autofree char *folder = config_path(loop->config, "kiosk", "state_dir");
    call->number = ++menu->stick_number;
    call->path = config_path(loop->config, "maintenance", "stick_dir");
    call->journal = g_build_filename(folder, JOURNAL_FILE, NULL);
    call->log = write_log();
    call->report = report;
    name_folder(loop, call->folder);
    g_strlcpy(menu->work.about, call->folder, sizeof menu->work.about);
    menu->stick_busy = TRUE;
    worker_request(menu->stick, 1, call, (GDestroyNotify)stick_call_free);
}

void task_run_export(Loop *loop, const MenuEffect *effect)
{
    (void)effect;
    export(loop, NULL);
}

void task_export_report(Loop *loop, GBytes *report)
{
    export(loop, report);
}

void loop_task_stick_answer(Loop *loop, const StickCall *call)
{
    MenuWork *work = &loop->menu.work;
    gboolean ours = (work->task == TASK_EXPORT || work->task == TASK_REPORT) &&
                    call->number == loop->menu.stick_number;
    if (call->over)
        loop->menu.stick_busy = FALSE;
    if (!ours)
        return;
    MenuFacts *facts = &loop->menu.facts;
    facts->percent = MAX(facts->percent, call->percent);
    facts->left_s =
        menu_left_s(facts->percent, loop->now_ms - work->started_ms, facts->left_s);
    if (!call->over)
        return;
    if (!call->ok) {
        task_fail(loop, call->error);
        return;
    }
    g_strlcpy(work->about, call->folder, sizeof work->about);
    char files[16];
    g_snprintf(files, sizeof files, "%u", call->files);
    StaffClock now;
    AuditDraft event;
    g_autoptr(GError) error = NULL;
    staff_clock(&now);
    task_describe(loop, "ok", &event);
    if (staff_note(loop->staff, &event, &now, &error))
        task_end_quietly(loop, TRUE, "menu.stick.done", call->folder, files);
    else
        task_fail(loop, error);
}

/* Nothing waits for a stick that hangs. */
void loop_task_stop_stick(Loop *loop)
{
    if (!loop->menu.stick_busy)
        worker_stop(loop->menu.stick);
    else
        log_warn("maintenance", "the stick still hangs: left behind");
}
