#include "firmware/certificate/record.h"
#include "firmware/base/error.h"
#include "firmware/base/limit.h"
#include "firmware/base/log.h"
#include "firmware/certificate/base64.h"
#include "firmware/certificate/check_digit.h"
#include "firmware/certificate/id_number.h"
#include "firmware/certificate/json_input.h"
#include "firmware/certificate/png_header.h"
#include "firmware/certificate/text_rule.h"
#include "firmware/certificate/unit_code.h"
#include <stddef.h>
#include <string.h>

_Static_assert(G_N_ELEMENTS(((Record *)0)->collectors) == LIMIT_COLLECTORS, "collectors");
_Static_assert(G_N_ELEMENTS(((Record *)0)->plans) == LIMIT_PLANS, "plans");

static const struct {
    TextRule rule;
    gsize offset; /* of the Personal in Record */
} printed_rows[] = {
    {{"owners", 600, FALSE, FALSE}, offsetof(Record, owners)},
    {{"co_ownership", 200, FALSE, FALSE}, offsetof(Record, co_ownership)},
    {{"location", 200, FALSE, FALSE}, offsetof(Record, location)},
    {{"unit_code", UNIT_CODE_LENGTH, FALSE, FALSE}, offsetof(Record, unit_code)},
    {{"right_type", 120, FALSE, FALSE}, offsetof(Record, right_type)},
    {{"right_nature", 120, FALSE, FALSE}, offsetof(Record, right_nature)},
    {{"use", 120, FALSE, FALSE}, offsetof(Record, use)},
    {{"area", 120, FALSE, FALSE}, offsetof(Record, area)},
    {{"term", 200, FALSE, FALSE}, offsetof(Record, term)},
    {{"other", 2000, TRUE, TRUE}, offsetof(Record, other)},
    {{"notes", 2000, TRUE, TRUE}, offsetof(Record, notes)},
};

static char *copy_text(Record *record, const char *text)
{
    gsize size = strlen(text) + 1;
    return memcpy(secret_arena_alloc(record->arena, size), text, size);
}

static gboolean id_is_valid(const char *id)
{
    gsize length = strlen(id);
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(id[i]) && id[i] != '-')
            return FALSE;
    return length >= 1 && length <= 64;
}

/* What the rest depends on: a record of another kind may lack members that this one must have. */
static gboolean read_kind(const json_t *root, GError **error)
{
    const json_t *schema = json_input_member(root, "schema", JSON_STRING, "record: ", error);
    if (!schema)
        return FALSE;
    if (strcmp(json_string_value(schema), "certificate/1") != 0)
        return json_input_refuse(error, "record: ", "schema", "not certificate/1");
    const json_t *kind = json_input_member(root, "kind", JSON_STRING, "record: ", error);
    if (!kind)
        return FALSE;
    if (strcmp(json_string_value(kind), "ownership") == 0)
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_REFUSED,
                "record: kind: not an ownership certificate, please go to the window");
    return FALSE;
}

static gboolean read_head(Record *record, const json_t *root, GError **error)
{
    static const TextRule id_rule = {"id", 64, FALSE, FALSE};
    static const TextRule number_rule = {"number", 60, FALSE, FALSE};
    static const TextRule day_rule = {"registered_on", 10, FALSE, FALSE};
    const char *id = text_rule_read(&id_rule, root, "record: ", error);
    const char *number = id ? text_rule_read(&number_rule, root, "record: ", error) : NULL;
    const char *day = number ? text_rule_read(&day_rule, root, "record: ", error) : NULL;
    if (!day)
        return FALSE;
    if (!id_is_valid(id))
        return json_input_refuse(error, "record: ", "id", "not 1 to 64 of A-Z a-z 0-9 -");
    if (!text_is_certificate_number(number))
        return json_input_refuse(error, "record: ", "number", "not a certificate number");
    record->registered_on = text_read_day(day);
    if (!record->registered_on)
        return json_input_refuse(error, "record: ", "registered_on", "not a calendar date");
    record->id = copy_text(record, id);
    record->number = copy_text(record, number);
    return TRUE;
}

