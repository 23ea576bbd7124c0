/* The visit's tables as they stand in docs/VISIT.md. */
#include "firmware/visit/visit.h"

static void write_states(GString *text)
{
    g_string_append(text, "| state | screen | whose time | ends by itself |\n|---|---|---|---|\n");
    for (int i = VISIT_UNKNOWN + 1; i < VISIT_STATE_COUNT; i++) {
        VisitStateRow row = visit_state_row((VisitState)i);
        g_string_append_printf(text, "| %s | %s | %s | %s |\n", visit_state_word(row.state),
                               screen_word(row.screen), row.machine_works ? "machine" : "person",
                               row.deadline);
    }
}

static void write_next(GString *text, const VisitRow *row)
{
    if (!row->may_go) {
        g_string_append(text, visit_state_word(row->next));
        return;
    }
    for (const VisitState *to = row->may_go; *to; to++)
        g_string_append_printf(text, "%s%s", to == row->may_go ? "" : " or ",
                               visit_state_word(*to));
}

static void write_rows(GString *text)
{
    g_string_append(text, "| in | when | does | then |\n|---|---|---|---|\n");
    for (gsize i = 0; i < visit_row_count(); i++) {
        VisitRow row = visit_row(i);
        gboolean first = i == 0 || visit_row(i - 1).state != row.state;
        g_string_append_printf(text, "| %s | %s | %s | ", first ? visit_state_word(row.state) : "",
                               visit_event_word(row.event), row.action);
        write_next(text, &row);
        g_string_append(text, " |\n");
    }
}

char *visit_document(void)
{
    GString *text = g_string_new(
        "# The citizen's way\n\n"
        "One table decides what happens in front of the machine (`firmware/visit/visit.c`); this "
        "page "
        "is written\nfrom it (`build/kiosk visit-table > docs/VISIT.md`), and a test compares "
        "them. A "
        "pair that is not named\nhere is an answer that came too late: it changes nothing. "
        "Language, "
        "large text, contrast, speech and help\nwork in every state.\n\n## States\n\n");
    write_states(text);
    g_string_append(text, "\n## Steps\n\n");
    write_rows(text);
    return g_string_free(text, FALSE);
}
