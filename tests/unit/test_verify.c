/* `kiosk verify`: genuine or not, which part, and nothing that was changed passes. */
#include "firmware/certificate/verify.h"
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/signature.h"
#include "tests/testing.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define RECORD "{\"schema\":\"certificate/1\"}"
#define BOOKLET "D33000000001"
#define GENUINE 0
#define NOT_GENUINE 1
#define USAGE 2

static char *folder, *text;
static KeySet *keys;

static char *path_in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void write_file(const char *name, const char *contents)
{
    g_autofree char *path = path_in_folder(name);
    ck_assert(g_file_set_contents(path, contents, -1, NULL));
}

static char *sign_text(const KeySet *signer)
{
    char identifier[IDENTIFIER_LENGTH + 1], digest[DIGEST_TEXT_LENGTH + 1];
    guint8 sha[32], signature[SIGNATURE_BYTES];
    gsize size = sizeof sha;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guint8 *)RECORD, strlen(RECORD));
    g_checksum_get_digest(sum, sha, &size);
    digest_text(sha, digest);
    ck_assert(identifier_compose("11100000MB03271699001", "11330106MA00000A9H", "A012", 2026, 7,
                                 identifier, NULL));
    g_autofree char *input = signed_text_compose(identifier, BOOKLET, digest, "TEST");
    ck_assert(key_set_sign(signer, "TEST", input, strlen(input), signature, NULL));
    return qr_text_compose("verify.example.gov.cn", identifier, BOOKLET, digest, "TEST", signature,
                           NULL);
}

static void setup(void)
{
    g_autofree char *private_jwk = NULL, *public_jwk = NULL;
    folder = g_dir_make_tmp("kiosk-verify-XXXXXX", NULL);
    ck_assert(key_generate("TEST", &private_jwk, &public_jwk, NULL));
    g_autoptr(KeySet) signer = key_set_parse(private_jwk, strlen(private_jwk), NULL);
    keys = key_set_parse(public_jwk, strlen(public_jwk), NULL);
    text = sign_text(signer);
    write_file("keys.jwk", public_jwk);
    write_file("record.json", RECORD);
    write_file("other.json", RECORD "\n"); /* the same JSON, other bytes */
    write_file("nothing.jwk", "{\"keys\":[]}");
}

static void teardown(void)
{
    static const char *const names[] = {"keys.jwk", "record.json", "other.json", "nothing.jwk",
                                        "output"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = path_in_folder(names[i]);
        g_unlink(path);
    }
    ck_assert_int_eq(g_rmdir(folder), 0);
    g_free(folder);
    g_free(text);
    key_set_free(keys);
}

