#include "central/page.h"
#include "central/register.h"
#include "firmware/certificate/identifier.h"
#include <string.h>

#define ADDRESSES_MAX 4096
#define MINUTE_MS 60000

typedef enum {
    PAGE_UNKNOWN = 0, /* not genuine */
    PAGE_GENUINE,
    PAGE_UNCONFIRMED,
    PAGE_VOID,
    PAGE_REPLACED,
} PageKind;

static const struct {
    int status;
    const char *colour;
    const char *heading[2], *sentence[2];
} kinds[] = {
    [PAGE_UNKNOWN] = {404,
                      "#8a1c1c",
                      {"无法证实", "Not genuine"},
                      {"该二维码不是本登记机构签发的。",
                       "This code was not issued by this registry."}},
    [PAGE_GENUINE] = {200,
                      "#1c6b3a",
                      {"证书真实有效", "Genuine"},
                      {"请逐项核对纸质证书：内容必须与下列一致。",
                       "Compare the paper item by item: it must say exactly this."}},
    [PAGE_UNCONFIRMED] = {200,
                          "#8a5a00",
                          {"尚未确认", "Not confirmed"},
                          {"该证书尚未确认发放，请向登记机构查询。",
                           "This certificate has not been confirmed as handed out; please ask the "
                           "registry."}},
    [PAGE_VOID] = {200,
                   "#8a1c1c",
                   {"证书已作废", "Void"},
                   {"该纸质证书已作废。", "This paper is void."}},
    [PAGE_REPLACED] = {200,
                       "#8a1c1c",
                       {"证书已作废并换发", "Void, replaced"},
                       {"该纸质证书已作废，已另行发放新的证书。",
                        "This paper is void; another booklet was issued in its place."}},
};

static void add_row(GString *html, const char *label, const char *value)
{
    g_autofree char *escaped = g_markup_escape_text(value, -1);
    g_string_append_printf(html, "<tr><th>%s<td>%s", label, escaped);
}

static void add_record(GString *html, const Record *record, const Issuance *issuance)
{
    g_autofree char *day =
        g_strdup_printf("%04d-%02d-%02d", record->registered_on / 10000,
                        record->registered_on / 100 % 100, record->registered_on % 100);
    const struct {
        const char *label, *value;
    } rows[] = {
        {"证书号", record->number},
        {"编号 NO", issuance->booklet},
        {"识别码", issuance->identifier},
        {"登记机构", record->issuer_name},
        {"登记日期", day},
        {"权利人", personal_reveal(record->owners)},
        {"共有情况", personal_reveal(record->co_ownership)},
        {"坐落", personal_reveal(record->location)},
        {"不动产单元号", personal_reveal(record->unit_code)},
        {"权利类型", personal_reveal(record->right_type)},
        {"权利性质", personal_reveal(record->right_nature)},
        {"用途", personal_reveal(record->use)},
        {"面积", personal_reveal(record->area)},
        {"使用期限", personal_reveal(record->term)},
        {"权利其他状况", personal_reveal(record->other)},
        {"附记", personal_reveal(record->notes)},
    };
    g_string_append(html, "<table>");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        add_row(html, rows[i].label, rows[i].value);
    g_string_append(html, "</table>");
}

static void draw(PageKind kind, const Record *record, const Issuance *issuance, Language language,
                 Reply *reply)
{
    int column = language == LANGUAGE_EN ? 1 : 0;
    GString *html = g_string_new(NULL);
    g_string_append_printf(
        html,
        "<!doctype html><html lang=\"%s\"><meta charset=\"utf-8\">"
        "<meta name=\"robots\" content=\"noindex,nofollow\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title><style>"
        "body{font:1.1rem/1.6 sans-serif;max-width:40rem;margin:auto;padding:1rem}"
        "h1{color:%s}th{text-align:left;vertical-align:top;padding-right:1rem;white-space:nowrap}"
        "td{white-space:pre-wrap;overflow-wrap:anywhere}</style><h1>%s</h1><p>%s</p>",
        language_tag(language), kinds[kind].heading[column], kinds[kind].colour,
        kinds[kind].heading[column], kinds[kind].sentence[column]);
    if (record)
        add_record(html, record, issuance);
    gsize length = html->len;
    char *text = g_string_free(html, FALSE);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, length);
    reply_bytes(reply, kinds[kind].status, "text/html; charset=utf-8", bytes);
    reply->language = language;
}

