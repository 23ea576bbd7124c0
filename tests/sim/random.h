/* Random numbers of the simulation: a stream a part, all from one seed, so that a part that draws
 * more or less does not shift the others. SplitMix64 (Steele, Lea, Flood 2014). */
#pragma once
#include <glib.h>

typedef struct {
    guint64 state;
} Random;

static inline guint64 random_next(Random *r)
{
    guint64 z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* A stream of its own for each `name` and `number`. */
static inline Random random_stream(guint64 seed, const char *name, guint number)
{
    guint64 h = 0xcbf29ce484222325u ^ seed;
    for (; *name; name++)
        h = (h ^ (guint8)*name) * 0x100000001b3u;
    Random r = {h + number * 0x9e3779b97f4a7c15u};
    random_next(&r);
    return r;
}

/* 0 to n - 1. */
static inline int random_below(Random *r, int n)
{
    return n > 0 ? (int)(random_next(r) % (guint64)n) : 0;
}

/* low to high, both included. */
static inline int random_between(Random *r, int low, int high)
{
    return low + random_below(r, high - low + 1);
}

/* TRUE `per_million` times in a million. */
static inline gboolean random_chance(Random *r, int per_million)
{
    return random_below(r, 1000000) < per_million;
}