/* What the command prints on both of its outputs. */
static char *run_verify(const char *const *words, guint count, int *ret_status)
{
    g_autofree char *path = path_in_folder("output");
    int saved[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    int file = g_open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    fflush(stdout);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    g_autofree char **argv = g_memdup2(words, (count + 1) * sizeof *words);
    *ret_status = verify_command((int)count, argv);
    fflush(stdout);
    fflush(stderr);
    dup2(saved[0], STDOUT_FILENO);
    dup2(saved[1], STDERR_FILENO);
    close(saved[0]);
    close(saved[1]);
    close(file);
    char *output = NULL;
    ck_assert(g_file_get_contents(path, &output, NULL, NULL));
    return output;
}

/* The text with one part replaced, or another text where `from` is NULL. */
static char *change(const char *from, const char *to)
{
    if (!from)
        return g_strdup(to);
    if (!*from)
        return g_strdup(text);
    g_auto(GStrv) halves = g_strsplit(text, from, 2);
    ck_assert_msg(g_strv_length(halves) == 2, "%s", from);
    return g_strjoinv(to, halves);
}

#define MADE_UP "Not genuine: the text is damaged or made up; QR text"
#define UNSIGNED "Not genuine: the signature was not made for this text by key TEST"
#define ADDRESS                                                                                    \
    "The address VERIFY.EXAMPLE.GOV.CN in front is not signed: open only one that you know.\n"

static const struct {
    const char *from, *to, *record;
    int status;
    const char *sentence; /* how the answer begins */
} cases[] = {
    {"", "", NULL, GENUINE, "Genuine: signed with key TEST\nidentifier 11100000MB03271699001."},
    {"", "", "record.json", GENUINE,
     "Genuine: printed from this record and signed with key TEST\n"},
    {"", "", "other.json", NOT_GENUINE, "Not genuine for this record: the paper was made from"},
    {"VERIFY.", "BETRUG.", NULL, GENUINE, "Genuine: signed with key TEST\n"}, /* says so below */
    {BOOKLET, "D33000000002", NULL, NOT_GENUINE, UNSIGNED},
    {BOOKLET, "J33000000001", NULL, NOT_GENUINE, UNSIGNED},
    {BOOKLET, "D3300000000", NULL, NOT_GENUINE, MADE_UP ": booklet serial: not D or J and 11"},
    {"/TEST/", "/TES2/", NULL, NOT_GENUINE, "Not genuine: none of the given keys is TES2"},
    {"/TEST/", "/TEST2/", NULL, NOT_GENUINE, MADE_UP ": key id: not 4 of 0-9 A-Z"},
    {"/TEST/", "/test/", NULL, NOT_GENUINE, MADE_UP ": key id: not 4 of 0-9 A-Z"},
    {"A012", "A013", NULL, NOT_GENUINE, MADE_UP ": identifier: wrong structure or check"},
    {"HTTPS://", "HTTP://", NULL, NOT_GENUINE, MADE_UP ": does not begin with HTTPS://"},
    {"HTTPS://", "https://", NULL, NOT_GENUINE, MADE_UP ": does not begin with HTTPS://"},
    {"/V/", "/W/", NULL, NOT_GENUINE,
     MADE_UP ": not host/V/identifier/serial/digest/key/signature"},
    {"/V/", "/", NULL, NOT_GENUINE, MADE_UP ": not host/V/identifier/serial/digest/key/signature"},
    {"VERIFY.", "verify.", NULL, NOT_GENUINE, MADE_UP ": host: not a host name"},
    {"/TEST/", "/TEST/1", NULL, NOT_GENUINE, MADE_UP ": signature: not base32 of 64 bytes"},
    {NULL, "", NULL, NOT_GENUINE, MADE_UP ": does not begin with HTTPS://"},
    {NULL, "中文", NULL, NOT_GENUINE, MADE_UP ": does not begin with HTTPS://"},
};

START_TEST(the_answer_says_which_part_is_wrong)
{
    g_autofree char *changed = change(cases[_i].from, cases[_i].to);
    g_autofree char *key = path_in_folder("keys.jwk");
    g_autofree char *record = cases[_i].record ? path_in_folder(cases[_i].record) : NULL;
    const char *words[] = {"verify", changed, "--key", key, "--record", record, NULL};
    int status;
    guint count = record ? 6 : 4;
    if (!record)
        words[4] = NULL;
    g_autofree char *output = run_verify(words, count, &status);
    ck_assert_msg(status == cases[_i].status, "%d: %s", status, output);
    ck_assert_msg(g_str_has_prefix(output, cases[_i].sentence), "%s", output);
    if (status == NOT_GENUINE) /* one sentence, and nothing of the text that somebody made up */
        ck_assert_msg(strchr(output, '\n') == output + strlen(output) - 1, "%s", output);
    else if (!strcmp(cases[_i].from, ""))
        ck_assert_msg(g_str_has_suffix(output, ADDRESS), "%s", output);
    else
        ck_assert_ptr_nonnull(strstr(output, "The address BETRUG.EXAMPLE.GOV.CN in front is not"));
}
END_TEST

static void assert_not_genuine(const char *changed)
{
    g_autofree char *reason = NULL;
    Verdict verdict = qr_text_verify(changed, keys, NULL, &reason);
    ck_assert_msg(verdict != VERDICT_GENUINE && verdict != VERDICT_UNKNOWN, "%s: %s", changed,
                  reason);
    ck_assert_msg(g_str_has_prefix(reason, "Not genuine"), "%s", reason);
}

START_TEST(a_text_that_was_cut_or_grew_is_not_genuine)
{
    for (gsize length = 0; length < strlen(text); length++) {
        g_autofree char *cut = g_strndup(text, length);
        assert_not_genuine(cut);
        assert_not_genuine(text + length + 1);
    }
    static const char *const tails[] = {"\n",   "\r\n", " ", "A", "/", "=", "\nHTTPS://A/V/B",
                                        "?x=1", "#"};
    for (guint i = 0; i < G_N_ELEMENTS(tails); i++) {
        g_autofree char *grown = g_strconcat(text, tails[i], NULL);
        g_autofree char *led = g_strconcat(tails[i], text, NULL);
        assert_not_genuine(grown);
        assert_not_genuine(led);
    }
    g_autofree char *twice = g_strconcat(text, "\n", text, NULL);
    assert_not_genuine(twice);
    g_autofree char *filler = g_strnfill(1 << 20, 'A');
    g_autofree char *huge = g_strconcat(text, filler, NULL);
    g_autofree char *reason = NULL;
    ck_assert_int_eq(qr_text_verify(huge, keys, NULL, &reason), VERDICT_BROKEN_TEXT);
    ck_assert_str_eq(reason, MADE_UP ": longer than 360 characters");
}
END_TEST

/* Every character of what is signed, and of the signature, by every other one of QR's alphabet. The
 * unused bits of the last one are checked, too: one signature has one text. */
START_TEST(no_character_of_the_signed_part_can_be_changed)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    gsize first = (gsize)(strstr(text, "/V/") - text);
    for (gsize i = first; i < strlen(text); i++) {
        char kept = text[i];
        for (const char *p = alphabet; *p; p++) {
            text[i] = *p;
            if (*p != kept)
                assert_not_genuine(text);
        }
        text[i] = kept;
    }
    ck_assert_int_eq(qr_text_verify(text, keys, NULL, NULL), VERDICT_GENUINE);
}
END_TEST

