/* Persons and certificates. Some certificates have two owners, some a character that no font has,
 * some are locked; the register changes them now and then. */
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/record.h"
#include "tests/sim/people.h"
#include "tests/sim/sim.h"
#include <string.h>

#define RETURNS_PER_MILLION 350000

typedef struct {
    char name[32], id_number[19];
    int deed; /* the first of his certificates */
} Person;

typedef struct {
    char id[40], digest[DIGEST_TEXT_LENGTH + 1];
    int owners[2], number;
    int version;
    gboolean unprintable;
    const char *reason;
    char *payload;
} Deeds;

struct Office {
    World *w;
    GArray *persons, *deeds;
    GHashTable *by_digest; /* digest -> record id */
    Random random;
};

Office *office_create(World *w)
{
    Office *office = g_new0(Office, 1);
    office->w = w;
    office->persons = g_array_new(FALSE, TRUE, sizeof(Person));
    office->deeds = g_array_new(FALSE, TRUE, sizeof(Deeds));
    office->by_digest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    office->random = random_stream(w->seed, "office", 0);
    return office;
}

void office_free(Office *office)
{
    for (guint i = 0; i < office->deeds->len; i++)
        g_free(g_array_index(office->deeds, Deeds, i).payload);
    g_array_unref(office->persons);
    g_array_unref(office->deeds);
    g_hash_table_unref(office->by_digest);
    g_free(office);
}

/* ISO 7064 MOD 11-2, GB 11643. */
static void make_id_number(int n, char ret[19])
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    /* district, born 1899-01-0x: nobody alive; 4 digits in the order and day make 3 * 1000 */
    g_snprintf(ret, 19, "33010618990%d%02d%03d0", 1 + n / 27000, 1 + n / 1000 % 27, n % 1000);
    for (int i = 0; i < 17; i++)
        sum += (ret[i] - '0') * weights[i];
    ret[17] = "10X98765432"[sum % 11];
}

static int add_person(Office *office)
{
    Person person = {.deed = -1};
    int n = (int)office->persons->len;
    make_id_number(n, person.id_number);
    g_snprintf(person.name, sizeof person.name, NAME_CANARY "%c%c", 'A' + n / 26 % 26,
               'A' + n % 26);
    g_array_append_val(office->persons, person);
    return n;
}

static Person *person_at(const Office *office, int i)
{
    return &g_array_index(office->persons, Person, i);
}

static Deeds *deeds_at(const Office *office, int i)
{
    return &g_array_index(office->deeds, Deeds, i);
}

static void write_payload(Office *office, Deeds *deeds)
{
    g_autoptr(GString) owners = g_string_new("");
    for (int i = 0; i < 2 && deeds->owners[i] >= 0; i++) {
        const Person *p = person_at(office, deeds->owners[i]);
        g_string_append_printf(owners, "%s{\"name\":\"%s\",\"id_number\":\"%s\"}", i ? "," : "",
                               p->name, p->id_number);
    }
    g_free(deeds->payload);
    deeds->payload = g_strdup_printf(
        "{\"schema\":\"certificate/1\",\"id\":\"%s\",\"number\":\"示(2026)示例市不动产权第%07d号\","
        "\"kind\":\"ownership\",\"issuer\":{\"name\":\"示例市自然资源和规划局\",\"code\":"
        "\"11330106MA00000A9H\"},\"registered_on\":\"2026-06-30\",\"collectors\":[%s],"
        "\"printed\":{\"owners\":\"%s\",\"co_ownership\":\"单独所有\",\"location\":"
        "\"示例市西湖区测试路%s号\",\"unit_code\":\"330106001002GB00012F00019023\",\"right_type\":"
        "\"国有建设用地使用权/房屋所有权\",\"right_nature\":\"出让/市场化商品房\",\"use\":"
        "\"城镇住宅用地/车位\",\"area\":\"房屋建筑面积18.38㎡\",\"term\":\"国有建设用地使用权 "
        "2015年10月16日起2076年12月28日止\",\"other\":\"\",\"notes\":\"%d%s\"}}",
        deeds->id, deeds->number, owners->str, person_at(office, deeds->owners[0])->name, deeds->id,
        deeds->version, deeds->unprintable ? "\U0002EBF0" : "");
}

