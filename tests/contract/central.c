#include "tests/contract/central.h"
#include "firmware/certificate/identifier.h"
#include <check.h>
#include <curl/curl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define TIMEOUT_MS 5000L

char *central_path(const Central *central, const char *name)
{
    return g_build_filename(central->folder, name, NULL);
}

static int run_list(const Central *central, char **ret_output, char **words)
{
    g_autofree char *conf = central_path(central, "central.conf");
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_add_many(builder, KIOSK_CENTRAL, "--config", conf, NULL);
    g_strv_builder_addv(builder, (const char **)words);
    g_auto(GStrv) argv = g_strv_builder_end(builder);
    g_autofree char *output = NULL;
    g_autofree char *errors = NULL;
    int status = 0;
    ck_assert(g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status,
                           NULL));
    if (ret_output)
        *ret_output = g_strconcat(output, errors, NULL);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int central_run(const Central *central, char **ret_output, const char *word, ...)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    va_list args;
    va_start(args, word);
    for (; word; word = va_arg(args, const char *))
        g_strv_builder_add(builder, word);
    va_end(args);
    g_auto(GStrv) words = g_strv_builder_end(builder);
    return run_list(central, ret_output, words);
}

static void import_samples(const Central *central)
{
    for (int i = 1; i <= 3; i++) {
        g_autofree char *file = g_strdup_printf(SAMPLES_DIR "/rec-2026-%06d.json", i);
        ck_assert_int_eq(central_run(central, NULL, "import", file, "--phone", "13800000000", NULL),
                         0);
    }
}

static Central *make_folder(const char *extra)
{
    Central *central = g_new0(Central, 1);
    central->folder = g_dir_make_tmp("kiosk-central-XXXXXX", NULL);
    central->keys = central->own_keys = central_path(central, "keys");
    g_autofree char *conf = central_path(central, "central.conf");
    g_autofree char *text =
        g_strdup_printf("[service]\nstate_dir = state\n[listen]\napi_port = 0\npublic_port = 0\n%s",
                        extra ? extra : "");
    ck_assert(g_file_set_contents(conf, text, -1, NULL));
    return central;
}

static Central *template;

void central_prepare(void)
{
    template = make_folder(NULL);
    ck_assert_int_eq(central_run(template, NULL, "init", NULL), 0);
    ck_assert_int_eq(central_run(template, NULL, "enroll", "0001", template->keys, NULL), 0);
    ck_assert_int_eq(
        central_run(template, NULL, "assign", "0001", "D33000000001-D33000000050", NULL), 0);
    import_samples(template);
}

static void copy_folder(const Central *central, const char *name)
{
    g_autofree char *from = central_path(template, name);
    char *argv[] = {"cp", "-a", "--", from, central->folder, NULL};
    int status = -1;
    ck_assert(
        g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
    ck_assert_int_eq(status, 0);
}

Central *central_create(const char *extra)
{
    Central *central = make_folder(extra);
    copy_folder(central, "state");
    copy_folder(central, "keys");
    central_start(central);
    return central;
}

void central_start(Central *central)
{
    g_autofree char *conf = central_path(central, "central.conf");
    g_autofree char *log = central_path(central, "log");
    char *argv[] = {KIOSK_CENTRAL, "--config", conf, "serve", NULL};
    char line[100] = "";
    int out = -1;
    FILE *errors = g_fopen(log, "ae");
    ck_assert_ptr_nonnull(errors);
    ck_assert(g_spawn_async_with_pipes_and_fds(
        NULL, (const char *const *)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1,
        fileno(errors), NULL, NULL, 0, &central->pid, NULL, &out, NULL, NULL));
    fclose(errors);
    FILE *reader = fdopen(out, "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, reader));
    fclose(reader);
    ck_assert_int_eq(
        sscanf(line, "READY api=%d public=%d", &central->api_port, &central->public_port), 2);
}

int central_stop(Central *central)
{
    int status = 0;
    kill(central->pid, SIGTERM);
    waitpid(central->pid, &status, 0);
    central->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

void central_destroy(Central *central)
{
    if (central->pid)
        ck_assert_int_eq(central_stop(central), 0);
    remove_tree(central->folder);
    g_free(central->folder);
    g_free(central->own_keys);
    g_free(central);
}

void central_forget(void)
{
    central_destroy(template);
    template = NULL;
}

/* ---- requests */

static size_t take_body(char *data, size_t size, size_t count, void *body)
{
    g_string_append_len(body, data, (gssize)(size * count));
    return size * count;
}

static void show_certificate(CURL *curl, const char *keys, char *files[2])
{
    files[0] = g_build_filename(keys, "kiosk.pem", NULL);
    files[1] = g_build_filename(keys, "kiosk.key", NULL);
    curl_easy_setopt(curl, CURLOPT_SSLCERT, files[0]);
    curl_easy_setopt(curl, CURLOPT_SSLKEY, files[1]);
}

static void read_answer(CURL *curl, GString *body, CentralAnswer *ret)
{
    long status = 0;
    curl_off_t retry = 0;
    char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry);
    ret->status = (int)status;
    ret->type = g_strdup(type ? type : "");
    ret->retry_after_s = (int)retry;
    ret->json = json_loadb(body->str, body->len, 0, NULL);
}

static CentralAnswer request(const Central *central, const char *url, const char *keys,
                             const char *method, const char *header, const char *body)
{
    CentralAnswer answer = {0};
    char *files[2] = {NULL, NULL};
    g_autofree char *authority = central_path(central, "state/ca.pem");
    g_autofree char *language =
        g_strconcat("Accept-Language: ", central->language ? central->language : "zh-CN", NULL);
    GString *received = g_string_new(NULL);
    struct curl_slist *headers = curl_slist_append(NULL, language);
    if (header)
        headers = curl_slist_append(headers, header);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, authority);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, received);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    if (keys)
        show_certificate(curl, keys, files);
    if (curl_easy_perform(curl) == CURLE_OK)
        read_answer(curl, received, &answer);
    answer.body = g_string_free(received, FALSE);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    g_free(files[0]);
    g_free(files[1]);
    return answer;
}

