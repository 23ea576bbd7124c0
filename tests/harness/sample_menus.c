#include "tests/harness/sample_menus.h"
#include "firmware/maintenance/menu.h"
#include "firmware/maintenance/readiness_table.h"
#include "tests/harness/sample_checks.h"
#include "tests/harness/sample_facts.h"
#include "tests/harness/sample_notices.h"
#include "tests/harness/sample_stock.h"
#include <stdio.h>
#include <string.h>

#define NOW_MS 1000000
#define MENUS_MAX 440

typedef struct {
    char name[64];
    MenuState state;
    MenuPage page;
    const char *subject;
    TaskId task;
    int field, row_page;
    const SampleNotice *notice;
    gboolean trouble, supervisor, settled, halfway;
    gboolean failed; /* the printer's last test */
    PrinterState printer;
    StockKind stock;
    guint64 touched;  /* cells of the panel test that answered */
    const char *word; /* reason or job of the case, NULL the usual; sentence of the page's check */
} Sample;

static Sample samples[MENUS_MAX];
static gsize n_samples;
static MenuFacts facts;
static Checks checks;
static PrinterStatus printer;
static ReaderDescription reader;

/* What has been typed when a task asks, by kind. */
static const char *const typed[] = {
    [MENU_ENTRY_NONE] = "",
    [MENU_ENTRY_SECRET] = "2468",
    [MENU_ENTRY_DIGITS] = "42",
    [MENU_ENTRY_SIGNED] = "-12",
    [MENU_ENTRY_SERIAL] = "D33000012201",
    [MENU_ENTRY_CHOICE] = "",
    [MENU_ENTRY_TEXT] = "ipp://printer.local:631/ipp/print",
};

/* Why issuances are unsure, and what became of their jobs. */
static const char *const case_words[] = {"printer-lost", "restart",  "not-taken", "wrong",
                                         "journal-lost", "absent",   "pending",   "processing",
                                         "canceled",     "completed"};

