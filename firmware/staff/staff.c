#include "firmware/staff/staff_private.h"
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "firmware/base/secret.h"
#include "firmware/issuance/journal_internal.h"
#include <crypt.h>
#include <string.h>
#include <sys/random.h>

#define NOTE_PREFIX "staff:"
#define CODE_ID "code" /* no member's: staff_id_is_valid */
#define YESCRYPT "$y$"
/* Compared when there is no such member: the answer takes as long. */
#define NOBODYS_HASH "$y$j9T$Ss.Gl9L8/kAGLcCs.XXdo0$WG0KMoLbkpwCYB7N5UIf7U8rX5FGTkaIEtwHB2rX5/A"

void staff_clock(StaffClock *ret)
{
    g_autofree char *text = NULL;
    *ret = (StaffClock){.boot_ms = clock_boottime_ms(), .wall_ms = clock_wall_ms()};
    if (g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
        g_strlcpy(ret->boot_id, g_strchomp(text), sizeof ret->boot_id);
}

gboolean staff_refuse(KioskError code, const char *id, const char *why, GError **error)
{
    g_set_error(error, KIOSK_ERROR, (int)code, "staff: %.40s: %s", id, why);
    return FALSE;
}

/* ---- yescrypt */

gboolean staff_hash(const char *secret, char ret[128], GError **error)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data *data = g_new0(struct crypt_data, 1);
    const char *hash = crypt_gensalt_rn(YESCRYPT, 0, NULL, 0, setting, sizeof setting)
                           ? crypt_r(secret, setting, data)
                           : NULL;
    gboolean good = hash && hash[0] != '*';
    if (good)
        g_strlcpy(ret, hash, 128);
    secret_wipe(data, sizeof *data);
    g_free(data);
    return good || staff_refuse(KIOSK_ERROR_BUG, "crypt", "yescrypt is not there", error);
}

/* Takes as long whether the secret fits or not. */
static gboolean secret_fits(const char *secret, const char *wanted)
{
    struct crypt_data *data = g_new0(struct crypt_data, 1);
    const char *hash = crypt_r(secret, wanted, data);
    gsize length = strlen(wanted);
    unsigned different = !hash || strlen(hash) != length;
    for (gsize i = 0; !different && i < length; i++)
        different |= (unsigned)(hash[i] ^ wanted[i]);
    secret_wipe(data, sizeof *data);
    g_free(data);
    return !different;
}

/* ---- members as notes */

static char *write_member(const StaffMember *m)
{
    json_t *json =
        json_pack("{s:s, s:s, s:i, s:b, s:I, s:s, s:I, s:I, s:i, s:s}", "role", staff_role_word(m->role),
                  "hash", m->hash, "failures", m->failures, "locked", m->locked, "tried_boot_ms",
                  (json_int_t)m->tried_boot_ms, "boot_id", m->boot_id, "last_login_ms",
                  (json_int_t)m->last_login_ms, "last_failure_ms", (json_int_t)m->last_failure_ms,
                  "failures_before", m->failures_before, "card", m->card);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text;
}

static gboolean read_member(const char *id, const char *text, StaffMember *ret)
{
    const char *role = NULL, *hash = NULL, *boot_id = NULL, *card = "";
    int locked = 0;
    json_int_t tried = 0, login = 0, failure = 0;
    *ret = (StaffMember){0};
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    int wrong = json_unpack(json, "{s:s, s:s, s:i, s:b, s:I, s:s, s:I, s:I, s:i, s?s}", "role", &role,
                            "hash", &hash, "failures", &ret->failures, "locked", &locked,
                            "tried_boot_ms", &tried, "boot_id", &boot_id, "last_login_ms", &login,
                            "last_failure_ms", &failure, "failures_before", &ret->failures_before, "card",
                            &card);
    if (!wrong) {
        g_strlcpy(ret->id, id, sizeof ret->id);
        g_strlcpy(ret->hash, hash, sizeof ret->hash);
        g_strlcpy(ret->card, card, sizeof ret->card);
        g_strlcpy(ret->boot_id, boot_id, sizeof ret->boot_id);
        ret->role = staff_role_from_word(role);
        ret->locked = locked;
        ret->tried_boot_ms = tried;
        ret->last_login_ms = login;
        ret->last_failure_ms = failure;
    }
    json_decref(json);
    return !wrong && ret->role != STAFF_ROLE_UNKNOWN;
}

