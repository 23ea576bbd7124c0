/* What the tests of the register share: a database of its own for each test, two kiosks with
 * batches, two sample records of one person. */
#pragma once
#include "central/register.h"
#include "firmware/certificate/identifier.h"
#include "tests/testing.h"
#include <glib/gstdio.h>
#include <string.h>

#define TYPE "11100000MB03271699001"
#define ISSUER "11330106MA00000A9H"
#define NOW_MS ((gint64)1795478400000) /* 2026-11-24T00:00:00Z */
#define LEASE_S 600
#define PERSON "330106189001010019"

static char *path;
static Store *store;
static KeySet *keys;
static Register reg;
static char digests[2][DIGEST_TEXT_SIZE];
static const char *const records[] = {"rec-2026-000001", "rec-2026-000002"};

static void import_sample(int i, const char *reason)
{
    g_autofree char *file = g_strdup_printf(SAMPLES_DIR "/%s.json", records[i]);
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    gsize length = 0;
    ck_assert(g_file_get_contents(file, &text, &length, NULL));
    g_autoptr(GBytes) payload = g_bytes_new_take(text, length);
    g_autoptr(Record) record = record_parse(text, length, &error);
    ck_assert_msg(record != NULL, "%s", error ? error->message : "");
    Import import = {record, "a.b.c", payload, reason, ""};
    ck_assert_msg(store_import(store, &import, NOW_MS, &error), "%s", error ? error->message : "");
    digest_text(record->digest, digests[i]);
}

static void set_up(void)
{
    static const guint8 fingerprint[32] = {1};
    g_autofree char *private_key = NULL;
    g_autofree char *public_key = NULL;
    g_autofree char *folder = g_dir_make_tmp("kiosk-register-XXXXXX", NULL);
    path = g_build_filename(folder, "central.db", NULL);
    store = store_open(path, TRUE, NULL);
    ck_assert_ptr_nonnull(store);
    ck_assert(key_generate("K001", &private_key, &public_key, NULL));
    keys = key_set_parse(private_key, strlen(private_key), NULL);
    ck_assert(store_enroll_kiosk(store, "0001", fingerprint, NULL));
    ck_assert(store_enroll_kiosk(store, "0002", fingerprint, NULL));
    ck_assert(store_assign(store, "0001", "D33000000001", "D33000000050", NULL));
    ck_assert(store_assign(store, "0002", "D33000000051", "D33000000060", NULL));
    import_sample(0, "");
    import_sample(1, "");
    reg = (Register){store, keys, "K001", LEASE_S};
}

static void remove_database(void)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    g_autofree char *folder = g_path_get_dirname(path);
    for (gsize i = 0; i < G_N_ELEMENTS(tails); i++) {
        g_autofree char *file = g_strconcat(path, tails[i], NULL);
        g_unlink(file);
    }
    g_rmdir(folder);
}

static void tear_down(void)
{
    store_close(store);
    key_set_free(keys);
    remove_database();
    g_free(path);
}

/* A wish that is fine for sequence `n`: key, identifier and booklet follow from it. */
typedef struct {
    Reservation wanted;
    char key[40], identifier[IDENTIFIER_LENGTH + 1], booklet[13];
} Wish;

static void wish(Wish *ret, const char *kiosk, int record, int n)
{
    *ret = (Wish){0};
    snprintf(ret->key, sizeof ret->key, "00000000-0000-4000-8000-%012d", n);
    snprintf(ret->booklet, sizeof ret->booklet, "D330000000%02d", n);
    ck_assert(identifier_compose(TYPE, ISSUER, kiosk, 2026, (guint32)n, ret->identifier, NULL));
    ret->wanted = (Reservation){.kiosk = kiosk,
                                .key = ret->key,
                                .record = records[record],
                                .identifier = ret->identifier,
                                .booklet = ret->booklet,
                                .digest = digests[record],
                                .request = {(guint8)n, 1},
                                .admitted = TRUE,
                                .language = LANGUAGE_EN,
                                .now_ms = NOW_MS};
}

/* Asks; the body as text, which the caller frees; "status body". */
static inline char *ask(const Wish *wished)
{
    Reply reply = {0};
    register_reserve(&reg, &wished->wanted, &reply);
    gsize length = 0;
    const char *body = g_bytes_get_data(reply.body, &length);
    char *text = g_strdup_printf("%d %.*s", reply.status, (int)length, body);
    reply_clear(&reply);
    return text;
}

/* 201, or the word of the problem. */
static inline const char *asked(const Wish *wished)
{
    static char word[64];
    g_autofree char *text = ask(wished);
    if (g_str_has_prefix(text, "201 "))
        return "201";
    json_t *json = json_loads(text + 4, 0, NULL);
    g_strlcpy(word, json_string_value(json_object_get(json, "type")), sizeof word);
    json_decref(json);
    return word;
}

static inline const char *told_at(const char *kiosk, int n, const char *state, const char *by,
                                  gint64 now_ms, gboolean elsewhere)
{
    static char word[64];
    g_autofree char *key = g_strdup_printf("00000000-0000-4000-8000-%012d", n);
    Report report = {.kiosk = kiosk,
                     .key = key,
                     .to = register_state_from_word(state),
                     .reason = "test",
                     .evidence = "{}",
                     .settled_by = {by, by ? "second" : NULL},
                     .elsewhere = elsewhere,
                     .language = LANGUAGE_EN,
                     .now_ms = now_ms};
    Reply reply = {0};
    register_report(&reg, &report, &reply);
    json_t *json =
        json_loadb(g_bytes_get_data(reply.body, NULL), g_bytes_get_size(reply.body), 0, NULL);
    const char *type = json_string_value(json_object_get(json, "type"));
    g_strlcpy(word, type ? type : "200", sizeof word);
    json_decref(json);
    reply_clear(&reply);
    return word;
}

static inline const char *told(int n, const char *state)
{
    return told_at("0001", n, state, NULL, NOW_MS, FALSE);
}

static inline const char *settled(int n, const char *state)
{
    return told_at("0001", n, state, "first", NOW_MS, FALSE);
}

/* The reason in the person's list for sample `record`. */
static inline const char *listed(int record)
{
    static char reason[32];
    g_autoptr(SecretArena) arena = secret_arena_create();
    g_autoptr(GArray) list = store_list_certificates(store, PERSON, arena, NULL);
    for (guint i = 0; i < list->len; i++)
        if (!strcmp(g_array_index(list, Listed, i).id, records[record]))
            g_strlcpy(reason, g_array_index(list, Listed, i).reason, sizeof reason);
    return reason;
}
