#include "drivers/samv/card_text.h"
#include "drivers/samv/private_use.h"
#include "firmware/base/clock.h"
#include "firmware/certificate/id_number.h"
#include <string.h>

#define TYPE_OFFSET 248
#define FOR_EVER 99999999
#define NAME_CHARACTERS_MAX 60
#define FIELD_BYTES_MAX (NAME_CHARACTERS_MAX * 3 + 1)

typedef struct {
    guint8 offset, length; /* in bytes; length 0: the layout has no such field */
} Field;

typedef struct {
    gunichar mark; /* at TYPE_OFFSET */
    DocumentType type;
    Field name;     /* Chinese */
    Field latin[2]; /* in one or two pieces */
    Field sex, birth, number, from, until;
    gboolean (*is_number)(const char *number);
    const char *prefixes; /* that the number must have, separated by blanks; "": not other's */
} Layout;

static const Layout layouts[] = {
    {.mark = ' ',
     .type = DOCUMENT_TYPE_RESIDENT,
     .name = {0, 30},
     .sex = {30, 2},
     .birth = {36, 16},
     .number = {122, 36},
     .from = {188, 16},
     .until = {204, 16},
     .is_number = id_number_is_valid,
     .prefixes = "1 2 3 4 5 6 7 8"},
    {.mark = 'J',
     .type = DOCUMENT_TYPE_HMT_PERMIT,
     .name = {0, 30},
     .sex = {30, 2},
     .birth = {36, 16},
     .number = {122, 36},
     .from = {188, 16},
     .until = {204, 16},
     .is_number = id_number_is_valid,
     .prefixes = "810000 820000 830000"},
    {.mark = 'I',
     .type = DOCUMENT_TYPE_FOREIGN_PERMANENT,
     .name = {158, 30},
     .latin = {{0, 120}},
     .sex = {120, 2},
     .birth = {220, 16},
     .number = {122, 30},
     .from = {188, 16},
     .until = {204, 16},
     .is_number = id_number_is_foreign_2017,
     .prefixes = ""},
    {.mark = 'Y',
     .type = DOCUMENT_TYPE_FOREIGN_PERMANENT_2,
     .name = {0, 30},
     .latin = {{52, 70}, {220, 22}},
     .sex = {30, 2},
     .birth = {36, 16},
     .number = {122, 36},
     .from = {188, 16},
     .until = {204, 16},
     .is_number = id_number_is_valid,
     .prefixes = "9"},
};

static guint unit_at(const guint8 *text, gsize offset)
{
    return (guint)text[offset] | (guint)text[offset + 1] << 8;
}

/* Padding is blanks; some issuers wrote NUL. */
static gsize trimmed_length(const guint8 *text, Field field)
{
    gsize length = field.length;
    while (length >= 2) {
        guint unit = unit_at(text, field.offset + length - 2);
        if (unit != ' ' && unit != 0)
            break;
        length -= 2;
    }
    return length;
}

/* Nothing that is not seen, turns the direction of writing, or is a letter to some fonts only. */
static gboolean is_writing(gunichar character)
{
    static const GUnicodeType not [] = {G_UNICODE_CONTROL,        G_UNICODE_FORMAT,
                                        G_UNICODE_LINE_SEPARATOR, G_UNICODE_PARAGRAPH_SEPARATOR,
                                        G_UNICODE_PRIVATE_USE,    G_UNICODE_SURROGATE};
    for (gsize i = 0; i < G_N_ELEMENTS(not ); i++)
        if (g_unichar_type(character) == not [i])
            return FALSE;
    return g_unichar_validate(character);
}

/* Appends the field as UTF-8. FALSE: what is no writing, half of a pair, or no room. */
static gboolean append_field(const guint8 *text, Field field, char *utf8, gsize size)
{
    gsize used = strlen(utf8), length = trimmed_length(text, field);
    for (gsize i = 0; i < length; i += 2) {
        gunichar character = unit_at(text, field.offset + i);
        if ((character & 0xFC00) == 0xD800 && i + 4 <= length) {
            guint low = unit_at(text, field.offset + i + 2);
            if ((low & 0xFC00) != 0xDC00)
                return FALSE;
            character = 0x10000 + ((character & 0x3FF) << 10 | (low & 0x3FF));
            i += 2;
        }
        character = private_use_resolve(character);
        if (!is_writing(character))
            return FALSE;
        if (used + 7 > size)
            return FALSE;
        used += (gsize)g_unichar_to_utf8(character, utf8 + used);
        utf8[used] = '\0';
    }
    return TRUE;
}

static gboolean read_field(const guint8 *text, Field field, char *utf8, gsize size)
{
    utf8[0] = '\0';
    return append_field(text, field, utf8, size);
}

static gboolean is_blank(const char *utf8)
{
    while (*utf8 && g_unichar_isspace(g_utf8_get_char(utf8)))
        utf8 = g_utf8_next_char(utf8);
    return !*utf8;
}

