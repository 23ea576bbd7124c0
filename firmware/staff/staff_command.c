/* `kiosk staff`: members from a console, while the machine does not run. */
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include "firmware/issuance/arguments.h"
#include "firmware/staff/console.h"
#include <stdio.h>
#include <string.h>

static void format_time(gint64 wall_ms, char ret[32])
{
    g_strlcpy(ret, "-", 32);
    if (wall_ms)
        clock_format_utc(wall_ms, ret);
}

static int list_members(const Staff *staff, const Arguments *a)
{
    json_t *array = json_array();
    if (!a->json)
        printf("%-20s  %-10s  %-6s  %8s  %-24s  %s\n", "ID", "ROLE", "LOCKED", "FAILURES",
               "LAST LOGIN", "LAST FAILURE");
    for (gsize i = 0; i < staff_count(staff); i++) {
        const StaffMember *m = staff_at(staff, i);
        char login[32], failure[32];
        format_time(m->last_login_ms, login);
        format_time(m->last_failure_ms, failure);
        if (a->json)
            json_array_append_new(array, json_pack("{s:s, s:s, s:b, s:i, s:s, s:s}", "id", m->id,
                                                   "role", staff_role_word(m->role), "locked",
                                                   m->locked, "failures", m->failures, "last_login",
                                                   login, "last_failure", failure));
        else
            printf("%-20s  %-10s  %-6s  %8d  %-24s  %s\n", m->id, staff_role_word(m->role),
                   m->locked ? "yes" : "no", m->failures, login, failure);
    }
    if (a->json)
        arguments_print_json(json_incref(array));
    json_decref(array);
    return 0;
}

/* The first supervisor comes, and the only one that is locked goes on, by the one-time code. */
static gboolean wants_code(const Staff *staff, AuditType type, const char *id)
{
    const StaffMember *member = staff_find(staff, id);
    return type == AUDIT_MEMBER_ADD
               ? !staff_count(staff)
               : type == AUDIT_UNLOCK && member && member->locked &&
                     member->role == STAFF_ROLE_SUPERVISOR;
}

static gboolean use_code(Staff *staff, const char *code, const StaffClock *now, StaffSession *ret,
                         GError **error)
{
    StaffVerdict verdict = staff_use_code(staff, code, now, ret, error);
    if (verdict == STAFF_ADMITTED)
        return TRUE;
    if (verdict != STAFF_FAILED)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED, "staff: one-time code: %s",
                    verdict == STAFF_WRONG ? "wrong, or none was made: kiosk staff code"
                                           : "too many tries: kiosk staff code makes a new one");
    return FALSE;
}

/* Whoever changes `id`: by the one-time code where that is wanted, else by his own PIN or a
 * supervisor's. Asks for the new PIN too; the code is spent last, when nothing typed can be refused. */
static gboolean authorize(Staff *staff, AuditType type, const char *id, const StaffClock *now,
                          StaffSession *ret, char pin[80], GError **error)
{
    char code[80] = "";
    gboolean by_code = wants_code(staff, type, id), adds = type == AUDIT_MEMBER_ADD;
    StaffRole role = type == AUDIT_PIN_CHANGE ? STAFF_ROLE_UNKNOWN : STAFF_ROLE_SUPERVISOR;
    gboolean done = by_code ? console_read("one-time code", code, error)
                            : console_login(staff, role, now, ret, error);
    if (done && (adds || type == AUDIT_PIN_CHANGE))
        done = (!adds || staff_check_id(staff, id, error)) &&
               console_read("new PIN", pin, error) && staff_check_pin(id, pin, error);
    done = done && (!by_code || use_code(staff, code, now, ret, error));
    secret_wipe(code, sizeof code);
    return done;
}