static gboolean load(Staff *staff, const char *note, GError **error)
{
    const char *id = note + strlen(NOTE_PREFIX);
    g_autofree char *text = journal_get_note(staff->journal, note, error);
    if (!text)
        return FALSE;
    StaffMember member;
    if (!read_member(id, text, &member))
        return staff_refuse(KIOSK_ERROR_DAMAGED, id,
                            "the member's entry is damaged; a supervisor's matter: "
                            "kiosk journal set-aside",
                            error);
    if (!strcmp(id, CODE_ID))
        staff->code = member;
    else
        g_ptr_array_add(staff->members, g_memdup2(&member, sizeof member));
    return TRUE;
}

Staff *staff_open(Journal *journal, GError **error)
{
    g_autoptr(Staff) staff = g_new0(Staff, 1);
    staff->journal = journal;
    staff->members = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) notes = journal_list_notes(journal, NOTE_PREFIX, error);
    if (!notes)
        return NULL;
    for (char **note = notes; *note; note++)
        if (!load(staff, *note, error))
            return NULL;
    return g_steal_pointer(&staff);
}

void staff_close(Staff *staff)
{
    if (!staff)
        return;
    g_ptr_array_unref(staff->members);
    g_free(staff);
}

gsize staff_count(const Staff *staff)
{
    return staff->members->len;
}

const StaffMember *staff_at(const Staff *staff, gsize i)
{
    return staff->members->pdata[i];
}

StaffMember *staff_find_member(const Staff *staff, const char *id)
{
    for (gsize i = 0; i < staff->members->len; i++)
        if (!strcmp(((StaffMember *)staff->members->pdata[i])->id, id))
            return staff->members->pdata[i];
    return NULL;
}

const StaffMember *staff_find(const Staff *staff, const char *id)
{
    return staff_find_member(staff, id);
}

const StaffMember *staff_only(const Staff *staff, StaffRole role)
{
    const StaffMember *only = NULL;
    for (gsize i = 0; i < staff->members->len; i++) {
        const StaffMember *member = staff->members->pdata[i];
        if (member->role == role && only)
            return NULL;
        if (member->role == role)
            only = member;
    }
    return only;
}

/* ---- writing */

gboolean staff_save(Staff *staff, const StaffMember *member, gboolean removed,
                    const AuditDraft *events, gsize n_events, const StaffClock *now, GError **error)
{
    char *text = removed ? NULL : write_member(member);
    JournalNote note = {.value = text};
    g_snprintf(note.name, sizeof note.name, NOTE_PREFIX "%s", member->id);
    JournalBatch batch = {.events = events, .n_events = n_events, .notes = &note, .n_notes = 1};
    gboolean saved = journal_write(staff->journal, &batch, now->wall_ms, error);
    secret_free(text);
    return saved;
}

void staff_event(AuditType type, const StaffSession *first, const StaffSession *second,
                 const char *result, const char *detail, AuditDraft *ret)
{
    const StaffSession *people[] = {first, second};
    char roles[40] = "";
    *ret = (AuditDraft){0};
    g_strlcpy(ret->type, audit_row(type)->word, sizeof ret->type);
    for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
        if (!people[i])
            continue;
        if (*ret->who) {
            g_strlcat(ret->who, ",", sizeof ret->who);
            g_strlcat(roles, ",", sizeof roles);
        }
        g_strlcat(ret->who, people[i]->id, sizeof ret->who);
        g_strlcat(roles, staff_role_word(people[i]->role), sizeof roles);
    }
    char about[201] = "";
    g_strlcpy(about, detail ? detail : "", sizeof about);
    const char *end = about;
    if (!g_utf8_validate(about, -1, &end))
        about[end - about] = '\0';
    json_t *body = json_pack("{s:s, s:s, s:s}", "role", roles, "result", result, "detail", about);
    size_t length = json_dumpb(body, ret->body, sizeof ret->body - 1, JSON_COMPACT);
    ret->body[MIN(length, sizeof ret->body - 1)] = '\0';
    json_decref(body);
}

gboolean staff_note(Staff *staff, const AuditDraft *event, const StaffClock *now, GError **error)
{
    return journal_write(staff->journal, &(JournalBatch){.events = event, .n_events = 1},
                         now->wall_ms, error);
}

/* ---- logging in */