/* The Chinese name; where the card has none, the Latin one. */
static gboolean read_name(const guint8 *text, const Layout *layout, Holder *holder)
{
    char name[FIELD_BYTES_MAX + 8];
    gboolean ok = read_field(text, layout->name, name, sizeof name);
    if (ok && !*name)
        for (gsize i = 0; ok && i < G_N_ELEMENTS(layout->latin); i++)
            ok = append_field(text, layout->latin[i], name, sizeof name);
    ok = ok && !is_blank(name);
    if (ok)
        holder->name = secret_arena_text(holder->arena, name, -1);
    secret_wipe(name, sizeof name);
    return ok;
}

static gboolean has_prefix(const char *number, const char *prefixes)
{
    if (!*prefixes)
        return TRUE;
    for (const char *at = prefixes; *at;) {
        gsize length = strcspn(at, " ");
        if (!strncmp(number, at, length))
            return TRUE;
        at += length + strspn(at + length, " ");
    }
    return FALSE;
}

static gboolean read_number(const guint8 *text, const Layout *layout, Holder *holder)
{
    char number[64];
    gboolean ok = read_field(text, layout->number, number, sizeof number);
    for (char *at = number; ok && *at; at++)
        *at = g_ascii_toupper(*at);
    ok = ok && layout->is_number(number) && has_prefix(number, layout->prefixes);
    if (ok)
        holder->id_number = secret_arena_text(holder->arena, number, -1);
    secret_wipe(number, sizeof number);
    return ok;
}

/* YYYYMMDD of a real day, FOR_EVER for 长期, 0 for blanks; -1: none of these. */
static int day_of(const char *text)
{
    if (!*text)
        return 0;
    if (!strcmp(text, "长期"))
        return FOR_EVER;
    if (strlen(text) != 8 || strspn(text, "0123456789") != 8)
        return -1;
    int day = (int)g_ascii_strtoll(text, NULL, 10);
    return clock_is_day(day / 10000, day / 100 % 100, day % 100) ? day : -1;
}

static gboolean read_day(const guint8 *text, Field field, int *ret_day)
{
    char day[32];
    int value = read_field(text, field, day, sizeof day) ? day_of(day) : -1;
    secret_wipe(day, sizeof day);
    if (value < 0)
        return FALSE;
    *ret_day = value;
    return TRUE;
}

/* A day that is stated and ends. */
static gboolean read_first_day(const guint8 *text, Field field, int *ret_day)
{
    return read_day(text, field, ret_day) && *ret_day != 0 && *ret_day != FOR_EVER;
}

/* The number tells birth and sex as well (not the 15-character one): both must agree. */
static gboolean birth_agrees(const guint8 *text, const Layout *layout, const Holder *holder)
{
    int birth = 0;
    int number_birth = id_number_birth_day(personal_reveal(holder->id_number));
    return read_first_day(text, layout->birth, &birth) && (!number_birth || number_birth == birth);
}

/* GB/T 2261.1: 0 not known, 1 male, 2 female, 9 not stated. */
static gboolean sex_agrees(const guint8 *text, const Layout *layout, const Holder *holder)
{
    Sex number_sex = id_number_sex(personal_reveal(holder->id_number));
    guint sex = unit_at(text, layout->sex.offset);
    if (number_sex == SEX_UNKNOWN || (sex != '1' && sex != '2'))
        return sex == '0' || sex == '1' || sex == '2' || sex == '9';
    return sex == (number_sex == SEX_MALE ? '1' : '2');
}

/* NULL, or the member that makes the card doubtful. */
static const char *read_holder(const guint8 *text, const Layout *layout, Holder *holder)
{
    holder->type = layout->type;
    if (!read_name(text, layout, holder))
        return "name";
    if (!read_number(text, layout, holder))
        return "number";
    if (!birth_agrees(text, layout, holder))
        return "birth";
    if (!sex_agrees(text, layout, holder))
        return "sex";
    if (!read_first_day(text, layout->from, &holder->valid_from))
        return "valid_from";
    if (!read_day(text, layout->until, &holder->valid_until) ||
        holder->valid_until < holder->valid_from)
        return "valid_until";
    return NULL;
}

static ReaderFailure judge(const guint8 *text, const Layout *layout, int today, Holder *holder,
                           const char **ret_member)
{
    *ret_member = layout ? read_holder(text, layout, holder) : "type";
    if (!layout)
        return READER_FAILURE_WRONG_TYPE;
    if (*ret_member)
        return READER_FAILURE_NOT_GENUINE;
    *ret_member = "validity";
    if (holder->valid_until < today)
        return READER_FAILURE_EXPIRED;
    if (holder->valid_from > today)
        return READER_FAILURE_FUTURE;
    return READER_FAILURE_UNKNOWN;
}

static const Layout *find_layout(gunichar mark)
{
    for (gsize i = 0; i < G_N_ELEMENTS(layouts); i++)
        if (layouts[i].mark == mark)
            return &layouts[i];
    return NULL;
}

Holder *card_text_read(const guint8 text[CARD_TEXT_BYTES], int today, ReaderFailure *ret_failure,
                       const char **ret_member)
{
    g_autoptr(Holder) holder = holder_create();
    const Layout *layout = find_layout(unit_at(text, TYPE_OFFSET));
    ReaderFailure failure = judge(text, layout, today, holder, ret_member);
    if (failure == READER_FAILURE_UNKNOWN) {
        *ret_member = NULL;
        return g_steal_pointer(&holder);
    }
    *ret_failure = failure;
    return NULL;
}
