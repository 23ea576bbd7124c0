#include "firmware/service/http.h"
#include "firmware/base/error.h"
#include "firmware/base/secret.h"
#include "firmware/service/credentials.h"
#include <curl/curl.h>
#include <malloc.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>

#define HEADER_BYTES_MAX (32 * 1024)
#define CONNECT_TIMEOUT_MAX_MS 5000
#define LOW_SPEED_BYTES 512 /* a second */
#define RETRY_AFTER_MAX_S 3600
#define BODY_FIRST_BYTES 4096

struct Http {
    CURLSH *share; /* the connection outlives the handles: each handle takes its buffers along */
    char *url;
    Credentials credentials;
    int timeout_ms;
    guint connections;
};

typedef struct {
    HttpAnswer *answer;
    gsize limit_bytes, header_bytes;
    gboolean too_large;
} Receiver;

typedef struct curl_slist HeaderList;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HeaderList, curl_slist_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURL, curl_easy_cleanup)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)

/* What passes through libcurl's buffers is personal: whatever it frees is wiped. */
static void *wiping_realloc(void *old, size_t size)
{
    void *memory = secret_malloc(size);
    if (memory && old)
        memcpy(memory, old, MIN(malloc_usable_size(old), size));
    if (memory)
        secret_free(old);
    return memory;
}

static void *zeroed(size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *memory = secret_malloc(bytes);
    return memory ? memset(memory, 0, bytes) : NULL;
}

static char *copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = secret_malloc(bytes);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

static void init_once(void)
{
    static gsize done = 0;
    if (g_once_init_enter(&done)) {
        signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to connections that may be gone */
        CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, secret_malloc, secret_free,
                                             wiping_realloc, copy_text, zeroed);
        g_once_init_leave(&done, code == CURLE_OK ? 1 : 2);
    }
    if (done != 1)
        g_error("service: libcurl does not start");
}

static gboolean url_has(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    gboolean has = curl_url_get(url, part, &text, 0) == CURLUE_OK && strcmp(text, "/");
    curl_free(text);
    return has;
}

/* https://host[:port] and nothing more: a path or a password in it would be a mistake. */
static gboolean is_base_url(const char *text)
{
    g_autoptr(CURLU) url = curl_url();
    if (!url || !g_str_has_prefix(text, "https://") ||
        curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
        return FALSE;
    return !url_has(url, CURLUPART_USER) && !url_has(url, CURLUPART_PATH) &&
           !url_has(url, CURLUPART_QUERY) && !url_has(url, CURLUPART_FRAGMENT);
}

Http *http_create(const Config *config, GError **error)
{
    init_once();
    const char *url = config_string(config, "service", "url");
    gboolean reachable = is_base_url(url);
    if (!reachable)
        kiosk_error_add(error, g_error_new(KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                                           "service: [service] url: '%s' is not https://host or "
                                           "https://host:port",
                                           url));
    Credentials credentials;
    if (!credentials_load(config, &credentials, error))
        return NULL;
    if (!reachable) {
        credentials_clear(&credentials);
        return NULL;
    }
    Http *http = g_new0(Http, 1);
    http->credentials = credentials;
    http->url = g_strndup(url, strlen(url) - (g_str_has_suffix(url, "/") ? 1 : 0));
    http->timeout_ms = config_int(config, "service", "timeout_ms");
    http->share = curl_share_init();
    curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
    curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return http;
}

void http_destroy(Http *http)
{
    if (!http)
        return;
    curl_share_cleanup(http->share);
    credentials_clear(&http->credentials);
    g_free(http->url);
    g_free(http);
}

guint http_count_connections(const Http *http)
{
    return http->connections;
}

void http_answer_clear(HttpAnswer *answer)
{
    secret_free(answer->body);
    memset(answer, 0, sizeof *answer);
}

static gboolean reserve(HttpAnswer *answer, gsize needed)
{
    if (needed <= answer->capacity)
        return TRUE;
    gsize capacity = MAX(answer->capacity * 2, MAX(needed, BODY_FIRST_BYTES));
    char *body = wiping_realloc(answer->body, capacity);
    if (!body)
        return FALSE;
    answer->body = body;
    answer->capacity = capacity;
    return TRUE;
}

static size_t receive_body(char *bytes, size_t size, size_t count, void *data)
{
    Receiver *receiver = data;
    HttpAnswer *answer = receiver->answer;
    gsize length = size * count;
    if (length > receiver->limit_bytes - answer->length) {
        receiver->too_large = TRUE;
        return 0;
    }
    if (!reserve(answer, answer->length + length + 1))
        return 0;
    memcpy(answer->body + answer->length, bytes, length);
    answer->length += length;
    answer->body[answer->length] = '\0';
    return length;
}

static size_t receive_header(char *bytes, size_t size, size_t count, void *data)
{
    (void)bytes;
    Receiver *receiver = data;
    receiver->header_bytes += size * count;
    receiver->too_large = receiver->header_bytes > HEADER_BYTES_MAX;
    return receiver->too_large ? 0 : size * count;
}

static void set_blob(CURL *curl, CURLoption option, char *text)
{
    struct curl_blob blob = {text, strlen(text), CURL_BLOB_NOCOPY};
    curl_easy_setopt(curl, option, &blob);
}

/* Deciphered bytes are personal: OpenSSL wipes them once libcurl has them. */
static CURLcode harden(CURL *curl, void *context, void *data)
{
    (void)curl, (void)data;
    SSL_CTX_set_options(context, SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_RENEGOTIATION);
    return CURLE_OK;
}

static void set_tls(const Http *http, CURL *curl)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, harden);
    curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    set_blob(curl, CURLOPT_CAINFO_BLOB, http->credentials.ca);
    set_blob(curl, CURLOPT_SSLCERT_BLOB, http->credentials.certificate);
    set_blob(curl, CURLOPT_SSLKEY_BLOB, http->credentials.key);
}

