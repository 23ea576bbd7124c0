#include "firmware/base/secret.h"
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define BLOCK_BYTES (16 * 1024)

typedef struct Block Block;
struct Block {
    Block *next;
    gsize size; /* of the mapping */
    gsize used;
};

struct SecretArena {
    Block *blocks;
};

SecretArena *secret_arena_create(void)
{
    return g_new0(SecretArena, 1);
}

static Block *map_block(gsize payload)
{
    gsize size = MAX(payload + sizeof(Block) + 16, BLOCK_BYTES);
    size = (size + 4095) & ~(gsize)4095;
    Block *block =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED)
        g_error("secret: no memory for %zu bytes", size);
    (void)mlock(block, size); /* best effort: RLIMIT_MEMLOCK may be small */
    (void)madvise(block, size, MADV_DONTDUMP);
    block->size = size;
    block->used = (sizeof(Block) + 15) & ~(gsize)15;
    return block;
}

void *secret_arena_alloc(SecretArena *arena, gsize size)
{
    gsize rounded = (MAX(size, 1) + 15) & ~(gsize)15;
    if (!arena->blocks || arena->blocks->size - arena->blocks->used < rounded) {
        Block *block = map_block(rounded);
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *memory = (char *)arena->blocks + arena->blocks->used;
    arena->blocks->used += rounded;
    return memory;
}

Personal secret_arena_text(SecretArena *arena, const char *text, gssize length)
{
    if (!text)
        return (Personal){NULL};
    gsize bytes = length < 0 ? strlen(text) : (gsize)length;
    char *copy = secret_arena_alloc(arena, bytes + 1);
    memcpy(copy, text, bytes);
    return (Personal){copy};
}

void secret_arena_destroy(SecretArena *arena)
{
    if (!arena)
        return;
    for (Block *block = arena->blocks; block;) {
        Block *next = block->next;
        gsize size = block->size;
        secret_wipe(block, size);
        munmap(block, size);
        block = next;
    }
    g_free(arena);
}

char *personal_mask_name(Personal name)
{
    const char *text = personal_reveal(name);
    if (!*text || !g_utf8_validate(text, -1, NULL))
        return g_strdup("*");
    g_autofree char *first = g_utf8_substring(text, 0, 1);
    return g_strconcat(first, "**", NULL);
}

char *personal_mask_number(Personal number)
{
    const char *text = personal_reveal(number);
    gsize length = strlen(text);
    if (length < 11)
        return g_strdup("****");
    char *masked = g_strdup(text);
    memset(masked + 6, '*', length - 10);
    return masked;
}

void secret_wipe(void *memory, gsize size)
{
    if (size)
        explicit_bzero(memory, size);
}

/* Without memory the program ends, as GLib does: half a tree would be half a truth. */
void *secret_malloc(size_t size)
{
    return g_malloc(MAX(size, 1));
}

void secret_free(void *memory)
{
    if (!memory)
        return;
    explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}
