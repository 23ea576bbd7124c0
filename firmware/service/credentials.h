/* The three PEM files of mutual TLS, read and checked once at the start. */
#pragma once
#include "firmware/base/config.h"

typedef struct {
    char *ca, *certificate, *key; /* PEM texts with a NUL behind */
} Credentials;

/* Reads ca_file, certificate_file and key_file of [service]. FALSE and KIOSK_ERROR_CONFIG naming
 * the file: unreadable, no certificate in it, a key with a passphrase, or a key that does not
 * belong to the certificate. `ret` is then empty. */
gboolean credentials_load(const Config *config, Credentials *ret, GError **error);

/* Wipes and frees the texts. An empty one is fine. */
void credentials_clear(Credentials *credentials);

/* Until when the kiosk's own certificate is good, since 1970; 0: it cannot be read. */
gint64 credentials_find_end_ms(const Config *config);
