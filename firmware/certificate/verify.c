#include "firmware/certificate/verify.h"
#include "firmware/base/limit.h"
#include "firmware/base/read_file.h"
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/key_set.h"
#include "firmware/certificate/signature.h"
#include <stdio.h>

#define NOT_GENUINE 1
#define USAGE 2

static char *key_file, *record_file;

static const GOptionEntry entries[] = {
    {"key", 'k', 0, G_OPTION_ARG_FILENAME, &key_file,
     "The service's public keys: a JWK, or a JWK Set of all ever used", "KEYS.jwk"},
    {"record", 'r', 0, G_OPTION_ARG_FILENAME, &record_file,
     "The record's bytes: is the paper about this very record?", "RECORD.json"},
    {0}};

/* The record's bytes, or NULL: none given. FALSE: unreadable. */
static gboolean read_record(GBytes **ret_bytes, GError **error)
{
    gsize length = 0;
    if (!record_file)
        return TRUE;
    char *contents = read_file(record_file, LIMIT_RECORD_BYTES, &length, error);
    if (!contents) {
        g_prefix_error(error, "record: %s: ", record_file);
        return FALSE;
    }
    *ret_bytes = g_bytes_new_take(contents, length);
    return TRUE;
}

static int judge(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) record = NULL;
    g_autoptr(KeySet) keys = key_set_load(key_file, &error);
    if (!keys || !read_record(&record, &error)) {
        fprintf(stderr, "kiosk: verify: %s\n", error->message);
        return USAGE;
    }
    g_autofree char *reason = NULL;
    Verdict verdict = qr_text_verify(text, keys, record, &reason);
    printf("%s\n", reason);
    QrText parts;
    if (verdict == VERDICT_GENUINE && qr_text_parse(text, &parts, NULL))
        printf("identifier %s\nbooklet    %s\n"
               "The address %s in front is not signed: open only one that you know.\n",
               parts.identifier, parts.booklet, parts.host);
    return verdict == VERDICT_GENUINE ? 0 : NOT_GENUINE;
}

int verify_command(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new("QRTEXT");
    g_option_context_set_summary(context, "Is the QR text on a certificate genuine?");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "kiosk: verify: %s\n", error->message);
        return USAGE;
    }
    if (argc != 2 || !key_file) {
        fprintf(stderr, "kiosk: verify: needs a QRTEXT and --key KEYS.jwk\n");
        return USAGE;
    }
    return judge(argv[1]);
}
