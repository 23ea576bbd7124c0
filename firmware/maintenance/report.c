#include "firmware/maintenance/report.h"
#include "firmware/base/clock.h"
#include <string.h>

typedef struct {
    GString *text;
    const MenuFacts *facts;
    Language language;
} Report;

static const char *in(const Report *report, const char *zh, const char *en)
{
    return report->language == LANGUAGE_EN ? en : zh;
}

static void add(const Report *report, const char *name, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static void add(const Report *report, const char *name, const char *format, ...)
{
    va_list args;
    g_string_append_printf(report->text, "\n%s\t", name);
    va_start(args, format);
    g_string_append_vprintf(report->text, format, args);
    va_end(args);
}

static void add_machine(const Report *report)
{
    const MenuFacts *facts = report->facts;
    const Check *bad = readiness_first_bad(facts->checks);
    char now[32], started[32];
    clock_format_shanghai(facts->wall_ms, now);
    clock_format_shanghai(facts->started_ms, started);
    add(report, in(report, "时间", "Time"), "%s (UTC+8)", now);
    add(report, in(report, "程序", "Program"), "%s %s, %s %s%s", facts->version,
        facts->commit ? facts->commit : "", in(report, "启动于", "started"), started,
        facts->replaced ? in(report, "，新版本待启动", ", another version waits for a restart") : "");
    add(report, in(report, "版式和字体", "Template, fonts"), "%s", facts->template_id);
    add(report, in(report, "结论", "Result"), "%s%s",
        bad ? in(report, "不能服务：", "closed: ") : in(report, "可以服务", "ready"),
        bad ? bad->id : "");
    add(report, in(report, "今天已发", "Issued today"), "%u", facts->issued_today);
    add(report, in(report, "待上报", "To be reported"), "%u", facts->unreported);
}

static void add_checks(const Report *report)
{
    static const char *const states_zh[] = {"未知", "正常", "注意", "故障"};
    const Checks *checks = report->facts->checks;
    for (gsize i = 0; i < checks->count; i++) {
        const Check *check = &checks->items[i];
        char sentence[CHECK_SENTENCE_BYTES];
        check_say_whole(check, report->language, sentence, sizeof sentence);
        unsigned state = (unsigned)check->state < G_N_ELEMENTS(states_zh) ? check->state : 0;
        add(report, check->id, "%s  %s",
            in(report, states_zh[state], check_state_word(check->state)), sentence);
    }
}

static void add_reader(const Report *report)
{
    const ReaderDescription *reader = report->facts->reader;
    add(report, in(report, "读卡器", "Reader"), "%s %s %s", reader->module, reader->device,
        reader->version);
    for (int i = READER_COUNTER_READ; i < READER_COUNTER_COUNT; i++)
        g_string_append_printf(report->text, "%s %s %u", i == READER_COUNTER_READ ? ";" : ",",
                               reader_counter_word((ReaderCounter)i), reader->counts[i]);
}

static void add_printer(const Report *report)
{
    const PrinterStatus *printer = report->facts->printer;
    add(report, in(report, "打印机", "Printer"), "%s %s %s", printer->model, printer->firmware,
        printer_state_word(printer->state));
    if (printer->impressions >= 0)
        add(report, in(report, "计数器", "Page counter"), "%" G_GINT64_FORMAT,
            printer->impressions);
    for (gsize i = 0; i < printer->n_supplies; i++)
        if (printer->supplies[i].percent >= 0)
            add(report, printer->supplies[i].name, "%d %%", printer->supplies[i].percent);
}

static void add_stock(const Report *report)
{
    const Stock *stock = report->facts->stock;
    char next[SERIAL_LENGTH + 1] = "";
    const char *why = "";
    gboolean known = stock_next(stock, next, &why);
    add(report, in(report, "下一本", "Next booklet"), "%s", known ? next : why);
    for (gsize i = 0; i < stock_batches(stock); i++) {
        StockBatch batch;
        stock_batch(stock, i, &batch);
        guint inside = batch.counts[BOOKLET_IN_STOCK] + batch.counts[BOOKLET_RESERVED];
        add(report, in(report, "红本", "Booklets"), "%s - %s, %u/%u; %s %u, %s %u, %s %u", batch.first,
            batch.last, inside, batch.loaded, in(report, "已发", "issued"),
            batch.counts[BOOKLET_ISSUED], in(report, "未定", "unsure"),
            batch.counts[BOOKLET_UNSURE] + batch.counts[BOOKLET_RETRACTED],
            in(report, "损毁作废遗失", "spoiled, void or lost"),
            batch.counts[BOOKLET_SPOILED] + batch.counts[BOOKLET_VOID] +
                batch.counts[BOOKLET_DESTROYED] + batch.counts[BOOKLET_LOST]);
    }
    for (gsize i = 0; i < report->facts->n_cases; i++)
        add(report, in(report, "待核对", "To be settled"), "%s %s %s",
            report->facts->cases[i].serial, report->facts->cases[i].word,
            report->facts->cases[i].key);
}

static void add_tests(const Report *report)
{
    for (gsize i = 0; i < report->facts->n_tests; i++) {
        const FactsTest *test = &report->facts->tests[i];
        char at[32];
        clock_format_shanghai(test->at_ms, at);
        g_autofree char *name =
            g_strdup_printf("%s %s", in(report, "测试", "Test of"), test->part);
        add(report, name, "%s %s %s", at,
            test->ok ? in(report, "通过", "passed") : in(report, "没通过", "failed"),
            test->result);
    }
}

char *report_write(const MenuFacts *facts, Language language)
{
    const Report report = {g_string_new(NULL), facts, language};
    g_string_append_printf(report.text, "%s %s",
                           in(&report, "状态报告", "Readiness report"),
                           config_string(facts->config, "kiosk", "machine"));
    add_machine(&report);
    add_checks(&report);
    add_reader(&report);
    add_printer(&report);
    add_stock(&report);
    add_tests(&report);
    return g_string_free(report.text, FALSE);
}
