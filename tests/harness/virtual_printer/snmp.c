/* The little of SNMP that tells a page counter: GetRequest and GetNextRequest of versions 1 and 2c
 * (RFC 1157, RFC 3416), community "public", one variable a request. */
#include "machine.h"
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TAG_INTEGER = 0x02,
    TAG_OCTETS = 0x04,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_COUNTER32 = 0x41,
    TAG_TICKS = 0x43,
    TAG_NO_SUCH_OBJECT = 0x80,
    TAG_END_OF_VIEW = 0x82,
    TAG_GET = 0xa0,
    TAG_GET_NEXT = 0xa1,
    TAG_RESPONSE = 0xa2,
};

#define NO_SUCH_NAME 2 /* error-status of version 1 */
#define COUNTER_UNIT_IMPRESSIONS 7

/* In the order of the tree. */
static const struct {
    guint8 oid[16];
    gsize size;
    guint8 tag;
} variables[] = {
    {{0x2b, 6, 1, 2, 1, 1, 3, 0}, 8, TAG_TICKS},                    /* sysUpTime.0 */
    {{0x2b, 6, 1, 2, 1, 43, 5, 1, 1, 17, 1}, 11, TAG_OCTETS},       /* prtGeneralSerialNumber.1 */
    {{0x2b, 6, 1, 2, 1, 43, 10, 2, 1, 3, 1, 1}, 12, TAG_INTEGER},   /* prtMarkerCounterUnit.1.1 */
    {{0x2b, 6, 1, 2, 1, 43, 10, 2, 1, 4, 1, 1}, 12, TAG_COUNTER32}, /* prtMarkerLifeCount.1.1 */
};

typedef struct {
    const guint8 *at, *end;
} Span;

/* Takes the element at the front, of this tag; an empty span when there is none such. */
static Span take(Span *from, guint8 tag)
{
    Span none = {NULL, NULL};
    gsize left = (gsize)(from->end - from->at), head = 2;
    if (!from->at || left < 2 || from->at[0] != tag)
        return none;
    gsize size = from->at[1];
    if (size > 0x80 && size <= 0x82 && left >= 2 + (size & 0x7f)) {
        gsize bytes = size & 0x7f;
        for (size = 0; head < 2 + bytes; head++)
            size = size << 8 | from->at[head];
    }
    if (size > left - head)
        return none;
    Span value = {from->at + head, from->at + head + size};
    from->at = value.end;
    return value;
}

static int compare(Span oid, gsize i)
{
    gsize size = (gsize)(oid.end - oid.at);
    int order = memcmp(oid.at, variables[i].oid, MIN(size, variables[i].size));
    return order ? order : (size > variables[i].size) - (size < variables[i].size);
}

/* Index of the variable that is asked for, the number of all when there is none. */
static gsize find(Span oid, gboolean next)
{
    gsize i = 0;
    while (i < G_N_ELEMENTS(variables) && (next ? compare(oid, i) >= 0 : compare(oid, i) != 0))
        i++;
    return i;
}

static gint64 read_value(Machine *machine, guint8 tag)
{
    g_mutex_lock(&machine->mutex);
    gint64 counter =
        machine->counter_mode == COUNTER_ABSENT ? machine->counter : machine_counter(machine);
    gint64 value = tag == TAG_COUNTER32 ? counter
                   : tag == TAG_TICKS   ? (now_ms() - machine->up_since_ms) / 10
                                        : COUNTER_UNIT_IMPRESSIONS;
    g_mutex_unlock(&machine->mutex);
    return value;
}

static void prepend(GByteArray *to, guint8 tag, const guint8 *bytes, gsize size)
{
    guint8 head[4] = {tag, (guint8)size};
    gsize n = 2;
    if (size > 0x7f) {
        head[1] = 0x82;
        head[2] = (guint8)(size >> 8);
        head[3] = (guint8)size;
        n = 4;
    }
    if (bytes)
        g_byte_array_prepend(to, bytes, (guint)size);
    g_byte_array_prepend(to, head, (guint)n);
}

static void prepend_number(GByteArray *to, guint8 tag, gint64 value)
{
    const guint8 bytes[5] = {0, (guint8)(value >> 24), (guint8)(value >> 16), (guint8)(value >> 8),
                             (guint8)value};
    prepend(to, tag, bytes, sizeof bytes);
}

