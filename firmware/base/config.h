/* kiosk.conf: an INI file (GKeyFile). The table of keys in config_table.h is the only list: parser,
 * defaults, ranges and the comments of kiosk.conf come from its rows. An unknown section or key, a
 * wrong type or a value out of range stops the start with file, line, key and what is allowed. */
#pragma once
#include <glib.h>

typedef struct Config Config;

/* Reads `path`. NULL and `error` (KIOSK_ERROR_CONFIG) when it cannot be read or a value is wrong:
 * "kiosk.conf:12: [printer] poll_ms: 5 is out of range, allowed are 20 to 10000 (milliseconds)". */
Config *config_load(const char *path, GError **error);

/* All defaults, no file: for commands that need no machine, and for tests. */
Config *config_defaults(void);

/* Sets one value from text, checked like a line of the file. */
gboolean config_set(Config *config, const char *section, const char *key, const char *text,
                    GError **error);

void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/* Values. Asking for a key that is not in the table, or by another type, aborts (a bug).
 * Strings are owned by `config`, never NULL. */
const char *config_string(const Config *config, const char *section, const char *key);
int config_int(const Config *config, const char *section, const char *key);
gboolean config_bool(const Config *config, const char *section, const char *key);

/* A path value; a relative one counts from the folder of kiosk.conf. The caller frees. */
char *config_path(const Config *config, const char *section, const char *key);

/* The text of a kiosk.conf with every key, its comment and its default. The caller frees. */
char *config_document(void);
