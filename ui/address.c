#include "ui/address.h"
#include <string.h>

#define WORD_JOINER "\u2060"
#define FLOOR_AREA "房屋建筑面积"

/* What ends a part that may be dropped; not where the word goes on. */
static const struct {
    const char *end, *not_before;
} parts[] = {
    {"省", ""},   {"自治区", ""}, {"市", "场"}, {"区", "域"}, {"县", ""},
    {"街道", ""}, {"镇", ""},     {"乡", ""},   {"社区", ""},
};

static const char *const units[] = {"号楼", "号", "单元", "室", "幢",  "栋",
                                    "层",   "楼", "座",   "弄", "车位",
                                    "街道", "社区", "小区", "花园"};

/* Letters and digits of a number, of either width, and what joins them. */
static gboolean is_figure(gunichar c)
{
    return (c < 0x80 && (g_ascii_isalnum((char)c) || strchr("-#./", (int)c))) ||
           (c >= 0xff10 && c <= 0xff5a);
}

/* Bytes of the unit that stands at `text`, 0: none. */
static gsize measure_unit(const char *text)
{
    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_has_prefix(text, units[i]))
            return strlen(units[i]);
    return 0;
}

/* The end of the number and its unit that begins at `text`. */
static const char *skip_number(const char *text)
{
    while (*text && is_figure(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    return text + measure_unit(text);
}

static gboolean ends_part(const char *address, const char *at)
{
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        gsize length = strlen(parts[i].end);
        gboolean ends =
            (gsize)(at - address) > length && !strncmp(at - length, parts[i].end, length);
        if (ends && (!*parts[i].not_before || !g_str_has_prefix(at, parts[i].not_before)))
            return TRUE;
    }
    return FALSE;
}

/* The first place where `address` may begin so that it fits; in `ret_last` the last one at all. */
static char *drop(const char *address, gboolean parts_only, AddressFits fits, gpointer context,
                  char **ret_last)
{
    const char *at = address;
    while (*at) {
        at = is_figure(g_utf8_get_char(at)) ? skip_number(at) : g_utf8_next_char(at);
        if (!*at || (parts_only && !ends_part(address, at)))
            continue;
        char *rest = g_strconcat("…", at, NULL);
        if (fits(rest, context))
            return rest;
        g_free(*ret_last);
        *ret_last = rest;
    }
    return NULL;
}

char *address_fit(const char *address, AddressFits fits, gpointer context)
{
    g_autofree char *last = NULL;
    if (fits(address, context))
        return g_strdup(address);
    char *found = drop(address, TRUE, fits, context, &last);
    if (!found)
        found = drop(address, FALSE, fits, context, &last);
    if (found)
        return found;
    return last ? g_steal_pointer(&last) : g_strdup(address);
}

char *address_bind(const char *address)
{
    GString *bound = g_string_new(NULL);
    while (*address) {
        gsize unit = is_figure(g_utf8_get_char(address)) ? 0 : measure_unit(address);
        const char *next = unit ? address + unit : g_utf8_next_char(address);
        gboolean numbered = is_figure(g_utf8_get_char(address)) && measure_unit(next) > 0;
        for (; address < next; address = g_utf8_next_char(address)) {
            g_string_append_unichar(bound, g_utf8_get_char(address));
            if (numbered || (unit && g_utf8_next_char(address) < next))
                g_string_append(bound, WORD_JOINER);
        }
    }
    return g_string_free(bound, FALSE);
}

char *address_find_floor_area(const char *area)
{
    const char *from = strstr(area, FLOOR_AREA);
    if (!from)
        return NULL;
    from += strlen(FLOOR_AREA);
    gsize length = strspn(from, "0123456789.");
    return length > 0 && !strcmp(from + length, "㎡") ? g_strndup(from, length) : NULL;
}