typedef struct {
    Span version, community, id, oid;
    gboolean next;
} Question;

static gboolean parse(Span packet, Question *ret)
{
    Span message = take(&packet, TAG_SEQUENCE);
    ret->version = take(&message, TAG_INTEGER);
    ret->community = take(&message, TAG_OCTETS);
    ret->next = message.at && message.at < message.end && *message.at == TAG_GET_NEXT;
    Span pdu = take(&message, ret->next ? TAG_GET_NEXT : TAG_GET);
    ret->id = take(&pdu, TAG_INTEGER);
    Span status = take(&pdu, TAG_INTEGER), index = take(&pdu, TAG_INTEGER);
    Span bindings = take(&pdu, TAG_SEQUENCE), binding = take(&bindings, TAG_SEQUENCE);
    ret->oid = take(&binding, TAG_OID);
    return ret->version.at && ret->version.end == ret->version.at + 1 && ret->id.at && status.at &&
           index.at && ret->oid.at && ret->community.end - ret->community.at == 6 &&
           !memcmp(ret->community.at, "public", 6);
}

/* From the inside out: a length stands before what it counts. */
static GByteArray *answer(Machine *machine, const Question *question)
{
    GByteArray *out = g_byte_array_new();
    gsize i = find(question->oid, question->next);
    gboolean known = i < G_N_ELEMENTS(variables), first = *question->version.at == 0;
    if (known && variables[i].tag == TAG_OCTETS) /* the end of its UUID */
        prepend(out, TAG_OCTETS, (const guint8 *)machine->uuid + strlen(machine->uuid) - 12, 12);
    else if (known)
        prepend_number(out, variables[i].tag, read_value(machine, variables[i].tag));
    else
        prepend(out, question->next ? TAG_END_OF_VIEW : TAG_NO_SUCH_OBJECT, NULL, 0);
    prepend(out, TAG_OID, known ? variables[i].oid : question->oid.at,
            known ? variables[i].size : (gsize)(question->oid.end - question->oid.at));
    prepend(out, TAG_SEQUENCE, NULL, out->len);
    prepend(out, TAG_SEQUENCE, NULL, out->len);
    prepend_number(out, TAG_INTEGER, !known && first);
    prepend_number(out, TAG_INTEGER, !known && first ? NO_SUCH_NAME : 0);
    prepend(out, TAG_INTEGER, question->id.at, (gsize)(question->id.end - question->id.at));
    prepend(out, TAG_RESPONSE, NULL, out->len);
    prepend(out, TAG_OCTETS, question->community.at, 6);
    prepend(out, TAG_INTEGER, question->version.at, 1);
    prepend(out, TAG_SEQUENCE, NULL, out->len);
    return out;
}

typedef struct {
    Machine *machine;
    int fd;
} Agent;

static gboolean is_reachable(Machine *machine)
{
    g_mutex_lock(&machine->mutex);
    gboolean fine = machine->net == NET_OK;
    g_mutex_unlock(&machine->mutex);
    return fine;
}

static gpointer run(gpointer data)
{
    const Agent *agent = data;
    while (TRUE) {
        guint8 packet[1500];
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        Question question;
        ssize_t n = recvfrom(agent->fd, packet, sizeof packet, 0, (struct sockaddr *)&peer, &size);
        if (n <= 0 || !is_reachable(agent->machine) ||
            !parse((Span){packet, packet + n}, &question))
            continue;
        g_autoptr(GByteArray) out = answer(agent->machine, &question);
        (void)!sendto(agent->fd, out->data, out->len, 0, (struct sockaddr *)&peer, size);
    }
    return NULL;
}

gboolean snmp_start(Machine *machine, int *ret_port)
{
    static Agent agent;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) ||
        getsockname(fd, (struct sockaddr *)&address, &size)) {
        perror("virtual_printer: snmp");
        return FALSE;
    }
    *ret_port = ntohs(address.sin_port);
    agent = (Agent){machine, fd};
    g_thread_unref(g_thread_new("snmp", run, &agent));
    return TRUE;
}
