/* What the maintenance menu's tasks do. One row a task; a task ends with task_end, at once or when
 * its answer comes. Its audit event is written with its result. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"
#include "firmware/loop/loop_task.h"
#include <stdlib.h>
#include <string.h>

static StaffSession *second_session(Loop *loop)
{
    return menu_task_needs_two(loop->menu.work.task) ? &loop->menu.second : NULL;
}

void task_describe(Loop *loop, const char *result, AuditDraft *ret)
{
    staff_event(menu_task(loop->menu.work.task)->audit, &loop->menu.first, second_session(loop),
                result, loop->menu.work.about, ret);
}

/* The audit event of the task's end. */
static void task_note(Loop *loop, gboolean ok)
{
    g_autoptr(GError) error = NULL;
    StaffClock now;
    AuditDraft event;
    staff_clock(&now);
    task_describe(loop, ok ? "ok" : "failed", &event);
    if (!staff_note(loop->staff, &event, &now, &error))
        log_error("maintenance", "%s", error->message);
}

void task_end_quietly(Loop *loop, gboolean ok, const char *key, const char *value, const char *more)
{
    MenuEvent event = {.type = MENU_EVENT_DONE, .ok = ok};
    menu_text_set(&event.notice, key, value, more);
    loop->menu.work = (MenuWork){0};
    loop_menu_send(loop, &event);
}

void task_end(Loop *loop, gboolean ok, const char *key, const char *value)
{
    task_note(loop, ok);
    task_end_quietly(loop, ok, key, value, NULL);
}

void task_fail(Loop *loop, const GError *error)
{
    log_warn("maintenance", "%s: %s", menu_task_word(loop->menu.work.task), error->message);
    task_end(loop, FALSE, "menu.failed", error->message);
}

/* ---- Service and printer are asked now instead of when they are due. */

static void ask_service(Loop *loop)
{
    loop->info_asked_ms = loop->retry_after_ms = 0;
}

static void run_test_service(Loop *loop, const MenuEffect *effect)
{
    (void)effect;
    loop->menu.work.printer_seen = TRUE; /* not asked */
    ask_service(loop);
}

static void run_test_all(Loop *loop, const MenuEffect *effect)
{
    (void)effect;
    gboolean reader = loop->ready.reader == TRI_YES;
    loop_facts_note_test(loop, "reader", reader, "");
    loop_facts_note_test(loop, "storage", !loop->ready.journal_error[0], "");
    loop->printer_asked_ms = 0;
    ask_service(loop);
}

static void run_test_reader(Loop *loop, const MenuEffect *effect)
{
    (void)effect;
    gboolean ok = loop->ready.reader == TRI_YES;
    g_strlcpy(loop->menu.work.about, loop->ready.described.module,
              sizeof loop->menu.work.about);
    loop_facts_note_test(loop, "reader", ok, "");
    task_end(loop, ok, ok ? "menu.reader.answers" : "menu.reader.silent", NULL);
}

/* Whether it was heard only a person knows. */
static void run_test_sound(Loop *loop, const MenuEffect *effect)
{
    (void)effect;
    gboolean ok = loop->panel_driver->test_sound(loop->panel, loop->visit.language,
                                                 config_int(loop->config, "panel", "volume"));
    loop_facts_note_test(loop, "sound", ok, "");
    task_end(loop, ok, ok ? "menu.sound.played" : "menu.sound.none", NULL);
}

static void run_test_panel(Loop *loop, const MenuEffect *effect)
{
    const char *silent = effect->fields[1], *count = effect->fields[2];
    gboolean answered = !*silent, looked = *effect->fields[3] != '\0';
    gboolean ok = answered && looked;
    loop_facts_note_test(loop, "panel", ok, "");
    g_autofree char *cells = g_strdup(silent), *number = g_strdup(count);
    task_note(loop, ok);
    task_end_quietly(loop, ok,
                     !answered ? "menu.panel.silent"
                     : looked  ? "menu.panel.ok"
                               : "menu.panel.unseen",
                     cells, number);
}

