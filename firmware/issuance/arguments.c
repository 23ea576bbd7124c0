#include "firmware/issuance/arguments.h"
#include "firmware/base/config.h"
#include "firmware/issuance/journal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE 2
#define REASON_MAX 200

gboolean arguments_take(int argc, char **argv, Arguments *ret)
{
    *ret = (Arguments){.config = "kiosk.conf"};
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--config", &ret->config}, {"--reason", &ret->reason}, {"--head", &ret->head}};
    for (int i = 1; i < argc; i++) {
        gsize o = 0;
        while (o < G_N_ELEMENTS(options) && strcmp(argv[i], options[o].name))
            o++;
        if (o < G_N_ELEMENTS(options) && i + 1 < argc)
            *options[o].value = argv[++i];
        else if (!strcmp(argv[i], "--json"))
            ret->json = TRUE;
        else if (!strcmp(argv[i], "--csv"))
            ret->csv = TRUE;
        else if (argv[i][0] == '-' || ret->n_words == (int)G_N_ELEMENTS(ret->words))
            return FALSE;
        else
            ret->words[ret->n_words++] = argv[i];
    }
    return ret->n_words > 0;
}

gboolean arguments_help(int argc, char **argv, const char *text)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") && strcmp(argv[i], "-h"))
            continue;
        printf("kiosk %s\n", text);
        return TRUE;
    }
    return FALSE;
}

int arguments_fail(const GError *error)
{
    fprintf(stderr, "kiosk: %s\n", error->message);
    return EXIT_FAILURE;
}

int arguments_usage(const char *text)
{
    fprintf(stderr, "kiosk: usage: kiosk %s\n", text);
    return USAGE;
}

gboolean arguments_is_reason(const char *text)
{
    if (!text || !*text || strlen(text) > REASON_MAX || !g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (const char *c = text; *c; c = g_utf8_next_char(c))
        if (g_unichar_iscntrl(g_utf8_get_char(c)))
            return FALSE;
    return TRUE;
}

char *arguments_journal(const Arguments *arguments, GError **error)
{
    g_autoptr(Config) config = config_load(arguments->config, error);
    if (!config)
        return NULL;
    g_autofree char *folder = config_path(config, "kiosk", "state_dir");
    return g_build_filename(folder, JOURNAL_FILE, NULL);
}

void arguments_print_json(json_t *json)
{
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
}
