/* A signed record (JWS, compact): no text of a stranger verifies. The same bytes as a key set. */
#include "firmware/certificate/signature.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static KeySet *make_keys(void)
{
    char *secret = NULL, *shared = NULL;
    if (!key_generate("TEST", &secret, &shared, NULL))
        abort();
    KeySet *keys = key_set_parse(shared, strlen(shared), NULL);
    g_free(secret);
    g_free(shared);
    return keys;
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    static KeySet *keys;
    char kid[5];
    g_autoptr(GError) error = NULL, key_error = NULL;
    if (!keys)
        keys = make_keys();
    g_autoptr(GBytes) payload = jws_verify(keys, (const char *)bytes, length, kid, &error);
    FUZZ_CHECK(!payload && error);
    g_autoptr(KeySet) others = key_set_parse((const char *)bytes, length, &key_error);
    FUZZ_CHECK_ERROR(others, key_error);
    return 0;
}