static void finish_tests(Loop *loop)
{
    MenuWork *work = &loop->menu.work;
    gboolean tests = work->task == TASK_TEST_ALL || work->task == TASK_TEST_SERVICE;
    if (!tests || !work->service_seen || !work->printer_seen)
        return;
    gboolean ok = loop->ready.service == TRI_YES &&
                  (work->task == TASK_TEST_SERVICE || loop->ready.printer_answered);
    char ms[24];
    g_snprintf(ms, sizeof ms, "%" G_GINT64_FORMAT, loop->now_ms - work->started_ms);
    task_end(loop, ok, ok ? "menu.tests.passed" : "menu.tests.failed", ms);
}

void loop_task_service_answer(Loop *loop, const ServiceCall *call)
{
    MenuWork *work = &loop->menu.work;
    if (work->task == TASK_UNKNOWN || call->kind != SERVICE_CALL_KIOSK)
        return;
    char ms[24];
    g_snprintf(ms, sizeof ms, "%" G_GINT64_FORMAT " ms", loop->now_ms - work->started_ms);
    loop_facts_note_test(loop, "service", call->ok, call->ok ? ms : "");
    loop_facts_note_test(loop, "clock", loop->ready.clock == TRI_YES, "");
    work->service_seen = TRUE;
    finish_tests(loop);
}

void loop_task_printer_answer(Loop *loop, const PrinterCall *call)
{
    MenuWork *work = &loop->menu.work;
    if (work->task == TASK_UNKNOWN)
        return;
    task_print_answer(loop, call);
    if (call->kind == PRINTER_CALL_STATUS && !call->request) {
        loop_facts_note_test(loop, "printer", call->ok,
                             call->ok ? printer_state_word(call->status.state) : "");
        work->printer_seen = TRUE;
        finish_tests(loop);
    } else if (call->kind == PRINTER_CALL_CANCEL_OTHERS && work->task == TASK_RESUME_PRINTER) {
        loop->printer_asked_ms = 0;
        if (call->ok)
            task_end(loop, TRUE, "menu.printer.resumed", NULL);
        else
            task_end(loop, FALSE, "menu.printer.not-resumed",
                     call->error ? call->error->message : "");
    }
}

static void run_resume_printer(Loop *loop, const MenuEffect *effect)
{
    (void)effect;
    PrinterCall *call = g_new0(PrinterCall, 1);
    call->kind = PRINTER_CALL_CANCEL_OTHERS;
    loop_call_printer(loop, call);
}

/* ---- Out of service and back: kept over a restart. */

static void set_service(Loop *loop, const char *who, const char *notice)
{
    g_autoptr(GError) error = NULL;
    AuditDraft event;
    task_describe(loop, "ok", &event);
    const JournalNote note = {LOOP_NOTE_OUT, who};
    const JournalBatch batch = {.events = &event, .n_events = 1, .notes = &note, .n_notes = 1};
    if (!journal_write(ledger_journal(loop->ledger), &batch, clock_wall_ms(), &error)) {
        task_fail(loop, error);
        return;
    }
    loop->menu.out_of_service = who != NULL;
    task_end_quietly(loop, TRUE, notice, NULL, NULL);
}

static void run_take_out(Loop *loop, const MenuEffect *effect)
{
    set_service(loop, effect->who, "menu.service.out");
}

static void run_put_back(Loop *loop, const MenuEffect *effect)
{
    (void)effect;
    set_service(loop, NULL, "menu.service.in");
}

/* ---- People. */

