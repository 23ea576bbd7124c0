/* Shared by staff.c and its changes. */
#pragma once
#include "firmware/base/error.h"
#include "firmware/staff/staff.h"

struct Staff {
    Journal *journal;
    GPtrArray *members; /* of StaffMember, in order of id */
    StaffMember code;   /* hash "": there is none */
};

/* FALSE with "staff: ID: WHY". */
gboolean staff_refuse(KioskError code, const char *id, const char *why, GError **error);

/* yescrypt of `secret`. */
gboolean staff_hash(const char *secret, char ret[128], GError **error);

StaffMember *staff_find_member(const Staff *staff, const char *id);

/* The member's new row (`removed`: none) and the events, in one transaction. */
gboolean staff_save(Staff *staff, const StaffMember *member, gboolean removed,
                    const AuditDraft *events, gsize n_events, const StaffClock *now,
                    GError **error);
