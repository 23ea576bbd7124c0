/* Certificates and keys for tests of mutual TLS, made on the spot in a temporary folder:
 *   ca.pem              the authority that the kiosk trusts
 *   kiosk.pem, .key     the kiosk, by that authority
 *   stranger.pem, .key  a kiosk of another authority
 *   genuine, other-ca, other-host, expired, self-signed (.pem, .key)  services */
#pragma once
#include <glib.h>

typedef struct Pki Pki;

Pki *pki_create(void);
void pki_destroy(Pki *pki); /* removes the folder; NULL is fine */
const char *pki_folder(const Pki *pki);
