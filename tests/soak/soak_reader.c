/* Reads cards with random faults and says what came: `soak_reader READS SEED [SUBJECT]`, a row of
 * reader_subjects; its driver gets every wiring that it has rows for.
 *
 * Each round lays a card of some person, perhaps with a fault, perhaps lifting or unplugging in the
 * middle; then the fault ends and the next card must be read. Whoever is delivered must be the
 * person on the card that lies there. One line of JSON at the end; status 1 with the round and its
 * orders when something is wrong, which the same seed shows again (but for what the machine's own
 * pace decides). */
#include "firmware/base/clock.h"
#include "firmware/base/log.h"
#include "tests/harness/virtual_reader/reader_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH READER_MODE_SEARCH
#define PRESENT READER_MODE_PRESENT
#define DEADLINES "5"     /* a twentieth */
#define ROUND_MS 3000     /* the longest look at a faulty reading: a minute of the usual */
#define HANG_MS 30000     /* a card on a sound reader that is not read by then */
#define SETTLED_ROUNDS 20 /* after them, nothing may grow */
#define ORDERS_KEPT 12

typedef struct {
    const char *file, *holder; /* "" : never delivered */
} Card;

static const Card cards[] = {
    {"collector.txt", "测试一 330106189001010019 99999999"},
    {"stranger.txt", "样例人 330106189001010035 20400101"},
    {"permit.txt", "测试二 810000199001010000 20990601"},
    {"foreign-2017.txt", "测试三 USA330181080300 20990101"},
    {"foreign-2023.txt", "测试四 933840198108030001 20991201"},
    {"rare-name.txt", "测𠀀龴 330106189001010019 99999999"},
    {"expired.txt", ""},
    {"future.txt", ""},
    {"forged.txt", ""},
    {"odd-type.txt", ""},
};
#define GOOD_CARDS 6

static const char *const steps[] = {"any", "find", "select", "read", "address", "number"};

typedef struct {
    ReaderRig rig;
    const ReaderSubject *subject;
    GRand *random;
    const Card *card; /* that lies there, or lay there last */
    gboolean unplugged;
    int round;
    char *orders[ORDERS_KEPT];
    guint n_orders;
    /* what came */
    guint read, failed, detached, left, faults, unplugs, lifts;
    guint descriptors;
    gint64 longest_ms;
} Soak;

static int pick(Soak *soak, int count)
{
    return g_rand_int_range(soak->random, 0, count);
}

static gboolean chance(Soak *soak, int percent)
{
    return pick(soak, 100) < percent;
}

static _Noreturn void give_up(Soak *soak, const char *what)
{
    g_autofree char *status = usb_host_control(soak->rig.host, "status");
    fprintf(stderr, "soak reader: round %d: %s\n", soak->round, what);
    for (guint i = 0; i < ORDERS_KEPT; i++) {
        const char *order = soak->orders[(soak->n_orders + i) % ORDERS_KEPT];
        if (order)
            fprintf(stderr, "  %s\n", order);
    }
    fprintf(stderr, "  %s\n", status);
    _exit(EXIT_FAILURE);
}

