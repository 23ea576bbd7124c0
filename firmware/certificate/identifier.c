#include "firmware/certificate/identifier.h"
#include "firmware/base/error.h"
#include "firmware/certificate/base32.h"
#include "firmware/certificate/check_digit.h"
#include <string.h>

#define TYPE_LENGTH 21
#define ISSUER_LENGTH 18
#define KIOSK_LENGTH 4
#define BODY_LENGTH 58 /* type, issuer, serial and version without dots */
#define HOST_MAX 60
#define SIGNATURE_TEXT_LENGTH 103

_Static_assert(BASE32_LENGTH(16) == DIGEST_TEXT_LENGTH, "digest text");
_Static_assert(BASE32_LENGTH(SIGNATURE_BYTES) == SIGNATURE_TEXT_LENGTH, "signature text");
_Static_assert(8 + HOST_MAX + 3 + IDENTIFIER_LENGTH + 1 + SERIAL_LENGTH + 1 + DIGEST_TEXT_LENGTH +
                       1 + KID_LENGTH + 1 + SIGNATURE_TEXT_LENGTH <=
                   QR_TEXT_MAX,
               "the longest QR text fits");

static gboolean is_upper_alphanumeric(char character)
{
    return g_ascii_isdigit(character) || g_ascii_isupper(character);
}

/* `pattern`: N a digit, A a digit or capital letter, anything else itself. */
static gboolean matches(const char *text, const char *pattern)
{
    for (; *pattern; text++, pattern++)
        if (*pattern == 'N'   ? !g_ascii_isdigit(*text)
            : *pattern == 'A' ? !is_upper_alphanumeric(*text)
                              : *text != *pattern)
            return FALSE;
    return *text == '\0';
}

static gboolean kid_is_valid(const char *text)
{
    return text && matches(text, "AAAA");
}

static gboolean digest_is_valid(const char *text)
{
    guint8 bytes[16];
    return text && base32_decode(text, strlen(text), bytes, sizeof bytes);
}

static gboolean type_is_valid(const char *type)
{
    if (!type || strlen(type) != TYPE_LENGTH)
        return FALSE;
    char authority[ISSUER_LENGTH + 1];
    g_strlcpy(authority, type, sizeof authority);
    return credit_code_is_valid(authority) && matches(type + ISSUER_LENGTH, "NNN");
}

static gboolean refuse(GError **error, const char *part, const char *rule)
{
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_INVALID, "%s: %s", part, rule);
    return FALSE;
}

gboolean identifier_compose(const char *type, const char *issuer, const char *kiosk, int year,
                            guint32 sequence, char ret[IDENTIFIER_LENGTH + 1], GError **error)
{
    if (!type_is_valid(type))
        return refuse(error, "identifier: type", "not a credit code and 3 digits");
    if (!credit_code_is_valid(issuer))
        return refuse(error, "identifier: issuer", "not a unified social credit code");
    if (!kiosk || !matches(kiosk, "AAAA"))
        return refuse(error, "identifier: kiosk number", "not 4 of 0-9 A-Z");
    if (year < 2020 || year > 2999)
        return refuse(error, "identifier: year", "not from 2020 to 2999");
    if (sequence < 1 || sequence > 99999999)
        return refuse(error, "identifier: sequence", "not from 1 to 99999999");
    char body[BODY_LENGTH + 1];
    g_snprintf(body, sizeof body, "%s%s%s%04d%08u001", type, issuer, kiosk, year, sequence);
    g_snprintf(ret, IDENTIFIER_LENGTH + 1, "%s.%s.%s%04d%08u.001.%c", type, issuer, kiosk, year,
               sequence, check_digit_mod_37_36(body, BODY_LENGTH));
    return TRUE;
}

gboolean identifier_is_valid(const char *text)
{
    static const char pattern[] = "AAAAAAAAAAAAAAAAAANNN.AAAAAAAAAAAAAAAAAA."
                                  "AAAANNNNNNNNNNNN.NNN.A";
    _Static_assert(sizeof pattern == IDENTIFIER_LENGTH + 1, "pattern of an identifier");
    if (!text || !matches(text, pattern))
        return FALSE;
    char body[BODY_LENGTH + 1];
    gsize length = 0;
    for (const char *at = text; length < BODY_LENGTH; at++)
        if (*at != '.')
            body[length++] = *at;
    return check_digit_mod_37_36(body, length) == text[IDENTIFIER_LENGTH - 1];
}

