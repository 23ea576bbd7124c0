#include "central/commands.h"
#include "central/pki.h"
#include "central/register.h"
#include "central/request.h"
#include "central/settings.h"
#include "firmware/base/clock.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/certificate/identifier.h"
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static gboolean fail(GError **error, KioskError code, const char *what, const char *why)
{
    g_set_error(error, KIOSK_ERROR, (int)code, "%s: %s", what, why);
    return FALSE;
}

static gboolean check_kiosk_number(const char *number, GError **error)
{
    return kiosk_number_is_valid(number) ||
           fail(error, KIOSK_ERROR_INVALID, "kiosk number", "is not 4 of 0-9A-Z");
}

/* ---- init and keys */

static void make_kid(char ret[KID_LENGTH + 1])
{
    static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV"; /* 32: no bias */
    guint8 random[KID_LENGTH];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        g_error("init: no random numbers");
    for (int i = 0; i < KID_LENGTH; i++)
        ret[i] = characters[random[i] % 32];
    ret[KID_LENGTH] = '\0';
}

static gboolean create_signing_key(const char *folder, GError **error)
{
    char kid[KID_LENGTH + 1];
    g_autofree char *private_key = NULL;
    g_autofree char *public_key = NULL;
    make_kid(kid);
    if (!key_generate(kid, &private_key, &public_key, error))
        return FALSE;
    g_autofree char *set = g_strdup_printf("{\"keys\":[%s]}\n", public_key);
    gboolean done = pki_write_file(folder, "signing.jwk", private_key, -1, 0600, error) &&
                    pki_write_file(folder, "service.jwks", set, -1, 0644, error);
    secret_wipe(private_key, strlen(private_key));
    return done;
}

static gboolean run_init(const CommandCall *call, GError **error)
{
    g_autofree char *folder = config_path(call->config, "service", "state_dir");
    g_autofree char *database = settings_state_path(call->config, "central.db");
    if (g_file_test(database, G_FILE_TEST_EXISTS))
        return fail(error, KIOSK_ERROR_REFUSED, folder, "holds a register already");
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return fail(error, KIOSK_ERROR_STORAGE, folder, "cannot be made");
    if (!pki_create_authority(folder, error) ||
        !pki_create_server(folder, config_string(call->config, "tls", "names"), error) ||
        !create_signing_key(folder, error))
        return FALSE;
    g_autoptr(Store) store = store_open(database, TRUE, error);
    return store && store_renew_epoch(store, clock_wall_ms(), error);
}

static int count_awaited(const json_t *kiosks)
{
    int count = 0;
    for (gsize i = 0; i < json_array_size(kiosks); i++)
        count += json_is_true(json_object_get(json_array_get(kiosks, i), "awaited"));
    return count;
}

static gboolean run_restored(const CommandCall *call, GError **error)
{
    g_autoptr(Store) store = settings_open_store(call->config, error);
    if (!store || !store_restore(store, clock_wall_ms(), error))
        return FALSE;
    json_t *kiosks = store_list_kiosks(store, error);
    if (kiosks)
        printf("Nothing is issued until %d kiosks have told what this backup lacks.\n"
               "Import and assign again what came after it; see `kiosks` for who is waited for.\n",
               count_awaited(kiosks));
    json_decref(kiosks);
    return kiosks != NULL;
}

/* ---- kiosks */

static gboolean copy_file(const Config *config, const char *name, const char *target,
                          GError **error)
{
    g_autofree char *path = settings_state_path(config, name);
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, error) &&
           pki_write_file(target, name, text, -1, 0644, error);
}

static gboolean run_enroll(const CommandCall *call, GError **error)
{
    const char *kiosk = call->args[0], *target = call->args[1];
    guint8 fingerprint[32];
    g_autofree char *folder = config_path(call->config, "service", "state_dir");
    g_autoptr(Store) store = settings_open_store(call->config, error);
    if (!store || !check_kiosk_number(kiosk, error))
        return FALSE;
    if (g_mkdir_with_parents(target, 0700) != 0)
        return fail(error, KIOSK_ERROR_STORAGE, target, "cannot be made");
    return pki_create_kiosk(folder, kiosk, target, fingerprint, error) &&
           copy_file(call->config, "ca.pem", target, error) &&
           copy_file(call->config, "service.jwks", target, error) &&
           store_enroll_kiosk(store, kiosk, fingerprint, error);
}

static gboolean run_revoke(const CommandCall *call, GError **error)
{
    g_autoptr(Store) store = settings_open_store(call->config, error);
    return store && store_revoke_kiosk(store, call->args[0], error);
}

