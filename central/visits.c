#include "central/visits.h"
#include "firmware/base/secret.h"
#include "firmware/certificate/base64.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define CODE_DIGITS 6
#define MINUTE_MS 60000

typedef struct {
    char kiosk[5], token[VISIT_TOKEN_LENGTH + 1];
    char **records;
    char *phone; /* NULL: no code asked for, or it was right */
    char code[CODE_DIGITS + 1];
    gint64 code_ms, used_ms;
    int tries_left;
} Visit;

typedef struct {
    gint64 minute;
    int count;
} Rate;

struct Visits {
    GMutex lock;
    GHashTable *by_token; /* token (in the visit) -> Visit */
    GQueue by_age;        /* of Visit, oldest opened first */
    GHashTable *rates;    /* kiosk -> Rate */
    char *outbox;
    int per_minute;
};

static void free_visit(Visit *visit)
{
    g_strfreev(visit->records);
    if (visit->phone)
        secret_wipe(visit->phone, strlen(visit->phone));
    g_free(visit->phone);
    secret_wipe(visit, sizeof *visit);
    g_free(visit);
}

Visits *visits_create(const char *outbox, int per_minute)
{
    Visits *visits = g_new0(Visits, 1);
    g_mutex_init(&visits->lock);
    visits->by_token = g_hash_table_new(g_str_hash, g_str_equal);
    visits->rates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_queue_init(&visits->by_age);
    visits->outbox = g_strdup(outbox);
    visits->per_minute = per_minute;
    return visits;
}

static void drop(Visits *visits, Visit *visit)
{
    g_hash_table_remove(visits->by_token, visit->token);
    g_queue_remove(&visits->by_age, visit);
    free_visit(visit);
}

void visits_destroy(Visits *visits)
{
    if (!visits)
        return;
    while (!g_queue_is_empty(&visits->by_age))
        drop(visits, g_queue_peek_head(&visits->by_age));
    g_hash_table_destroy(visits->by_token);
    g_hash_table_destroy(visits->rates);
    g_mutex_clear(&visits->lock);
    g_free(visits->outbox);
    g_free(visits);
}

static void fill_random(void *memory, gsize size)
{
    if (getrandom(memory, size, 0) != (gssize)size)
        g_error("visits: no random numbers");
}

/* Unbiased: 4 294 000 000 is the greatest multiple of a million that 32 bits hold. */
static void make_code(char ret[CODE_DIGITS + 1])
{
    guint32 number;
    do
        fill_random(&number, sizeof number);
    while (number >= 4294000000u);
    snprintf(ret, CODE_DIGITS + 1, "%06u", (unsigned)(number % 1000000));
}

static gboolean write_private(const char *path, const char *text)
{
    int fd = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return FALSE;
    gsize length = strlen(text);
    gboolean written = write(fd, text, length) == (gssize)length && fsync(fd) == 0;
    return close(fd) == 0 && written;
}

/* Under another name first: the gateway never sees half a message. */
static gboolean send_code(const Visits *visits, Visit *visit, gint64 now_ms)
{
    guint64 name;
    fill_random(&name, sizeof name);
    make_code(visit->code);
    visit->code_ms = now_ms;
    g_autofree char *path =
        g_strdup_printf("%s/%016" G_GINT64_MODIFIER "x.sms", visits->outbox, name);
    g_autofree char *part = g_strconcat(path, ".part", NULL);
    g_autofree char *text = g_strdup_printf("to: %s\ncode: %s\n", visit->phone, visit->code);
    gboolean sent = g_mkdir_with_parents(visits->outbox, 0700) == 0 && write_private(part, text) &&
                    g_rename(part, path) == 0;
    secret_wipe(text, strlen(text));
    return sent;
}

static gboolean is_within_rate(Visits *visits, const char *kiosk, gint64 now_ms)
{
    Rate *rate = g_hash_table_lookup(visits->rates, kiosk);
    if (!rate) {
        rate = g_new0(Rate, 1);
        g_hash_table_insert(visits->rates, g_strdup(kiosk), rate);
    }
    if (rate->minute != now_ms / MINUTE_MS)
        *rate = (Rate){now_ms / MINUTE_MS, 0};
    return rate->count++ < visits->per_minute;
}

static void drop_dead(Visits *visits, gint64 now_ms)
{
    for (GList *link = visits->by_age.head; link;) {
        Visit *visit = link->data;
        link = link->next;
        if (now_ms - visit->used_ms > VISIT_IDLE_MS)
            drop(visits, visit);
    }
    if (g_queue_get_length(&visits->by_age) >= VISITS_MAX)
        drop(visits, g_queue_peek_head(&visits->by_age));
}

static Visit *make_visit(const char *kiosk, const char *const *records, const char *phone,
                         gint64 now_ms)
{
    guint8 random[32];
    fill_random(random, sizeof random);
    g_autofree char *token = base64_encode_url(random, sizeof random);
    Visit *visit = g_new0(Visit, 1);
    g_strlcpy(visit->token, token, sizeof visit->token);
    g_strlcpy(visit->kiosk, kiosk, sizeof visit->kiosk);
    visit->records = g_strdupv((char **)records);
    visit->phone = g_strdup(phone);
    visit->tries_left = VISIT_TRIES;
    visit->used_ms = now_ms;
    return visit;
}