static void note_digest(Office *office, Deeds *deeds)
{
    guint8 sha[32];
    gsize size = sizeof sha;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)deeds->payload, (gssize)strlen(deeds->payload));
    g_checksum_get_digest(checksum, sha, &size);
    digest_text(sha, deeds->digest);
    g_hash_table_insert(office->by_digest, g_strdup(deeds->digest), g_strdup(deeds->id));
}

static gboolean import(Office *office, Deeds *deeds)
{
    return central_import(office->w, deeds->payload, strlen(deeds->payload), deeds->reason);
}

static int add_deeds(Office *office, int first, int second)
{
    Random *r = &office->random;
    Deeds deeds = {.owners = {first, second}, .number = (int)office->deeds->len + 1, .reason = ""};
    g_snprintf(deeds.id, sizeof deeds.id, "rec-%u", office->deeds->len);
    deeds.unprintable = random_below(r, 60) == 0;
    if (random_below(r, 40) == 0)
        deeds.reason = "tax-due";
    write_payload(office, &deeds);
    note_digest(office, &deeds);
    import(office, &deeds);
    g_array_append_val(office->deeds, deeds);
    return (int)office->deeds->len - 1;
}

/* One certificate, now and then two or three; now and then a second owner with a card of his own.
 */
static int add_household(Office *office)
{
    Random *r = &office->random;
    int first = add_person(office);
    int second = random_below(r, 4) == 0 ? add_person(office) : -1;
    int n = random_below(r, 5) == 0 ? random_between(r, 2, 3) : 1;
    for (int i = 0; i < n; i++) {
        int deeds = add_deeds(office, first, second);
        person_at(office, first)->deed = deeds;
        if (second >= 0)
            person_at(office, second)->deed = deeds;
    }
    return first;
}

int office_draw_person(Office *office, Random *r)
{
    guint n = office->persons->len;
    if (n > 3 && random_chance(r, RETURNS_PER_MILLION)) {
        int back = random_below(r, 3) ? 12 : 60; /* mostly somebody of just now */
        return random_between(r, MAX((int)n - back, 0), (int)n - 1);
    }
    return add_household(office);
}

const char *office_name(const Office *office, int person)
{
    return person_at(office, person)->name;
}

const char *office_id_number(const Office *office, int person)
{
    return person_at(office, person)->id_number;
}

const char *office_record_of_digest(const Office *office, const char *digest)
{
    return g_hash_table_lookup(office->by_digest, digest);
}

static Deeds *find(const Office *office, const char *record)
{
    for (guint i = 0; i < office->deeds->len; i++)
        if (!strcmp(deeds_at(office, (int)i)->id, record))
            return deeds_at(office, (int)i);
    return NULL;
}

gboolean office_is_unprintable(const Office *office, const char *record)
{
    const Deeds *deeds = find(office, record);
    return deeds && deeds->unprintable;
}

/* A change that the register refuses (issued, being issued) does not happen. */
void office_touch(Office *office, Random *r, int person)
{
    Deeds *deeds = deeds_at(office, person_at(office, person)->deed);
    const char *reason = deeds->reason;
    int version = deeds->version;
    if (random_below(r, 3) == 0)
        deeds->reason = *reason ? "" : "locked";
    else
        deeds->version++;
    write_payload(office, deeds);
    if (!import(office, deeds)) {
        deeds->reason = reason;
        deeds->version = version;
        write_payload(office, deeds); /* what a restored register gets is what it had */
        return;
    }
    note_digest(office, deeds);
}

/* Imported again in the order of before: the register takes what it has not got. */
void office_restore(Office *office)
{
    for (guint i = 0; i < office->deeds->len; i++)
        import(office, deeds_at(office, (int)i));
}
