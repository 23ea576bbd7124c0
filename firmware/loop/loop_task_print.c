/* Sheets about the machine, on plain paper and through the same driver as the booklets: drawn,
 * sent, followed until the printer is done with them. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop_task.h"
#include "firmware/maintenance/report.h"
#include <string.h>

#define LOOK_MS 500 /* between two looks at the job */

static const struct {
    TaskId task;
    SheetKind sheet;
    const char *text; /* NULL: the report */
} sheets[] = {
    {TASK_TEST_PRINT, SHEET_TEST,
     "测试打印 Test print\n"
     "灰度应有九级，细线不断，小字清楚，纸上没有脏点和条纹。\n"
     "Nine steps of grey, unbroken lines, legible small type, no specks and no stripes."},
    {TASK_CALIBRATION_PRINT, SHEET_CALIBRATION,
     "校准页 Calibration\n"
     "用尺子量，精确到 0.1 毫米，填到菜单“打印机、偏移”里：\n"
     "Measure to 0.1 mm and type it in at \"Printer, Offset\":\n"
     "A\t纸左边到 A 线，应为 20.0 / left edge to A, should be 20.0\n"
     "B\t纸左边到 B 线，应为 147.0 / left edge to B, should be 147.0\n"
     "C\t纸上边到 C 线，应为 20.0 / top edge to C, should be 20.0\n"
     "D\t纸上边到 D 线，应为 220.0 / top edge to D, should be 220.0"},
    {TASK_REPORT, SHEET_TEXT, NULL},
};

static void draw(Loop *loop, PrinterFormat format)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sheets); i++) {
        if (sheets[i].task != loop->menu.work.task)
            continue;
        DocumentCall *call = g_new0(DocumentCall, 1);
        call->kind = DOCUMENT_CALL_SHEET;
        call->sheet = sheets[i].sheet;
        call->text = sheets[i].text ? g_strdup(sheets[i].text)
                                    : report_write(&loop->menu.facts, loop->visit.language);
        call->format = format;
        call->dpi = loop->ready.printer.dpi;
        loop_call_document(loop, call);
        return;
    }
}

void task_run_print(Loop *loop, const MenuEffect *effect)
{
    (void)effect;
    const PrinterStatus *printer = &loop->ready.printer;
    gboolean ready = loop->ready.printer_answered && printer_can_print(printer) &&
                     printer->format != PRINTER_FORMAT_UNKNOWN;
    if (ready)
        draw(loop, printer->format);
    else
        task_end(loop, FALSE, "menu.print.not-ready", NULL);
}

void task_run_report(Loop *loop, const MenuEffect *effect)
{
    if (!strcmp(effect->fields[0], "stick"))
        draw(loop, PRINTER_FORMAT_UNKNOWN);
    else
        task_run_print(loop, effect);
}

static gboolean prints(const Loop *loop)
{
    TaskId task = loop->menu.work.task;
    return task == TASK_TEST_PRINT || task == TASK_CALIBRATION_PRINT || task == TASK_REPORT;
}

static void submit(Loop *loop, DocumentCall *drawn)
{
    MenuWork *work = &loop->menu.work;
    PrinterCall *call = g_new0(PrinterCall, 1);
    g_snprintf(work->job, sizeof work->job, "kiosk-%s-%" G_GINT64_FORMAT,
               menu_task_word(work->task), clock_wall_ms());
    call->kind = PRINTER_CALL_SUBMIT;
    g_strlcpy(call->name, work->job, sizeof call->name);
    call->document = g_steal_pointer(&drawn->pdf);
    call->raster = g_steal_pointer(&drawn->raster);
    call->width_um = drawn->width_um;
    call->height_um = drawn->height_um;
    call->impressions = drawn->pages;
    loop_call_printer(loop, call);
}

void loop_task_document_answer(Loop *loop, DocumentCall *call)
{
    if (!prints(loop) || *loop->menu.work.job)
        return;
    if (!call->ok)
        task_fail(loop, call->error);
    else if (call->format == PRINTER_FORMAT_UNKNOWN)
        task_export_report(loop, g_steal_pointer(&call->pdf));
    else
        submit(loop, call);
}

