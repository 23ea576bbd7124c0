/* People of the office: a technician who mends, loads and reads the next blank's number, and two
 * people who settle at the service's desk. They look at what lies there, not at what a screen says.
 */
#include "central/issuance_rules.h"
#include "firmware/base/clock.h"
#include "tests/sim/printer_box.h"
#include <string.h>

#define LOOK_MS 30000
#define REACTS_MS 60000 /* a machine is closed that long before somebody comes */
#define LOAD 60
#define SETTLE_MS (4 * 60 * 1000)
#define RIPE_MS (6 * 60 * 1000)

/* ---- the stock, while the process is stopped */

static gboolean append(Ledger *ledger, gboolean drafted, const JournalDraft *draft)
{
    return drafted && ledger_append(ledger, draft, 1, clock_wall_ms(), NULL);
}

static void load(Machine *m, Ledger *ledger)
{
    PrinterBox *p = m->printer;
    char first[SERIAL_SIZE], last[SERIAL_SIZE];
    JournalDraft draft;
    if (!central_is_up(m->world))
        return;
    g_snprintf(first, sizeof first, "D%011" G_GUINT64_FORMAT, p->next_serial);
    g_snprintf(last, sizeof last, "D%011" G_GUINT64_FORMAT, p->next_serial + LOAD - 1);
    if (!central_assign(m->world, m, first, last))
        return;
    gboolean drafted = stock_draft_load(ledger_stock(ledger), first, last, "sim", &draft, NULL);
    if (append(ledger, drafted, &draft)) {
        printer_add_blanks(m, p->next_serial, LOAD);
        world_trace(m, "staff: loads %s to %s", first, last);
    }
    p->next_serial += LOAD; /* a range that failed is not used */
}

/* After the journal was lost: what lies in the tray is counted and loaded anew. */
static void load_rest(Machine *m, Ledger *ledger)
{
    const GArray *blanks = m->printer->blanks;
    JournalDraft draft;
    char first[SERIAL_SIZE], last[SERIAL_SIZE];
    if (!blanks->len || stock_batches(ledger_stock(ledger)))
        return;
    g_snprintf(first, sizeof first, "D%011" G_GUINT64_FORMAT, g_array_index(blanks, guint64, 0));
    g_snprintf(last, sizeof last, "D%011" G_GUINT64_FORMAT,
               g_array_index(blanks, guint64, blanks->len - 1));
    if (append(ledger, stock_draft_load(ledger_stock(ledger), first, last, "sim", &draft, NULL),
               &draft))
        world_trace(m, "staff: counts %s to %s", first, last);
}

/* The blank on top is read; those that should lie above it are missing, a burnt one is taken out.
 */
static void read_next(Machine *m, Ledger *ledger)
{
    Stock *stock = ledger_stock(ledger);
    char top[SERIAL_SIZE], missing[SERIAL_SIZE];
    JournalDraft draft;
    for (int i = 0; i < LOAD && printer_top(m, top); i++) {
        BookletState state = stock_state(stock, top);
        if (state == BOOKLET_RESERVED)
            return; /* the service's answer is waited for */
        if (state != BOOKLET_IN_STOCK) {
            printer_take_top(m, FATE_STAFF);
            continue;
        }
        if (append(ledger, stock_draft_next(stock, top, "sim", &draft, NULL), &draft)) {
            world_trace(m, "staff: next is %s", top);
            return;
        }
        /* the lowest in stock is not there: spoil it */
        gboolean spoilt = FALSE;
        for (guint64 n = 33000000001u + (guint64)m->id * 100000; !spoilt; n++) {
            g_snprintf(missing, sizeof missing, "D%011" G_GUINT64_FORMAT, n);
            if (strcmp(missing, top) >= 0)
                return;
            spoilt = stock_state(stock, missing) == BOOKLET_IN_STOCK &&
                     append(ledger, stock_draft_spoil(stock, missing, "sim", &draft, NULL), &draft);
        }
        world_trace(m, "staff: %s is missing", missing);
    }
}

static int count_blanks(const Machine *m, const StockBatch *batch)
{
    const GArray *blanks = m->printer->blanks;
    guint64 first = g_ascii_strtoull(batch->first + 1, NULL, 10);
    guint64 last = g_ascii_strtoull(batch->last + 1, NULL, 10);
    int n = 0;
    for (guint i = 0; i < blanks->len; i++)
        n +=
            g_array_index(blanks, guint64, i) >= first && g_array_index(blanks, guint64, i) <= last;
    return n;
}

/* What the journal asks to be counted is counted; what is missing was declared before. */
static void count(Machine *m, Ledger *ledger)
{
    Stock *stock = ledger_stock(ledger);
    for (gsize i = 0; i < stock_batches(stock); i++) {
        StockBatch batch;
        JournalDraft draft;
        stock_batch(stock, i, &batch);
        if (!batch.must_count && (batch.counted < 0 || batch.counted == batch.expected))
            continue;
        int counted = count_blanks(m, &batch);
        world_trace(m, "staff: %d of the batch %s lie there", counted, batch.first);
        append(ledger, stock_draft_count(stock, batch.first, (guint)counted, "sim", &draft, NULL),
               &draft);
    }
}

/* Out of service after too many crashes: they have looked, it goes on. */
static void put_back(Machine *m, Ledger *ledger)
{
    const JournalNote note = {"out-of-service", NULL};
    const JournalBatch batch = {.notes = &note, .n_notes = 1};
    if (journal_write(ledger_journal(ledger), &batch, clock_wall_ms(), NULL))
        machine_forget_crashes(m);
}

