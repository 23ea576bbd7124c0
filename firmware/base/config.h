/* kiosk.conf: an INI file (GKeyFile). The table of keys in config_table.h is the only list: parser,
 * defaults, ranges and the comments of kiosk.conf come from its rows. An unknown section or key, a
 * wrong type or a value out of range stops the start with file, line, key and what is allowed. */
#pragma once
#include <glib.h>

typedef enum {
    OPTION_UNKNOWN = 0,
    OPTION_STRING,
    OPTION_PATH,
    OPTION_TIME, /* of a day, HH:MM; or empty */
    OPTION_CHOICE,
    OPTION_INT,
    OPTION_BOOL
} OptionType;

/* One key: a row of a table. */
typedef struct {
    const char *section, *key;
    OptionType type;
    const char *fallback; /* the default, as text */
    int min, max;         /* OPTION_INT: value; OPTION_STRING, OPTION_PATH: length in bytes */
    const char *unit;     /* OPTION_INT; OPTION_CHOICE: the words, separated by blanks */
    const char *comment;  /* one sentence */
} Option;

typedef struct Config Config;

/* Reads `path`. NULL and `error` (KIOSK_ERROR_CONFIG) when it cannot be read or a value is wrong:
 * "kiosk.conf:12: [printer] poll_ms: 5 is out of range, allowed are 20 to 10000 (milliseconds)". */
Config *config_load(const char *path, GError **error);

/* All defaults, no file: for commands that need no machine, and for tests. */
Config *config_defaults(void);

/* Sets one value from text, checked like a line of the file. */
gboolean config_set(Config *config, const char *section, const char *key, const char *text,
                    GError **error);

/* Every row of kiosk.conf's table, and the one of a key (NULL: no such key). Static. */
const Option *config_options(gsize *ret_count);
const Option *config_option(const char *section, const char *key);

/* The value as text, of any type; owned by `config`. */
const char *config_text(const Config *config, const Option *option);

/* Keeps one value in the settings file beside the journal (`state_dir`/settings.ini), which is read
 * after kiosk.conf and wins: written aside, flushed, renamed. `who` and `wall_ms` are noted with
 * it. `config` itself does not change. FALSE: KIOSK_ERROR_CONFIG, the value is not allowed; _STORAGE.
 */
gboolean config_keep(const Config *config, const char *section, const char *key, const char *text,
                     const char *who, gint64 wall_ms, GError **error);

/* What is wrong with `text` for this row, NULL: nothing. The caller frees. */
char *config_refusal(const Option *option, const char *text);

/* The same for another program's table of `count` rows, which must outlive the Config. `title` says
 * whose settings they are. */
Config *config_load_table(const char *path, const Option *table, gsize count, GError **error);
char *config_document_table(const Option *table, gsize count, const char *title);

void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/* Values. Asking for a key that is not in the table, or by another type, aborts (a bug).
 * Strings are owned by `config`, never NULL. */
const char *config_string(const Config *config, const char *section, const char *key);
int config_int(const Config *config, const char *section, const char *key);
gboolean config_bool(const Config *config, const char *section, const char *key);

/* A path value; a relative one counts from the folder of kiosk.conf. The caller frees. */
char *config_path(const Config *config, const char *section, const char *key);

/* Folder of fonts, translations and templates beside the running program: installed with it, wherever
 * the tree was moved to, else in its build folder. The caller frees. */
char *config_own_assets(void);

/* `[kiosk] assets_dir`, or the program's own. The caller frees. */
char *config_assets_dir(const Config *config);

/* The text of a kiosk.conf with every key, its comment and its default. The caller frees. */
char *config_document(void);