static void set_limits(const Http *http, CURL *curl)
{
    long timeout_ms = http->timeout_ms;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, MIN(timeout_ms, CONNECT_TIMEOUT_MAX_MS));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, MAX(timeout_ms / 2000, 1L));
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(curl, CURLOPT_SHARE, http->share);
}

static HeaderList *list_headers(const HttpRequest *request)
{
    g_autofree char *accept =
        g_strdup_printf("Accept: %s, application/problem+json", request->accept);
    HeaderList *list = curl_slist_append(NULL, accept);
    list = curl_slist_append(list, "Expect:");
    if (request->body)
        list = curl_slist_append(list, "Content-Type: application/json");
    for (int i = 0; i < HTTP_HEADERS_MAX; i++)
        if (request->headers[i])
            list = curl_slist_append(list, request->headers[i]);
    return list;
}

static void set_request(CURL *curl, const HttpRequest *request)
{
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "kiosk");
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request->body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    }
}

static void read_info(Http *http, CURL *curl, HttpAnswer *answer)
{
    long status = 0, sent_bytes = 0, connections = 0;
    curl_off_t retry_after_s = 0;
    const char *type = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent_bytes);
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after_s);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    answer->status = (int)status;
    /* Summed over libcurl's own second attempt, when a kept connection turned out to be dead. */
    answer->sent = sent_bytes > 0;
    answer->retry_after_s = (int)CLAMP(retry_after_s, 0, RETRY_AFTER_MAX_S);
    http->connections += (guint)connections;
    g_strlcpy(answer->content_type, type ? type : "", sizeof answer->content_type);
    answer->content_type[strcspn(answer->content_type, "; \t")] = '\0';
    for (char *c = answer->content_type; *c; c++)
        *c = g_ascii_tolower(*c);
}

static KioskError classify(CURLcode code, const Receiver *receiver)
{
    if (receiver->too_large)
        return KIOSK_ERROR_INVALID;
    if (receiver->answer->sent)
        return KIOSK_ERROR_TIMEOUT;
    gboolean stranger = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
    return stranger ? KIOSK_ERROR_SIGNATURE : KIOSK_ERROR_UNAVAILABLE;
}

static void report(GError **error, const HttpRequest *request, CURLcode code, const char *detail,
                   const Receiver *receiver)
{
    KioskError kind = classify(code, receiver);
    if (receiver->too_large)
        detail = receiver->header_bytes > HEADER_BYTES_MAX ? "headers too large" : "body too large";
    const char *what = receiver->answer->sent ? "answer lost, what it did is unknown" : "not sent";
    if (kind == KIOSK_ERROR_INVALID)
        what = "answer refused";
    g_set_error(error, KIOSK_ERROR, (int)kind, "service: %s: %s: %s", request->what, what,
                *detail ? detail : curl_easy_strerror(code));
}

gboolean http_send(Http *http, const HttpRequest *request, HttpAnswer *ret, GError **error)
{
    memset(ret, 0, sizeof *ret);
    Receiver receiver = {ret, request->limit_bytes, 0, FALSE};
    char detail[CURL_ERROR_SIZE] = "";
    g_autofree char *url = g_strconcat(http->url, request->path, NULL);
    g_autoptr(HeaderList) headers = list_headers(request);
    g_autoptr(CURL) curl = curl_easy_init();
    if (!curl)
        g_error("service: no memory for a request");
    set_tls(http, curl);
    set_limits(http, curl);
    set_request(curl, request);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &receiver);
    CURLcode code = curl_easy_perform(curl);
    read_info(http, curl, ret);
    if (code == CURLE_OK)
        return TRUE;
    report(error, request, code, detail, &receiver);
    gboolean sent = ret->sent;
    http_answer_clear(ret);
    ret->sent = sent;
    return FALSE;
}