gboolean booklet_serial_is_valid(const char *text)
{
    return text && (text[0] == 'D' || text[0] == 'J') && matches(text + 1, "NNNNNNNNNNN");
}

void digest_text(const guint8 digest[32], char ret[DIGEST_TEXT_LENGTH + 1])
{
    base32_encode(digest, 16, ret);
}

char *signed_text_compose(const char *identifier, const char *booklet, const char *digest,
                          const char *kid)
{
    return g_strjoin("/", identifier, booklet, digest, kid, NULL);
}

/* Host name or address with an optional port, upper case: all of it is QR alphanumeric. */
static gboolean host_is_valid(const char *host)
{
    gsize length = strlen(host);
    if (length < 1 || length > HOST_MAX)
        return FALSE;
    const char *port = strchr(host, ':');
    gsize name_length = port ? (gsize)(port - host) : length;
    for (gsize i = 0; i < name_length; i++)
        if (!is_upper_alphanumeric(host[i]) && host[i] != '.' && host[i] != '-')
            return FALSE;
    if (name_length == 0 || !port)
        return name_length > 0;
    gsize digits = strspn(port + 1, "0123456789");
    return digits >= 1 && digits <= 5 && port[1 + digits] == '\0';
}

static gboolean check_parts(const char *host, const char *identifier, const char *booklet,
                            const char *digest, const char *kid, GError **error)
{
    if (!host_is_valid(host))
        return refuse(error, "QR text: host", "not a host name of 1 to 60 characters");
    if (!identifier_is_valid(identifier))
        return refuse(error, "QR text: identifier", "wrong structure or check character");
    if (!booklet_serial_is_valid(booklet))
        return refuse(error, "QR text: booklet serial", "not D or J and 11 digits");
    if (!digest_is_valid(digest))
        return refuse(error, "QR text: digest", "not base32 of 16 bytes");
    if (!kid_is_valid(kid))
        return refuse(error, "QR text: key id", "not 4 of 0-9 A-Z");
    return TRUE;
}

char *qr_text_compose(const char *host, const char *identifier, const char *booklet,
                      const char *digest, const char *kid, const guint8 signature[SIGNATURE_BYTES],
                      GError **error)
{
    g_autofree char *upper = g_ascii_strup(host, -1);
    if (!check_parts(upper, identifier, booklet, digest, kid, error))
        return NULL;
    char signature_text[SIGNATURE_TEXT_LENGTH + 1];
    base32_encode(signature, SIGNATURE_BYTES, signature_text);
    return g_strdup_printf("HTTPS://%s/V/%s/%s/%s/%s/%s", upper, identifier, booklet, digest, kid,
                           signature_text);
}

gboolean qr_text_parse(const char *text, QrText *ret, GError **error)
{
    if (!text || strlen(text) > QR_TEXT_MAX)
        return refuse(error, "QR text", "longer than 360 characters");
    if (!g_str_has_prefix(text, "HTTPS://"))
        return refuse(error, "QR text", "does not begin with HTTPS://");
    g_auto(GStrv) parts = g_strsplit(text + strlen("HTTPS://"), "/", -1);
    if (g_strv_length(parts) != 7 || strcmp(parts[1], "V") != 0)
        return refuse(error, "QR text", "not host/V/identifier/serial/digest/key/signature");
    if (!check_parts(parts[0], parts[2], parts[3], parts[4], parts[5], error))
        return FALSE;
    QrText parsed = {0};
    if (!base32_decode(parts[6], strlen(parts[6]), parsed.signature, SIGNATURE_BYTES))
        return refuse(error, "QR text: signature", "not base32 of 64 bytes");
    g_strlcpy(parsed.host, parts[0], sizeof parsed.host);
    g_strlcpy(parsed.identifier, parts[2], sizeof parsed.identifier);
    g_strlcpy(parsed.booklet, parts[3], sizeof parsed.booklet);
    g_strlcpy(parsed.digest, parts[4], sizeof parsed.digest);
    g_strlcpy(parsed.kid, parts[5], sizeof parsed.kid);
    *ret = parsed;
    return TRUE;
}