static gboolean read_issuer(Record *record, const json_t *root, GError **error)
{
    static const TextRule name_rule = {"name", 100, FALSE, FALSE};
    static const TextRule code_rule = {"code", 18, FALSE, FALSE};
    const json_t *issuer = json_input_member(root, "issuer", JSON_OBJECT, "record: ", error);
    const char *name = issuer ? text_rule_read(&name_rule, issuer, "record: issuer.", error) : NULL;
    const char *code = name ? text_rule_read(&code_rule, issuer, "record: issuer.", error) : NULL;
    if (!code)
        return FALSE;
    if (!credit_code_is_valid(code))
        return json_input_refuse(error, "record: issuer.", "code",
                                 "not a unified social credit code");
    record->issuer_name = copy_text(record, name);
    record->issuer_code = copy_text(record, code);
    return TRUE;
}

static gboolean read_collector(Record *record, gsize index, const json_t *item, GError **error)
{
    static const TextRule name_rule = {"name", 100, FALSE, FALSE};
    static const TextRule number_rule = {"id_number", 18, FALSE, FALSE};
    g_autofree char *prefix = g_strdup_printf("record: collectors[%zu].", index);
    const char *name = text_rule_read(&name_rule, item, prefix, error);
    const char *number = name ? text_rule_read(&number_rule, item, prefix, error) : NULL;
    if (!number)
        return FALSE;
    if (!id_number_is_valid(number) && !id_number_is_foreign_2017(number))
        return json_input_refuse(error, prefix, "id_number", "not an ID number");
    record->collectors[index] = (Collector){secret_arena_text(record->arena, name, -1),
                                            secret_arena_text(record->arena, number, -1)};
    return TRUE;
}

static gboolean read_collectors(Record *record, const json_t *root, GError **error)
{
    const json_t *list = json_input_member(root, "collectors", JSON_ARRAY, "record: ", error);
    if (!list)
        return FALSE;
    record->n_collectors = json_array_size(list);
    if (record->n_collectors < 1 || record->n_collectors > LIMIT_COLLECTORS)
        return json_input_refuse(error, "record: ", "collectors", "%zu of them, allowed 1 to %d",
                                 record->n_collectors, LIMIT_COLLECTORS);
    for (gsize i = 0; i < record->n_collectors; i++)
        if (!read_collector(record, i, json_array_get(list, i), error))
            return FALSE;
    return TRUE;
}

static gboolean read_printed(Record *record, const json_t *root, GError **error)
{
    const json_t *printed = json_input_member(root, "printed", JSON_OBJECT, "record: ", error);
    if (!printed)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(printed_rows); i++) {
        const char *text =
            text_rule_read(&printed_rows[i].rule, printed, "record: printed.", error);
        if (!text)
            return FALSE;
        G_STRUCT_MEMBER(Personal, record, printed_rows[i].offset) =
            secret_arena_text(record->arena, text, -1);
    }
    const char *unit_code = personal_reveal(record->unit_code);
    if (!unit_code_is_valid(unit_code))
        return json_input_refuse(error, "record: printed.", "unit_code",
                                 "not a real-estate unit code of 28 characters");
    if (unit_code_is_newer_than_standard(unit_code))
        log_warn("record", "printed.unit_code: parcel feature newer than GB/T 37346-2019");
    return TRUE;
}

static GBytes *read_png(const json_t *object, const char *prefix, int *ret_width_px,
                        int *ret_height_px, GError **error)
{
    const json_t *data = json_input_member(object, "data", JSON_STRING, prefix, error);
    if (!data)
        return NULL;
    g_autoptr(GBytes) bytes =
        base64_decode_bytes(json_string_value(data), json_string_length(data), BASE64_PADDED);
    if (!bytes) {
        json_input_refuse(error, prefix, "data", "not base64");
        return NULL;
    }
    if (!png_header_check(bytes, prefix, "data", ret_width_px, ret_height_px, error))
        return NULL;
    return g_steal_pointer(&bytes);
}

static gboolean read_seal(Record *record, const json_t *root, GError **error)
{
    if (!json_object_get(root, "seal"))
        return TRUE;
    int width_px, height_px;
    const json_t *seal = json_input_member(root, "seal", JSON_OBJECT, "record: ", error);
    const json_t *media =
        seal ? json_input_member(seal, "media", JSON_STRING, "record: seal.", error) : NULL;
    if (!media)
        return FALSE;
    if (strcmp(json_string_value(media), "image/png") != 0)
        return json_input_refuse(error, "record: seal.", "media", "not image/png");
    record->seal_png = read_png(seal, "record: seal.", &width_px, &height_px, error);
    return record->seal_png != NULL;
}

