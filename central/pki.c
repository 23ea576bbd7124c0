#include "central/pki.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>

#define DAY_S 86400
#define AUTHORITY_DAYS 3650
#define SERVER_DAYS 820
#define KIOSK_DAYS 730

typedef struct {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
} Pair;

static void clear_pair(Pair *pair)
{
    if (pair->certificate)
        gnutls_x509_crt_deinit(pair->certificate);
    if (pair->key)
        gnutls_x509_privkey_deinit(pair->key);
    *pair = (Pair){0};
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, clear_pair)

/* TRUE when `code` is fine. */
static gboolean is_fine(int code, const char *what, GError **error)
{
    if (code >= 0)
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_BUG, "certificate: %s: %s", what,
                gnutls_strerror(code));
    return FALSE;
}

gboolean pki_write_file(const char *folder, const char *name, const char *text, gssize length,
                        int mode, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) cause = NULL;
    if (g_file_set_contents_full(path, text, length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode,
                                 &cause) &&
        chmod(path, (mode_t)mode) == 0)
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "%s: %s", path,
                cause ? cause->message : "cannot set its mode");
    return FALSE;
}

static gboolean write_pair(const Pair *pair, const char *folder, const char *name, GError **error)
{
    gnutls_datum_t key = {NULL, 0}, certificate = {NULL, 0};
    g_autofree char *key_name = g_strconcat(name, ".key", NULL);
    g_autofree char *certificate_name = g_strconcat(name, ".pem", NULL);
    gboolean done =
        is_fine(gnutls_x509_privkey_export2_pkcs8(pair->key, GNUTLS_X509_FMT_PEM, NULL,
                                                  GNUTLS_PKCS_PLAIN, &key),
                "cannot write the key", error) &&
        is_fine(gnutls_x509_crt_export2(pair->certificate, GNUTLS_X509_FMT_PEM, &certificate),
                "cannot write the certificate", error) &&
        pki_write_file(folder, key_name, (char *)key.data, key.size, 0600, error) &&
        pki_write_file(folder, certificate_name, (char *)certificate.data, certificate.size, 0644,
                       error);
    if (key.data)
        secret_wipe(key.data, key.size);
    gnutls_free(key.data);
    gnutls_free(certificate.data);
    return done;
}

static gboolean read_datum(const char *folder, const char *name, gnutls_datum_t *ret,
                           GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) cause = NULL;
    char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, &cause)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "%s: %s", path, cause->message);
        return FALSE;
    }
    *ret = (gnutls_datum_t){(unsigned char *)text, (unsigned)length};
    return TRUE;
}

static gboolean load_authority(const char *folder, Pair *ret, GError **error)
{
    gnutls_datum_t key = {NULL, 0}, certificate = {NULL, 0};
    gnutls_x509_privkey_init(&ret->key);
    gnutls_x509_crt_init(&ret->certificate);
    gboolean done =
        read_datum(folder, "ca.key", &key, error) &&
        read_datum(folder, "ca.pem", &certificate, error) &&
        is_fine(gnutls_x509_privkey_import(ret->key, &key, GNUTLS_X509_FMT_PEM),
                "cannot read ca.key", error) &&
        is_fine(gnutls_x509_crt_import(ret->certificate, &certificate, GNUTLS_X509_FMT_PEM),
                "cannot read ca.pem", error);
    if (key.data)
        secret_wipe(key.data, key.size);
    g_free(key.data);
    g_free(certificate.data);
    return done;
}

/* A key and an unsigned certificate with what all of ours have. */
static gboolean begin_pair(Pair *pair, const char *common_name, int days, GError **error)
{
    guint8 serial[16], id[20];
    gsize id_size = sizeof id;
    time_t now = time(NULL);
    gnutls_x509_privkey_init(&pair->key);
    gnutls_x509_crt_init(&pair->certificate);
    gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] = (guint8)((serial[0] & 0x7f) | 0x01);
    gnutls_x509_crt_t crt = pair->certificate;
    return is_fine(gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA,
                                                GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                                0),
                   "cannot make a key", error) &&
           is_fine(gnutls_x509_crt_set_version(crt, 3), "version", error) &&
           is_fine(gnutls_x509_crt_set_serial(crt, serial, sizeof serial), "serial", error) &&
           is_fine(gnutls_x509_crt_set_activation_time(crt, now - DAY_S), "from", error) &&
           is_fine(gnutls_x509_crt_set_expiration_time(crt, now + (time_t)days * DAY_S), "until",
                   error) &&
           is_fine(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                                 (unsigned)strlen(common_name)),
                   "name", error) &&
           is_fine(gnutls_x509_crt_set_key(crt, pair->key), "key", error) &&
           is_fine(gnutls_x509_crt_get_key_id(crt, 0, id, &id_size), "key id", error) &&
           is_fine(gnutls_x509_crt_set_subject_key_id(crt, id, id_size), "key id", error);
}

