/* Sentences for people, by key and language. The catalogues are gettext's (assets/translations,
 * compiled by msgfmt to locale/zh_CN.mo and en.mo) but are read here and not through libintl, which
 * needs an installed locale of the language and ignores LANGUAGE in the C locale; so the language
 * changes with the next line, without any process-wide state. Placeholders are written {name}. */
#pragma once
#include "firmware/base/config.h"
#include "firmware/visit/view.h"

typedef struct Texts Texts;

/* Reads both catalogues from `<assets_dir>/locale`; {window}, {tax_window}, {telephone}, {machine},
 * {open_until}, {reader_place} and {slot_place} are filled from `config`. NULL and
 * KIOSK_ERROR_CONFIG. */
Texts *texts_create(const Config *config, const char *assets_dir, GError **error);
void texts_destroy(Texts *texts); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Texts, texts_destroy)

/* TRUE if the catalogue of `language` has `key`. */
gboolean texts_has(const Texts *texts, Language language, const char *key);

/* The sentence with its placeholders filled from (name, value) pairs, NULL-terminated; "" and a
 * line in the log when `key` is missing. LANGUAGE_UNKNOWN means Chinese. The caller frees. */
char *texts_format(const Texts *texts, Language language, const char *key,
                   ...) G_GNUC_NULL_TERMINATED;

/* The same from an array of pairs that ends with NULL; `pairs` may be NULL. */
char *texts_format_pairs(const Texts *texts, Language language, const char *key,
                         const char *const *pairs);

/* Every key of a language, NULL-terminated, owned by `texts`; free only the array. */
const char **texts_list_keys(const Texts *texts, Language language);

/* Calls `asked` for each key that is looked up and for whether it was there: how the tests find
 * missing and unused sentences. NULL stops it. */
typedef void (*TextsAsked)(const char *key, gboolean found, gpointer context);
void texts_watch(Texts *texts, TextsAsked asked, gpointer context);

/* Reads one compiled catalogue: hostile bytes give KIOSK_ERROR_INVALID. The table's strings point
 * into `bytes`, which must live as long. */
GHashTable *texts_parse_catalogue(const char *bytes, gsize length, GError **error);
