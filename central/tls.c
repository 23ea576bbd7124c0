#include "central/tls.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

struct TlsFiles {
    char *key, *certificate, *authority;
};

static gnutls_session_t find_session(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info ? info->tls_session : NULL;
}

/* 0: go on. GnuTLS calls it during the handshake. */
static int verify_peer(gnutls_session_t session)
{
    gnutls_typed_vdata_st wanted = {GNUTLS_DT_KEY_PURPOSE_OID,
                                    (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT, 0};
    unsigned status = GNUTLS_CERT_INVALID;
    if (gnutls_certificate_verify_peers(session, &wanted, 1, &status) < 0)
        return GNUTLS_E_CERTIFICATE_ERROR;
    return status ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

void tls_require_peer(struct MHD_Connection *connection)
{
    gnutls_session_t session = find_session(connection);
    if (!session)
        return;
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_function(session, verify_peer);
}

static gboolean read_name(const gnutls_datum_t *der, char ret_name[TLS_NAME_MAX + 1])
{
    gnutls_x509_crt_t certificate;
    size_t size = TLS_NAME_MAX + 1;
    if (gnutls_x509_crt_init(&certificate) < 0)
        return FALSE;
    gboolean done = gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER) == 0 &&
                    gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
                                                  ret_name, &size) == 0;
    gnutls_x509_crt_deinit(certificate);
    return done;
}

gboolean tls_read_peer(struct MHD_Connection *connection, char ret_name[TLS_NAME_MAX + 1],
                       guint8 ret_fingerprint[32])
{
    gnutls_session_t session = find_session(connection);
    unsigned count = 0;
    const gnutls_datum_t *peers = session ? gnutls_certificate_get_peers(session, &count) : NULL;
    size_t size = 32;
    char name[TLS_NAME_MAX + 1] = "";
    if (!peers || count == 0 || verify_peer(session) != 0 ||
        gnutls_fingerprint(GNUTLS_DIG_SHA256, &peers[0], ret_fingerprint, &size) < 0 ||
        !read_name(&peers[0], name))
        return FALSE;
    memcpy(ret_name, name, sizeof name);
    return TRUE;
}

static gboolean load(const char *folder, const char *name, char **ret, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) cause = NULL;
    if (g_file_get_contents(path, ret, NULL, &cause))
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "%s: %s; was `init` run?", path,
                cause->message);
    return FALSE;
}

TlsFiles *tls_files_load(const char *folder, GError **error)
{
    TlsFiles *files = g_new0(TlsFiles, 1);
    if (load(folder, "server.key", &files->key, error) &&
        load(folder, "server.pem", &files->certificate, error) &&
        load(folder, "ca.pem", &files->authority, error))
        return files;
    tls_files_free(files);
    return NULL;
}

void tls_files_free(TlsFiles *files)
{
    if (!files)
        return;
    if (files->key)
        secret_wipe(files->key, strlen(files->key));
    g_free(files->key);
    g_free(files->certificate);
    g_free(files->authority);
    g_free(files);
}

const char *tls_files_key(const TlsFiles *files)
{
    return files->key;
}

const char *tls_files_certificate(const TlsFiles *files)
{
    return files->certificate;
}

const char *tls_files_authority(const TlsFiles *files)
{
    return files->authority;
}
