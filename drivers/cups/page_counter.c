#include "drivers/cups/page_counter.h"
#include "firmware/base/clock.h"
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <string.h>

#define UNIT_IMPRESSIONS 7 /* prtMarkerCounterUnit: impressions(7), sheets(8) and lengths */
#define OID_MAX 16

struct PageCounter {
    char *peer, *community;
    void *session;
    gint64 deadline_ms;
};

/* A column of a table, or a scalar without its last number: the first instance is read. */
typedef struct {
    oid words[OID_MAX];
    size_t length;
} Column;

static const Column up_time = {{1, 3, 6, 1, 2, 1, 1, 3}, 8};
static const Column serial = {{1, 3, 6, 1, 2, 1, 43, 5, 1, 1, 17}, 11};
static const Column counter_unit = {{1, 3, 6, 1, 2, 1, 43, 10, 2, 1, 3}, 11};
static const Column life_count = {{1, 3, 6, 1, 2, 1, 43, 10, 2, 1, 4}, 11};

PageCounter *page_counter_create(const char *address, const char *community, GError **error)
{
    struct snmp_session session;
    PageCounter *counter = g_new0(PageCounter, 1);
    snmp_disable_stderrlog();
    snmp_sess_init(&session); /* reads no file: neither MIBs nor configuration are wanted */
    counter->peer = g_strdup_printf("udp:%s", address);
    counter->community = g_strdup(community);
    session.version = SNMP_VERSION_1;
    session.peername = counter->peer;
    session.community = (u_char *)counter->community;
    session.community_len = strlen(community);
    session.retries = 0;
    counter->session = snmp_sess_open(&session);
    if (counter->session)
        return counter;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG,
                "[printer] snmp: '%s' is no address of the form host or host:port", address);
    page_counter_destroy(counter);
    return NULL;
}

void page_counter_destroy(PageCounter *counter)
{
    if (!counter)
        return;
    if (counter->session)
        snmp_sess_close(counter->session);
    g_free(counter->peer);
    g_free(counter->community);
    g_free(counter);
}

static gboolean is_under(const struct variable_list *value, const Column *column)
{
    return value && value->name_length > column->length &&
           !memcmp(value->name, column->words, column->length * sizeof(oid));
}

/* The answer's variable is passed to `take` when it belongs to the column. FALSE: no answer. */
static gboolean read_first(PageCounter *counter, const Column *column,
                           void (*take)(const struct variable_list *value, gpointer ret),
                           gpointer ret)
{
    gint64 left_ms = counter->deadline_ms - clock_monotonic_ms();
    struct snmp_pdu *answer = NULL;
    if (left_ms <= 0)
        return FALSE;
    struct snmp_pdu *request = snmp_pdu_create(SNMP_MSG_GETNEXT);
    snmp_add_null_var(request, column->words, column->length);
    snmp_sess_session(counter->session)->timeout = left_ms * 1000;
    int status = snmp_sess_synch_response(counter->session, request, &answer);
    gboolean answered = status == STAT_SUCCESS && answer;
    if (answered && answer->errstat == SNMP_ERR_NOERROR && is_under(answer->variables, column))
        take(answer->variables, ret);
    if (answer)
        snmp_free_pdu(answer);
    return answered;
}

static void take_number(const struct variable_list *value, gpointer ret)
{
    gboolean number = value->type == ASN_INTEGER || value->type == ASN_COUNTER ||
                      value->type == ASN_GAUGE || value->type == ASN_TIMETICKS;
    if (number && value->val_len == sizeof *value->val.integer)
        *(gint64 *)ret =
            value->type == ASN_INTEGER ? *value->val.integer : (gint64)(guint32)*value->val.integer;
}

static void take_serial(const struct variable_list *value, gpointer ret)
{
    char *text = ret;
    gsize size = sizeof((CounterReading *)NULL)->serial;
    if (value->type != ASN_OCTET_STR || value->val_len >= size) /* half an identity is none */
        return;
    for (gsize i = 0; i < value->val_len; i++)
        text[i] = g_ascii_isgraph(value->val.string[i]) ? (char)value->val.string[i] : '?';
    text[value->val_len] = '\0';
}

gboolean page_counter_read(PageCounter *counter, int timeout_ms, CounterReading *ret,
                           GError **error)
{
    gint64 unit = -1, count = -1, ticks = -1;
    *ret = (CounterReading){.impressions = -1, .up_time_s = -1};
    counter->deadline_ms = clock_monotonic_ms() + timeout_ms;
    if (!read_first(counter, &life_count, take_number, &count) ||
        !read_first(counter, &counter_unit, take_number, &unit) ||
        !read_first(counter, &up_time, take_number, &ticks) ||
        !read_first(counter, &serial, take_serial, ret->serial)) {
        *ret = (CounterReading){.impressions = -1, .up_time_s = -1};
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "printer: no SNMP answer from %s",
                    counter->peer);
        return FALSE;
    }
    if (unit == UNIT_IMPRESSIONS && count >= 0)
        ret->impressions = count;
    if (ticks >= 0)
        ret->up_time_s = (int)(ticks / 100);
    return TRUE;
}