CentralAnswer central_call(const Central *central, const char *method, const char *path,
                           const char *header, const char *body)
{
    g_autofree char *url = g_strdup_printf("https://localhost:%d%s", central->api_port, path);
    return request(central, url, central->keys, method, header, body);
}

CentralAnswer central_ask_page(const Central *central, const char *path)
{
    g_autofree char *url = g_strdup_printf("https://localhost:%d%s", central->public_port, path);
    return request(central, url, NULL, "GET", NULL, NULL);
}

void central_answer_clear(CentralAnswer *answer)
{
    g_free(answer->body);
    g_free(answer->type);
    json_decref(answer->json);
    *answer = (CentralAnswer){0};
}

const char *central_text(const CentralAnswer *answer, const char *member)
{
    const char *text = json_string_value(json_object_get(answer->json, member));
    return text ? text : "";
}

char *central_open_visit(const Central *central)
{
    CentralAnswer answer =
        central_call(central, "POST", "/v1/visits", NULL,
                     "{\"name\":\"测试一\",\"id_number\":\"" CENTRAL_PERSON
                     "\",\"document_type\":\"resident\",\"valid_until\":99999999}");
    ck_assert_int_eq(answer.status, 201);
    char *token = g_strdup(central_text(&answer, "visit"));
    central_answer_clear(&answer);
    return token;
}

char *central_digest(int record)
{
    g_autofree char *file = g_strdup_printf(SAMPLES_DIR "/rec-2026-%06d.json", record);
    g_autofree char *text = NULL;
    gsize length = 0, size = 32;
    guint8 hash[32];
    char digest[DIGEST_TEXT_LENGTH + 1];
    ck_assert(g_file_get_contents(file, &text, &length, NULL));
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)text, (gssize)length);
    g_checksum_get_digest(checksum, hash, &size);
    digest_text(hash, digest);
    return g_strdup(digest);
}

char *central_wish(const char *visit, int record, int n)
{
    char identifier[IDENTIFIER_LENGTH + 1];
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *digest = central_digest(record);
    ck_assert(identifier_compose(CENTRAL_TYPE, CENTRAL_ISSUER, "0001", g_date_time_get_year(now),
                                 (guint32)n, identifier, NULL));
    return g_strdup_printf("{\"record\":\"rec-2026-%06d\",\"visit\":\"%s\",\"identifier\":\"%s\","
                           "\"booklet\":\"D33%09d\",\"digest\":\"%s\"}",
                           record, visit, identifier, n, digest);
}

char *central_key(int n)
{
    return g_strdup_printf("Idempotency-Key: 00000000-0000-4000-8000-%012d", n);
}

CentralAnswer central_reserve(const Central *central, const char *visit, int record, int n)
{
    g_autofree char *wish = central_wish(visit, record, n);
    g_autofree char *key = central_key(n);
    return central_call(central, "POST", "/v1/issuances", key, wish);
}

CentralAnswer central_report(const Central *central, int n, const char *body)
{
    g_autofree char *path = g_strdup_printf("/v1/issuances/00000000-0000-4000-8000-%012d", n);
    return central_call(central, "PATCH", path, NULL, body);
}

void central_expect(CentralAnswer answer, int status, const char *problem)
{
    ck_assert_msg(answer.status == status, "%d instead of %d: %s", answer.status, status,
                  answer.body);
    if (problem) {
        ck_assert_str_eq(central_text(&answer, "type"), problem);
        ck_assert_str_eq(answer.type, "application/problem+json");
        ck_assert_int_eq(json_integer_value(json_object_get(answer.json, "status")), status);
    }
    central_answer_clear(&answer);
}
