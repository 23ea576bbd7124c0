#include "tests/contract/pki.h"
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define HOUR_S 3600L

struct Pki {
    char *folder;
};

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    g_assert(key);
    return key;
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    g_assert(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *issue(EVP_PKEY *key, const char *name, const char *host, const X509 *issuer,
                   EVP_PKEY *issuer_key, long until_s)
{
    static long serial = 1;
    X509 *certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -48 * HOUR_S);
    X509_gmtime_adj(X509_getm_notAfter(certificate), until_s);
    X509_NAME *subject = X509_NAME_new();
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const guint8 *)name, -1, -1, 0);
    X509_set_subject_name(certificate, subject);
    X509_set_issuer_name(certificate, issuer ? X509_get_subject_name(issuer) : subject);
    X509_NAME_free(subject);
    X509_set_pubkey(certificate, key);
    g_autofree char *alternative = g_strdup_printf("DNS:%s", host ? host : "");
    if (host)
        add_extension(certificate, NID_subject_alt_name, alternative);
    else
        add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    g_assert_cmpint(X509_sign(certificate, issuer_key, EVP_sha256()), >, 0);
    return certificate;
}

static FILE *open_file(const Pki *pki, const char *name)
{
    g_autofree char *path = g_build_filename(pki->folder, name, NULL);
    FILE *file = g_fopen(path, "we");
    g_assert(file);
    g_chmod(path, 0600);
    return file;
}

static void write_certificate(const Pki *pki, const char *name, X509 *certificate)
{
    FILE *file = open_file(pki, name);
    g_assert_cmpint(PEM_write_X509(file, certificate), ==, 1);
    fclose(file);
}

static void write_key(const Pki *pki, const char *name, EVP_PKEY *key)
{
    FILE *file = open_file(pki, name);
    g_assert_cmpint(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), ==, 1);
    fclose(file);
}

static void write_leaf(const Pki *pki, const char *name, const char *host, long until_s, X509 *ca,
                       EVP_PKEY *ca_key)
{
    g_autofree char *certificate_name = g_strconcat(name, ".pem", NULL);
    g_autofree char *key_name = g_strconcat(name, ".key", NULL);
    EVP_PKEY *key = make_key();
    X509 *certificate = issue(key, name, host, ca, ca ? ca_key : key, until_s);
    write_certificate(pki, certificate_name, certificate);
    write_key(pki, key_name, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void write_all(const Pki *pki)
{
    EVP_PKEY *ca_key = make_key(), *other_key = make_key();
    X509 *ca = issue(ca_key, "Trusted", NULL, NULL, ca_key, 24 * HOUR_S);
    X509 *other = issue(other_key, "Other", NULL, NULL, other_key, 24 * HOUR_S);
    write_certificate(pki, "ca.pem", ca);
    write_leaf(pki, "kiosk", "A012", 24 * HOUR_S, ca, ca_key);
    write_leaf(pki, "stranger", "A012", 24 * HOUR_S, other, other_key);
    write_leaf(pki, "genuine", "localhost", 24 * HOUR_S, ca, ca_key);
    write_leaf(pki, "other-ca", "localhost", 24 * HOUR_S, other, other_key);
    write_leaf(pki, "other-host", "elsewhere.example", 24 * HOUR_S, ca, ca_key);
    write_leaf(pki, "expired", "localhost", -24 * HOUR_S, ca, ca_key);
    write_leaf(pki, "self-signed", "localhost", 24 * HOUR_S, NULL, NULL);
    X509_free(ca);
    X509_free(other);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(other_key);
}

Pki *pki_create(void)
{
    Pki *pki = g_new0(Pki, 1);
    pki->folder = g_dir_make_tmp("kiosk-pki-XXXXXX", NULL);
    g_assert(pki->folder);
    write_all(pki);
    return pki;
}

const char *pki_folder(const Pki *pki)
{
    return pki->folder;
}

void pki_destroy(Pki *pki)
{
    if (!pki)
        return;
    GDir *folder = g_dir_open(pki->folder, 0, NULL);
    for (const char *name; folder && (name = g_dir_read_name(folder));) {
        g_autofree char *path = g_build_filename(pki->folder, name, NULL);
        g_unlink(path);
    }
    g_clear_pointer(&folder, g_dir_close);
    g_rmdir(pki->folder);
    g_free(pki->folder);
    g_free(pki);
}
