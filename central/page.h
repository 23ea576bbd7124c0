/* The public page behind the QR of a certificate: what the paper must say, or that it is void, or
 * "not genuine" without a hint why. No client certificate, so: little work, a rate per address,
 * nothing that a search engine keeps. */
#pragma once
#include "central/reply.h"
#include "central/store.h"
#include "firmware/certificate/signature.h"

typedef struct {
    Store *store;        /* of this thread */
    const KeySet *known; /* all public keys that ever signed */
    const char *path;    /* of the request */
    Language language;
} PageQuestion;

/* 200 or 404, text/html. */
void page_show(const PageQuestion *question, Reply *reply);

/* How many questions an address may ask. Any thread. */
typedef struct PageRate PageRate;

PageRate *page_rate_create(int per_minute);
void page_rate_destroy(PageRate *rate);

/* TRUE when `address` (bytes of it, at most 16; IPv6 by its /64) may ask once more at `now_ms`
 * (monotonic). Addresses beyond a bounded number share what is left. */
gboolean page_rate_allows(PageRate *rate, const guint8 *address, gsize length, gint64 now_ms);