START_TEST(no_bit_of_the_signature_can_be_changed)
{
    QrText parts;
    ck_assert(qr_text_parse(text, &parts, NULL));
    for (int bit = 0; bit < 8 * SIGNATURE_BYTES; bit++) {
        parts.signature[bit / 8] ^= (guint8)(1 << bit % 8);
        g_autofree char *changed = qr_text_compose(parts.host, parts.identifier, parts.booklet,
                                                   parts.digest, parts.kid, parts.signature, NULL);
        ck_assert_int_eq(qr_text_verify(changed, keys, NULL, NULL), VERDICT_BAD_SIGNATURE);
        parts.signature[bit / 8] ^= (guint8)(1 << bit % 8);
    }
}
END_TEST

/* @: the folder, =: the genuine text */
static const struct {
    const char *words[7];
    const char *complaint;
} usages[] = {
    {{NULL}, "needs a QRTEXT and --key KEYS.jwk"},
    {{"="}, "needs a QRTEXT and --key KEYS.jwk"},
    {{"--key", "@/keys.jwk"}, "needs a QRTEXT and --key KEYS.jwk"},
    {{"=", "=", "--key", "@/keys.jwk"}, "needs a QRTEXT and --key KEYS.jwk"},
    {{"=", "--key", "@/keys.jwk", "--wrong"}, "Unknown option --wrong"},
    {{"=", "--key", "@/none.jwk"}, "/none.jwk: No such file or directory"},
    {{"=", "--key", "@/nothing.jwk"}, "/nothing.jwk: keys: no EC P-256 key"},
    {{"=", "--key", "@/record.json"}, "/record.json: keys: no EC P-256 key"},
    {{"=", "--key", "@/keys.jwk", "--record", "@/none.json"},
     "record: @/none.json: No such file or directory"},
    {{"=", "--key", "@/keys.jwk", "--record", "/dev/zero"},
     "record: /dev/zero: larger than 1048576 bytes"},
};

START_TEST(wrong_usage_is_no_verdict)
{
    const char *words[8] = {"verify"};
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    guint count = 1;
    for (; usages[_i].words[count - 1]; count++) {
        GString *word = g_string_new(usages[_i].words[count - 1]);
        g_string_replace(word, "@", folder, 0);
        g_string_replace(word, "=", text, 0);
        words[count] = g_string_free(word, FALSE);
        g_ptr_array_add(kept, (gpointer)(gsize)words[count]);
    }
    int status;
    g_autofree char *output = run_verify(words, count, &status);
    g_autoptr(GString) complaint = g_string_new(usages[_i].complaint);
    g_string_replace(complaint, "@", folder, 0);
    ck_assert_msg(status == USAGE, "%d: %s", status, output);
    ck_assert_msg(g_str_has_prefix(output, "kiosk: verify: "), "%s", output);
    ck_assert_msg(strstr(output, complaint->str) != NULL, "%s", output);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("verify");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, the_answer_says_which_part_is_wrong, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tests, a_text_that_was_cut_or_grew_is_not_genuine);
    tcase_add_test(tests, no_character_of_the_signed_part_can_be_changed);
    tcase_add_test(tests, no_bit_of_the_signature_can_be_changed);
    tcase_add_loop_test(tests, wrong_usage_is_no_verdict, 0, G_N_ELEMENTS(usages));
    return testing_run(tests);
}
