/* ID cards of the staff. All are hashed with one salt, so that a card on the reader costs one hash,
 * however many are enrolled. */
#include "firmware/base/secret.h"
#include "firmware/certificate/id_number.h"
#include "firmware/staff/staff_private.h"
#include <crypt.h>
#include <string.h>

/* Any member's card, whose salt the others share; NULL: none is enrolled. */
static const char *find_salt(const Staff *staff)
{
    for (gsize i = 0; i < staff->members->len; i++) {
        const StaffMember *member = staff->members->pdata[i];
        if (*member->card)
            return member->card;
    }
    return NULL;
}

gboolean staff_has_cards(const Staff *staff)
{
    return find_salt(staff) != NULL;
}

static gboolean hash_with(const char *salt, const char *number, char ret[128])
{
    struct crypt_data *data = g_new0(struct crypt_data, 1);
    const char *hash = crypt_r(number, salt, data);
    gboolean good = hash && hash[0] != '*';
    g_strlcpy(ret, good ? hash : "", 128);
    secret_wipe(data, sizeof *data);
    g_free(data);
    return good;
}

static const StaffMember *find_hash(const Staff *staff, const char *hash)
{
    for (gsize i = 0; i < staff->members->len; i++) {
        const StaffMember *member = staff->members->pdata[i];
        if (*member->card && !strcmp(member->card, hash))
            return member;
    }
    return NULL;
}

const StaffMember *staff_find_card(const Staff *staff, const char *number)
{
    char hash[128];
    const char *salt = find_salt(staff);
    const StaffMember *member =
        salt && hash_with(salt, number, hash) ? find_hash(staff, hash) : NULL;
    secret_wipe(hash, sizeof hash);
    return member;
}

static gboolean hash_card(const Staff *staff, const char *id, const char *number, char ret[128],
                          GError **error)
{
    const char *salt = find_salt(staff);
    if (!id_number_is_valid(number) && !id_number_is_foreign_2017(number))
        return staff_refuse(KIOSK_ERROR_INVALID, id, "that is no number of an ID card", error);
    if (!salt)
        return staff_hash(number, ret, error);
    if (!hash_with(salt, number, ret))
        return staff_refuse(KIOSK_ERROR_STORAGE, id, "the enrolled cards are damaged", error);
    const StaffMember *owner = find_hash(staff, ret);
    return !owner || staff_refuse(KIOSK_ERROR_REFUSED, owner->id, "has that card already", error);
}

gboolean staff_set_card(Staff *staff, const StaffSession *first, const StaffSession *second,
                        const char *id, const char *number, const StaffClock *now, GError **error)
{
    AuditType type = number ? AUDIT_CARD_ADD : AUDIT_CARD_REMOVE;
    if (!staff_may(type, first, second, now->boot_ms, error))
        return FALSE;
    StaffMember *member = staff_find_member(staff, id);
    if (!member)
        return staff_refuse(KIOSK_ERROR_REFUSED, id, "is no member", error);
    AuditDraft event;
    StaffMember changed = *member;
    memset(changed.card, 0, sizeof changed.card);
    staff_event(type, first, second, "ok", id, &event);
    if ((number && !hash_card(staff, id, number, changed.card, error)) ||
        !staff_save(staff, &changed, FALSE, &event, 1, now, error))
        return FALSE;
    *member = changed;
    return TRUE;
}