/* As JSON, or a line each. Takes `list`. */
static gboolean print_list(json_t *list, gboolean as_json, void (*print)(const json_t *row),
                           GError **error)
{
    if (as_json) {
        json_dumpf(list, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    for (gsize i = 0; !as_json && i < json_array_size(list); i++)
        print(json_array_get(list, i));
    json_decref(list);
    return fflush(stdout) == 0 || fail(error, KIOSK_ERROR_STORAGE, "list", "cannot write");
}

static void print_kiosk(const json_t *kiosk)
{
    static const char *const states[] = {"enrolled", "revoked", "awaited", "revoked awaited"};
    const char *closed = json_string_value(json_object_get(kiosk, "closed_reason"));
    int revoked = json_is_true(json_object_get(kiosk, "revoked"));
    int awaited = json_is_true(json_object_get(kiosk, "awaited"));
    gint64 at_ms = json_integer_value(json_object_get(kiosk, "status_ms"));
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / 1000);
    g_autofree char *heard = at_ms ? g_date_time_format_iso8601(at) : g_strdup("never");
    const char *head = json_string_value(json_object_get(kiosk, "audit_head"));
    const char *cut = json_string_value(json_object_get(kiosk, "audit_cut"));
    printf("%s %s, last heard %s%s%s%s%s%s%s\n", json_string_value(json_object_get(kiosk, "kiosk")),
           states[revoked + 2 * awaited], heard, *closed ? ", closed: " : "", closed,
           *head ? ", audit head " : "", head, *cut ? ", audit CUT, not there: " : "", cut);
}

static gboolean run_kiosks(const CommandCall *call, GError **error)
{
    g_autoptr(Store) store = settings_open_store(call->config, error);
    json_t *list = store ? store_list_kiosks(store, error) : NULL;
    return list && print_list(list, call->json, print_kiosk, error);
}

static gboolean run_open(const CommandCall *call, GError **error)
{
    g_autoptr(Store) store = settings_open_store(call->config, error);
    return store && store_set_desire(store, call->args[0], NULL, error);
}

static gboolean check_reason(const char *reason, GError **error)
{
    gsize length = strspn(reason, "abcdefghijklmnopqrstuvwxyz-");
    return (!reason[length] && length > 0 && length < 32) ||
           fail(error, KIOSK_ERROR_INVALID, "--reason", "is no word of a-z and - (31 at most)");
}

static gboolean run_close(const CommandCall *call, GError **error)
{
    const char *reason = call->reason ? call->reason : "service";
    g_autoptr(Store) store = settings_open_store(call->config, error);
    return store && check_reason(reason, error) &&
           store_set_desire(store, call->args[0], reason, error);
}

static gboolean check_assign(const CommandCall *call, GError **error)
{
    g_auto(GStrv) range = g_strsplit(call->args[1], "-", -1);
    return (g_strv_length(range) == 2 && booklet_serial_is_valid(range[0]) &&
            booklet_serial_is_valid(range[1])) ||
           fail(error, KIOSK_ERROR_INVALID, "assign",
                "FIRST-LAST are two serials, each D or J and 11 digits");
}

static gboolean run_assign(const CommandCall *call, GError **error)
{
    g_auto(GStrv) range = g_strsplit(call->args[1], "-", -1);
    g_autoptr(Store) store = settings_open_store(call->config, error);
    return store && store_assign(store, call->args[0], range[0], range[1], error);
}

/* ---- records */

static GBytes *read_record(const char *path, GError **error)
{
    char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    GBytes *bytes = g_bytes_new_take(text, length);
    if (length <= LIMIT_RECORD_BYTES)
        return bytes;
    g_bytes_unref(bytes);
    fail(error, KIOSK_ERROR_INVALID, path, "is larger than 1 MiB");
    return NULL;
}

static KeySet *load_signing_keys(const Config *config, GError **error)
{
    g_autofree char *path = settings_state_path(config, "signing.jwk");
    return key_set_load(path, error);
}

static gboolean run_import(const CommandCall *call, GError **error)
{
    const char *reason = call->reason ? call->reason : "";
    const char *phone = call->phone ? call->phone : "";
    gsize length = 0;
    if ((*reason && !check_reason(reason, error)) ||
        (strspn(phone, "0123456789") != strlen(phone) || strlen(phone) > 20
             ? !fail(error, KIOSK_ERROR_INVALID, "--phone", "is not up to 20 digits")
             : FALSE))
        return FALSE;
    g_autoptr(GBytes) payload = read_record(call->args[0], error);
    const char *bytes = payload ? g_bytes_get_data(payload, &length) : NULL;
    g_autoptr(Record) record = bytes ? record_parse(bytes, length, error) : NULL;
    g_autoptr(KeySet) keys = record ? load_signing_keys(call->config, error) : NULL;
    g_autofree char *jws =
        keys ? jws_sign(keys, key_set_signing_kid(keys), bytes, length, error) : NULL;
    g_autoptr(Store) store = jws ? settings_open_store(call->config, error) : NULL;
    Import import = {record, jws, payload, reason, phone};
    return store && store_import(store, &import, clock_wall_ms(), error);
}

/* ---- issuances */

/* A decision that two people sign. */
static gboolean check_two(const CommandCall *call, GError **error)
{
    const char *const *by = call->by;
    if (!call->reason || !*call->reason || strlen(call->reason) > 200)
        return fail(error, KIOSK_ERROR_INVALID, "--reason", "is needed, 200 bytes at most");
    return (by && by[0] && by[1] && !by[2] && request_is_person_id(by[0]) &&
            request_is_person_id(by[1]) && strcmp(by[0], by[1]) != 0) ||
           fail(error, KIOSK_ERROR_INVALID, "--by", "is needed twice, two different people");
}

static gboolean run_forgo(const CommandCall *call, GError **error)
{
    g_autofree char *word = g_strdup_printf("%s, %s: %s", call->by[0], call->by[1], call->reason);
    g_autoptr(Store) store = settings_open_store(call->config, error);
    return store && store_forgo(store, call->args[0], word, error);
}

static gboolean run_settle(const CommandCall *call, GError **error)
{
    Register reg = {.store = settings_open_store(call->config, error)};
    if (!reg.store)
        return FALSE;
    Report report = {.kiosk = call->args[0],
                     .key = call->args[1],
                     .to = register_state_from_word(call->args[2]),
                     .reason = call->reason,
                     .settled_by = {call->by[0], call->by[1]},
                     .elsewhere = TRUE,
                     .language = LANGUAGE_EN,
                     .now_ms = clock_wall_ms()};
    Reply reply = {0};
    register_report(&reg, &report, &reply);
    gboolean done = reply.status == 200;
    if (!done)
        fail(error, KIOSK_ERROR_REFUSED, "settle", reply.problem);
    reply_clear(&reply);
    store_close(reg.store);
    return done;
}

static void print_issuance(const json_t *issuance)
{
    static const char *const columns[] = {"kiosk",      "key",     "record",
                                          "identifier", "booklet", "state"};
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
        printf("%s%c", json_string_value(json_object_get(issuance, columns[i])),
               i + 1 < G_N_ELEMENTS(columns) ? ' ' : '\n');
}

static gboolean run_issuances(const CommandCall *call, GError **error)
{
    g_autoptr(Store) store = settings_open_store(call->config, error);
    json_t *list = store && store_lapse_due(store, clock_wall_ms(), error)
                       ? store_list_issuances(store, error)
                       : NULL;
    return list && print_list(list, call->json, print_issuance, error);
}

static const CommandRow rows[] = {
    {"init", 0, "", NULL, run_init},
    {"serve", 0, "", NULL, command_serve},
    {"enroll", 2, "KIOSK DIR", NULL, run_enroll},
    {"revoke", 1, "KIOSK", NULL, run_revoke},
    {"open", 1, "KIOSK", NULL, run_open},
    {"close", 1, "KIOSK [--reason WORD]", NULL, run_close},
    {"import", 1, "RECORD.json [--reason WORD] [--phone DIGITS]", NULL, run_import},
    {"assign", 2, "KIOSK FIRST-LAST", check_assign, run_assign},
    {"issuances", 0, "[--json]", NULL, run_issuances},
    {"settle", 3, "KIOSK KEY STATE --by ID --by ID --reason TEXT", check_two, run_settle},
    {"kiosks", 0, "[--json]", NULL, run_kiosks},
    {"restored", 0, "", NULL, run_restored},
    {"forgo", 1, "KIOSK --by ID --by ID --reason TEXT", check_two, run_forgo},
};

const CommandRow *command_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (!strcmp(rows[i].name, name))
            return &rows[i];
    return NULL;
}

char *command_list(void)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_string_append_printf(text, "  %s %s\n", rows[i].name, rows[i].usage);
    return g_string_free(text, FALSE);
}
