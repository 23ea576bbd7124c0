#include "firmware/document/template.h"
#include "firmware/base/error.h"
#include "firmware/document/template_table.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (256 * 1024)

/* The file while it is read. */
typedef struct {
    const char *name, *contents;
    GKeyFile *file;
    Template *template;
} Reader;

/* Line of `key` in `section`, or of the section when there is no such key; 0: neither. */
static int find_line(const char *contents, const char *section, const char *key)
{
    g_auto(GStrv) lines = g_strsplit(contents, "\n", -1);
    g_autofree char *header = g_strdup_printf("[%s]", section);
    gboolean inside = FALSE;
    int section_line = 0;
    for (int i = 0; lines[i]; i++) {
        char *line = g_strstrip(lines[i]);
        if (line[0] == '[')
            inside = !strcmp(line, header);
        if (line[0] == '[' && inside)
            section_line = i + 1;
        gsize length = strlen(key);
        if (inside && !strncmp(line, key, length) && strchr("= \t", line[length]) && line[length])
            return i + 1;
    }
    return section_line;
}

static gboolean refuse(const Reader *reader, GError **error, const char *section, const char *key,
                       const char *format, ...) G_GNUC_PRINTF(5, 6);

static gboolean refuse(const Reader *reader, GError **error, const char *section, const char *key,
                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "%s:%d: [%s] %s: %s", reader->name,
                find_line(reader->contents, section, key), section, key, reason);
    return FALSE;
}

static gboolean read_number(const Reader *reader, const char *section, const char *key, double min,
                            double max, double *ret, GError **error)
{
    g_autofree char *text = g_key_file_get_string(reader->file, section, key, NULL);
    if (!text)
        return refuse(reader, error, section, key, "missing");
    char *end = NULL;
    double number = g_ascii_strtod(text, &end);
    if (end == text || *end || !isfinite(number))
        return refuse(reader, error, section, key, "'%s' is not a number", text);
    if (number < min || number > max)
        return refuse(reader, error, section, key, "%g is out of range, allowed are %g to %g",
                      number, min, max);
    *ret = number;
    return TRUE;
}

static gboolean read_text(const Reader *reader, const char *section, const char *key, char **ret,
                          GError **error)
{
    g_autofree char *text = g_key_file_get_string(reader->file, section, key, NULL);
    if (!text || !*text)
        return refuse(reader, error, section, key, "missing");
    if (!g_utf8_validate(text, -1, NULL) || strchr(text, '\n'))
        return refuse(reader, error, section, key, "not one line of UTF-8");
    *ret = g_steal_pointer(&text);
    return TRUE;
}

static gboolean read_align(const Reader *reader, const char *section, const char *key, Align *ret,
                           GError **error)
{
    g_autofree char *word = g_key_file_get_string(reader->file, section, key, NULL);
    for (Align align = ALIGN_LEFT; align <= ALIGN_RIGHT; align++)
        if (!g_strcmp0(word, align_words[align])) {
            *ret = align;
            return TRUE;
        }
    return refuse(reader, error, section, key, "'%s' is none of: left centre right",
                  word ? word : "");
}

static gboolean read_face(const Reader *reader, const char *section, const char *key, Face *ret,
                          GError **error)
{
    g_autofree char *word = g_key_file_get_string(reader->file, section, key, NULL);
    *ret = face_from_word(word ? word : "");
    if (*ret == FACE_UNKNOWN)
        return refuse(reader, error, section, key, "'%s' is no face", word ? word : "");
    return TRUE;
}

static gboolean read_yes(const Reader *reader, const char *section, const char *key, gboolean *ret,
                         GError **error)
{
    g_autofree char *word = g_key_file_get_string(reader->file, section, key, NULL);
    if (g_strcmp0(word, "yes") && g_strcmp0(word, "no"))
        return refuse(reader, error, section, key, "'%s' is neither yes nor no", word);
    *ret = word[0] == 'y';
    return TRUE;
}

static gboolean read_item_key(const Reader *reader, ItemId id, guint k, GError **error)
{
    const char *section = items[id].section, *key = keys[k].key;
    gboolean is_there = g_key_file_has_key(reader->file, section, key, NULL);
    if (!is_there && !(keys[k].groups & items[id].groups))
        return TRUE;
    void *target = (char *)&reader->template->items[id] + keys[k].offset;
    switch (keys[k].type) {
    case KEY_TEXT:
        return read_text(reader, section, key, target, error);
    case KEY_NUMBER:
        return read_number(reader, section, key, keys[k].min, keys[k].max, target, error);
    case KEY_FACE:
        return read_face(reader, section, key, target, error);
    case KEY_ALIGN:
        return read_align(reader, section, key, target, error);
    case KEY_YES:
        return read_yes(reader, section, key, target, error);
    }
    return TRUE;
}

static gboolean read_items(const Reader *reader, GError **error)
{
    for (ItemId id = 0; id < ITEM_COUNT; id++)
        for (guint k = 0; k < G_N_ELEMENTS(keys); k++)
            if (!read_item_key(reader, id, k, error))
                return FALSE;
    return TRUE;
}

