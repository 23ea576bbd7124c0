/* The maintenance menu in the loop: its events in, its effects out. */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "firmware/loop/loop.h"
#include <string.h>

void loop_menu_open(Loop *loop)
{
    g_autoptr(GError) error = NULL;
    menu_init(&loop->menu.menu);
    loop->menu.facts.started_ms = clock_wall_ms();
    g_autofree char *who = journal_get_note(ledger_journal(loop->ledger), LOOP_NOTE_OUT, &error);
    loop->menu.out_of_service = who != NULL;
    if (who)
        log_warn("kiosk", "out of service since %s took it out: put it back in the menu", who);
}

void loop_menu_enter(Loop *loop)
{
    char who[sizeof loop->menu.card_of];
    g_strlcpy(who, loop->menu.card_of, sizeof who);
    loop->menu.card_of[0] = '\0';
    loop_menu_send(loop, &(MenuEvent){.type = MENU_EVENT_ENTER, .who = *who ? who : NULL});
}

gboolean loop_menu_take_card(Loop *loop, const Holder *holder)
{
    g_autoptr(GError) error = NULL;
    StaffClock now;
    AuditDraft event;
    if (!loop->staff || !visit_hears(&loop->visit, VISIT_EVENT_STAFF_CARD))
        return FALSE;
    const StaffMember *member = staff_find_card(loop->staff, personal_reveal(holder->id_number));
    if (!member)
        return FALSE;
    StaffSession who = {.role = member->role};
    g_strlcpy(who.id, member->id, sizeof who.id);
    staff_clock(&now);
    staff_event(AUDIT_CARD_SHOWN, &who, NULL, "ok", NULL, &event);
    if (!staff_note(loop->staff, &event, &now, &error))
        log_error("maintenance", "%s", error->message);
    g_strlcpy(loop->menu.card_of, member->id, sizeof loop->menu.card_of);
    loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_STAFF_CARD});
    return TRUE;
}

static void reject(Loop *loop, const char *id, StaffVerdict verdict, const StaffClock *now)
{
    MenuEvent event = {.type = MENU_EVENT_REJECTED};
    const StaffMember *member = staff_find(loop->staff, id);
    gint64 wait_ms = member ? staff_wait_left_ms(member, now) : 0;
    if (verdict == STAFF_LOCKED)
        menu_text_set(&event.notice, "menu.pin.locked", NULL, NULL);
    else if (wait_ms > 0 && wait_ms < G_MAXINT64)
        menu_text_set_int(&event.notice, "menu.pin.wait", (wait_ms + 999) / 1000);
    else if (verdict == STAFF_FAILED)
        menu_text_set(&event.notice, "menu.pin.failed", NULL, NULL);
    else
        menu_text_set_int(&event.notice, "menu.pin.wrong",
                          member ? MAX(STAFF_FREE_TRIES - member->failures, 0) : 0);
    loop_menu_send(loop, &event);
}

/* What a member should see first: when he was last here, and who tried in between. */
static void greet(const StaffSession *session, MenuText *ret)
{
    char failures[16];
    g_snprintf(failures, sizeof failures, "%d", session->failures);
    if (session->last_login_ms <= 0) {
        menu_text_set(ret, "menu.greeting.first", NULL, failures);
        return;
    }
    char at[32];
    clock_format_shanghai(session->last_login_ms, at);
    menu_text_set(ret, "menu.greeting", at, failures);
}

static void check_pin(Loop *loop, const MenuEffect *effect)
{
    g_autoptr(GError) error = NULL;
    StaffClock now;
    gboolean second = loop->menu.menu.state == MENU_SECOND_CHECKING;
    StaffSession *session = second ? &loop->menu.second : &loop->menu.first;
    char id[STAFF_ID_MAX + 1];
    g_strlcpy(id, effect->who, sizeof id);
    staff_clock(&now);
    StaffVerdict verdict = staff_login(loop->staff, id, effect->secret, &now, session, &error);
    if (error)
        log_error("maintenance", "%s", error->message);
    if (verdict != STAFF_ADMITTED) {
        reject(loop, id, verdict, &now);
        return;
    }
    MenuEvent event = {.type = MENU_EVENT_ACCEPTED,
                       .who = session->id,
                       .supervisor = session->role == STAFF_ROLE_SUPERVISOR};
    greet(session, &event.notice);
    loop_menu_send(loop, &event);
}

static void sign_out(Loop *loop)
{
    g_autoptr(GError) error = NULL;
    StaffClock now;
    staff_clock(&now);
    if (*loop->menu.first.id && !staff_logout(loop->staff, &loop->menu.first, &now, &error))
        log_warn("maintenance", "%s", error->message);
    loop->menu.first = loop->menu.second = (StaffSession){0};
    loop->menu.work = (MenuWork){0};
    loop_visit_send(loop, &(VisitEvent){.type = VISIT_EVENT_MENU_LEFT});
}

void loop_menu_send(Loop *loop, const MenuEvent *event)
{
    MenuEffect effect;
    StaffClock now;
    staff_clock(&now);
    loop_facts_collect(loop);
    if (event->type >= MENU_EVENT_ACTION)
        staff_session_touch(&loop->menu.first, now.boot_ms);
    menu_step(&loop->menu.menu, event, &loop->menu.facts, loop->now_ms, &effect);
    switch (effect.type) {
    case MENU_EFFECT_CHECK_PIN:
        check_pin(loop, &effect);
        break;
    case MENU_EFFECT_RUN:
        loop_task_run(loop, &effect);
        break;
    case MENU_EFFECT_LEAVE:
        sign_out(loop);
        break;
    case MENU_EFFECT_UNKNOWN:
        break;
    }
}

void loop_menu_tick(Loop *loop)
{
    if (!menu_is_open(&loop->menu.menu))
        return;
    gint64 at = menu_deadline(&loop->menu.menu);
    if (at && loop->now_ms >= at)
        loop_menu_send(loop, &(MenuEvent){.type = MENU_EVENT_TIMEOUT});
    loop_task_tick(loop);
}

gint64 loop_menu_due_ms(const Loop *loop)
{
    if (!menu_is_open(&loop->menu.menu))
        return -1;
    gint64 due = loop->now_ms + 1000; /* a countdown is on the screen */
    gint64 at = menu_deadline(&loop->menu.menu);
    return at ? MIN(due, at) : due;
}

void loop_menu_show(Loop *loop, View *view)
{
    if (view->screen != SCREEN_MAINTENANCE || !menu_is_open(&loop->menu.menu))
        return;
    loop_facts_collect(loop);
    menu_show(&loop->menu.menu, &loop->menu.facts, loop->now_ms, &loop->menu.view, view);
}
