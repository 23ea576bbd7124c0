/* The keys of a JWK Set as OpenSSL takes them. Private to key_set.c and signature.c. */
#pragma once
#include "firmware/certificate/identifier.h"
#include "firmware/certificate/signature.h"
#include <openssl/evp.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)

typedef struct {
    char kid[KID_LENGTH + 1];
    EVP_PKEY *pkey;
    gboolean can_sign;
} Key;

struct KeySet {
    GPtrArray *keys; /* of Key */
};

/* 4 characters 0-9 A-Z. NULL is FALSE. */
gboolean key_id_is_valid(const char *kid);

/* NULL: no such key. Borrowed. */
const Key *key_set_find(const KeySet *keys, const char *kid);
