#include "firmware/base/config.h"
#include "firmware/base/config_private.h"
#include "firmware/base/config_table.h"
#include "firmware/base/error.h"
#include "firmware/base/module.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (256 * 1024)

static int find(const Config *config, const char *section, const char *key)
{
    for (int i = 0; i < config->count; i++)
        if (!strcmp(config->table[i].section, section) && !strcmp(config->table[i].key, key))
            return i;
    return -1;
}

/* Else the central service's. */
static gboolean is_kiosks(const Config *config)
{
    return config->table == options;
}

static gboolean is_word_of(const char *words, const char *text)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    return g_strv_contains((const char *const *)list, text);
}

/* HH:MM, 00:00 to 23:59; or nothing. */
static gboolean is_time(const char *text)
{
    if (!*text)
        return TRUE;
    return strlen(text) == 5 && g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) &&
           text[2] == ':' && text[3] >= '0' && text[3] <= '5' && g_ascii_isdigit(text[4]) &&
           (text[0] - '0') * 10 + text[1] - '0' <= 23;
}

/* NULL when `text` is fine for the row, else what is allowed. The caller frees. */
static char *refuse(const Option *option, const char *text, int *ret_number)
{
    char *end = NULL;
    glong length = (glong)strlen(text);
    switch (option->type) {
    case OPTION_STRING:
    case OPTION_PATH:
        if (length < option->min || length > option->max)
            return g_strdup_printf("%ld bytes, allowed are %d to %d", length, option->min,
                                   option->max);
        return NULL;
    case OPTION_TIME:
        if (!is_time(text))
            return g_strdup_printf("'%s' is no time of day, allowed are 00:00 to 23:59 or nothing",
                                   text);
        return NULL;
    case OPTION_CHOICE:
        if (!is_word_of(option->unit, text))
            return g_strdup_printf("'%s' is none of: %s", text, option->unit);
        return NULL;
    case OPTION_INT:
        errno = 0;
        long number = strtol(text, &end, 10);
        if (end == text || *end || errno)
            return g_strdup_printf("'%s' is not a whole number", text);
        if (number < option->min || number > option->max)
            return g_strdup_printf("%ld is out of range, allowed are %d to %d (%s)", number,
                                   option->min, option->max, option->unit);
        *ret_number = (int)number;
        return NULL;
    case OPTION_BOOL:
        if (!is_word_of("true false", text))
            return g_strdup_printf("'%s' is neither true nor false", text);
        *ret_number = text[0] == 't';
        return NULL;
    case OPTION_UNKNOWN:
        break;
    }
    return g_strdup("has no type");
}

/* Takes the value into row `i`; `where` begins the message. */
static gboolean accept_value(Config *config, int i, const char *text, const char *where,
                             GError **error)
{
    int number = 0;
    g_autofree char *refusal = refuse(&config->table[i], text, &number);
    if (refusal) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "%s[%s] %s: %s", where,
                    config->table[i].section, config->table[i].key, refusal);
        return FALSE;
    }
    g_free(config->texts[i]);
    config->texts[i] = g_strdup(text);
    config->numbers[i] = number;
    return TRUE;
}

static Config *make_defaults(const Option *table, gsize count)
{
    Config *config = g_new0(Config, 1);
    config->folder = g_strdup(".");
    config->table = table;
    config->count = (int)count;
    config->texts = g_new0(char *, count);
    config->numbers = g_new0(int, count);
    for (int i = 0; i < config->count; i++) {
        g_autoptr(GError) error = NULL;
        if (!accept_value(config, i, table[i].fallback, "default: ", &error))
            g_error("%s", error->message);
    }
    return config;
}

Config *config_defaults(void)
{
    return make_defaults(options, G_N_ELEMENTS(options));
}

gboolean config_set(Config *config, const char *section, const char *key, const char *text,
                    GError **error)
{
    int i = find(config, section, key);
    if (i < 0) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "[%s] %s: no such key", section, key);
        return FALSE;
    }
    return accept_value(config, i, text, "", error);
}

const Option *config_options(gsize *ret_count)
{
    *ret_count = G_N_ELEMENTS(options);
    return options;
}

const Option *config_option(const char *section, const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        if (!strcmp(options[i].section, section) && !strcmp(options[i].key, key))
            return &options[i];
    return NULL;
}

const char *config_text(const Config *config, const Option *option)
{
    return config_string(config, option->section, option->key);
}

char *config_refusal(const Option *option, const char *text)
{
    int number;
    return refuse(option, text, &number);
}

/* Line of `key` in `section`, 1-based; 0: not found. GKeyFile keeps no line numbers. */
static int find_line(const char *text, const char *section, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *header = g_strdup_printf("[%s]", section);
    gboolean inside = FALSE;
    for (int i = 0; lines[i]; i++) {
        char *line = g_strstrip(lines[i]);
        if (line[0] == '[')
            inside = !strcmp(line, header);
        if (!key && inside)
            return i + 1;
        gsize length = key ? strlen(key) : 0;
        if (inside && key && !strncmp(line, key, length) && strchr("= \t", line[length]))
            return i + 1;
    }
    return 0;
}

static gboolean load_key(Config *config, GKeyFile *file, const char *path, const char *contents,
                         const char *section, const char *key, GError **error)
{
    g_autofree char *where = g_strdup_printf("%s:%d: ", path, find_line(contents, section, key));
    int i = find(config, section, key);
    if (i < 0) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                    "%s[%s] %s: no such key; %s", where, section, key,
                    is_kiosks(config) ? "kiosk config lists all" : "central/central.conf lists all");
        return FALSE;
    }
    g_autofree char *text = g_key_file_get_string(file, section, key, NULL);
    return accept_value(config, i, text ? text : "", where, error);
}

