/* Command lines of the console's commands: words, a few options, one place for their errors. */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef struct {
    const char *words[4]; /* without dashes */
    int n_words;
    const char *config, *reason, *head; /* --config (default kiosk.conf); else NULL: not given */
    gboolean json, csv;
} Arguments;

/* FALSE: an unknown option, no word, or more than four. */
gboolean arguments_take(int argc, char **argv, Arguments *ret);

/* TRUE when --help is among the arguments; it is then answered. */
gboolean arguments_help(int argc, char **argv, const char *text);

/* Prints "kiosk: MESSAGE" (it names its place itself); gives the exit status 1. */
int arguments_fail(const GError *error);

/* Prints the usage; gives the exit status 2. */
int arguments_usage(const char *text);

/* Whether `text` (NULL is not) may be the reason that somebody gives: up to 200 bytes of UTF-8
 * without control characters. */
gboolean arguments_is_reason(const char *text);

/* Path of the journal that --config means. The caller frees; NULL and `error`. */
char *arguments_journal(const Arguments *arguments, GError **error);

/* To standard output, indented. Takes `json`. */
void arguments_print_json(json_t *json);
