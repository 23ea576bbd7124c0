/* The client's certificate on a connection, and the service's own files. */
#pragma once
#include <glib.h>
#include <microhttpd.h>

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
#define TLS_NAME_MAX 63

/* Before the handshake: without a certificate of our authority for TLS clients it fails. */
void tls_require_peer(struct MHD_Connection *connection);

/* CN and SHA-256 of the client's certificate. FALSE: there is none. */
gboolean tls_read_peer(struct MHD_Connection *connection, char ret_name[TLS_NAME_MAX + 1],
                       guint8 ret_fingerprint[32]);

/* server.key, server.pem, ca.pem of a folder, as text. */
typedef struct TlsFiles TlsFiles;

TlsFiles *tls_files_load(const char *folder, GError **error);
void tls_files_free(TlsFiles *files);
const char *tls_files_key(const TlsFiles *files);
const char *tls_files_certificate(const TlsFiles *files);
const char *tls_files_authority(const TlsFiles *files);
