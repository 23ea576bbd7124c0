/* central.conf, and what lies in the service's state folder. */
#pragma once
#include "central/store.h"
#include "firmware/base/config.h"

/* NULL and KIOSK_ERROR_CONFIG with file, line and key. */
Config *settings_load(const char *path, GError **error);

/* The text of a central.conf with every key and default. The caller frees. */
char *settings_document(void);

/* A file of the state folder. The caller frees. */
char *settings_state_path(const Config *config, const char *name);

Store *settings_open_store(const Config *config, GError **error);