static void run_enrol(Loop *loop, const MenuEffect *effect)
{
    g_autoptr(GError) error = NULL;
    StaffClock now;
    staff_clock(&now);
    StaffSession code;
    const char *id = *effect->who ? effect->who : FIRST_SUPERVISOR;
    char name[STAFF_ID_MAX + 1];
    g_strlcpy(name, id, sizeof name);
    if (!staff_check_pin(name, effect->fields[1], &error)) { /* else the code would be spent on it */
        task_end_quietly(loop, FALSE, "menu.failed", error->message, NULL);
        return;
    }
    StaffVerdict verdict = staff_use_code(loop->staff, effect->fields[0], &now, &code, &error);
    if (verdict != STAFF_ADMITTED) {
        task_end_quietly(loop, FALSE, "menu.code.wrong", NULL, NULL);
        return;
    }
    gboolean known = staff_find(loop->staff, name) != NULL;
    gboolean ok = known
                      ? staff_unlock(loop->staff, &code, name, &now, &error) &&
                            staff_set_pin(loop->staff, &code, name, effect->fields[1], &now, &error)
                      : staff_add(loop->staff, &code, name, STAFF_ROLE_SUPERVISOR,
                                  effect->fields[1], &now, &error);
    if (ok)
        task_end_quietly(loop, TRUE, "menu.enrolled", name, NULL);
    else
        task_end_quietly(loop, FALSE, "menu.failed", error->message, NULL);
}

static void run_add_member(Loop *loop, const MenuEffect *effect)
{
    g_autoptr(GError) error = NULL;
    StaffClock now;
    staff_clock(&now);
    StaffRole role = staff_role_from_word(effect->fields[0]);
    char id[STAFF_ID_MAX + 1];
    g_snprintf(id, sizeof id, "%c-%02d", role == STAFF_ROLE_SUPERVISOR ? 's' : 't',
               (int)g_ascii_strtoll(effect->fields[1], NULL, 10));
    if (staff_add(loop->staff, &loop->menu.first, id, role, effect->fields[2], &now, &error))
        task_end_quietly(loop, TRUE, "menu.member.added", id, NULL);
    else
        task_end_quietly(loop, FALSE, "menu.failed", error->message, NULL);
}

static void run_unlock(Loop *loop, const MenuEffect *effect)
{
    g_autoptr(GError) error = NULL;
    StaffClock now;
    staff_clock(&now);
    char id[STAFF_ID_MAX + 1];
    g_strlcpy(id, effect->subject, sizeof id);
    if (staff_unlock(loop->staff, &loop->menu.first, id, &now, &error))
        task_end_quietly(loop, TRUE, "menu.member.unlocked", id, NULL);
    else
        task_end_quietly(loop, FALSE, "menu.failed", error->message, NULL);
}

/* ---- Settings: into the file beside the journal that is read after kiosk.conf. */

static gboolean is_placement(const char *section, const char *key)
{
    gboolean found = FALSE;
    for (int i = 0; i < PLACEMENT_KEYS; i++)
        found = found || !strcmp(key, placement_keys[i]);
    return found && !strcmp(section, "printer");
}

gboolean task_keep_setting(Loop *loop, const char *section, const char *key, const char *value,
                           GError **error)
{
    return config_keep(loop->config, section, key, value, loop->menu.first.id, clock_wall_ms(),
                       error) &&
           (!is_placement(section, key) || config_set(loop->config, section, key, value, error));
}

static void run_set(Loop *loop, const MenuEffect *effect)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) parts = g_strsplit(effect->subject, ".", 2);
    g_snprintf(loop->menu.work.about, sizeof loop->menu.work.about, "%s=%s", effect->subject,
               effect->fields[0]);
    if (!parts[0] || !parts[1] ||
        !task_keep_setting(loop, parts[0], parts[1], effect->fields[0], &error)) {
        task_end(loop, FALSE, "menu.failed", error ? error->message : "");
        return;
    }
    gboolean at_once = is_placement(parts[0], parts[1]);
    if (at_once)
        task_place(loop);
    task_end(loop, TRUE, at_once ? "menu.setting.placed" : "menu.setting.kept", effect->subject);
}

/* ---- The machine. */

