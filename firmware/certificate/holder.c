#include "firmware/certificate/holder.h"
#include <string.h>

#define PHOTO_BYTES_MAX (64 * 1024)

static const char *const words[] = {
    [DOCUMENT_TYPE_UNKNOWN] = "unknown",
    [DOCUMENT_TYPE_RESIDENT] = "resident",
    [DOCUMENT_TYPE_HMT_PERMIT] = "hmt-permit",
    [DOCUMENT_TYPE_FOREIGN_PERMANENT] = "foreign-2017",
    [DOCUMENT_TYPE_FOREIGN_PERMANENT_2] = "foreign-2023",
};

const char *document_type_word(DocumentType type)
{
    return (unsigned)type < G_N_ELEMENTS(words) ? words[type] : words[0];
}

DocumentType document_type_from_word(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_strcmp0(word, words[i]) == 0)
            return (DocumentType)i;
    return DOCUMENT_TYPE_UNKNOWN;
}

Holder *holder_create(void)
{
    Holder *holder = g_new0(Holder, 1);
    holder->arena = secret_arena_create();
    return holder;
}

void holder_keep_photo(Holder *holder, const guint8 *photo, gsize bytes)
{
    g_return_if_fail(bytes > 0 && bytes <= PHOTO_BYTES_MAX);
    guint8 *copy = secret_arena_alloc(holder->arena, bytes);
    memcpy(copy, photo, bytes);
    holder->photo = copy;
    holder->photo_bytes = bytes;
}

void holder_destroy(Holder *holder)
{
    if (!holder)
        return;
    secret_arena_destroy(holder->arena);
    secret_wipe(holder, sizeof *holder);
    g_free(holder);
}
