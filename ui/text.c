#include "ui/text.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include <stdarg.h>
#include <string.h>

#define PAIRS_MAX 16
#define CATALOGUE_BYTES_MAX (1024 * 1024)
#define MO_MAGIC 0x950412deu
#define MO_HEADER_BYTES 28

typedef struct {
    char *bytes;
    GHashTable *table;
} Catalogue;

struct Texts {
    Catalogue catalogues[LANGUAGE_EN + 1];
    GPtrArray *standing[LANGUAGE_EN + 1]; /* pairs that every sentence may use */
    TextsAsked asked;
    gpointer asked_context;
};

static const char *const files[LANGUAGE_EN + 1] = {
    [LANGUAGE_ZH] = "zh_CN.mo",
    [LANGUAGE_EN] = "en.mo",
};

static const char *const standing_keys[] = {"window", "tax_window", "telephone", "machine",
                                            "open_until"};

/* Placeholder and the key of kiosk.conf that says where a thing is: words of the language. */
static const struct {
    const char *name, *key;
} places[] = {{"reader_place", "reader_at"}, {"slot_place", "slot_at"}};

static guint32 read_u32(const char *bytes, gsize offset)
{
    guint32 value;
    memcpy(&value, bytes + offset, sizeof value);
    return GUINT32_FROM_LE(value);
}

/* The string that a (length, offset) pair at `at` points to, or NULL when it does not lie inside or
 * does not end with NUL. */
static const char *read_string(const char *bytes, gsize length, gsize at)
{
    guint32 size = read_u32(bytes, at), offset = read_u32(bytes, at + 4);
    if (offset >= length || size >= length - offset || bytes[offset + size] != '\0' ||
        strlen(bytes + offset) != size)
        return NULL;
    return bytes + offset;
}

GHashTable *texts_parse_catalogue(const char *bytes, gsize length, GError **error)
{
    if (length < MO_HEADER_BYTES || read_u32(bytes, 0) != MO_MAGIC || read_u32(bytes, 4) != 0) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "catalogue: not a compiled catalogue");
        return NULL;
    }
    gsize count = read_u32(bytes, 8), keys = read_u32(bytes, 12), values = read_u32(bytes, 16);
    if (count > length / 16 || keys > length - count * 8 || values > length - count * 8) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "catalogue: tables outside the file");
        return NULL;
    }
    g_autoptr(GHashTable) table = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < count; i++) {
        const char *key = read_string(bytes, length, keys + i * 8);
        const char *value = read_string(bytes, length, values + i * 8);
        if (!key || !value || !g_utf8_validate(value, -1, NULL)) {
            g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "catalogue: entry %zu is broken",
                        i);
            return NULL;
        }
        if (*key)
            g_hash_table_insert(table, (gpointer)key, (gpointer)value);
    }
    return g_steal_pointer(&table);
}

static gboolean load_catalogue(Catalogue *catalogue, const char *assets_dir, const char *file,
                               GError **error)
{
    g_autofree char *path = g_build_filename(assets_dir, "locale", file, NULL);
    g_autoptr(GError) cause = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &catalogue->bytes, &length, &cause)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "translations: %s", cause->message);
        return FALSE;
    }
    if (length > CATALOGUE_BYTES_MAX) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "translations: %s: larger than 1 MiB",
                    path);
        return FALSE;
    }
    catalogue->table = texts_parse_catalogue(catalogue->bytes, length, &cause);
    if (!catalogue->table)
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "translations: %s: %s", path,
                    cause->message);
    return catalogue->table != NULL;
}

static void add_pair(GPtrArray *pairs, const char *name, const char *value)
{
    g_ptr_array_add(pairs, g_strdup(name));
    g_ptr_array_add(pairs, g_strdup(value));
}

static GPtrArray *make_standing(const Texts *texts, const Config *config, Language language)
{
    GPtrArray *pairs = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < G_N_ELEMENTS(standing_keys); i++)
        add_pair(pairs, standing_keys[i], config_string(config, "kiosk", standing_keys[i]));
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *key =
            g_strconcat("place.", config_string(config, "panel", places[i].key), NULL);
        const char *word = g_hash_table_lookup(texts->catalogues[language].table, key);
        add_pair(pairs, places[i].name, word ? word : "");
    }
    g_ptr_array_add(pairs, NULL);
    return pairs;
}

