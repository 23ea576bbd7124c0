/* What the maintenance menu may know, gathered from those who know it. */
#include "firmware/base/clock.h"
#include "firmware/kiosk.h"
#include "firmware/loop/loop.h"
#include "firmware/stick/stick.h"
#include <jansson.h>
#include <string.h>

static void collect_staff(Loop *loop, MenuFacts *facts)
{
    StaffClock now;
    staff_clock(&now);
    facts->n_staff = MIN(staff_count(loop->staff), FACTS_STAFF_MAX);
    for (gsize i = 0; i < facts->n_staff; i++) {
        const StaffMember *member = staff_at(loop->staff, i);
        gint64 wait_ms = staff_wait_left_ms(member, &now);
        FactsStaff *one = &facts->staff[i];
        *one = (FactsStaff){.supervisor = member->role == STAFF_ROLE_SUPERVISOR,
                            .locked = member->locked,
                            .wait_s = wait_ms == G_MAXINT64 ? 0 : (int)(wait_ms / 1000),
                            .last_login_ms = member->last_login_ms,
                            .failures = member->failures};
        g_strlcpy(one->id, member->id, sizeof one->id);
    }
}

void loop_facts_collect(Loop *loop)
{
    MenuFacts *facts = &loop->menu.facts;
    loop_gate_collect(loop);
    readiness_check(&loop->ready, &loop->menu.checks);
    facts->wall_ms = clock_wall_ms();
    facts->config = loop->config;
    facts->checks = &loop->menu.checks;
    facts->printer = &loop->ready.printer;
    facts->reader = &loop->ready.described;
    facts->stock = ledger_stock(loop->ledger);
    facts->unreported = loop->ready.unreported;
    facts->out_of_service = loop->menu.out_of_service;
    facts->busy = !loop->recovered || (loop->has_issuance && issuance_is_running(&loop->issuance));
    facts->clock_off_ms = loop->info_known ? loop->clock_off_ms : 0;
    loop_cases_collect(loop);
    g_strlcpy(facts->version, KIOSK_VERSION, sizeof facts->version);
    collect_staff(loop, facts);
    loop_facts_collect_machine(loop);
    loop_booklets_collect(loop);
    loop_lines_collect(loop);
    if (loop->menu.menu.page == MENU_PAGE_STORAGE) {
        g_autofree char *stick = config_path(loop->config, "maintenance", "stick_dir");
        facts->stick = stick_look(stick) == STICK_THERE;
    }
}

void loop_facts_note_test(Loop *loop, const char *part, gboolean ok, const char *result)
{
    MenuFacts *facts = &loop->menu.facts;
    FactsTest *test = NULL;
    for (gsize i = 0; i < facts->n_tests; i++)
        if (!strcmp(facts->tests[i].part, part))
            test = &facts->tests[i];
    if (!test && facts->n_tests < FACTS_TESTS_MAX)
        test = &facts->tests[facts->n_tests++];
    if (!test)
        return;
    *test = (FactsTest){.ok = ok, .at_ms = clock_wall_ms()};
    g_strlcpy(test->part, part, sizeof test->part);
    g_strlcpy(test->result, result, sizeof test->result);
}
