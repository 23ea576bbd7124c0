/* IPP messages byte by byte (RFC 8010 3.1), also such as no library would write. */
#pragma once
#include <cups/cups.h>
#include <glib.h>
#include <string.h>

static inline GByteArray *begin_message(void)
{
    static const guint8 head[] = {2, 0, 0, 0, 0, 0, 0, 1, IPP_TAG_PRINTER};
    return g_byte_array_append(g_byte_array_new(), head, sizeof head);
}

static inline void add_value(GByteArray *message, guint8 tag, const char *name, const void *value,
                             guint16 size)
{
    guint16 name_length = (guint16)strlen(name);
    const guint8 head[] = {tag, (guint8)(name_length >> 8), (guint8)name_length};
    const guint8 length[] = {(guint8)(size >> 8), (guint8)size};
    g_byte_array_append(message, head, sizeof head);
    g_byte_array_append(message, (const guint8 *)name, name_length);
    g_byte_array_append(message, length, sizeof length);
    g_byte_array_append(message, value, size);
}

static inline void end_message(GByteArray *message)
{
    g_byte_array_append(message, (const guint8[]){IPP_TAG_END}, 1);
}
