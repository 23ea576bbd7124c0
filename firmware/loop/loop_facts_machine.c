/* What the maintenance menu may know of disk, journal and certificate. */
#include "firmware/base/clock.h"
#include "firmware/loop/loop.h"
#include "firmware/service/credentials.h"
#include <glib/gstdio.h>

static gboolean count_printed(gpointer context, const JournalEntry *entry, GError **error)
{
    LoopMenu *menu = context;
    (void)error;
    menu->counted_seq = entry->seq;
    if (entry->step == JOURNAL_PRINTED && clock_shanghai_day(entry->at_ms) == menu->counted_day)
        menu->counted++;
    return TRUE;
}

/* Only what came since the last count is read; another day begins anew. */
static guint count_today(Loop *loop)
{
    LoopMenu *menu = &loop->menu;
    int today = clock_shanghai_day(clock_wall_ms());
    if (menu->counted_day != today) {
        menu->counted_day = today;
        menu->counted = 0;
        menu->counted_seq = 0;
    }
    (void)journal_for_each(ledger_journal(loop->ledger), menu->counted_seq, count_printed, menu,
                           NULL);
    return menu->counted;
}

/* The database and what of it waits in its log. */
static gint64 find_journal_bytes(const Loop *loop)
{
    static const char *const names[] = {JOURNAL_FILE, JOURNAL_FILE "-wal"};
    g_autofree char *folder = config_path(loop->config, "kiosk", "state_dir");
    gint64 bytes = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        GStatBuf info;
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        if (g_stat(path, &info) == 0)
            bytes += info.st_size;
    }
    return bytes;
}

static gint64 find_program_date_ms(void)
{
    GStatBuf info;
    return g_stat("/proc/self/exe", &info) == 0 ? (gint64)info.st_mtime * 1000 : 0;
}

/* An update puts the new file in the place of the old one, which lives on as long as it runs. */
static gboolean is_program_replaced(void)
{
    g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);
    return path && g_str_has_suffix(path, " (deleted)");
}

void loop_facts_collect_machine(Loop *loop)
{
    char hash[65];
    MenuFacts *facts = &loop->menu.facts;
    facts->free_bytes = loop->ready.free_bytes;
    facts->journal_entries = journal_head(ledger_journal(loop->ledger), hash);
    facts->journal_bytes = find_journal_bytes(loop);
    if (menu_is_open(&loop->menu.menu) && loop->menu.menu.page == MENU_PAGE_OVERVIEW)
        facts->issued_today = count_today(loop);
    if (!facts->built_ms)
        facts->built_ms = find_program_date_ms();
    facts->replaced = is_program_replaced();
    if (!facts->certificate_until_ms) /* read once: another one needs a restart */
        facts->certificate_until_ms = credentials_find_end_ms(loop->config);
}
