/* The people who look after the machine: technicians and supervisors, their PINs, their sessions.
 *
 * Members and their counters stand in the journal's database, each change in one transaction with
 * its audit event. A try is counted on the disk before the PIN is compared, so pulling the plug
 * wins nothing. Waits run on CLOCK_BOOTTIME: setting the clock does not shorten them, and after a
 * restart only the time since that restart counts. One thread. */
#pragma once
#include "firmware/issuance/journal.h"
#include "firmware/staff/audit.h"

#define STAFF_ID_MAX 32           /* characters of a-z 0-9 . _ - */
#define STAFF_PIN_MIN 6           /* digits */
#define STAFF_PIN_MAX 12
#define STAFF_FREE_TRIES 5        /* then a wait of */
#define STAFF_WAIT_MS 15000       /* which doubles with each wrong PIN, until at */
#define STAFF_LOCK_TRIES 15       /* the member is locked */
#define STAFF_IDLE_MS (5 * 60000) /* a session ends after so much silence, */
#define STAFF_SESSION_MS (60 * 60000) /* and after this in any case */
#define STAFF_CODE_DIGITS 8
#define STAFF_MEMBERS_MAX 64

typedef enum {
    STAFF_ROLE_UNKNOWN = 0,
    STAFF_ROLE_TECHNICIAN,
    STAFF_ROLE_SUPERVISOR,
    STAFF_ROLE_COUNT
} StaffRole;

const char *staff_role_word(StaffRole role); /* technician, supervisor */
StaffRole staff_role_from_word(const char *word);

typedef struct {
    char id[STAFF_ID_MAX + 1];
    StaffRole role;
    char hash[128];     /* yescrypt, crypt(5) */
    char card[128];     /* the same of his ID card's number; all members share its salt. "": none */
    int failures;       /* wrong PINs since the last right one */
    gboolean locked;
    gint64 tried_boot_ms; /* CLOCK_BOOTTIME of the last try, in boot `boot_id` */
    char boot_id[37];
    gint64 last_login_ms, last_failure_ms; /* since 1970; 0: never. For people to read only */
    int failures_before; /* wrong PINs before the last right one: shown after logging in */
} StaffMember;

/* Now, on the clocks that count. */
typedef struct {
    gint64 boot_ms; /* CLOCK_BOOTTIME */
    char boot_id[37];
    gint64 wall_ms; /* for people to read only */
} StaffClock;

void staff_clock(StaffClock *ret);

typedef enum {
    STAFF_UNKNOWN = 0,
    STAFF_ADMITTED,
    STAFF_WRONG, /* no such member, or not his PIN */
    STAFF_WAIT,  /* not compared: staff_wait_left_ms */
    STAFF_LOCKED,
    STAFF_FAILED, /* the journal could not be written, see error: nobody is let in */
} StaffVerdict;

const char *staff_verdict_word(StaffVerdict verdict);

/* ---- The schedule, pure (schedule.c) */

/* How long the next try must wait; 0: not at all. G_MAXINT64 when locked. */
gint64 staff_wait_left_ms(const StaffMember *member, const StaffClock *now);

/* Counts a try. ADMITTED: compare the PIN now, then staff_end_try; else WAIT or LOCKED, and the
 * member is as before. */
StaffVerdict staff_begin_try(StaffMember *member, const StaffClock *now);

/* The counted try's end: ADMITTED, WRONG, or LOCKED when it was one too many. */
StaffVerdict staff_end_try(StaffMember *member, gboolean fits, const StaffClock *now);

gboolean staff_id_is_valid(const char *id);

/* NULL: fine as a new PIN; else what is wrong with it. */
const char *staff_find_pin_fault(const char *pin);

/* ---- Sessions, pure (schedule.c) */

typedef struct {
    char id[STAFF_ID_MAX + 1];
    StaffRole role;
    gint64 opened_ms, touched_ms; /* CLOCK_BOOTTIME */
    gint64 last_login_ms; /* the one before this; 0: none */
    int failures;         /* wrong PINs since then */
} StaffSession;

gboolean staff_session_is_live(const StaffSession *session, gint64 boot_ms);
gint64 staff_session_left_ms(const StaffSession *session, gint64 boot_ms);
void staff_session_touch(StaffSession *session, gint64 boot_ms); /* does not wake a dead one */

/* Whether one or two people (second NULL) may do `type`: live sessions, and the roles that its row
 * asks for. FALSE: KIOSK_ERROR_REFUSED with the reason. */