static VisitsVerdict open_locked(Visits *visits, Visit *visit, gint64 now_ms, int *ret_left)
{
    drop_dead(visits, now_ms);
    if (!is_within_rate(visits, visit->kiosk, now_ms)) {
        *ret_left = (int)((MINUTE_MS - now_ms % MINUTE_MS) / 1000) + 1;
        return VISITS_TOO_MANY;
    }
    if (visit->phone && !send_code(visits, visit, now_ms))
        return VISITS_FAILED;
    g_hash_table_insert(visits->by_token, visit->token, visit);
    g_queue_push_tail(&visits->by_age, visit);
    return VISITS_FINE;
}

VisitsVerdict visits_open(Visits *visits, const char *kiosk, const char *const *records,
                          const char *phone, gint64 now_ms, char ret_token[VISIT_TOKEN_LENGTH + 1],
                          int *ret_left)
{
    Visit *visit = make_visit(kiosk, records, phone, now_ms);
    g_mutex_lock(&visits->lock);
    VisitsVerdict verdict = open_locked(visits, visit, now_ms, ret_left);
    if (verdict == VISITS_FINE)
        memcpy(ret_token, visit->token, sizeof visit->token);
    else
        free_visit(visit);
    g_mutex_unlock(&visits->lock);
    return verdict;
}

/* With the lock held. NULL: over, or another kiosk's. */
static Visit *find(Visits *visits, const char *kiosk, const char *token, gint64 now_ms)
{
    Visit *visit = token ? g_hash_table_lookup(visits->by_token, token) : NULL;
    if (!visit || strcmp(visit->kiosk, kiosk))
        return NULL;
    if (now_ms - visit->used_ms > VISIT_IDLE_MS) {
        drop(visits, visit);
        return NULL;
    }
    visit->used_ms = now_ms;
    return visit;
}

VisitsVerdict visits_check(Visits *visits, const char *kiosk, const char *token, const char *record,
                           gint64 now_ms)
{
    g_mutex_lock(&visits->lock);
    const Visit *visit = find(visits, kiosk, token, now_ms);
    VisitsVerdict verdict = VISITS_EXPIRED;
    if (visit && !visit->phone)
        verdict = g_strv_contains((const char *const *)visit->records, record) ? VISITS_FINE
                                                                               : VISITS_NOT_LISTED;
    g_mutex_unlock(&visits->lock);
    return verdict;
}

static gboolean is_right(const Visit *visit, const char *code, gint64 now_ms)
{
    guint different = strlen(code) != CODE_DIGITS;
    for (int i = 0; !different && i < CODE_DIGITS; i++)
        different |= (guint)(code[i] ^ visit->code[i]);
    return !different && now_ms - visit->code_ms <= VISIT_CODE_MS;
}

static VisitsVerdict try_code(Visits *visits, Visit *visit, const char *code, gint64 now_ms,
                              int *ret_left)
{
    if (!visit)
        return VISITS_EXPIRED;
    if (!visit->phone || is_right(visit, code, now_ms)) {
        g_clear_pointer(&visit->phone, g_free);
        return VISITS_FINE;
    }
    *ret_left = --visit->tries_left;
    if (visit->tries_left <= 0)
        drop(visits, visit);
    return VISITS_WRONG_CODE;
}

VisitsVerdict visits_enter_code(Visits *visits, const char *kiosk, const char *token,
                                const char *code, gint64 now_ms, int *ret_left)
{
    g_mutex_lock(&visits->lock);
    Visit *visit = find(visits, kiosk, token, now_ms);
    VisitsVerdict verdict = try_code(visits, visit, code, now_ms, ret_left);
    g_mutex_unlock(&visits->lock);
    return verdict;
}

static VisitsVerdict try_resend(Visits *visits, Visit *visit, gint64 now_ms, int *ret_left)
{
    if (!visit)
        return VISITS_EXPIRED;
    if (!visit->phone)
        return VISITS_FINE;
    if (now_ms - visit->code_ms < VISIT_RESEND_MS) {
        *ret_left = (int)((VISIT_RESEND_MS - (now_ms - visit->code_ms)) / 1000) + 1;
        return VISITS_TOO_MANY;
    }
    return send_code(visits, visit, now_ms) ? VISITS_FINE : VISITS_FAILED;
}

VisitsVerdict visits_resend(Visits *visits, const char *kiosk, const char *token, gint64 now_ms,
                            int *ret_left)
{
    g_mutex_lock(&visits->lock);
    VisitsVerdict verdict =
        try_resend(visits, find(visits, kiosk, token, now_ms), now_ms, ret_left);
    g_mutex_unlock(&visits->lock);
    return verdict;
}

void visits_close(Visits *visits, const char *kiosk, const char *token)
{
    g_mutex_lock(&visits->lock);
    Visit *visit = g_hash_table_lookup(visits->by_token, token);
    if (visit && !strcmp(visit->kiosk, kiosk))
        drop(visits, visit);
    g_mutex_unlock(&visits->lock);
}
