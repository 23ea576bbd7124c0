/* The service: its own API, register and store on a simulated disk; crashes, restarts, backups. */
#include "central/api.h"
#include "central/register.h"
#include "firmware/base/error.h"
#include "tests/sim/sim.h"
#include <string.h>

#define PATH "/sim/c/central.db"
#define BACKUP_MS (20 * 60 * 1000)
#define BACKUPS 4
#define CUT_OFF_MS (8 * 60 * 1000)

struct Central {
    Store *store; /* NULL: it is down */
    Visits *visits;
    KeySet *keys;
    Api api;
    gboolean dying;
    int die_after; /* disk operations, 0: does not */
    int restores;
    Random random;
    DiskCopy *backups[BACKUPS]; /* oldest first */
    gint64 backup_ms[BACKUPS];
};

static const guint8 fingerprint[32] = {1};

static gsize draw_fate(void *context, gsize n)
{
    Central *c = context;
    if (faults_strike(&world->faults, FAULT_LOST_WRITE, MOMENT_IDLE))
        return 0;
    if (n > 512 && faults_strike(&world->faults, FAULT_TORN_WRITE, MOMENT_IDLE))
        return (gsize)random_below(&c->random, (int)(n / 512)) * 512;
    return n;
}

static int ask_disk(void *context, DiskAction action)
{
    Central *c = context;
    if (world->quiet || action == DISK_OPEN || !c->store)
        return 0;
    if (c->die_after && --c->die_after == 0) {
        disk_die(world->service_disk, random_below(&c->random, 2) ? draw_fate : NULL, c);
        c->dying = TRUE;
        return 0;
    }
    if (!strikes(NULL, FAULT_SERVICE_DISK))
        return 0;
    return action == DISK_SYNC ? 10 | (4 << 8) : random_below(&c->random, 2) ? 13 : 10 | (3 << 8);
}

static void open_store(World *w, gboolean create)
{
    g_autoptr(GError) error = NULL;
    Central *c = w->central;
    c->store = store_open(PATH, create, &error);
    if (!c->store) {
        world_violate(NULL, "S11", "the service does not start: %s", error->message);
        return;
    }
    c->visits = visits_create("/nowhere", 1000000);
    c->api.visits = c->visits;
}

static void close_store(World *w)
{
    store_close(g_steal_pointer(&w->central->store));
    visits_destroy(g_steal_pointer(&w->central->visits));
}

/* One for the life of the program: no trace holds a signature. */
static char *private_key, *public_key;

KeySet *__wrap_key_set_load(const char *path, GError **error);

/* The kiosk's [service] jwks_file. */
KeySet *__wrap_key_set_load(const char *path, GError **error)
{
    (void)path;
    return key_set_parse(public_key, strlen(public_key), error);
}

/* An operator may set it shorter than the usual ten minutes: a quarter of the services lease for about
 * as long as a job must have, on both sides of that, half of them hardly longer. */
static int draw_lease(guint64 seed)
{
    Random r = random_stream(seed, "lease", 0);
    if (random_below(&r, 4))
        return 600;
    return random_below(&r, 2) ? random_between(&r, 187, 191) : random_between(&r, 182, 198);
}

void central_open(World *w)
{
    Central *c = w->central = g_new0(Central, 1);
    c->random = random_stream(w->seed, "central", 0);
    if (!private_key && !key_generate("K001", &private_key, &public_key, NULL))
        g_error("sim: no key");
    c->keys = key_set_parse(private_key, strlen(private_key), NULL);
    c->api = (Api){.keys = c->keys,
                   .known = c->keys,
                   .kid = "K001",
                   .verify_host = "SERVICE.EXAMPLE",
                   .lease_s = draw_lease(w->seed)};
    open_store(w, TRUE);
    for (int i = 0; c->store && i < MACHINES; i++) {
        char number[5];
        g_snprintf(number, sizeof number, "%04d", i + 1);
        store_enroll_kiosk(c->store, number, fingerprint, NULL);
    }
    store_set_setting(c->store, "epoch", "1", NULL);
    disk_set_hook(w->service_disk, ask_disk, c);
}

void central_close(World *w)
{
    Central *c = w->central;
    close_store(w);
    key_set_free(c->keys);
    for (int i = 0; i < BACKUPS; i++)
        disk_copy_free(c->backups[i]);
    g_free(c);
}

gboolean central_is_up(const World *w)
{
    return w->central->store != NULL;
}

void central_finish(Machine *m, int number)
{
    (void)number;
    Machine *before = world->current;
    world->current = NULL;
    if (!m->world->central->store)
        open_store(m->world, FALSE);
    world_trace(NULL, "service up");
    world->current = before;
}

void central_stop(World *w, int down_ms, gboolean power)
{
    Central *c = w->central;
    if (!c->store)
        return;
    world_trace(NULL, power ? "service loses its power" : "service crashes");
    disk_die(w->service_disk, power ? draw_fate : NULL, c);
    close_store(w);
    c->die_after = 0;
    c->dying = FALSE;
    world_plan(&w->machines[0], down_ms, central_finish, 0, TRUE);
}

/* ---- calls */