static void run_restart(Loop *loop, const MenuEffect *effect)
{
    loop->menu.restart = TRUE;
    loop->menu.shut_down = effect->task == TASK_SHUT_DOWN;
    task_end(loop, TRUE, "menu.ending", NULL);
    loop_quit(loop);
}

static const RunTask runs[TASK_ID_COUNT] = {
    [TASK_COUNT_STOCK] = task_run_stock,
    [TASK_EXPORT] = task_run_export,
    [TASK_LOSE] = task_run_stock,
    [TASK_SETTLE_PRINTED] = task_run_settle,
    [TASK_SETTLE_SPOILED] = task_run_settle,
    [TASK_SETTLE_VOID] = task_run_settle,
    [TASK_SETTLE_DELIVERED] = task_run_settle,
    [TASK_DESTROY] = task_run_stock,
    [TASK_ENROL] = run_enrol,
    [TASK_TEST_ALL] = run_test_all,
    [TASK_TAKE_OUT] = run_take_out,
    [TASK_PUT_BACK] = run_put_back,
    [TASK_LOAD] = task_run_stock,
    [TASK_UNLOAD] = task_run_stock,
    [TASK_ACKNOWLEDGE] = task_run_acknowledge,
    [TASK_NEXT_SERIAL] = task_run_stock,
    [TASK_SPOIL] = task_run_stock,
    [TASK_OFFSET] = task_run_offset,
    [TASK_TEST_PRINT] = task_run_print,
    [TASK_CALIBRATION_PRINT] = task_run_print,
    [TASK_REPORT] = task_run_report,
    [TASK_RESUME_PRINTER] = run_resume_printer,
    [TASK_TEST_READER] = run_test_reader,
    [TASK_TEST_SOUND] = run_test_sound,
    [TASK_TEST_PANEL] = run_test_panel,
    [TASK_TEST_SERVICE] = run_test_service,
    [TASK_SET] = run_set,
    [TASK_ADD_MEMBER] = run_add_member,
    [TASK_UNLOCK] = run_unlock,
    [TASK_RESTART] = run_restart,
    [TASK_SHUT_DOWN] = run_restart,
};

/* Whether those who are signed in may do it: the menu asked already, the sessions decide. */
static gboolean may(Loop *loop, GError **error)
{
    StaffClock now;
    staff_clock(&now);
    return staff_may(menu_task(loop->menu.work.task)->audit, &loop->menu.first,
                     second_session(loop), now.boot_ms, error);
}

void loop_task_run(Loop *loop, const MenuEffect *effect)
{
    g_autoptr(GError) error = NULL;
    loop->menu.work = (MenuWork){.task = effect->task, .started_ms = loop->now_ms};
    loop->menu.facts.percent = loop->menu.facts.left_s = -1;
    g_strlcpy(loop->menu.work.about,
              *effect->fields[0] && effect->task != TASK_ENROL && effect->task != TASK_SET
                  ? effect->fields[0]
                  : effect->subject,
              sizeof loop->menu.work.about);
    if (effect->task != TASK_ENROL && !may(loop, &error)) {
        task_fail(loop, error);
        return;
    }
    if (runs[effect->task])
        runs[effect->task](loop, effect);
    else
        log_error("maintenance", "bug: no way to %s", menu_task_word(effect->task));
}

/* The menu gave the task up: it took too long, or nobody is there any more. */
static void abandon(Loop *loop)
{
    g_autoptr(GError) error = NULL;
    StaffClock now;
    AuditDraft event;
    staff_clock(&now);
    task_describe(loop, "late", &event);
    task_print_abandon(loop);
    loop->menu.work = (MenuWork){0};
    if (!staff_note(loop->staff, &event, &now, &error))
        log_error("maintenance", "%s", error->message);
}

void loop_task_tick(Loop *loop)
{
    if (loop->menu.work.task == TASK_UNKNOWN)
        return;
    if (loop->menu.menu.state == MENU_WORKING)
        task_print_tick(loop);
    else
        abandon(loop);
}