/* TRUE when `path` is /V/ with a text that one of our keys signed. */
static gboolean read_path(const PageQuestion *question, QrText *ret)
{
    g_autofree char *text = g_strconcat("HTTPS://X", question->path, NULL);
    if (!qr_text_parse(text, ret, NULL))
        return FALSE;
    g_autofree char *signed_text =
        signed_text_compose(ret->identifier, ret->booklet, ret->digest, ret->kid);
    return key_set_verify(question->known, ret->kid, signed_text, strlen(signed_text),
                          ret->signature, NULL);
}

static PageKind judge(const PageQuestion *question, const QrText *qr, Issuance *ret, GError **error)
{
    gboolean replaced = FALSE;
    if (!store_find_identifier(question->store, qr->identifier, ret, error) ||
        !store_is_replaced(question->store, ret, &replaced, error))
        return PAGE_UNKNOWN;
    if (!ret->id || strcmp(ret->booklet, qr->booklet) || strcmp(ret->digest, qr->digest))
        return PAGE_UNKNOWN;
    switch (register_row(ret->state)->paper) {
    case PAPER_GENUINE:
        return PAGE_GENUINE;
    case PAPER_VOID:
        return replaced ? PAGE_REPLACED : PAGE_VOID;
    case PAPER_UNKNOWN:
        break;
    }
    return PAGE_UNCONFIRMED;
}

static Record *load_record(const PageQuestion *question, const char *digest, GError **error)
{
    gsize length = 0;
    g_autoptr(GBytes) payload = store_get_payload(question->store, digest, error);
    const char *bytes = payload ? g_bytes_get_data(payload, &length) : NULL;
    return bytes ? record_parse(bytes, length, error) : NULL;
}

void page_show(const PageQuestion *question, Reply *reply)
{
    g_autoptr(GError) error = NULL;
    QrText qr;
    Issuance issuance = {0};
    PageKind kind =
        read_path(question, &qr) ? judge(question, &qr, &issuance, &error) : PAGE_UNKNOWN;
    g_autoptr(Record) record =
        kind == PAGE_GENUINE ? load_record(question, issuance.digest, &error) : NULL;
    if (error || (kind == PAGE_GENUINE && !record))
        register_fail(reply, error, question->language);
    else
        draw(kind, record, &issuance, question->language, reply);
}

/* ---- rate */

typedef struct {
    guint8 bytes[16];
} Address;

struct PageRate {
    GMutex lock;
    GHashTable *counts; /* Address -> questions of this minute */
    gint64 minute;
    int per_minute;
};

static guint hash_address(gconstpointer key)
{
    const Address *address = key;
    guint hash = 5381;
    for (gsize i = 0; i < sizeof address->bytes; i++)
        hash = hash * 33 + address->bytes[i];
    return hash;
}

static gboolean equal_address(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(Address));
}

PageRate *page_rate_create(int per_minute)
{
    PageRate *rate = g_new0(PageRate, 1);
    g_mutex_init(&rate->lock);
    rate->counts = g_hash_table_new_full(hash_address, equal_address, g_free, NULL);
    rate->per_minute = per_minute;
    return rate;
}

void page_rate_destroy(PageRate *rate)
{
    if (!rate)
        return;
    g_hash_table_destroy(rate->counts);
    g_mutex_clear(&rate->lock);
    g_free(rate);
}

gboolean page_rate_allows(PageRate *rate, const guint8 *address, gsize length, gint64 now_ms)
{
    Address key = {{0}};
    memcpy(key.bytes, address, length == 16 ? 8 : MIN(length, 8));
    g_mutex_lock(&rate->lock);
    if (rate->minute != now_ms / MINUTE_MS) {
        rate->minute = now_ms / MINUTE_MS;
        g_hash_table_remove_all(rate->counts);
    }
    if (g_hash_table_size(rate->counts) >= ADDRESSES_MAX &&
        !g_hash_table_contains(rate->counts, &key))
        key = (Address){{0}};
    int count = GPOINTER_TO_INT(g_hash_table_lookup(rate->counts, &key)) + 1;
    g_hash_table_replace(rate->counts, g_memdup2(&key, sizeof key), GINT_TO_POINTER(count));
    g_mutex_unlock(&rate->lock);
    return count <= rate->per_minute;
}
