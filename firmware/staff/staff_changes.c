/* Members come, go and change their PINs. */
#include "firmware/base/error.h"
#include "firmware/staff/staff_private.h"
#include <string.h>

static int compare_ids(gconstpointer a, gconstpointer b)
{
    const StaffMember *const *first = a, *const *second = b;
    return strcmp((*first)->id, (*second)->id);
}

gboolean staff_check_pin(const char *id, const char *pin, GError **error)
{
    const char *fault = staff_find_pin_fault(pin);
    if (!fault)
        return TRUE;
    g_autofree char *why = g_strdup_printf("the new PIN: %s", fault);
    return staff_refuse(KIOSK_ERROR_INVALID, id, why, error);
}

gboolean staff_check_id(const Staff *staff, const char *id, GError **error)
{
    if (!staff_id_is_valid(id))
        return staff_refuse(KIOSK_ERROR_INVALID, id, "an id is 1 to 32 of a-z 0-9 . _ -", error);
    if (staff_find(staff, id))
        return staff_refuse(KIOSK_ERROR_REFUSED, id, "is a member already", error);
    if (staff->members->len >= STAFF_MEMBERS_MAX)
        return staff_refuse(KIOSK_ERROR_REFUSED, id, "there are 64 members", error);
    return TRUE;
}

gboolean staff_add(Staff *staff, const StaffSession *by, const char *id, StaffRole role,
                   const char *pin, const StaffClock *now, GError **error)
{
    if (!staff_may(AUDIT_MEMBER_ADD, by, NULL, now->boot_ms, error))
        return FALSE;
    if (role == STAFF_ROLE_UNKNOWN || role >= STAFF_ROLE_COUNT)
        return staff_refuse(KIOSK_ERROR_INVALID, id, "a role is technician or supervisor", error);
    if (!staff_check_id(staff, id, error))
        return FALSE;
    StaffMember member = {.role = role};
    g_strlcpy(member.id, id, sizeof member.id);
    AuditDraft event;
    g_autofree char *detail = g_strdup_printf("%s, %s", id, staff_role_word(role));
    staff_event(AUDIT_MEMBER_ADD, by, NULL, "ok", detail, &event);
    if (!staff_check_pin(id, pin, error) || !staff_hash(pin, member.hash, error) ||
        !staff_save(staff, &member, FALSE, &event, 1, now, error))
        return FALSE;
    g_ptr_array_add(staff->members, g_memdup2(&member, sizeof member));
    g_ptr_array_sort(staff->members, compare_ids);
    return TRUE;
}

/* A change of `id` that `by` may make. NULL and `error`. */
static StaffMember *reach(const Staff *staff, AuditType type, const StaffSession *by,
                          const char *id, const StaffClock *now, GError **error)
{
    if (!staff_may(type, by, NULL, now->boot_ms, error))
        return NULL;
    StaffMember *member = staff_find_member(staff, id);
    if (!member)
        staff_refuse(KIOSK_ERROR_REFUSED, id, "is no member", error);
    return member;
}

gboolean staff_remove(Staff *staff, const StaffSession *by, const char *id, const StaffClock *now,
                      GError **error)
{
    AuditDraft event;
    StaffMember *member = reach(staff, AUDIT_MEMBER_REMOVE, by, id, now, error);
    if (!member)
        return FALSE;
    if (member == staff_only(staff, STAFF_ROLE_SUPERVISOR))
        return staff_refuse(KIOSK_ERROR_REFUSED, id, "is the last supervisor", error);
    staff_event(AUDIT_MEMBER_REMOVE, by, NULL, "ok", id, &event);
    if (!staff_save(staff, member, TRUE, &event, 1, now, error))
        return FALSE;
    g_ptr_array_remove(staff->members, member);
    return TRUE;
}

static gboolean change(Staff *staff, StaffMember *member, const StaffMember *changed,
                       AuditType type, const StaffSession *by, const StaffClock *now,
                       GError **error)
{
    AuditDraft event;
    staff_event(type, by, NULL, "ok", member->id, &event);
    if (!staff_save(staff, changed, FALSE, &event, 1, now, error))
        return FALSE;
    *member = *changed;
    return TRUE;
}

gboolean staff_unlock(Staff *staff, const StaffSession *by, const char *id, const StaffClock *now,
                      GError **error)
{
    StaffMember *member = reach(staff, AUDIT_UNLOCK, by, id, now, error);
    if (!member)
        return FALSE;
    StaffMember changed = *member;
    changed.failures = 0;
    changed.locked = FALSE;
    return change(staff, member, &changed, AUDIT_UNLOCK, by, now, error);
}

gboolean staff_set_pin(Staff *staff, const StaffSession *by, const char *id, const char *pin,
                       const StaffClock *now, GError **error)
{
    StaffMember *member = reach(staff, AUDIT_PIN_CHANGE, by, id, now, error);
    if (!member)
        return FALSE;
    if (by->role != STAFF_ROLE_SUPERVISOR && strcmp(by->id, id) != 0)
        return staff_refuse(KIOSK_ERROR_REFUSED, id, "only a supervisor changes another's PIN",
                            error);
    StaffMember changed = *member;
    return staff_check_pin(id, pin, error) && staff_hash(pin, changed.hash, error) &&
           change(staff, member, &changed, AUDIT_PIN_CHANGE, by, now, error);
}
