/* The commands of kiosk-central: each does one thing at the register and ends. */
#pragma once
#include "firmware/base/config.h"

typedef struct {
    const Config *config;
    const char *const *args;    /* behind the command's name */
    const char *reason, *phone; /* options, or NULL */
    const char *const *by;      /* NULL-terminated, or NULL */
    gboolean json;
} CommandCall;

typedef gboolean (*Command)(const CommandCall *call, GError **error);

typedef struct {
    const char *name;
    int n_args;
    const char *usage;
    Command check; /* of its arguments alone: FALSE is wrong usage; NULL: any */
    Command run;
} CommandRow;

/* NULL: there is no such command. */
const CommandRow *command_find(const char *name);

/* All of them, a line each. The caller frees. */
char *command_list(void);

gboolean command_serve(const CommandCall *call, GError **error); /* serve.c */