gboolean staff_may(AuditType type, const StaffSession *first, const StaffSession *second,
                   gint64 boot_ms, GError **error);

/* ---- The book of members (staff.c) */

typedef struct Staff Staff;

/* Reads the members. `journal` is borrowed and must outlive it. NULL and KIOSK_ERROR_STORAGE
 * or _DAMAGED. */
Staff *staff_open(Journal *journal, GError **error);
void staff_close(Staff *staff); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Staff, staff_close)

gsize staff_count(const Staff *staff);
const StaffMember *staff_at(const Staff *staff, gsize i); /* in order of id */
const StaffMember *staff_find(const Staff *staff, const char *id); /* NULL: none */

/* The only member of `role`; NULL: none or several. */
const StaffMember *staff_only(const Staff *staff, StaffRole role);

/* Compares the PIN (some 15 ms, whoever is named). ADMITTED: `ret` is a session. */
StaffVerdict staff_login(Staff *staff, const char *id, const char *pin, const StaffClock *now,
                         StaffSession *ret, GError **error);
gboolean staff_logout(Staff *staff, StaffSession *session, const StaffClock *now, GError **error);

/* ---- The one-time code: for the first start, and for a supervisor who is locked out. It goes to
 * the system's log, which only root reads, and is good once. */

/* TRUE: there is no supervisor, or one of them is locked. */
gboolean staff_needs_code(const Staff *staff);

/* Makes a new one, which ends the one before, and writes it to the system's log. */
gboolean staff_make_code(Staff *staff, const StaffClock *now, GError **error);

/* Compares it on the schedule of a PIN. ADMITTED: `ret` is a supervisor's session named "code",
 * with which members are added and supervisors unlocked; the code is spent. */
StaffVerdict staff_use_code(Staff *staff, const char *code, const StaffClock *now,
                            StaffSession *ret, GError **error);

/* May a new member be named so, and is `pin` one for him? For asking before a code is spent: staff_add
 * and staff_set_pin ask the same. FALSE: KIOSK_ERROR_INVALID or _REFUSED with the reason. */
gboolean staff_check_id(const Staff *staff, const char *id, GError **error);
gboolean staff_check_pin(const char *id, const char *pin, GError **error);

/* ---- Changes, by a supervisor's live session (`by`). FALSE: KIOSK_ERROR_REFUSED or _INVALID with
 * the reason, or _STORAGE; nothing was changed. */
gboolean staff_add(Staff *staff, const StaffSession *by, const char *id, StaffRole role,
                   const char *pin, const StaffClock *now, GError **error);
/* The last supervisor stays. */
gboolean staff_remove(Staff *staff, const StaffSession *by, const char *id, const StaffClock *now,
                      GError **error);
gboolean staff_unlock(Staff *staff, const StaffSession *by, const char *id, const StaffClock *now,
                      GError **error);
/* Also by the member himself. */
gboolean staff_set_pin(Staff *staff, const StaffSession *by, const char *id, const char *pin,
                       const StaffClock *now, GError **error);

/* ---- ID cards that open the menu's PIN page (staff_card.c). The number itself is kept nowhere. */

/* Enrols the card of `number` for a member, or takes it off (NULL). Two people; a card belongs to
 * one member. KIOSK_ERROR_INVALID: no number of an ID card. */
gboolean staff_set_card(Staff *staff, const StaffSession *first, const StaffSession *second,
                        const char *id, const char *number, const StaffClock *now, GError **error);

gboolean staff_has_cards(const Staff *staff);

/* Whose card it is; NULL: nobody's. One hash (some 15 ms), none where no card is enrolled. */
const StaffMember *staff_find_card(const Staff *staff, const char *number);

/* Writes an event that changes nothing else in the journal. */
gboolean staff_note(Staff *staff, const AuditDraft *event, const StaffClock *now, GError **error);

/* Fills an event by one or two people (either may be NULL: the machine itself). `result`: a stable
 * word, "ok" or why not. `detail`: about what, 200 bytes at most, never personal; NULL: nothing. */
void staff_event(AuditType type, const StaffSession *first, const StaffSession *second,
                 const char *result, const char *detail, AuditDraft *ret);

/* `kiosk staff list | add ID ROLE | remove ID | pin ID | unlock ID | card ID | no-card ID |
 * code [--config FILE]`; argv[0]
 * is "staff". Exit status 0, 1, 2. */
int staff_command(int argc, char **argv);