static PlanKind plan_kind_from_word(const char *word)
{
    if (strcmp(word, "household") == 0)
        return PLAN_KIND_HOUSEHOLD;
    return strcmp(word, "parcel") == 0 ? PLAN_KIND_PARCEL : PLAN_KIND_UNKNOWN;
}

static gboolean read_vector(RecordPlan *plan, SecretArena *arena, const json_t *item,
                            const char *prefix, GError **error)
{
    json_t *data = json_input_member(item, "data", JSON_OBJECT, prefix, error);
    if (!data)
        return FALSE;
    g_autofree char *where = g_strconcat(prefix, "data", NULL);
    plan->vector = plan_parse(data, arena, where, error);
    return plan->vector != NULL;
}

static gboolean read_plan(Record *record, gsize index, const json_t *item, GError **error)
{
    RecordPlan *plan = &record->plans[index];
    g_autofree char *prefix = g_strdup_printf("record: plans[%zu].", index);
    const json_t *kind = json_input_member(item, "kind", JSON_STRING, prefix, error);
    const json_t *media =
        kind ? json_input_member(item, "media", JSON_STRING, prefix, error) : NULL;
    if (!media)
        return FALSE;
    plan->kind = plan_kind_from_word(json_string_value(kind));
    if (plan->kind == PLAN_KIND_UNKNOWN)
        return json_input_refuse(error, prefix, "kind", "neither household nor parcel");
    if (strcmp(json_string_value(media), "image/png") == 0) {
        plan->png = read_png(item, prefix, &plan->width_px, &plan->height_px, error);
        return plan->png != NULL;
    }
    if (strcmp(json_string_value(media), "application/geo+json") != 0)
        return json_input_refuse(error, prefix, "media",
                                 "neither application/geo+json nor image/png");
    if (plan->kind != PLAN_KIND_HOUSEHOLD)
        return json_input_refuse(error, prefix, "media", "a parcel plan must be image/png");
    return read_vector(plan, record->arena, item, prefix, error);
}

static gboolean read_plans(Record *record, const json_t *root, GError **error)
{
    if (!json_object_get(root, "plans"))
        return TRUE;
    const json_t *list = json_input_member(root, "plans", JSON_ARRAY, "record: ", error);
    if (!list)
        return FALSE;
    gsize count = json_array_size(list);
    if (count > LIMIT_PLANS)
        return json_input_refuse(error, "record: ", "plans", "%zu of them, at most %d", count,
                                 LIMIT_PLANS);
    for (record->n_plans = 0; record->n_plans < count; record->n_plans++)
        if (!read_plan(record, record->n_plans, json_array_get(list, record->n_plans), error))
            return FALSE;
    return TRUE;
}

/* GLib's SHA-256: a process that only draws has no other use for OpenSSL and its 2 ms of loading. */
static void compute_digest(Record *record, const char *bytes, gsize length)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize size = sizeof record->digest;
    g_checksum_update(checksum, (const guchar *)bytes, (gssize)length);
    g_checksum_get_digest(checksum, record->digest, &size);
}

Record *record_parse(const char *bytes, gsize length, GError **error)
{
    json_auto_t *root = json_input_parse(bytes, length, LIMIT_RECORD_BYTES, "record", error);
    if (!root || !read_kind(root, error))
        return NULL;
    g_autoptr(Record) record = g_atomic_rc_box_new0(Record);
    record->arena = secret_arena_create();
    if (!read_head(record, root, error) || !read_issuer(record, root, error) ||
        !read_collectors(record, root, error) || !read_printed(record, root, error) ||
        !read_seal(record, root, error) || !read_plans(record, root, error))
        return NULL;
    compute_digest(record, bytes, length);
    return g_steal_pointer(&record);
}

Record *record_ref(Record *record)
{
    return g_atomic_rc_box_acquire(record);
}

static void clear_record(gpointer pointer)
{
    Record *record = pointer;
    g_clear_pointer(&record->seal_png, g_bytes_unref);
    for (gsize i = 0; i < LIMIT_PLANS; i++)
        g_clear_pointer(&record->plans[i].png, g_bytes_unref);
    secret_arena_destroy(record->arena);
    secret_wipe(record, sizeof *record);
}

void record_unref(Record *record)
{
    if (record)
        g_atomic_rc_box_release_full(record, clear_record);
}
