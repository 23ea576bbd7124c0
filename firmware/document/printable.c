#include "firmware/document/printable.h"
#include "firmware/document/page.h"
#include <stddef.h>
#include <string.h>

#define NAME_CHARACTERS_MIN 2 /* of a name that is looked for in other texts */

static const struct {
    const char *member;
    gsize offset;
} texts[] = {
    {"printed.owners", offsetof(Record, owners)},
    {"printed.co_ownership", offsetof(Record, co_ownership)},
    {"printed.location", offsetof(Record, location)},
    {"printed.unit_code", offsetof(Record, unit_code)},
    {"printed.right_type", offsetof(Record, right_type)},
    {"printed.right_nature", offsetof(Record, right_nature)},
    {"printed.use", offsetof(Record, use)},
    {"printed.area", offsetof(Record, area)},
    {"printed.term", offsetof(Record, term)},
    {"printed.other", offsetof(Record, other)},
    {"printed.notes", offsetof(Record, notes)},
};

static const struct {
    const char *member;
    gsize offset;
} sheet_texts[] = {
    {"parcel_code", offsetof(PlanSheet, parcel_code)},
    {"structure", offsetof(PlanSheet, structure)},
    {"building_no", offsetof(PlanSheet, building_no)},
    {"unit_no", offsetof(PlanSheet, unit_no)},
    {"floor", offsetof(PlanSheet, floor)},
    {"surveyor", offsetof(PlanSheet, surveyor)},
    {"drawn_on", offsetof(PlanSheet, drawn_on)},
    {"checker", offsetof(PlanSheet, checker)},
    {"checked_on", offsetof(PlanSheet, checked_on)},
};

static gboolean check(const TextEngine *engine, const char *text, gboolean may_have_lines,
                      const char *member, GError **error)
{
    gunichar character = '\n';
    gboolean bad = text && (text_find_unprintable(engine, text, &character) ||
                            (!may_have_lines && strchr(text, '\n')));
    return !bad || pages_refuse(error, member, "U+%04X cannot be printed", character);
}

static gboolean check_sheet(const TextEngine *engine, const PlanSheet *sheet, const char *where,
                            GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(sheet_texts); i++) {
        g_autofree char *member = g_strconcat(where, "sheet: ", sheet_texts[i].member, NULL);
        if (!check(engine, G_STRUCT_MEMBER(char *, sheet, sheet_texts[i].offset), FALSE, member,
                   error))
            return FALSE;
    }
    g_autofree char *member = g_strconcat(where, "sheet: location", NULL);
    return check(engine, personal_reveal(sheet->location), FALSE, member, error);
}

static gboolean check_rooms(const TextEngine *engine, const PlanRoom *rooms, gsize count,
                            const char *where, const char *type, GError **error)
{
    for (gsize i = 0; i < count; i++) {
        g_autofree char *member = g_strdup_printf("%s%s %zu: name", where, type, i + 1);
        if (!check(engine, rooms[i].name, FALSE, member, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_plan(const TextEngine *engine, const Plan *plan, gsize index, GError **error)
{
    g_autofree char *where = g_strdup_printf("plans[%zu].data: ", index);
    for (gsize i = 0; i < plan->n_balconies; i++) {
        g_autofree char *member = g_strdup_printf("%sbalcony %zu: name", where, i + 1);
        if (!check(engine, plan->balconies[i].name, FALSE, member, error))
            return FALSE;
    }
    for (gsize i = 0; i < plan->n_dimensions; i++) {
        g_autofree char *member = g_strdup_printf("%sdimension %zu: text", where, i + 1);
        if (!check(engine, plan->dimensions[i].text, FALSE, member, error))
            return FALSE;
    }
    return check_sheet(engine, &plan->sheet, where, error) &&
           check_rooms(engine, plan->rooms, plan->n_rooms, where, "room", error) &&
           check_rooms(engine, plan->commons, plan->n_commons, where, "common", error);
}

gboolean record_check_printable(const TextEngine *engine, const Record *record, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = personal_reveal(G_STRUCT_MEMBER(Personal, record, texts[i].offset));
        gboolean may_have_lines = texts[i].offset == offsetof(Record, other) ||
                                  texts[i].offset == offsetof(Record, notes);
        if (!check(engine, text, may_have_lines, texts[i].member, error))
            return FALSE;
    }
    if (!check(engine, record->number, FALSE, "number", error))
        return FALSE;
    for (gsize i = 0; i < record->n_plans; i++)
        if (record->plans[i].vector && !check_plan(engine, record->plans[i].vector, i, error))
            return FALSE;
    return TRUE;
}

static gboolean contains(const char *paragraph, gsize length, const char *text, gsize text_length)
{
    return g_utf8_strlen(text, (gssize)text_length) >= NAME_CHARACTERS_MIN &&
           memmem(paragraph, length, text, text_length) != NULL;
}

gboolean record_names_person(const Record *record, const char *paragraph, gsize length)
{
    static const char *const words[] = {"持证人", "权利人", "共有人", "身份证"};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (contains(paragraph, length, words[i], strlen(words[i])))
            return TRUE;
    for (gsize i = 0; i < record->n_collectors; i++) {
        const char *name = personal_reveal(record->collectors[i].name);
        if (contains(paragraph, length, name, strlen(name)))
            return TRUE;
    }
    const char *location = personal_reveal(record->location);
    if (contains(paragraph, length, location, strlen(location)))
        return TRUE;
    for (const char *p = personal_reveal(record->owners); *p;) {
        gsize part = 0; /* bytes up to the next separator */
        while (p[part] && !g_utf8_strchr("、，,；;/ ", -1, g_utf8_get_char(p + part)))
            part += (gsize)(g_utf8_next_char(p + part) - (p + part));
        if (contains(paragraph, length, p, part))
            return TRUE;
        p += part;
        p = *p ? g_utf8_next_char(p) : p;
    }
    return FALSE;
}