static void work_on_stock(Machine *m)
{
    g_autofree char *path = g_strdup_printf("/sim/m%d/%s", m->id, JOURNAL_FILE);
    Machine *before = world->current;
    world->current = m;
    Ledger *ledger = ledger_open(path, JOURNAL_WRITE, VFS_NAME, NULL);
    if (ledger) {
        char next[SERIAL_SIZE];
        const char *why = "";
        load_rest(m, ledger);
        gboolean known = stock_next(ledger_stock(ledger), next, &why);
        if (!known && !strcmp(why, "stock-empty") && printer_blanks(m))
            while (printer_blanks(m)) /* what nobody can account for is destroyed */
                printer_take_top(m, FATE_STAFF);
        if (printer_blanks(m) == 0 || (!known && !strcmp(why, "stock-empty")))
            load(m, ledger);
        if (!known)
            read_next(m, ledger);
        count(m, ledger);
        put_back(m, ledger);
    }
    ledger_close(ledger);
    world->current = before;
}

void staff_process_ended(Machine *m)
{
    m->staff_on_the_way = TRUE;
    if (!central_is_restoring(world) && strikes(m, FAULT_JOURNAL_LOST))
        oracle_lose_journal(m);
    work_on_stock(m);
    m->staff_on_the_way = FALSE;
    world_plan(m, random_between(&m->random, 2000, 20000), machine_start, 0, TRUE);
}

/* ---- looking after the machine */

static gboolean needs_the_stock(const Machine *m)
{
    const char *reason = machine_closed_reason(m);
    return g_str_has_prefix(reason, "stock-") || !strcmp(reason, "service-refused") ||
           !strcmp(reason, "journal") || !strcmp(reason, "maintenance");
}

static void mend_all(Machine *m)
{
    if (!printer_is_healthy(m) || world->quiet)
        printer_mend(m);
    if (!slot_is_healthy(m))
        slot_empty(m);
    reader_mend(m);
    if (m->wall_off_ms) {
        world_trace(m, "staff: sets the clock");
        m->wall_off_ms = 0;
        machine_forget_crashes(m);
    }
    if (m->citizen && citizen_person(m) < 0 && reader_card(m) >= 0)
        reader_lift(m);
}

void staff_look(Machine *m, int number)
{
    (void)number;
    world_plan(m, LOOK_MS, staff_look, 0, TRUE);
    if (machine_is_open(m) || !m->closed_since_ms ||
        m->world->now_ms - m->closed_since_ms < REACTS_MS)
        return;
    if (machine_moment(m) != MOMENT_CLOSED && machine_moment(m) != MOMENT_DOWN)
        return;
    mend_all(m);
    if (m->loop && needs_the_stock(m))
        machine_quit(m);
}

/* ---- settling at the service's desk */

static Booklet *find_paper(const char *key)
{
    Booklet *found = NULL;
    for (guint i = 0; i < world->oracle->papers->len; i++) {
        Booklet *paper = world->oracle->papers->pdata[i];
        if (!strcmp(paper->key, key) && (!found || paper->printed >= found->printed))
            found = paper;
    }
    return found;
}

/* The word that the paper itself says: nothing printed or not complete is spoiled, what a citizen
 * has is printed, what people hold is handed over or destroyed. "": not yet. */
static const char *look_at_paper(World *w, const CentralRow *row, const Known *known)
{
    Booklet *paper = find_paper(row->key);
    gboolean retracted = row->state == REGISTER_STATE_RETRACTED;
    if (known && printer_has_job(known->m, row->key))
        return "";
    if (paper && (paper->fate == FATE_PRINTER || paper->fate == FATE_SLOT))
        return "";
    gboolean complete = paper && paper->sides && paper->printed >= paper->sides;
    if (paper && paper->fate == FATE_VOID) /* destroyed, whatever the register has forgotten */
        return retracted || complete ? "void" : "spoiled";
    if (complete && paper->fate == FATE_TAKEN)
        return retracted ? "delivered" : "printed";
    if (complete && retracted && random_below(&w->random, 2)) {
        paper->fate = FATE_TAKEN;
        paper->person = known ? known->person : -1;
        oracle_tell(FACT_TAKEN, paper->m)->paper = paper;
        return "delivered";
    }
    if (paper && paper->fate != FATE_TAKEN)
        paper->fate = FATE_VOID;
    gboolean says_void = row->key[0] < '4'; /* some clerks call spoilt void */
    return retracted || complete || says_void ? "void" : "spoiled";
}

static gboolean is_ripe(const World *w, const CentralRow *row)
{
    return (row->state == REGISTER_STATE_RETRACTED || row->state == REGISTER_STATE_LAPSED ||
            row->state == REGISTER_STATE_UNSURE) &&
           WALL_START_MS + w->now_ms - row->changed_ms > RIPE_MS;
}

static void settle_one(World *w, const CentralRow *row)
{
    Known *known = oracle_find(row->key);
    const char *word = look_at_paper(w, row, known);
    if (!*word)
        return;
    int people = random_below(&w->random, 6) ? 2 : random_below(&w->random, 2);
    const char *problem = central_settle(w, row, word, people);
    world_trace(NULL, "settles %.8s as %s by %d: %s", row->key, word, people,
                *problem ? problem : "taken");
    Fact *fact = oracle_tell(FACT_SETTLED, known ? known->m : NULL);
    fact->known = known;
    fact->number = *problem ? -1 : people;
    if (known && !*problem)
        known->settled = TRUE;
}

void staff_settle(Machine *m, int number)
{
    World *w = m->world;
    (void)number;
    w->current = NULL;
    world_plan(m, SETTLE_MS, staff_settle, 0, TRUE);
    g_autoptr(GArray) rows = central_list(w);
    for (guint i = 0; rows && i < rows->len; i++)
        if (is_ripe(w, &g_array_index(rows, CentralRow, i)))
            settle_one(w, &g_array_index(rows, CentralRow, i));
}