static gboolean load_all(Config *config, GKeyFile *file, const char *path, const char *contents,
                         GError **error)
{
    g_auto(GStrv) sections = g_key_file_get_groups(file, NULL);
    for (int s = 0; sections[s]; s++) {
        g_auto(GStrv) keys = g_key_file_get_keys(file, sections[s], NULL, NULL);
        for (int k = 0; keys && keys[k]; k++)
            if (!load_key(config, file, path, contents, sections[s], keys[k], error))
                return FALSE;
    }
    return TRUE;
}

gboolean config_read(Config *config, const char *path, GError **error)
{
    g_autofree char *contents = NULL;
    gsize length = 0;
    g_autoptr(GError) cause = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_file_get_contents(path, &contents, &length, &cause) ||
        (length > FILE_BYTES_MAX
             ? (g_set_error(&cause, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "larger than 256 KiB"), TRUE)
             : !g_key_file_load_from_data(file, contents, length, G_KEY_FILE_NONE, &cause))) {
        gboolean absent = g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "%s: %s", path,
                    !absent             ? cause->message
                    : is_kiosks(config) ? "no such file: name yours with --config, or begin one "
                                          "with kiosk config > kiosk.conf"
                                        : "no such file: name yours with --config, or begin one "
                                          "with central/central.conf of the sources");
        return FALSE;
    }
    return load_all(config, file, path, contents, error);
}

Config *config_load(const char *path, GError **error)
{
    g_autoptr(Config) config = config_load_table(path, options, G_N_ELEMENTS(options), error);
    if (!config)
        return NULL;
    g_autofree char *kept = config_kept_path(config);
    if (g_file_test(kept, G_FILE_TEST_EXISTS) && !config_read(config, kept, error))
        return NULL;
    return g_steal_pointer(&config);
}

Config *config_load_table(const char *path, const Option *table, gsize count, GError **error)
{
    g_autoptr(Config) config = make_defaults(table, count);
    config->path = g_strdup(path);
    g_free(config->folder);
    config->folder = g_path_get_dirname(path);
    if (!config_read(config, path, error))
        return NULL;
    return g_steal_pointer(&config);
}

void config_free(Config *config)
{
    if (!config)
        return;
    for (int i = 0; i < config->count; i++)
        g_free(config->texts[i]);
    g_free(config->texts);
    g_free(config->numbers);
    g_free(config->path);
    g_free(config->folder);
    g_free(config);
}

static int must_find(const Config *config, const char *section, const char *key)
{
    int i = find(config, section, key);
    if (i < 0)
        g_error("config: no row for [%s] %s", section, key);
    return i;
}

const char *config_string(const Config *config, const char *section, const char *key)
{
    return config->texts[must_find(config, section, key)];
}

int config_int(const Config *config, const char *section, const char *key)
{
    int i = must_find(config, section, key);
    if (config->table[i].type != OPTION_INT)
        g_error("config: [%s] %s is not a number", section, key);
    return config->numbers[i];
}

gboolean config_bool(const Config *config, const char *section, const char *key)
{
    int i = must_find(config, section, key);
    if (config->table[i].type != OPTION_BOOL)
        g_error("config: [%s] %s is not true or false", section, key);
    return config->numbers[i];
}

char *config_path(const Config *config, const char *section, const char *key)
{
    const char *text = config_string(config, section, key);
    if (!*text || g_path_is_absolute(text))
        return g_strdup(text);
    return g_build_filename(config->folder, text, NULL);
}

char *config_own_assets(void)
{
    g_autofree char *installed = program_path(INSTALLED_ASSETS);
    gboolean there = g_file_test(installed, G_FILE_TEST_IS_DIR);
    return there ? g_steal_pointer(&installed) : g_strdup(ASSETS_DIR);
}

char *config_assets_dir(const Config *config)
{
    g_autofree char *set = config_path(config, "kiosk", "assets_dir");
    return *set ? g_steal_pointer(&set) : config_own_assets();
}

static char *describe_range(const Option *option)
{
    switch (option->type) {
    case OPTION_INT:
        return g_strdup_printf("%d to %d %s", option->min, option->max, option->unit);
    case OPTION_CHOICE:
        return g_strdup_printf("one of: %s", option->unit);
    case OPTION_BOOL:
        return g_strdup("true or false");
    case OPTION_TIME:
        return g_strdup("00:00 to 23:59 or nothing");
    case OPTION_STRING:
    case OPTION_PATH:
    case OPTION_UNKNOWN:
        break;
    }
    return g_strdup_printf("%d to %d bytes", option->min, option->max);
}

char *config_document(void)
{
    return config_document_table(options, G_N_ELEMENTS(options), "one kiosk");
}

char *config_document_table(const Option *table, gsize count, const char *title)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text,
                    "# Settings of %s. Each key: what it is, what is allowed, the default.\n"
                    "# An unknown key or a value out of range stops the start and names the "
                    "line.\n",
                    title);
    const char *section = "";
    for (gsize i = 0; i < count; i++) {
        if (strcmp(section, table[i].section))
            g_string_append_printf(text, "\n[%s]\n", table[i].section);
        section = table[i].section;
        g_autofree char *range = describe_range(&table[i]);
        g_string_append_printf(text, "# %s (%s; default: %s)\n%s = %s\n", table[i].comment, range,
                               *table[i].fallback ? table[i].fallback : "empty", table[i].key,
                               table[i].fallback);
    }
    return g_string_free(text, FALSE);
}
