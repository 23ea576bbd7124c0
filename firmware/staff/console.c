#include "firmware/staff/console.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINE_MAX_BYTES 80

static gboolean fail(KioskError code, GError **error, const char *id, const char *why)
{
    g_set_error(error, KIOSK_ERROR, (int)code, "staff: %s: %s", id, why);
    return FALSE;
}

/* Byte by byte: nothing of the next line may rest in a buffer that is not wiped. */
static gboolean read_line(char ret[LINE_MAX_BYTES])
{
    gsize length = 0;
    char c = 0;
    gssize got;
    while ((got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
        if (length + 1 >= LINE_MAX_BYTES)
            return FALSE;
        ret[length++] = c;
    }
    ret[length] = '\0';
    return got >= 0 && length > 0;
}

gboolean console_read(const char *question, char ret[80], GError **error)
{
    struct termios shown;
    gboolean terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        struct termios hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        fprintf(stderr, "%s: ", question);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    gboolean good = read_line(ret);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    return good || fail(KIOSK_ERROR_INVALID, error, question,
                        "a line is missing on standard input, or too long");
}

void console_refuse(const Staff *staff, const char *id, StaffVerdict verdict, const StaffClock *now,
                    GError **error)
{
    const StaffMember *member = staff_find(staff, id);
    g_autofree char *wait = g_strdup_printf(
        "try again in %d s",
        member ? (int)(MIN(staff_wait_left_ms(member, now), 86400000) / 1000) + 1 : 0);
    if (verdict == STAFF_WAIT)
        fail(KIOSK_ERROR_BUSY, error, id, wait);
    else if (verdict == STAFF_LOCKED)
        fail(KIOSK_ERROR_REFUSED, error, id,
             member && member->role == STAFF_ROLE_SUPERVISOR
                 ? "locked: the one-time code in the system's log unlocks it"
                 : "locked: a supervisor must unlock it");
    else if (verdict != STAFF_FAILED)
        fail(KIOSK_ERROR_REFUSED, error, id, "wrong PIN, or no such member");
}

gboolean console_login(Staff *staff, StaffRole role, const StaffClock *now, StaffSession *ret,
                       GError **error)
{
    char line[LINE_MAX_BYTES];
    g_autofree char *question =
        g_strdup_printf("%s (ID PIN)", role ? staff_role_word(role) : "technician or supervisor");
    if (!console_read(question, line, error))
        return FALSE;
    char *blank = strchr(line, ' ');
    const StaffMember *only = blank ? NULL : staff_only(staff, role);
    char id[LINE_MAX_BYTES];
    if (blank)
        *blank = '\0';
    g_strlcpy(id, blank ? line : only ? only->id : "", sizeof id);
    StaffVerdict verdict = STAFF_WRONG;
    if (*id)
        verdict = staff_login(staff, id, blank ? blank + 1 : line, now, ret, error);
    secret_wipe(line, sizeof line);
    if (verdict != STAFF_ADMITTED)
        console_refuse(staff, staff_find(staff, id) ? id : staff_role_word(role), verdict, now,
                       error);
    if (verdict == STAFF_ADMITTED && role != STAFF_ROLE_UNKNOWN && ret->role != role)
        return fail(KIOSK_ERROR_REFUSED, error, id, "has another role than is asked for here");
    return verdict == STAFF_ADMITTED;
}

gboolean console_login_two(Staff *staff, const StaffClock *now, StaffSession *ret_technician,
                           StaffSession *ret_supervisor, GError **error)
{
    return console_login(staff, STAFF_ROLE_TECHNICIAN, now, ret_technician, error) &&
           console_login(staff, STAFF_ROLE_SUPERVISOR, now, ret_supervisor, error);
}
