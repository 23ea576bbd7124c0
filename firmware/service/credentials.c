#include "firmware/service/credentials.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include "firmware/base/secret.h"
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#define PEM_BYTES_MAX (256 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)

static void free_text(char *text)
{
    if (text)
        secret_wipe(text, strlen(text));
    g_free(text);
}

void credentials_clear(Credentials *credentials)
{
    free_text(credentials->ca);
    free_text(credentials->certificate);
    free_text(credentials->key);
    *credentials = (Credentials){NULL, NULL, NULL};
}

static gboolean fail(GError **error, const char *key, const char *path, const char *why)
{
    kiosk_error_add(error, g_error_new(KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                                       "service: [service] %s: %s: %s", key, path, why));
    return FALSE;
}

static char *read_file(const char *key, const char *path, GError **error)
{
    g_autoptr(GError) cause = NULL;
    char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, &cause)) {
        fail(error, key, path, cause->message);
        return NULL;
    }
    if (length > PEM_BYTES_MAX || strlen(text) != length) {
        fail(error, key, path, "not a PEM file of at most 256 KiB");
        free_text(text);
        return NULL;
    }
    return text;
}

static X509 *parse_certificate(const char *text)
{
    g_autoptr(BIO) bio = BIO_new_mem_buf(text, -1);
    return PEM_read_bio_X509(bio, NULL, NULL, NULL);
}

/* Without it OpenSSL would ask for a passphrase on the terminal. */
static int refuse_passphrase(char *buffer, int size, int writing, void *data)
{
    (void)buffer, (void)size, (void)writing, (void)data;
    return 0;
}

static EVP_PKEY *parse_key(const char *text)
{
    g_autoptr(BIO) bio = BIO_new_mem_buf(text, -1);
    return PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, NULL);
}

static void warn_of_open_key(const char *path)
{
    GStatBuf info;
    if (g_stat(path, &info) == 0 && (info.st_mode & 077))
        log_warn("service", "%s can be read by others than the kiosk; chmod 600 it", path);
}

/* All of them are looked at, so that all faults are told at once. */
static gboolean load_files(const Config *config, Credentials *ret, GError **error)
{
    g_autofree char *ca_path = config_path(config, "service", "ca_file");
    g_autofree char *certificate_path = config_path(config, "service", "certificate_file");
    g_autofree char *key_path = config_path(config, "service", "key_file");
    ret->ca = read_file("ca_file", ca_path, error);
    ret->certificate = read_file("certificate_file", certificate_path, error);
    ret->key = read_file("key_file", key_path, error);
    g_autoptr(X509) ca = ret->ca ? parse_certificate(ret->ca) : NULL;
    g_autoptr(X509) certificate = ret->certificate ? parse_certificate(ret->certificate) : NULL;
    g_autoptr(EVP_PKEY) key = ret->key ? parse_key(ret->key) : NULL;
    if (ret->ca && !ca)
        fail(error, "ca_file", ca_path, "holds no PEM certificate");
    if (ret->certificate && !certificate)
        fail(error, "certificate_file", certificate_path, "holds no PEM certificate");
    if (ret->key && !key)
        fail(error, "key_file", key_path, "holds no private key without a passphrase");
    if (!ca || !certificate || !key)
        return FALSE;
    if (X509_check_private_key(certificate, key) != 1)
        return fail(error, "key_file", key_path, "does not belong to certificate_file");
    warn_of_open_key(key_path);
    return TRUE;
}

gboolean credentials_load(const Config *config, Credentials *ret, GError **error)
{
    *ret = (Credentials){NULL, NULL, NULL};
    if (load_files(config, ret, error))
        return TRUE;
    credentials_clear(ret);
    return FALSE;
}

gint64 credentials_find_end_ms(const Config *config)
{
    struct tm end;
    g_autofree char *path = config_path(config, "service", "certificate_file");
    char *text = read_file("certificate_file", path, NULL);
    g_autoptr(X509) certificate = text ? parse_certificate(text) : NULL;
    free_text(text);
    if (!certificate || !ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end))
        return 0;
    return (gint64)timegm(&end) * 1000;
}