static void note_state(World *w, const char *kiosk, const char *key)
{
    Issuance found;
    disk_set_hook(w->service_disk, NULL, NULL);
    if (store_find_issuance(w->central->store, kiosk, key, &found, NULL) && found.id)
        oracle_service_state(key, (int)found.state, register_row(found.state)->locks,
                             WALL_START_MS + w->now_ms + w->central->api.lease_s * 1000);
    disk_set_hook(w->service_disk, ask_disk, w->central);
}

/* The key of an issuance that the call is about, or NULL. */
static const char *key_of(const Request *request)
{
    if (!g_str_has_prefix(request->path, "/v1/issuances"))
        return NULL;
    return request->key[0] ? request->key : strrchr(request->path, '/') + 1;
}

static void answer_from(const Reply *reply, Answer *ret)
{
    gsize length = 0;
    const char *bytes = reply->body ? g_bytes_get_data(reply->body, &length) : NULL;
    *ret = (Answer){.status = reply->status,
                    .retry_after_s = reply->retry_after_s,
                    .type = reply->type,
                    .length = length};
    if (reply->body) {
        ret->body = g_malloc(length + 1);
        memcpy(ret->body, bytes, length);
        ret->body[length] = '\0';
    }
}

void central_call(Machine *m, const Request *request, Answer *ret)
{
    World *w = m->world;
    Central *c = w->central;
    *ret = (Answer){0};
    if (!c->store)
        return;
    if (strikes(m, FAULT_SERVICE_CRASH))
        c->die_after = random_between(&c->random, 1, 14);
    Reply reply = {0};
    Call call = {.store = c->store,
                 .method = request->method,
                 .path = request->path,
                 .kiosk = m->number,
                 .visit = request->visit[0] ? request->visit : NULL,
                 .idempotency_key = request->key[0] ? request->key : NULL,
                 .language = request->english ? LANGUAGE_EN : LANGUAGE_ZH,
                 .body = request->body ? request->body : "",
                 .body_length = request->body ? strlen(request->body) : 0,
                 .now_ms = WALL_START_MS + w->now_ms,
                 .monotonic_ms = w->now_ms};
    memcpy(call.fingerprint, fingerprint, sizeof fingerprint);
    w->current = NULL;
    const char *route = api_handle(&c->api, &call, &reply);
    world_trace(m, "%s %s: %d", request->method, route, reply.status);
    const char *key = key_of(request);
    if (key && !c->dying)
        note_state(w, m->number, key);
    gboolean decided = reply.status == 200 || reply.status == 404 || reply.status == 409;
    if (key && !c->dying && decided && !strcmp(request->method, "PATCH"))
        oracle_service_heard(key, request->body);
    if (request->key[0] && !c->dying)
        oracle_service_answer(request->key, request->body, reply.status, reply.body);
    gboolean gone = c->dying || strikes(m, FAULT_SERVICE_AFTER_COMMIT);
    if (gone)
        central_stop(w, random_between(&c->random, 1000, 40000), FALSE);
    else
        answer_from(&reply, ret);
    reply_clear(&reply);
    c->die_after = 0;
    w->current = m;
}

/* ---- backups */

gboolean central_is_restoring(const World *w)
{
    gboolean restoring = TRUE;
    if (!w->central->restores)
        return FALSE;
    if (!w->central->store)
        return TRUE;
    disk_set_hook(w->service_disk, NULL, NULL);
    store_is_restoring(w->central->store, &restoring, NULL);
    disk_set_hook(w->service_disk, ask_disk, w->central);
    return restoring;
}

const char *central_word(int state)
{
    return register_row((RegisterState)state)->word;
}

int central_restores(const World *w)
{
    return w->central->restores;
}

/* Whatever broke the service has cut off some of the kiosks, too, and not all come back at once. */
static void cut_off(World *w)
{
    for (int i = 0; i < MACHINES; i++)
        if (random_below(&w->central->random, 2))
            w->machines[i].net_down_ms =
                w->now_ms + random_between(&w->central->random, 1000, CUT_OFF_MS);
}

/* All of the register as it was; then `kiosk-central restored`. */
static void restore(World *w, int which)
{
    Central *c = w->central;
    close_store(w);
    disk_restore(w->service_disk, c->backups[which]);
    for (int i = which + 1; i < BACKUPS; i++) {
        disk_copy_free(g_steal_pointer(&c->backups[i]));
        c->backup_ms[i] = 0;
    }
    open_store(w, FALSE);
    c->restores++;
    if (!c->store || !store_restore(c->store, w->now_ms, NULL))
        g_error("sim: the register is not restored");
    cut_off(w);
    oracle_service_forgets();
    g_autoptr(GArray) rows = central_list(w);
    for (guint i = 0; rows && i < rows->len; i++) {
        const CentralRow *row = &g_array_index(rows, CentralRow, i);
        oracle_service_state(row->key, row->state, row->locks, 0);
    }
    office_restore(w->office);
}