static gboolean finish_pair(Pair *pair, const Pair *authority, int is_ca, unsigned usage,
                            const char *purpose, GError **error)
{
    guint8 id[20];
    gsize id_size = sizeof id;
    gnutls_x509_crt_t crt = pair->certificate;
    return is_fine(gnutls_x509_crt_set_basic_constraints(crt, (unsigned)is_ca, is_ca ? 0 : -1),
                   "constraints", error) &&
           is_fine(gnutls_x509_crt_set_key_usage(crt, usage), "usage", error) &&
           (!purpose ||
            is_fine(gnutls_x509_crt_set_key_purpose_oid(crt, purpose, 0), "purpose", error)) &&
           is_fine(gnutls_x509_crt_get_subject_key_id(authority->certificate, id, &id_size, NULL),
                   "authority key id", error) &&
           is_fine(gnutls_x509_crt_set_authority_key_id(crt, id, id_size), "authority key id",
                   error) &&
           is_fine(gnutls_x509_crt_sign2(crt, authority->certificate, authority->key,
                                         GNUTLS_DIG_SHA256, 0),
                   "cannot sign", error);
}

gboolean pki_create_authority(const char *folder, GError **error)
{
    g_auto(Pair) pair = {0};
    return begin_pair(&pair, "kiosk-central authority", AUTHORITY_DAYS, error) &&
           finish_pair(&pair, &pair, TRUE, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN, NULL,
                       error) &&
           write_pair(&pair, folder, "ca", error);
}

static gboolean add_name(gnutls_x509_crt_t crt, const char *name, GError **error)
{
    guint8 address[16];
    unsigned size = inet_pton(AF_INET, name, address) == 1    ? 4
                    : inet_pton(AF_INET6, name, address) == 1 ? 16
                                                              : 0;
    int code =
        size ? gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, size,
                                                    GNUTLS_FSAN_APPEND)
             : gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name,
                                                    (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
    return is_fine(code, name, error);
}

gboolean pki_create_server(const char *folder, const char *names, GError **error)
{
    g_auto(Pair) authority = {0};
    g_auto(Pair) pair = {0};
    if (!load_authority(folder, &authority, error) ||
        !begin_pair(&pair, "localhost", SERVER_DAYS, error))
        return FALSE;
    g_autofree char *all = g_strconcat("localhost 127.0.0.1 ::1 ", names, NULL);
    g_auto(GStrv) list = g_strsplit(all, " ", -1);
    for (gsize i = 0; list[i]; i++)
        if (*list[i] && !add_name(pair.certificate, list[i], error))
            return FALSE;
    return finish_pair(&pair, &authority, FALSE, GNUTLS_KEY_DIGITAL_SIGNATURE,
                       GNUTLS_KP_TLS_WWW_SERVER, error) &&
           write_pair(&pair, folder, "server", error);
}

gboolean pki_create_kiosk(const char *folder, const char *kiosk, const char *target,
                          guint8 ret_fingerprint[32], GError **error)
{
    g_auto(Pair) authority = {0};
    g_auto(Pair) pair = {0};
    gsize size = 32;
    return load_authority(folder, &authority, error) &&
           begin_pair(&pair, kiosk, KIOSK_DAYS, error) &&
           finish_pair(&pair, &authority, FALSE, GNUTLS_KEY_DIGITAL_SIGNATURE,
                       GNUTLS_KP_TLS_WWW_CLIENT, error) &&
           is_fine(gnutls_x509_crt_get_fingerprint(pair.certificate, GNUTLS_DIG_SHA256,
                                                   ret_fingerprint, &size),
                   "fingerprint", error) &&
           write_pair(&pair, target, "kiosk", error);
}
