/* When a PIN may be tried, how long a session lives, who may do what. Pure. */
#include "firmware/base/error.h"
#include "firmware/staff/staff.h"
#include <string.h>

const char *staff_role_word(StaffRole role)
{
    static const char *const words[STAFF_ROLE_COUNT] = {"unknown", "technician", "supervisor"};
    return words[(unsigned)role < STAFF_ROLE_COUNT ? role : STAFF_ROLE_UNKNOWN];
}

StaffRole staff_role_from_word(const char *word)
{
    for (int i = 1; word && i < STAFF_ROLE_COUNT; i++)
        if (!strcmp(staff_role_word((StaffRole)i), word))
            return (StaffRole)i;
    return STAFF_ROLE_UNKNOWN;
}

const char *staff_verdict_word(StaffVerdict verdict)
{
    static const char *const words[] = {"unknown", "ok", "wrong-pin", "wait", "locked", "failed"};
    return words[(unsigned)verdict < G_N_ELEMENTS(words) ? verdict : STAFF_UNKNOWN];
}

/* The wait that stands before the next try after so many wrong ones. */
static gint64 wait_after_ms(int failures)
{
    if (failures < STAFF_FREE_TRIES)
        return 0;
    return (gint64)STAFF_WAIT_MS << MIN(failures - STAFF_FREE_TRIES, STAFF_LOCK_TRIES);
}

gint64 staff_wait_left_ms(const StaffMember *member, const StaffClock *now)
{
    if (member->locked)
        return G_MAXINT64;
    gint64 wait_ms = wait_after_ms(member->failures);
    gboolean same_boot = !strcmp(member->boot_id, now->boot_id);
    /* After a restart that much has passed at least; what passed before it is not counted. */
    gint64 passed_ms = same_boot ? now->boot_ms - member->tried_boot_ms : now->boot_ms;
    return CLAMP(wait_ms - MAX(passed_ms, 0), 0, wait_ms);
}

StaffVerdict staff_begin_try(StaffMember *member, const StaffClock *now)
{
    if (member->locked)
        return STAFF_LOCKED;
    if (staff_wait_left_ms(member, now) > 0)
        return STAFF_WAIT;
    member->failures++;
    member->locked = member->failures >= STAFF_LOCK_TRIES;
    member->tried_boot_ms = now->boot_ms;
    g_strlcpy(member->boot_id, now->boot_id, sizeof member->boot_id);
    return STAFF_ADMITTED;
}

StaffVerdict staff_end_try(StaffMember *member, gboolean fits, const StaffClock *now)
{
    if (!fits) {
        member->last_failure_ms = now->wall_ms;
        return member->locked ? STAFF_LOCKED : STAFF_WRONG;
    }
    member->failures_before = MAX(member->failures - 1, 0);
    member->failures = 0;
    member->locked = FALSE;
    member->last_login_ms = now->wall_ms;
    return STAFF_ADMITTED;
}

gboolean staff_id_is_valid(const char *id)
{
    gsize length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return length > 0 && length <= STAFF_ID_MAX && !id[length] && strcmp(id, "code") != 0;
}

const char *staff_find_pin_fault(const char *pin)
{
    gsize length = strspn(pin, "0123456789");
    if (pin[length])
        return "only digits";
    if (length < STAFF_PIN_MIN || length > STAFF_PIN_MAX)
        return "6 to 12 digits";
    gboolean steps = TRUE;
    for (gsize i = 2; i < length; i++)
        steps = steps && pin[i] - pin[i - 1] == pin[1] - pin[0];
    return steps ? "too simple: all the same, or a row" : NULL;
}

gboolean staff_session_is_live(const StaffSession *session, gint64 boot_ms)
{
    return staff_session_left_ms(session, boot_ms) > 0;
}

gint64 staff_session_left_ms(const StaffSession *session, gint64 boot_ms)
{
    if (!session || session->role == STAFF_ROLE_UNKNOWN || boot_ms < session->touched_ms)
        return 0;
    gint64 end_ms = MIN(session->touched_ms + STAFF_IDLE_MS, session->opened_ms + STAFF_SESSION_MS);
    return MAX(end_ms - boot_ms, 0);
}

void staff_session_touch(StaffSession *session, gint64 boot_ms)
{
    if (staff_session_is_live(session, boot_ms))
        session->touched_ms = boot_ms;
}

static gboolean refuse(const char *what, const char *why, GError **error)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "%s: %s", what, why);
    return FALSE;
}

gboolean staff_may(AuditType type, const StaffSession *first, const StaffSession *second,
                   gint64 boot_ms, GError **error)
{
    const AuditRow *row = audit_row(type);
    const StaffSession *people[] = {first, second};
    unsigned roles = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
        if (people[i] && !staff_session_is_live(people[i], boot_ms))
            return refuse(row->word, "the session has ended: log in again", error);
        roles |= people[i] ? 1u << people[i]->role : 0;
    }
    gboolean technician = roles & (1u << STAFF_ROLE_TECHNICIAN);
    gboolean supervisor = roles & (1u << STAFF_ROLE_SUPERVISOR);
    if (row->needs == AUDIT_NEEDS_UNKNOWN)
        return refuse(row->word, "not an action of people", error);
    if (!technician && !supervisor)
        return refuse(row->word, "nobody has logged in", error);
    if (row->needs == AUDIT_NEEDS_SUPERVISOR && !supervisor)
        return refuse(row->word, "a supervisor is needed", error);
    if (row->needs == AUDIT_NEEDS_TWO && !(technician && supervisor))
        return refuse(row->word, "a technician and a supervisor are needed, two people", error);
    return TRUE;
}