static void ask(Loop *loop, PrinterCallKind kind, const char *job)
{
    PrinterCall *call = g_new0(PrinterCall, 1);
    call->kind = kind;
    g_strlcpy(call->name, job, sizeof call->name);
    loop_call_printer(loop, call);
}

void task_print_tick(Loop *loop)
{
    MenuWork *work = &loop->menu.work;
    if (!*work->job || !work->look_ms || loop->now_ms < work->look_ms)
        return;
    work->look_ms = 0;
    ask(loop, PRINTER_CALL_LOOK_UP, work->job);
}

/* What no longer matters to anybody must not come out in the middle of a visit. */
void task_print_abandon(Loop *loop)
{
    if (*loop->menu.work.job)
        ask(loop, PRINTER_CALL_CANCEL, loop->menu.work.job);
}

static void end(Loop *loop, const PrinterCall *call)
{
    gboolean done = call->job.state == JOB_STATE_COMPLETED;
    char took[24];
    g_snprintf(took, sizeof took, "%" G_GINT64_FORMAT,
               (loop->now_ms - loop->menu.work.started_ms + 500) / 1000);
    g_autofree char *seconds = g_strconcat(took, " s", NULL);
    loop_facts_note_test(loop, "printer", done, done ? seconds : job_state_word(call->job.state));
    loop->printer_asked_ms = 0;
    if (done)
        task_end(loop, TRUE, "menu.print.done", took);
    else
        task_end(loop, FALSE, "menu.print.stopped", NULL);
}

void task_print_answer(Loop *loop, const PrinterCall *call)
{
    MenuWork *work = &loop->menu.work;
    if (!*work->job || strcmp(work->job, call->name))
        return;
    if (call->kind == PRINTER_CALL_SUBMIT && call->submit == SUBMIT_REFUSED) {
        task_fail(loop, call->error);
        return;
    }
    gboolean over = call->kind == PRINTER_CALL_LOOK_UP && call->ok &&
                    (call->job.state == JOB_STATE_COMPLETED ||
                     call->job.state == JOB_STATE_ABORTED ||
                     call->job.state == JOB_STATE_CANCELED || call->job.state == JOB_STATE_ABSENT);
    if (over)
        end(loop, call);
    else
        work->look_ms = loop->now_ms + LOOK_MS;
}

/* ---- From the measured lines to the placement, which counts from the next print on. */

void task_place(Loop *loop)
{
    DocumentCall *call = g_new0(DocumentCall, 1);
    call->kind = DOCUMENT_CALL_PLACE;
    call->placement = placement_read(loop->config);
    loop_call_document(loop, call);
}

static gboolean keep_placement(Loop *loop, const Placement *found, GError **error)
{
    const int values[PLACEMENT_KEYS] = {found->offset_x_um, found->offset_y_um, found->scale_x_ppm,
                                        found->scale_y_ppm};
    for (int i = 0; i < PLACEMENT_KEYS; i++) {
        char text[16];
        g_snprintf(text, sizeof text, "%d", values[i]);
        if (!task_keep_setting(loop, "printer", placement_keys[i], text, error))
            return FALSE;
    }
    return TRUE;
}

void task_run_offset(Loop *loop, const MenuEffect *effect)
{
    g_autoptr(GError) error = NULL;
    Placement found = {0};
    const Placement was = placement_read(loop->config);
    int measured_um[CALIBRATION_LINES];
    for (int i = 0; i < CALIBRATION_LINES; i++)
        measured_um[i] = (int)g_ascii_strtoll(effect->fields[i], NULL, 10) * 100;
    if (!calibration_solve(&was, measured_um, &found)) {
        task_end(loop, FALSE, "menu.offset.impossible", NULL);
        return;
    }
    g_snprintf(loop->menu.work.about, sizeof loop->menu.work.about, "%d,%d um %d,%d ppm",
               found.offset_x_um, found.offset_y_um, found.scale_x_ppm, found.scale_y_ppm);
    g_autofree char *about = g_strdup(loop->menu.work.about);
    gboolean kept = keep_placement(loop, &found, &error);
    task_place(loop); /* what was kept counts, also when it was not all */
    if (kept)
        task_end(loop, TRUE, "menu.setting.placed", about);
    else
        task_fail(loop, error);
}
