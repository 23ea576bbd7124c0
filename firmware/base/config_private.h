/* Private to config.c and config_keep.c. */
#pragma once
#include "firmware/base/config.h"

struct Config {
    char *path;   /* as given, for messages; NULL: defaults */
    char *folder; /* relative paths count from here */
    const Option *table;
    int count;
    char **texts; /* `count` of each */
    int *numbers;
};

/* Reads a file of settings over what is there. FALSE and KIOSK_ERROR_CONFIG. */
gboolean config_read(Config *config, const char *path, GError **error);

/* Where changed settings are kept; the caller frees. */
char *config_kept_path(const Config *config);