static gboolean read_words_and_numbers(const Reader *reader, GError **error)
{
    for (int i = 0; i < WORD_COUNT; i++)
        if (!read_text(reader, words[i].section, words[i].key, &reader->template->words[i], error))
            return FALSE;
    for (int i = 0; i < NUMBER_COUNT; i++)
        if (!read_number(reader, numbers[i].section, numbers[i].key, numbers[i].min, numbers[i].max,
                         &reader->template->numbers[i], error))
            return FALSE;
    return TRUE;
}

static PagePart part_from_word(const char *word)
{
    for (PagePart part = PART_TITLE; part < PART_COUNT; part++)
        if (!strcmp(word, part_words[part]))
            return part;
    return PART_UNKNOWN;
}

static gboolean read_order(const Reader *reader, GError **error)
{
    g_autofree char *text = NULL;
    if (!read_text(reader, "booklet", "order", &text, error))
        return FALSE;
    g_auto(GStrv) list = g_strsplit(text, " ", -1);
    guint seen = 0, count = g_strv_length(list);
    for (guint i = 0; i < count && i + 1 < PART_COUNT; i++) {
        PagePart part = part_from_word(list[i]);
        if (part == PART_UNKNOWN || (seen & (1u << part)))
            break;
        seen |= 1u << part;
        reader->template->order[i] = part;
    }
    if (count != PART_COUNT - 1 || seen != ((1u << PART_COUNT) - 2))
        return refuse(reader, error, "booklet", "order",
                      "needs title, rights, notes and plans, each once");
    return TRUE;
}

/* What stands beside the leaf would vanish without a word. */
static gboolean check_places(const Reader *reader, GError **error)
{
    double width_mm = reader->template->numbers[NUMBER_LEAF_WIDTH];
    double height_mm = reader->template->numbers[NUMBER_LEAF_HEIGHT];
    for (ItemId id = 0; id < ITEM_COUNT; id++) {
        const TemplateItem *item = &reader->template->items[id];
        double right = item->x_mm + (items[id].groups & HAS_LINE ? item->width_mm : 0);
        double foot = item->y_mm + (items[id].groups & HAS_LINE ? item->height_mm : 0);
        if (right > width_mm)
            return refuse(reader, error, items[id].section, "x", "%g mm lie beside the leaf of %g",
                          right, width_mm);
        if (foot > height_mm)
            return refuse(reader, error, items[id].section, "y", "%g mm lie below the leaf of %g",
                          foot, height_mm);
    }
    return TRUE;
}

static gboolean is_known_key(const char *section, const char *key)
{
    if (!strcmp(section, "booklet") && !strcmp(key, "order"))
        return TRUE;
    for (int i = 0; i < WORD_COUNT; i++)
        if (!strcmp(section, words[i].section) && !strcmp(key, words[i].key))
            return TRUE;
    for (int i = 0; i < NUMBER_COUNT; i++)
        if (!strcmp(section, numbers[i].section) && !strcmp(key, numbers[i].key))
            return TRUE;
    for (int i = 0; i < ITEM_COUNT; i++)
        for (guint k = 0; k < G_N_ELEMENTS(keys); k++)
            if (!strcmp(section, items[i].section) && !strcmp(key, keys[k].key))
                return (keys[k].groups & (items[i].groups | HAS_OPTIONS)) != 0;
    return FALSE;
}

static gboolean check_unknown_keys(const Reader *reader, GError **error)
{
    g_auto(GStrv) sections = g_key_file_get_groups(reader->file, NULL);
    for (int s = 0; sections[s]; s++) {
        g_auto(GStrv) found = g_key_file_get_keys(reader->file, sections[s], NULL, NULL);
        for (int k = 0; found && found[k]; k++)
            if (!is_known_key(sections[s], found[k]))
                return refuse(reader, error, sections[s], found[k], "no such key");
    }
    return TRUE;
}

Template *template_load(const char *path, GError **error)
{
    g_autofree char *contents = NULL;
    gsize length = 0;
    g_autoptr(GError) cause = NULL;
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (!g_file_get_contents(path, &contents, &length, &cause) ||
        (length > FILE_BYTES_MAX
             ? (g_set_error(&cause, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "larger than 256 KiB"), TRUE)
             : !g_key_file_load_from_data(file, contents, length, G_KEY_FILE_NONE, &cause))) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_CONFIG, "%s: %s", path, cause->message);
        return NULL;
    }
    g_autoptr(Template) template = g_new0(Template, 1);
    template->bytes = g_bytes_new(contents, length);
    g_autofree char *name = g_path_get_basename(path);
    Reader reader = {name, contents, file, template};
    if (!check_unknown_keys(&reader, error) || !read_items(&reader, error) ||
        !read_words_and_numbers(&reader, error) || !read_order(&reader, error) ||
        !check_places(&reader, error))
        return NULL;
    return g_steal_pointer(&template);
}

void template_free(Template *template)
{
    if (!template)
        return;
    for (int i = 0; i < ITEM_COUNT; i++)
        g_free(template->items[i].text);
    for (int i = 0; i < WORD_COUNT; i++)
        g_free(template->words[i]);
    if (template->bytes)
        g_bytes_unref(template->bytes);
    g_free(template);
}