static gboolean change(Staff *staff, AuditType type, const Arguments *a, GError **error)
{
    StaffClock now;
    StaffSession by;
    char pin[80] = "";
    const char *id = a->words[1];
    staff_clock(&now);
    gboolean done = authorize(staff, type, id, &now, &by, pin, error);
    if (done && type == AUDIT_MEMBER_ADD)
        done = staff_add(staff, &by, id, staff_role_from_word(a->words[2]), pin, &now, error);
    else if (done && type == AUDIT_PIN_CHANGE)
        done = staff_set_pin(staff, &by, id, pin, &now, error);
    else if (done && type == AUDIT_UNLOCK)
        done = staff_unlock(staff, &by, id, &now, error);
    else if (done)
        done = staff_remove(staff, &by, id, &now, error);
    secret_wipe(pin, sizeof pin);
    return done;
}

static gboolean change_card(Staff *staff, AuditType type, const char *id, GError **error)
{
    StaffClock now;
    StaffSession technician, supervisor;
    char number[80] = "";
    gboolean adds = type == AUDIT_CARD_ADD;
    staff_clock(&now);
    gboolean done = console_login_two(staff, &now, &technician, &supervisor, error) &&
                    (!adds || console_read("number of the ID card", number, error));
    for (char *c = number; *c; c++)
        *c = g_ascii_toupper(*c);
    done = done && staff_set_card(staff, &technician, &supervisor, id, adds ? number : NULL, &now,
                                  error);
    secret_wipe(number, sizeof number);
    return done;
}

static gboolean make_code(Staff *staff, GError **error)
{
    StaffClock now;
    staff_clock(&now);
    if (staff_needs_code(staff))
        return staff_make_code(staff, &now, error);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED,
                "staff: a code is made only without a supervisor, or when one is locked");
    return FALSE;
}

static const struct {
    const char *word;
    int n_words;
    AuditType type;
} verbs[] = {
    {"list", 1, AUDIT_UNKNOWN},         {"code", 1, AUDIT_CODE_MADE}, {"add", 3, AUDIT_MEMBER_ADD},
    {"remove", 2, AUDIT_MEMBER_REMOVE}, {"pin", 2, AUDIT_PIN_CHANGE}, {"unlock", 2, AUDIT_UNLOCK},
    {"card", 2, AUDIT_CARD_ADD},        {"no-card", 2, AUDIT_CARD_REMOVE},
};

static int run(AuditType type, const Arguments *a)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = arguments_journal(a, &error);
    JournalMode mode = type == AUDIT_UNKNOWN ? JOURNAL_READ : JOURNAL_WRITE;
    g_autoptr(Journal) journal = path ? journal_open(path, mode, NULL, &error) : NULL;
    g_autoptr(Staff) staff = journal ? staff_open(journal, &error) : NULL;
    if (!staff)
        return arguments_fail(error);
    if (type == AUDIT_UNKNOWN)
        return list_members(staff, a);
    gboolean card = type == AUDIT_CARD_ADD || type == AUDIT_CARD_REMOVE;
    gboolean done = type == AUDIT_CODE_MADE ? make_code(staff, &error)
                    : card                  ? change_card(staff, type, a->words[1], &error)
                                            : change(staff, type, a, &error);
    return done ? 0 : arguments_fail(error);
}

int staff_command(int argc, char **argv)
{
    static const char text[] =
        "staff VERB [--config FILE]\n\n"
        "  list [--json]                  who may look after the machine\n"
        "  add ID technician|supervisor   a new member, with a PIN of 6 to 12 digits\n"
        "  remove ID                      he may no longer\n"
        "  pin ID                         a new PIN\n"
        "  unlock ID                      after too many wrong PINs\n"
        "  card ID                        his ID card opens the menu's PIN page; two people\n"
        "  no-card ID                     it does no more; two people\n"
        "  code                           a one-time code into the system's log: for the first\n"
        "                                 supervisor, or when the only one is locked";
    Arguments a;
    if (arguments_help(argc, argv, text))
        return 0;
    if (!arguments_take(argc, argv, &a) || a.csv || a.reason || a.head)
        return arguments_usage(text);
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(a.words[0], verbs[i].word) || a.n_words != verbs[i].n_words)
            continue;
        if (verbs[i].type == AUDIT_MEMBER_ADD && !staff_role_from_word(a.words[2]))
            break;
        return run(verbs[i].type, &a);
    }
    return arguments_usage(text);
}
