#include "tests/harness/virtual_reader/card_file.h"
#include <string.h>

#define FILE_BYTES_MAX 4096
#define PIECES_MAX 2
#define TYPE_OFFSET 248

enum { RESIDENT, HMT, FOREIGN_2017, FOREIGN_2023, TYPES };

static const struct {
    const char *word, *mark;
} types[TYPES] = {
    [RESIDENT] = {"resident", " "},
    [HMT] = {"hmt-permit", "J"},
    [FOREIGN_2017] = {"foreign-2017", "I"},
    [FOREIGN_2023] = {"foreign-2023", "Y"},
};

typedef struct {
    guint8 offset, bytes;
} Place;

/* Where a key's value stands on each type of card; no bytes: the type has no such field. */
static const struct {
    const char *key;
    Place places[TYPES][PIECES_MAX];
} keys[] = {
    {"name", {{{0, 30}}, {{0, 30}}, {{158, 30}}, {{0, 30}}}},
    {"latin_name", {{{0, 0}}, {{0, 0}}, {{0, 120}}, {{52, 70}, {220, 22}}}},
    {"sex", {{{30, 2}}, {{30, 2}}, {{120, 2}}, {{30, 2}}}},
    {"nation", {{{32, 4}}, {{0, 0}}, {{152, 6}}, {{242, 6}}}},
    {"birth", {{{36, 16}}, {{36, 16}}, {{220, 16}}, {{36, 16}}}},
    {"address", {{{52, 70}}, {{52, 70}}, {{0, 0}}, {{0, 0}}}},
    {"id_number", {{{122, 36}}, {{122, 36}}, {{122, 30}}, {{122, 36}}}},
    {"authority", {{{158, 30}}, {{158, 30}}, {{240, 8}}, {{0, 0}}}},
    {"valid_from", {{{188, 16}}, {{188, 16}}, {{188, 16}}, {{188, 16}}}},
    {"valid_until", {{{204, 16}}, {{204, 16}}, {{204, 16}}, {{204, 16}}}},
    {"pass_number", {{{0, 0}}, {{220, 18}}, {{0, 0}}, {{0, 0}}}},
    {"mark", {{{TYPE_OFFSET, 2}}, {{TYPE_OFFSET, 2}}, {{TYPE_OFFSET, 2}}, {{TYPE_OFFSET, 2}}}},
    {"issue_count", {{{0, 0}}, {{238, 4}}, {{0, 0}}, {{32, 4}}}},
};

static const struct {
    const char *key, *word, *raw;
} synonyms[] = {
    {"sex", "male", "1"},
    {"sex", "female", "2"},
    {"sex", "unknown", "0"},
    {"valid_until", "long-term", "长期"},
};

static void blank(guint8 *bytes, gsize length)
{
    for (gsize i = 0; i < length; i++)
        bytes[i] = i % 2 ? 0 : ' ';
}

/* As some issuers did: NUL behind the name instead of blanks. */
static void pad_name(int type, CardImage *image)
{
    Place place = keys[0].places[type][0];
    for (int at = place.offset + place.bytes - 2;
         at >= place.offset && image->text[at] == ' ' && image->text[at + 1] == 0; at -= 2)
        image->text[at] = 0;
}

/* Writes what fits; what is left of `units`. */
static gsize put(guint8 *bytes, Place place, const gunichar2 *units, gsize length)
{
    gsize fits = MIN(length, place.bytes / 2u);
    for (gsize i = 0; i < fits; i++) {
        bytes[place.offset + 2 * i] = (guint8)units[i];
        bytes[place.offset + 2 * i + 1] = (guint8)(units[i] >> 8);
    }
    return length - fits;
}

static const char *translate(const char *key, const char *value)
{
    for (gsize i = 0; i < G_N_ELEMENTS(synonyms); i++)
        if (!strcmp(synonyms[i].key, key) && !strcmp(synonyms[i].word, value))
            return synonyms[i].raw;
    return value;
}

static gunichar2 *to_units(const char *value, gsize *ret_length)
{
    glong length = 0;
    gunichar2 *units = g_utf8_to_utf16(value, -1, NULL, &length, NULL);
    *ret_length = (gsize)length;
    return units;
}