static void order(Soak *soak, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void order(Soak *soak, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *line = g_strdup_vprintf(format, args);
    va_end(args);
    char **place = &soak->orders[soak->n_orders++ % ORDERS_KEPT];
    g_free(*place);
    *place = line;
    reader_rig_order(&soak->rig, line);
}

static gboolean is_plugged(Soak *soak)
{
    g_autofree char *plugged = reader_rig_status(&soak->rig, "plugged");
    return !strcmp(plugged, "true");
}

static void lay(Soak *soak, const Card *card)
{
    soak->card = card;
    order(soak, "card %s", card->file);
}

/* A wrong person is the end of everything. */
static void check_person(Soak *soak)
{
    if (strcmp(soak->rig.holder, soak->card->holder) != 0)
        give_up(soak, "a person was delivered who is not on the card");
}

/* The first event within `most_ms`; the caller frees. */
static char *watch(Soak *soak, ReaderMode mode, int most_ms)
{
    char *came = reader_rig_watch(&soak->rig, mode, 1, most_ms);
    soak->read += !strcmp(came, "card-read");
    soak->failed += g_str_has_prefix(came, "card-failed");
    soak->detached += !strcmp(came, "detached");
    soak->left += !strcmp(came, "card-left");
    if (!strcmp(came, "card-read"))
        check_person(soak);
    return came;
}

static void choose_fault(Soak *soak)
{
    const char *const *words = samv_model_faults();
    gsize count = g_strv_length((char **)words);
    const char *word = words[pick(soak, (int)count)];
    const char *once = chance(soak, 60) ? " once" : "";
    const char *step = steps[pick(soak, G_N_ELEMENTS(steps))];
    soak->faults++;
    order(soak, "delay late %d", pick(soak, 400));
    if (g_str_has_prefix(word, "text-") || g_str_has_prefix(word, "photo-"))
        order(soak, "fault %s%s", word, once); /* of the one answer that has both */
    else
        order(soak, "fault %s%s at %s", word, once, step);
}

/* TRUE: the reading is over, one way or the other. */
static gboolean is_end(const char *came)
{
    return !strcmp(came, "card-read") || !strcmp(came, "detached") ||
           g_str_has_prefix(came, "card-failed");
}

static void disturb(Soak *soak)
{
    if (chance(soak, 45)) {
        soak->lifts++;
        order(soak, "lift");
    } else if (chance(soak, 25) && is_plugged(soak)) {
        soak->unplugs++;
        order(soak, "unplug");
    }
}

/* A reading in which anything may happen. */
static void read_faulty(Soak *soak)
{
    gint64 until_ms = clock_monotonic_ms() + pick(soak, ROUND_MS);
    if (chance(soak, 55))
        choose_fault(soak);
    gboolean disturbed = chance(soak, 30);
    order(soak, "delay read %d", disturbed ? 60 : 10);
    lay(soak, &cards[pick(soak, G_N_ELEMENTS(cards))]);
    if (disturbed) {
        g_autofree char *first = watch(soak, SEARCH, pick(soak, 80));
        if (is_end(first))
            return;
        disturb(soak);
    }
    while (clock_monotonic_ms() < until_ms) {
        g_autofree char *came = watch(soak, SEARCH, (int)(until_ms - clock_monotonic_ms()));
        if (is_end(came))
            return;
    }
}

/* Now and then the caller waits until the card is gone. */
static void end_round(Soak *soak)
{
    order(soak, "fault none");
    if (!is_plugged(soak))
        order(soak, "plug");
    if (chance(soak, 25)) {
        g_autofree char *quiet = watch(soak, PRESENT, 80);
    }
    order(soak, "lift");
    do { /* no hand is faster than a look */
        g_autofree char *came = watch(soak, chance(soak, 50) ? PRESENT : SEARCH, 60);
    } while (chance(soak, 60));
}

/* The reader is sound: a card laid now is read, and read as what it is. */
static void read_sound(Soak *soak)
{
    gint64 start_ms = clock_monotonic_ms();
    lay(soak, &cards[pick(soak, GOOD_CARDS)]);
    while (clock_monotonic_ms() - start_ms < HANG_MS) {
        g_autofree char *came = watch(soak, SEARCH, 1000);
        if (!is_plugged(soak)) /* a fault of before pulled it out only now */
            order(soak, "plug");
        if (!strcmp(came, "card-read")) {
            soak->longest_ms = MAX(soak->longest_ms, clock_monotonic_ms() - start_ms);
            order(soak, "lift");
            return;
        }
        if (g_str_has_prefix(came, "card-failed")) { /* trouble of before: as it is asked for */
            order(soak, "lift");
            g_autofree char *left = watch(soak, SEARCH, 60);
            lay(soak, soak->card);
        }
    }
    give_up(soak, "a sound card on a sound reader was not read");
}

static guint count_descriptors(void)
{
    guint count = 0;
    g_autoptr(GDir) folder = g_dir_open("/proc/self/fd", 0, NULL);
    while (folder && g_dir_read_name(folder))
        count++;
    return count;
}

static void settle(Soak *soak)
{
    if (!is_plugged(soak))
        order(soak, "plug");
    read_sound(soak);
    guint now = count_descriptors();
    if (soak->descriptors && now > soak->descriptors)
        give_up(soak, "there are more open descriptors than at the beginning");
    soak->descriptors = now;
}

/* Another row of the same driver. */
static const ReaderSubject *pick_wiring(Soak *soak)
{
    const ReaderSubject *row = &reader_subjects[pick(soak, READER_SUBJECTS)];
    return strcmp(row->driver, soak->subject->driver) ? soak->subject : row;
}

static void run(Soak *soak, guint reads)
{
    while (soak->read < reads) {
        soak->round++;
        if (chance(soak, 1))
            order(soak, "%s", pick_wiring(soak)->wiring);
        if (chance(soak, 10))
            order(soak, "mode %s", chance(soak, 50) ? "continual" : "must-lift");
        read_faulty(soak);
        end_round(soak);
        read_sound(soak);
        if (soak->round == SETTLED_ROUNDS)
            settle(soak);
    }
    settle(soak);
}

static void report(Soak *soak, guint seed)
{
    ReaderDescription told;
    soak->rig.driver->describe(soak->rig.reader, &told);
    g_autofree char *resets = reader_rig_status(&soak->rig, "usb_resets");
    printf("{\"seed\":%u,\"rounds\":%d,\"delivered\":%u,\"failed\":%u,\"left\":%u,\"detached\":%u,"
           "\"faults\":%u,\"lifts\":%u,\"unplugs\":%u,\"descriptors\":%u,\"longest_ms\":%d,"
           "\"usb_resets\":%s",
           seed, soak->round, soak->read, soak->failed, soak->left, soak->detached, soak->faults,
           soak->lifts, soak->unplugs, soak->descriptors, (int)soak->longest_ms, resets);
    for (gsize i = 0; i < told.n_recoveries; i++)
        printf(",\"%s\":%u", told.recoveries[i].word, told.recoveries[i].count);
    printf("}\n");
}

/* NULL: no row of that name. Without a name, `seed` chooses one. */
static const ReaderSubject *find_subject(const char *name, guint seed)
{
    if (!name)
        return &reader_subjects[seed % (guint)READER_SUBJECTS];
    const ReaderSubject *row = reader_subjects;
    while (row->name && strcmp(row->name, name) != 0)
        row++;
    return row->name ? row : NULL;
}

int main(int argc, char **argv)
{
    usb_host_preload(argv);
    guint64 reads = 0, seed = 0;
    gboolean good = (argc == 3 || argc == 4) &&
                    g_ascii_string_to_unsigned(argv[1], 10, 1, G_MAXINT, &reads, NULL) &&
                    g_ascii_string_to_unsigned(argv[2], 10, 0, G_MAXINT, &seed, NULL);
    const ReaderSubject *subject = find_subject(argc > 3 ? argv[3] : NULL, (guint)seed);
    if (!good || !subject) {
        fprintf(stderr, "usage: soak_reader READS SEED [SUBJECT]; subjects:");
        for (subject = reader_subjects; subject->name; subject++)
            fprintf(stderr, " %s", subject->name);
        fprintf(stderr, "\n");
        return 2;
    }
    Soak soak = {.random = g_rand_new_with_seed((guint32)seed), .subject = subject};
    g_autofree char *orders = g_strconcat(subject->wiring, ";plug", NULL);
    reader_rig_open(&soak.rig, subject->driver, orders, NULL, DEADLINES);
    run(&soak, (guint)reads);
    report(&soak, (guint)seed);
    reader_rig_close(&soak.rig);
    for (guint i = 0; i < ORDERS_KEPT; i++)
        g_free(soak.orders[i]);
    g_rand_free(soak.random);
    return 0;
}