void central_backup(Machine *m, int number)
{
    World *w = m->world;
    Central *c = w->central;
    (void)number;
    w->current = NULL;
    world_plan(m, BACKUP_MS, central_backup, 0, TRUE);
    if (!c->store)
        return;
    disk_set_hook(w->service_disk, NULL, NULL);
    int have = 0;
    while (have < BACKUPS && c->backups[have])
        have++;
    int which = have ? random_below(&c->random, have) : 0;
    if (have && !oracle_lost_since(c->backup_ms[which]) &&
        strikes(NULL, FAULT_SERVICE_RESTORED)) {
        world_trace(NULL, "service restored from a backup");
        restore(w, which);
    } else {
        if (have == BACKUPS) {
            disk_copy_free(c->backups[0]);
            memmove(c->backups, c->backups + 1, (BACKUPS - 1) * sizeof *c->backups);
            memmove(c->backup_ms, c->backup_ms + 1, (BACKUPS - 1) * sizeof *c->backup_ms);
            have--;
        }
        c->backups[have] = disk_copy(w->service_disk);
        c->backup_ms[have] = w->now_ms;
    }
    disk_set_hook(w->service_disk, ask_disk, c);
}

/* ---- the desk at the service; no faults strike there */

gboolean central_assign(World *w, const Machine *m, const char *first, const char *last)
{
    g_autoptr(GError) error = NULL;
    if (!w->central->store)
        return FALSE;
    disk_set_hook(w->service_disk, NULL, NULL);
    gboolean done = store_assign(w->central->store, m->number, first, last, &error);
    disk_set_hook(w->service_disk, ask_disk, w->central);
    return done;
}

gboolean central_import(World *w, const char *payload, gsize length, const char *reason)
{
    Central *c = w->central;
    if (!c->store)
        return FALSE;
    disk_set_hook(w->service_disk, NULL, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = record_parse(payload, length, &error);
    if (!record)
        g_error("sim: %s", error->message);
    g_autofree char *jws = jws_sign(c->keys, "K001", payload, length, NULL);
    g_autoptr(GBytes) bytes = g_bytes_new(payload, length);
    Import import = {record, jws, bytes, reason, ""};
    gboolean done = store_import(c->store, &import, WALL_START_MS + w->now_ms, &error);
    disk_set_hook(w->service_disk, ask_disk, c);
    return done;
}

static void read_row(const json_t *json, CentralRow *ret)
{
    const char *texts[] = {"kiosk", "key", "booklet", "record", "digest", "identifier"};
    char *to[] = {ret->kiosk, ret->key, ret->booklet, ret->record, ret->digest, ret->identifier};
    gsize size[] = {sizeof ret->kiosk,  sizeof ret->key,    sizeof ret->booklet,
                    sizeof ret->record, sizeof ret->digest, sizeof ret->identifier};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_strlcpy(to[i], json_string_value(json_object_get(json, texts[i])), size[i]);
}

GArray *central_list(World *w)
{
    Central *c = w->central;
    if (!c->store)
        return NULL;
    disk_set_hook(w->service_disk, NULL, NULL);
    json_t *list = store_list_issuances(c->store, NULL);
    GArray *rows = g_array_new(FALSE, TRUE, sizeof(CentralRow));
    for (gsize i = 0; i < json_array_size(list); i++) {
        CentralRow row = {0};
        Issuance found;
        const json_t *item = json_array_get(list, i);
        read_row(item, &row);
        row.changed_ms = json_integer_value(json_object_get(item, "changed_ms"));
        if (!store_find_issuance(c->store, row.kiosk, row.key, &found, NULL))
            continue;
        row.state = (int)found.state;
        row.open = register_row(found.state)->open;
        row.locks = register_row(found.state)->locks;
        g_array_append_val(rows, row);
    }
    json_decref(list);
    disk_set_hook(w->service_disk, ask_disk, c);
    return rows;
}

static void read_problem(const Reply *reply, char ret[64])
{
    json_t *json =
        json_loadb(g_bytes_get_data(reply->body, NULL), g_bytes_get_size(reply->body), 0, NULL);
    const char *type = json_string_value(json_object_get(json, "type"));
    g_strlcpy(ret, type ? type : "", 64);
    json_decref(json);
}

const char *central_settle(World *w, const CentralRow *row, const char *word, int people)
{
    static char problem[64];
    Central *c = w->central;
    g_strlcpy(problem, "down", sizeof problem);
    if (!c->store)
        return problem;
    Register reg = {c->store, c->keys, "K001", c->api.lease_s};
    Report report = {.kiosk = row->kiosk,
                     .key = row->key,
                     .to = register_state_from_word(word),
                     .reason = "looked at",
                     .settled_by = {"clerk-1", people > 1 ? "head-2" : NULL},
                     .elsewhere = TRUE,
                     .language = LANGUAGE_EN,
                     .now_ms = WALL_START_MS + w->now_ms};
    if (people == 0)
        report.settled_by[0] = NULL;
    disk_set_hook(w->service_disk, NULL, NULL);
    Reply reply = {0};
    register_report(&reg, &report, &reply);
    read_problem(&reply, problem);
    reply_clear(&reply);
    note_state(w, row->kiosk, row->key);
    disk_set_hook(w->service_disk, ask_disk, c);
    return problem;
}