/* NULL when it was written, else why not. */
static const char *put_address(const char *value, CardImage *image)
{
    gsize length;
    g_autofree gunichar2 *units = to_units(value, &length);
    if (!units || length > CARD_IMAGE_ADDRESS_BYTES / 2)
        return "not UTF-8, or too long";
    image->has_address = TRUE;
    for (gsize i = 0; i < length; i++) {
        image->address[2 * i] = (guint8)units[i];
        image->address[2 * i + 1] = (guint8)(units[i] >> 8);
    }
    return NULL;
}

static const char *put_value(int type, const char *key, const char *value, CardImage *image)
{
    if (!strcmp(key, "newest_address"))
        return put_address(value, image);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(keys[i].key, key) != 0)
            continue;
        gsize length;
        g_autofree gunichar2 *units = to_units(translate(key, value), &length);
        if (!units)
            return "not UTF-8";
        gsize left = length;
        for (int piece = 0; piece < PIECES_MAX; piece++)
            left = put(image->text, keys[i].places[type][piece], units + length - left, left);
        return left ? "too long, or not on this type of card" : NULL;
    }
    return "no such key";
}

static int find_type(const char *word)
{
    for (int i = 0; i < TYPES; i++)
        if (!strcmp(types[i].word, word))
            return i;
    return -1;
}

static gboolean refuse(const char *name, int line, const char *why, GError **error)
{
    g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "%s:%d: %s", name, line,
                why);
    return FALSE;
}

/* The type decides where everything stands: it is looked for first. -1: unknown, in `ret_line`. */
static int type_of(char **lines, int *ret_line)
{
    for (int i = 0; lines[i]; i++) {
        *ret_line = i + 1;
        if (g_str_has_prefix(g_strchomp(lines[i]), "type="))
            return find_type(lines[i] + strlen("type="));
    }
    return RESIDENT;
}

/* TRUE: an earlier line has the key of line `at`. */
static gboolean stands_twice(char **lines, int at)
{
    gsize length = strcspn(lines[at], "=") + 1;
    for (int i = 0; i < at; i++)
        if (!strncmp(lines[i], lines[at], length))
            return TRUE;
    return FALSE;
}

gboolean card_file_parse(const char *name, const char *text, CardImage *ret, GError **error)
{
    CardImage image = {0};
    static const guint8 photo_head[] = {0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00, 0x32, 0x00, 0x00};
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean nul_padding = FALSE;
    int type_line = 1, type = type_of(lines, &type_line);
    if (type < 0)
        return refuse(name, type_line, "unknown type of card", error);
    blank(image.text, sizeof image.text);
    blank(image.address, sizeof image.address);
    image.text[TYPE_OFFSET] = (guint8)types[type].mark[0];
    for (gsize i = 0; i < sizeof image.photo; i++)
        image.photo[i] = i < sizeof photo_head ? photo_head[i] : (guint8)i;
    for (int i = 0; lines[i]; i++) {
        char *line = g_strchomp(lines[i]), *value = strchr(line, '=');
        if (!*line || *line == '#')
            continue;
        if (value && stands_twice(lines, i))
            return refuse(name, i + 1, "this key stands above already", error);
        if (g_str_has_prefix(line, "type="))
            continue;
        if (g_str_equal(lines[i], "padding=nul")) {
            nul_padding = TRUE;
            continue;
        }
        if (!value)
            return refuse(name, i + 1, "not key=value", error);
        g_autofree char *key = g_strndup(line, (gsize)(value - line));
        const char *why = put_value(type, key, value + 1, &image);
        if (why)
            return refuse(name, i + 1, why, error);
    }
    if (nul_padding)
        pad_name(type, &image);
    *ret = image;
    return TRUE;
}

gboolean card_file_read(const char *path, CardImage *ret, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(path, &text, &length, error))
        return FALSE;
    if (length > FILE_BYTES_MAX)
        return refuse(path, 1, "over 4096 bytes", error);
    return card_file_parse(path, text, ret, error);
}
