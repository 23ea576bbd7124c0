/* Personal data by type.
 *
 * Text of a person lives in an arena: locked in memory, left out of core dumps, wiped when the
 * arena ends. It is carried as `Personal`, which is a struct on purpose: printf, log_info and
 * friends do not take it. Whoever needs the characters (drawing, the request body) says
 * personal_reveal, which the style test forbids beside a log call. */
#pragma once
#include <glib.h>

typedef struct {
    const char *hidden; /* UTF-8, or NULL: absent. Owned by an arena */
} Personal;

typedef struct SecretArena SecretArena;

/* A new arena; grows by locked blocks. Never NULL (out of memory aborts). Not thread-safe: one
 * owner at a time. */
SecretArena *secret_arena_create(void);

/* Wipes and frees everything in it. NULL is fine. */
void secret_arena_destroy(SecretArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretArena, secret_arena_destroy)

/* `size` zeroed bytes, aligned for any type, alive as long as the arena. */
void *secret_arena_alloc(SecretArena *arena, gsize size);

/* A copy of `length` bytes of `text` with a NUL behind; `length` -1: strlen. NULL gives absent. */
Personal secret_arena_text(SecretArena *arena, const char *text, gssize length);

/* The characters, or "" when absent. */
static inline const char *personal_reveal(Personal personal)
{
    return personal.hidden ? personal.hidden : "";
}

static inline gboolean personal_is_absent(Personal personal)
{
    return personal.hidden == NULL;
}

/* Masked forms for the panel (GB/T 35273): "测**" and "330106********0019". The caller frees. */
char *personal_mask_name(Personal name);
char *personal_mask_number(Personal number);

/* Overwrites memory in a way that the compiler keeps. NULL is fine when size is 0. */
void secret_wipe(void *memory, gsize size);

/* malloc/free for libraries that hold personal data (jansson): freed memory is wiped first; without
 * memory the program ends, as with GLib. */
void *secret_malloc(size_t size);
void secret_free(void *memory);