/* One try on the schedule. The count is on the disk before the secret is compared. */
static StaffVerdict try_secret(Staff *staff, StaffMember *member, const char *secret,
                               AuditType type, const StaffClock *now, GError **error)
{
    StaffMember tried = *member;
    StaffVerdict verdict = staff_begin_try(&tried, now);
    if (verdict != STAFF_ADMITTED)
        return verdict;
    if (!staff_save(staff, &tried, FALSE, NULL, 0, now, error))
        return STAFF_FAILED;
    *member = tried;
    verdict = staff_end_try(&tried, secret_fits(secret, member->hash), now);
    AuditDraft events[2];
    StaffSession who = {.role = member->role};
    g_strlcpy(who.id, member->id, sizeof who.id);
    const char *result =
        verdict == STAFF_LOCKED ? staff_verdict_word(STAFF_WRONG) : staff_verdict_word(verdict);
    staff_event(type, &who, NULL, result, NULL, &events[0]);
    staff_event(AUDIT_LOCKED, &who, NULL, "locked", NULL, &events[1]);
    if (!staff_save(staff, &tried, verdict == STAFF_ADMITTED && member == &staff->code, events,
                    verdict == STAFF_LOCKED ? 2 : 1, now, error))
        return STAFF_FAILED;
    *member = tried;
    if (verdict != STAFF_ADMITTED)
        log_warn("staff", "%s: %s, %d in a row", member->id, result, member->failures);
    return verdict;
}

StaffVerdict staff_login(Staff *staff, const char *id, const char *pin, const StaffClock *now,
                         StaffSession *ret, GError **error)
{
    *ret = (StaffSession){0};
    StaffMember *member = staff_find_member(staff, id);
    if (!member) {
        AuditDraft event;
        (void)secret_fits(pin, NOBODYS_HASH);
        staff_event(AUDIT_LOGIN, NULL, NULL, "no-such-member", NULL, &event);
        return staff_note(staff, &event, now, error) ? STAFF_WRONG : STAFF_FAILED;
    }
    gint64 before_ms = member->last_login_ms;
    StaffVerdict verdict = try_secret(staff, member, pin, AUDIT_LOGIN, now, error);
    if (verdict == STAFF_LOCKED && member->role == STAFF_ROLE_SUPERVISOR && !*staff->code.hash &&
        !staff_make_code(staff, now, error))
        return STAFF_FAILED;
    if (verdict != STAFF_ADMITTED)
        return verdict;
    *ret = (StaffSession){.role = member->role,
                          .opened_ms = now->boot_ms,
                          .touched_ms = now->boot_ms,
                          .last_login_ms = before_ms,
                          .failures = member->failures_before};
    g_strlcpy(ret->id, member->id, sizeof ret->id);
    return verdict;
}

gboolean staff_logout(Staff *staff, StaffSession *session, const StaffClock *now, GError **error)
{
    AuditDraft event;
    staff_event(AUDIT_LOGOUT, session, NULL, "ok", NULL, &event);
    secret_wipe(session, sizeof *session);
    return staff_note(staff, &event, now, error);
}

/* ---- the one-time code */

gboolean staff_needs_code(const Staff *staff)
{
    gboolean supervised = FALSE;
    for (gsize i = 0; i < staff->members->len; i++) {
        const StaffMember *member = staff->members->pdata[i];
        if (member->role == STAFF_ROLE_SUPERVISOR && member->locked)
            return TRUE;
        supervised = supervised || member->role == STAFF_ROLE_SUPERVISOR;
    }
    return !supervised;
}

/* The log's lines go to the system journal, which only root reads. */
static void tell_root(const char *code)
{
    log_to_root("staff", "one-time code %s: adds the first supervisor, or unlocks one; good once",
                code);
}

gboolean staff_make_code(Staff *staff, const StaffClock *now, GError **error)
{
    guint32 random = 0;
    char code[STAFF_CODE_DIGITS + 1];
    const guint32 range = 100000000, fair = G_MAXUINT32 / range * range;
    do {
        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
            g_error("staff: no random numbers");
    } while (random >= fair);
    g_snprintf(code, sizeof code, "%08u", random % range);
    StaffMember made = {.id = CODE_ID, .role = STAFF_ROLE_SUPERVISOR};
    AuditDraft event;
    staff_event(AUDIT_CODE_MADE, NULL, NULL, "ok", NULL, &event);
    gboolean done = staff_hash(code, made.hash, error) &&
                    staff_save(staff, &made, FALSE, &event, 1, now, error);
    if (done) {
        staff->code = made;
        tell_root(code);
    }
    secret_wipe(code, sizeof code);
    secret_wipe(&random, sizeof random);
    return done;
}

StaffVerdict staff_use_code(Staff *staff, const char *code, const StaffClock *now,
                            StaffSession *ret, GError **error)
{
    *ret = (StaffSession){0};
    if (!*staff->code.hash)
        return STAFF_WRONG;
    StaffVerdict verdict = try_secret(staff, &staff->code, code, AUDIT_CODE_USED, now, error);
    if (verdict != STAFF_ADMITTED)
        return verdict;
    secret_wipe(&staff->code, sizeof staff->code);
    *ret = (StaffSession){.id = CODE_ID,
                          .role = STAFF_ROLE_SUPERVISOR,
                          .opened_ms = now->boot_ms,
                          .touched_ms = now->boot_ms};
    return verdict;
}