Texts *texts_create(const Config *config, const char *assets_dir, GError **error)
{
    g_autoptr(Texts) texts = g_new0(Texts, 1);
    for (int i = LANGUAGE_ZH; i <= LANGUAGE_EN; i++) {
        if (!load_catalogue(&texts->catalogues[i], assets_dir, files[i], error))
            return NULL;
        texts->standing[i] = make_standing(texts, config, (Language)i);
    }
    return g_steal_pointer(&texts);
}

void texts_destroy(Texts *texts)
{
    if (!texts)
        return;
    for (int i = LANGUAGE_ZH; i <= LANGUAGE_EN; i++) {
        g_clear_pointer(&texts->catalogues[i].table, g_hash_table_unref);
        g_free(texts->catalogues[i].bytes);
        g_clear_pointer(&texts->standing[i], g_ptr_array_unref);
    }
    g_free(texts);
}

static const char *find(const Texts *texts, Language language, const char *key)
{
    Language known = language == LANGUAGE_EN ? LANGUAGE_EN : LANGUAGE_ZH;
    const char *text = g_hash_table_lookup(texts->catalogues[known].table, key);
    if (texts->asked)
        texts->asked(key, text != NULL, texts->asked_context);
    return text;
}

gboolean texts_has(const Texts *texts, Language language, const char *key)
{
    Language known = language == LANGUAGE_EN ? LANGUAGE_EN : LANGUAGE_ZH;
    return g_hash_table_contains(texts->catalogues[known].table, key);
}

static const char *find_value(const char *const *pairs, const char *name, gsize length)
{
    for (gsize i = 0; pairs && pairs[i] && i < 2 * PAIRS_MAX; i += 2)
        if (strlen(pairs[i]) == length && !strncmp(pairs[i], name, length))
            return pairs[i + 1];
    return NULL;
}

/* `text` with every {name} that has a value replaced; others stay as they are. */
static char *fill(const char *text, const char *const *pairs, const char *const *standing)
{
    GString *filled = g_string_sized_new(strlen(text) + 32);
    while (*text) {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;
        const char *value = NULL;
        if (end) {
            gsize length = (gsize)(end - text) - 1;
            value = find_value(pairs, text + 1, length);
            value = value ? value : find_value(standing, text + 1, length);
        }
        if (value)
            g_string_append(filled, value);
        else
            g_string_append_c(filled, *text);
        text = value ? end + 1 : text + 1;
    }
    return g_string_free(filled, FALSE);
}

char *texts_format_pairs(const Texts *texts, Language language, const char *key,
                         const char *const *pairs)
{
    const char *text = find(texts, language, key);
    if (!text) {
        log_error("ui", "no sentence for %s in language %d", key, (int)language);
        return g_strdup("");
    }
    const GPtrArray *standing =
        texts->standing[language == LANGUAGE_EN ? LANGUAGE_EN : LANGUAGE_ZH];
    return fill(text, pairs, (const char *const *)standing->pdata);
}

char *texts_format(const Texts *texts, Language language, const char *key, ...)
{
    const char *pairs[2 * PAIRS_MAX + 1] = {NULL};
    va_list list;
    va_start(list, key);
    for (gsize i = 0; i < 2 * PAIRS_MAX; i++) {
        pairs[i] = va_arg(list, const char *);
        if (!pairs[i])
            break;
    }
    va_end(list);
    return texts_format_pairs(texts, language, key, pairs);
}

const char **texts_list_keys(const Texts *texts, Language language)
{
    guint length = 0;
    return (const char **)g_hash_table_get_keys_as_array(texts->catalogues[language].table,
                                                         &length);
}

void texts_watch(Texts *texts, TextsAsked asked, gpointer context)
{
    texts->asked = asked;
    texts->asked_context = context;
}