static void add(Sample sample, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(Sample sample, const char *format, ...)
{
    va_list args;
    g_assert(n_samples < MENUS_MAX);
    va_start(args, format);
    vsnprintf(sample.name, sizeof sample.name, format, args);
    va_end(args);
    samples[n_samples++] = sample;
}

static const char *const lines[] = {"journal-bad", "journal-all",  "log-warn",    "log-all",
                                    "audit-all",   "audit-people", "audit-stock", "audit-machine"};

/* One of each part, and what belongs to none. */
static const char *const troubles[] = {"printer.jam", "stock.mismatch", "service.silent",
                                       "journal.bad", "clock.off",      "cabinet.door",
                                       "setup.part",  "late"};

/* What differs from a good day. */
static void add_states(void)
{
    const Sample overview = {.state = MENU_OPEN, .page = MENU_PAGE_OVERVIEW};
    Sample one = overview;
    one.word = "reader.gone";
    add(one, "maintenance-closed");
    one.word = "machine.out";
    add(one, "maintenance-out");
    for (gsize i = 0; i < G_N_ELEMENTS(troubles); i++) {
        one.word = troubles[i];
        add(one, "maintenance-overview-%s", troubles[i]);
    }
    one = overview;
    one.failed = TRUE;
    add(one, "maintenance-overview-test");
    one = (Sample){.state = MENU_OPEN, .page = MENU_PAGE_BOOKLETS, .settled = TRUE};
    add(one, "maintenance-booklets-agree");
    for (StockKind kind = STOCK_LOST; kind < STOCK_FRESH; kind++) {
        one.word = sample_stock_word(kind);
        one.stock = kind;
        add(one, "maintenance-booklets-%s", one.word + strlen("stock."));
    }
    one = (Sample){.state = MENU_OPEN,
                   .page = MENU_PAGE_BATCH,
                   .subject = "D33000012001",
                   .stock = STOCK_MISMATCH};
    add(one, "maintenance-batch-mismatch");
    one.stock = STOCK_FRESH;
    add(one, "maintenance-batch-fresh");
    one = (Sample){.state = MENU_OPEN, .page = MENU_PAGE_BOOKLETS, .row_page = 1};
    add(one, "maintenance-booklets-2");
    one = (Sample){.state = MENU_OPEN, .page = MENU_PAGE_BATCH, .subject = "D33000099999"};
    add(one, "maintenance-batch-gone");
    one = (Sample){
        .state = MENU_OPEN, .page = MENU_PAGE_PART, .subject = "journal.audit", .supervisor = TRUE};
    one.word = "audit.cut";
    add(one, "maintenance-part-audit.cut-supervisor");
    one = (Sample){
        .state = MENU_OPEN, .page = MENU_PAGE_PART, .subject = "reader.attached", .settled = TRUE};
    add(one, "maintenance-part-mended");
    one = (Sample){.state = MENU_OPEN, .page = MENU_PAGE_CASE, .subject = "gone"};
    add(one, "maintenance-case-settled");
    one.subject = "1f9b6a52-6f0e-4f0e-9e57-2f6a2f1e7c11";
    add(one, "maintenance-case-retracted");
    one.subject = "0f9b6a52-6f0e-4f0e-9e57-2f6a2f1e7c11";
    for (gsize i = 0; i < G_N_ELEMENTS(case_words); i++) {
        one.word = case_words[i];
        add(one, "maintenance-case-%s", case_words[i]);
    }
    one = (Sample){.state = MENU_OPEN, .page = MENU_PAGE_MACHINE, .settled = TRUE};
    add(one, "maintenance-machine-replaced");
    one = (Sample){.state = MENU_OPEN, .page = MENU_PAGE_STORAGE, .settled = TRUE};
    add(one, "maintenance-storage-no-stick");
    static const char *const transports[] = {"A", "B", "C", "D"};
    for (gsize i = 0; i < G_N_ELEMENTS(transports); i++)
        add((Sample){.state = MENU_OPEN, .page = MENU_PAGE_READER, .word = transports[i]},
            "maintenance-reader-%s", transports[i]);
    for (int state = PRINTER_STATE_UNKNOWN; state <= PRINTER_STATE_STOPPED; state++) {
        one =
            (Sample){.state = MENU_OPEN, .page = MENU_PAGE_PRINTER, .printer = (PrinterState)state};
        add(one, "maintenance-printer-%s", printer_state_word((PrinterState)state));
    }
}

static void add_pages(void)
{
    for (int page = MENU_PAGE_OVERVIEW; page < MENU_PAGE_COUNT; page++) {
        if (page == MENU_PAGE_PART || page == MENU_PAGE_SECTION || page == MENU_PAGE_SETTING ||
            page == MENU_PAGE_LINES)
            continue;
        add((Sample){.state = MENU_OPEN,
                     .page = (MenuPage)page,
                     .subject = page == MENU_PAGE_CASE    ? "0f9b6a52-6f0e-4f0e-9e57-2f6a2f1e7c11"
                                : page == MENU_PAGE_BATCH ? "D33000012001"
                                                          : ""},
            "maintenance%s%s", page == MENU_PAGE_OVERVIEW ? "" : "-",
            page == MENU_PAGE_OVERVIEW ? "" : menu_page_word((MenuPage)page));
    }
    add((Sample){.state = MENU_OPEN, .page = MENU_PAGE_OVERVIEW, .trouble = TRUE},
        "maintenance-trouble");
    add_states();
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        add((Sample){.state = MENU_OPEN, .page = MENU_PAGE_LINES, .subject = lines[i]},
            "maintenance-lines-%s", lines[i]);
    add(
        (Sample){
            .state = MENU_OPEN, .page = MENU_PAGE_LINES, .subject = "log-all", .settled = TRUE},
        "maintenance-lines-none");
    add((Sample){.state = MENU_OPEN, .page = MENU_PAGE_SETTINGS, .row_page = 1},
        "maintenance-settings-2");
    add(
        (Sample){
            .state = MENU_OPEN, .page = MENU_PAGE_SECTION, .subject = "printer", .row_page = 2},
        "maintenance-section-printer-3");
}

static void add_parts(void)
{
    gsize n_rows;
    const CheckRow *rows = check_rows(&n_rows);
    gsize count;
    const Option *options = config_options(&count);
    for (gsize i = 0; i < n_rows; i++)
        if (strchr(rows[i].id, '.') && !sample_check_is_fine(rows[i].word))
            add((Sample){.state = MENU_OPEN,
                         .page = MENU_PAGE_PART,
                         .subject = rows[i].id,
                         .word = rows[i].word},
                "maintenance-part-%s", rows[i].word);
    for (gsize i = 0; i < count; i++)
        if (i == 0 || strcmp(options[i].section, options[i - 1].section))
            add((Sample){.state = MENU_OPEN,
                         .page = MENU_PAGE_SECTION,
                         .subject = options[i].section,
                         .supervisor = TRUE},
                "maintenance-section-%s", options[i].section);
}

/* Each setting has its sentence. Changed are, of each type, one; the longest value; here, in the
 * file, never. */
static void add_settings(void)
{
    static const char *const changed[] = {"printer.uri",     "reader.devices",    "visit.card_s",
                                          "panel.reader_at", "reader.keep_photo", "kiosk.centre_en",
                                          "printer.tray",    "service.ca_file"};
    static char names[MENUS_MAX][64];
    gsize count;
    const Option *options = config_options(&count);
    for (gsize i = 0; i < count; i++) {
        g_snprintf(names[i], sizeof names[i], "%s.%s", options[i].section, options[i].key);
        add((Sample){.state = MENU_OPEN,
                     .page = MENU_PAGE_SETTING,
                     .subject = names[i],
                     .supervisor = i % 2 == 0},
            "maintenance-setting-%s", names[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(changed); i++)
        add(
            (Sample){
                .state = MENU_FIELD, .task = TASK_SET, .subject = changed[i], .supervisor = TRUE},
            "maintenance-set-%s", changed[i]);
}

static void add_tasks(void)
{
    for (int task = TASK_UNKNOWN + 1; task < TASK_ID_COUNT; task++) {
        const MenuTask *row = menu_task((TaskId)task);
        for (int i = 0; i < MENU_FIELDS_MAX && row->fields[i] != MENU_ENTRY_NONE; i++)
            add((Sample){.state = MENU_FIELD,
                         .task = row->task,
                         .field = i,
                         .subject = task == TASK_COUNT_STOCK ? "D33000012001" : "printer.uri",
                         .supervisor = TRUE},
                "maintenance-%s-%d", row->word, i + 1);
        if (row->asks_again)
            add((Sample){.state = MENU_CONFIRM,
                         .task = row->task,
                         .subject = "0f9b6a52-6f0e-4f0e-9e57-2f6a2f1e7c11"},
                "maintenance-%s-confirm", row->word);
        add((Sample){.state = MENU_WORKING, .task = row->task}, "maintenance-%s-working",
            row->word);
    }
}

/* A task that says how far it has got. */
static void add_progress(void)
{
    add((Sample){.state = MENU_WORKING, .task = TASK_EXPORT, .halfway = TRUE},
        "maintenance-export-halfway");
}

/* `field` is the colour that is shown. */
static void add_panel(void)
{
    add((Sample){.state = MENU_CELLS}, "maintenance-cells");
    add((Sample){.state = MENU_CELLS, .touched = 0x7fffffdff7fffff}, "maintenance-cells-halfway");
    for (int colour = 0; colour < PANEL_COLOUR_COUNT - 1; colour++)
        add((Sample){.state = MENU_COLOURS, .field = colour}, "maintenance-colour-%s",
            panel_colour_word((PanelColour)(colour + 1)));
}

static void make(void)
{
    if (n_samples > 0)
        return;
    sample_facts_make(&facts, &checks, &printer, &reader);
    add_pages();
    add((Sample){.state = MENU_WHO}, "maintenance-who");
    add((Sample){.state = MENU_PIN}, "maintenance-pin");
    add((Sample){.state = MENU_CHECKING}, "maintenance-checking");
    add((Sample){.state = MENU_SECOND_WHO, .task = TASK_LOAD}, "maintenance-second-who");
    add((Sample){.state = MENU_SECOND_PIN, .task = TASK_LOAD}, "maintenance-second-pin");
    add_parts();
    add_settings();
    add_tasks();
    add_progress();
    add_panel();
    gsize n_notices;
    const SampleNotice *notices = sample_notices(&n_notices);
    for (gsize i = 0; i < n_notices; i++)
        add((Sample){.state = MENU_OPEN, .page = MENU_PAGE_OVERVIEW, .notice = &notices[i]},
            "maintenance-notice-%s", notices[i].key + strlen("menu."));
}

gsize sample_menus_count(void)
{
    make();
    return n_samples;
}

const char *sample_menus_name(gsize i)
{
    make();
    return samples[i].name;
}

/* What stands in kiosk.conf for "section.key". */
static const char *value_of(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, ".", 2);
    return config_text(facts.config, config_option(parts[0], parts[1]));
}

/* A screenful of what left the stack, as the loop reads it. */
static void fill_booklets(const Sample *sample)
{
    static const int minutes[] = {22, 37, 53, 72, 89, 1024, 1080, 1101};
    guint first = (guint)sample->row_page * FACTS_BOOKLETS_MAX;
    char serials[FACTS_BOOKLETS_MAX][SERIAL_LENGTH + 1];
    facts.n_booklets = stock_list_gone(facts.stock, first, FACTS_BOOKLETS_MAX, serials);
    for (guint i = 0; i < facts.n_booklets; i++) {
        BookletState state = stock_state(facts.stock, serials[i]);
        facts.booklets[i] = (FactsBooklet){
            .state = state,
            .at_ms = SAMPLE_WALL_MS - minutes[(first + i) % G_N_ELEMENTS(minutes)] * 60000,
            .issuing = state != BOOKLET_VOID,
            .waits = i == 0};
        g_strlcpy(facts.booklets[i].serial, serials[i], sizeof facts.booklets[i].serial);
    }
}

static void fill_menu(const Sample *sample, Menu *menu)
{
    menu_init(menu);
    menu->state = sample->state;
    menu->page = sample->page ? sample->page : MENU_PAGE_OVERVIEW;
    menu->row_page = sample->row_page;
    menu->supervisor = sample->supervisor;
    menu->task = sample->task;
    menu->field = menu->colour = sample->field;
    menu->touched = sample->touched;
    menu->deadline_ms = NOW_MS + 272000;
    gboolean inside = sample->state != MENU_WHO && sample->state != MENU_PIN &&
                      sample->state != MENU_CHECKING && sample->task != TASK_ENROL;
    menu->session_end_ms = inside ? NOW_MS + MENU_SESSION_MS : 0;
    g_strlcpy(menu->who, "t-07", sizeof menu->who);
    g_strlcpy(menu->second, "s-01", sizeof menu->second);
    g_strlcpy(menu->pin, "246813", sizeof menu->pin);
    g_strlcpy(menu->subject, sample->subject ? sample->subject : "", sizeof menu->subject);
    g_strlcpy(menu->option, menu->subject, sizeof menu->option);
    if (sample->state == MENU_FIELD && sample->task == TASK_SET)
        g_strlcpy(menu->fields[0], value_of(menu->option), MENU_FIELD_BYTES);
    else if (sample->state == MENU_FIELD)
        g_strlcpy(menu->fields[sample->field],
                  typed[menu_task(sample->task)->fields[sample->field]], MENU_FIELD_BYTES);
    if (sample->notice) {
        menu_text_set(&menu->notice, sample->notice->key, sample->notice->value,
                      sample->notice->more);
        menu->notice_state = sample->notice->state;
    }
}

/* `transport`: NULL, none was ever plugged in. */
static void set_reader(const char *transport)
{
    reader = (ReaderDescription){0};
    if (!transport)
        return;
    reader = (ReaderDescription){.module = "05.01-20240101-0001234567-0007654321",
                                 .path = "3-1.4.2",
                                 .device = "0400:c35a",
                                 .version = "2.10",
                                 .counts = {0, 2041, 31, 47, 4, 0, 3, 2}};
    g_strlcpy(reader.transport, transport, sizeof reader.transport);
}

void sample_menus_fill(gsize i, View *ret)
{
    static MenuView view;
    make();
    const Sample *sample = &samples[i];
    gboolean about = sample->page == MENU_PAGE_PART || sample->page == MENU_PAGE_OVERVIEW ||
                     sample->page == MENU_PAGE_BOOKLETS;
    const char *word = about ? sample->word : NULL;
    Menu menu;
    facts.stock = sample_stock(sample->stock);
    fill_booklets(sample);
    facts.out_of_service = !g_strcmp0(word, "machine.out");
    facts.n_cases = sample->settled || sample->page == MENU_PAGE_OVERVIEW ? 0 : 2;
    g_strlcpy(facts.cases[0].reason, sample->word ? sample->word : "no-evidence",
              sizeof facts.cases[0].reason);
    g_strlcpy(facts.cases[0].job, sample->word ? sample->word : "aborted",
              sizeof facts.cases[0].job);
    facts.tests[PRINTER_TEST].ok = !sample->failed;
    g_strlcpy(facts.tests[PRINTER_TEST].result, sample->failed ? "stopped" : "idle",
              sizeof facts.tests[PRINTER_TEST].result);
    facts.tests[PANEL_TEST].ok = sample->page != MENU_PAGE_TESTS;
    facts.lines_total = sample->settled ? 0 : 20;
    facts.n_lines = sample->settled ? 0 : FACTS_LINES_MAX;
    sample_facts_fill_lines(&facts, sample->subject, ret->language);
    facts.percent = sample->halfway ? 47 : -1;
    facts.left_s = sample->halfway ? 12 : -1;
    facts.stick = !sample->settled;
    facts.replaced = sample->settled;
    printer.state = sample->page == MENU_PAGE_PRINTER ? sample->printer : PRINTER_STATE_IDLE;
    if (sample->page == MENU_PAGE_PRINTER && sample->printer == PRINTER_STATE_STOPPED)
        word = "printer.stopped";
    set_reader(sample->page == MENU_PAGE_READER ? sample->word : NULL);
    if (sample->trouble)
        sample_checks("printer.supply", CHECK_WARN, &checks);
    else
        sample_checks(word, CHECK_BAD, &checks);
    fill_menu(sample, &menu);
    menu_show(&menu, &facts, NOW_MS, &view, ret);
}
