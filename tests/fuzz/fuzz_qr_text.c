/* A scanned QR text: split, composed again, verified. */
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/signature.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

#define KID "TEST"

static const KeySet *test_keys(void)
{
    static KeySet *keys;
    if (keys)
        return keys;
    char *secret = NULL, *shared = NULL;
    if (!key_generate(KID, &secret, &shared, NULL))
        abort();
    keys = key_set_parse(shared, strlen(shared), NULL);
    g_free(secret);
    g_free(shared);
    return keys;
}

/* What was read is what would be written. */
static void check_round_trip(const char *text, const QrText *parts)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *again = qr_text_compose(parts->host, parts->identifier, parts->booklet,
                                             parts->digest, parts->kid, parts->signature, &error);
    FUZZ_CHECK_ERROR(again, error);
    FUZZ_CHECK(!g_strcmp0(again, text));
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    g_autofree char *text = g_strndup((const char *)bytes, length);
    g_autoptr(GError) error = NULL;
    g_autofree char *reason = NULL;
    QrText parts;
    gboolean good = qr_text_parse(text, &parts, &error);
    FUZZ_CHECK_ERROR(good, error);
    if (good)
        check_round_trip(text, &parts);
    Verdict verdict = qr_text_verify(text, test_keys(), NULL, &reason);
    FUZZ_CHECK((verdict == VERDICT_BROKEN_TEXT) == !good);
    FUZZ_CHECK(verdict != VERDICT_GENUINE && reason);
    return 0;
}
