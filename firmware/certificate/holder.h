/* The person a card names. Made by a reader driver from card bytes, used by the visit. */
#pragma once
#include "firmware/base/secret.h"

/* Kinds of card, by the type character of the chip's text block (reader fact sheet in docs/). */
typedef enum {
    DOCUMENT_TYPE_UNKNOWN = 0,
    DOCUMENT_TYPE_RESIDENT,            /* mainland resident ID card, ' ' */
    DOCUMENT_TYPE_HMT_PERMIT,          /* HK, Macau, Taiwan residence permit, 'J' */
    DOCUMENT_TYPE_FOREIGN_PERMANENT,   /* foreign permanent resident, 2017, 'I' */
    DOCUMENT_TYPE_FOREIGN_PERMANENT_2, /* the same, 2023, 'Y' */
} DocumentType;

/* "resident", "hmt-permit", "foreign-2017", "foreign-2023", "unknown": used by the service. */
const char *document_type_word(DocumentType type);
DocumentType document_type_from_word(const char *word);

typedef struct {
    DocumentType type;
    Personal name;       /* Chinese name where the card has one */
    Personal id_number;  /* 18 or 15 characters, upper case */
    int valid_from;      /* YYYYMMDD, 0: not stated */
    int valid_until;     /* YYYYMMDD, the last day included; 99999999: for ever */
    const guint8 *photo; /* compressed as on the card; NULL: not kept */
    gsize photo_bytes;
    SecretArena *arena;  /* owns all of it */
} Holder;

/* An empty holder with an arena of its own. */
Holder *holder_create(void);

/* Copies the card's photo (1 byte to 64 KiB) into the arena. */
void holder_keep_photo(Holder *holder, const guint8 *photo, gsize bytes);

/* Wipes and frees. NULL is fine. */
void holder_destroy(Holder *holder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Holder, holder_destroy)
