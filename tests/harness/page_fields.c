/* Where the template and the rules of the plan's furniture put every field of the sample. */
#include "tests/harness/page_ink.h"
#include <string.h>

#define FRAME_X0 17.5
#define FRAME_X1 150.5
#define ROW_MM 13.5
#define ROWS_Y 25.5
#define DROP 0.38 /* of the size: from a box's middle to the baseline */

typedef struct {
    TextEngine *engine;
    GKeyFile *template;
    GArray *fields;
} List;

static double number_of(const List *list, const char *section, const char *key)
{
    return g_key_file_has_key(list->template, section, key, NULL)
               ? g_key_file_get_double(list->template, section, key, NULL)
               : 0;
}

static Face face_of(const List *list, const char *section)
{
    g_autofree char *word = g_key_file_get_string(list->template, section, "face", NULL);
    return face_from_word(word);
}

/* A text of which `align` (0 left, 0.5 middle, 1 right) stands at x, on baseline y. */
static Field *add_text(List *list, int page, const char *name, Face face, double size_mm,
                       double spacing_mm, const char *text, double align, double x, double y)
{
    Field field = {.page = page};
    g_strlcpy(field.name, name, sizeof field.name);
    double width;
    Box ink = text_ink(list->engine, face, size_mm, spacing_mm, text, &width);
    double left = x - align * width;
    field.box = (Box){left + ink.x0, y + ink.y0, left + ink.x1, y + ink.y1};
    g_array_append_val(list->fields, field);
    return &g_array_index(list->fields, Field, list->fields->len - 1);
}

/* The same at a section's own place and size, moved down by `down`. */
static Field *add_item(List *list, int page, const char *section, const char *text, double down)
{
    g_autofree char *word = g_key_file_get_string(list->template, section, "align", NULL);
    double align = !strcmp(word, "left") ? 0 : !strcmp(word, "centre") ? 0.5 : 1;
    Field *field =
        add_text(list, page, section, face_of(list, section), number_of(list, section, "size"),
                 number_of(list, section, "spacing"), text, align, number_of(list, section, "x"),
                 number_of(list, section, "y") + down);
    g_autofree char *ours = g_key_file_get_string(list->template, section, "preprinted", NULL);
    field->is_on_booklet = g_strcmp0(ours, "yes") != 0;
    return field;
}

/* The section's own text. */
static void add_label(List *list, int page, const char *section)
{
    g_autofree char *text = g_key_file_get_string(list->template, section, "text", NULL);
    add_item(list, page, section, text, 0);
}

static void add_line(List *list, int page, const char *name, Box box, gboolean is_upright,
                     gboolean is_on_booklet)
{
    Field field = {.page = page, .box = box, .is_on_booklet = is_on_booklet};
    field.across_only = is_upright;
    field.down_only = !is_upright;
    g_strlcpy(field.name, name, sizeof field.name);
    g_array_append_val(list->fields, field);
}

/* The i-th of the lines of a text that is broken where the sample's is. */
static char *piece_of(const char *text, int start, int length)
{
    return g_utf8_substring(text, start, MIN(start + length, g_utf8_strlen(text, -1)));
}

static void add_legend(List *list)
{
    g_autofree char *text = g_key_file_get_string(list->template, "title.legend", "text", NULL);
    double size = number_of(list, "title.legend", "size");
    double pitch = number_of(list, "title.legend", "pitch");
    int in_row = (int)(number_of(list, "title.legend", "width") / size), start = 0;
    for (int row = 0; start < g_utf8_strlen(text, -1); row++) {
        int count = row == 0 ? in_row - 2 : in_row; /* begins with two blanks */
        g_autofree char *piece = piece_of(text, start, count);
        Field *field = add_item(list, 0, "title.legend", piece, row * pitch);
        if (row == 0) {
            field->box.x0 += 2 * size;
            field->box.x1 += 2 * size;
        }
        g_snprintf(field->name, sizeof field->name, "title.legend row %d", row + 1);
        start += count;
    }
}

static void add_title(List *list, const Record *record, const char *identifier, int modules,
                      const char *booklet)
{
    int day = record->registered_on;
    g_autofree char *date =
        g_strdup_printf("%04d年%02d月%02d日", day / 10000, day / 100 % 100, day % 100);
    add_label(list, 0, "title.heading");
    add_legend(list);
    add_label(list, 0, "title.authority");
    add_item(list, 0, "title.date", date, 0);
    double side = modules * number_of(list, "title.qr", "module_dots") * 25.4 / INK_DPI;
    double x = number_of(list, "title.qr", "x"), y = number_of(list, "title.qr", "y");
    Field qr = {.page = 0, .name = "QR", .box = {x - side / 2, y, x + side / 2, y + side}};
    g_array_append_val(list->fields, qr);
    static const char *const captions[] = {"title.qr_caption", "title.identifier_caption"};
    for (guint i = 0; i < G_N_ELEMENTS(captions); i++) {
        g_autofree char *text = g_key_file_get_string(list->template, captions[i], "text", NULL);
        add_item(list, 0, captions[i], text, y + side);
    }
    g_auto(GStrv) parts = g_strsplit(identifier, ".", 3);
    for (int i = 0; i < 3; i++) {
        g_autofree char *text = g_strconcat(parts[i], i < 2 ? "." : "", NULL);
        Field *field = add_item(list, 0, "title.identifier", text,
                                y + side + i * number_of(list, "title.identifier", "pitch"));
        g_snprintf(field->name, sizeof field->name, "title.identifier row %d", i + 1);
    }
    g_autofree char *words = g_key_file_get_string(list->template, "title.number", "text", NULL);
    g_autofree char *number = g_strconcat(words, "  ", booklet, NULL);
    add_item(list, 0, "title.number", number, 0);
}

static void add_rights(List *list, const Record *record)
{
    static const char *const keys[] = {"owners",    "co_ownership", "location",
                                       "unit_code", "right_type",   "right_nature",
                                       "use",       "area",         "term"};
    const char *code = personal_reveal(record->unit_code);
    g_autofree char *grouped =
        g_strdup_printf("%.6s %.6s %.7s %.9s", code, code + 6, code + 12, code + 19);
    const char *values[] = {
        personal_reveal(record->owners),     personal_reveal(record->co_ownership),
        personal_reveal(record->location),   grouped,
        personal_reveal(record->right_type), personal_reveal(record->right_nature),
        personal_reveal(record->use),        personal_reveal(record->area),
        personal_reveal(record->term)};
    add_item(list, 1, "rights.number", record->number, 0);
    double size = number_of(list, "rights.label", "size");
    double value_mm = number_of(list, "rights.value", "size");
    for (int row = 0; row < 9; row++) {
        double centre = ROWS_Y + (row + 0.5) * ROW_MM;
        g_autofree char *label =
            g_key_file_get_string(list->template, "rights.labels", keys[row], NULL);
        glong count = g_utf8_strlen(label, -1);
        double spacing = count < 4 ? (4 - (double)count) * size / ((double)count - 1) : 0;
        g_autofree char *name = g_strconcat("label ", keys[row], NULL);
        add_text(list, 1, name, face_of(list, "rights.label"), size, spacing, label, 0.5, 30.0,
                 centre + DROP * size)
            ->is_on_booklet = TRUE;
        add_text(list, 1, keys[row], face_of(list, "rights.value"), value_mm, 0, values[row], 0,
                 number_of(list, "rights.value", "x"), centre + DROP * value_mm);
    }
    g_auto(GStrv) lines = g_strsplit(personal_reveal(record->other), "\n", -1);
    for (int i = 0; lines[i]; i++) {
        Field *field = add_item(list, 1, "rights.other", lines[i],
                                i * number_of(list, "rights.other", "pitch"));
        g_snprintf(field->name, sizeof field->name, "other row %d", i + 1);
    }
    for (int row = 1; row <= 9; row++) {
        double y = ROWS_Y + row * ROW_MM;
        add_line(list, 1, "rule", (Box){60, y - 0.075, 64, y + 0.075}, FALSE, TRUE);
    }
}

/* Only the notes of one row each: where longer ones break is the wrapping's own test. */
static void add_notes(List *list, const Record *record)
{
    add_label(list, 2, "notes.heading");
    g_auto(GStrv) notes = g_strsplit(personal_reveal(record->notes), "\n", -1);
    double size = number_of(list, "notes.text", "size");
    double pitch = number_of(list, "notes.text", "pitch");
    for (int i = 0; i < 2 && notes[i]; i++) {
        double y = number_of(list, "notes.text", "y") + i * pitch;
        g_autofree char *name = g_strdup_printf("note %d", i + 1);
        add_text(list, 2, name, face_of(list, "notes.text"), size, 0, notes[i] + 3, 0,
                 number_of(list, "notes.text", "x") + 6, y);
    }
}

static void add_table(List *list, const PlanSheet *sheet)
{
    static const double edges[] = {0, 15, 54, 69, 92, 110, 123};
    g_autofree char *own = g_strdup_printf("%.2f", sheet->exclusive_area);
    g_autofree char *share = g_strdup_printf("%.2f", sheet->apportioned_area);
    g_autofree char *area = g_strdup_printf("%.2f", sheet->building_area);
    g_autofree char *floors = g_strdup_printf("%g", sheet->total_floors);
    const struct {
        int row, column;
        const char *label, *value;
    } cells[] = {
        {0, 0, "宗地代码", sheet->parcel_code},
        {0, 2, "结构", sheet->structure},
        {0, 4, "专有建筑面积", own},
        {1, 0, "幢号", sheet->building_no},
        {1, 2, "总层数", floors},
        {1, 4, "分摊建筑面积", share},
        {2, 0, "户号", sheet->unit_no},
        {2, 2, "所在层次", sheet->floor},
        {2, 4, "建筑面积", area},
        {3, 0, "坐落", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cells); i++) {
        double middle = 40.5 + (cells[i].row + 0.5) * 6;
        const double *edge = &edges[cells[i].column];
        add_text(list, 3, cells[i].label, FACE_SANS_REGULAR, 2.2, 0, cells[i].label, 0.5,
                 22.5 + (edge[0] + edge[1]) / 2, middle + DROP * 2.2);
        g_autofree char *name = g_strconcat(cells[i].label, " value", NULL);
        if (cells[i].value)
            add_text(list, 3, name, FACE_SERIF_REGULAR, 2.7, 0, cells[i].value, 0.5,
                     22.5 + (edge[1] + edge[2]) / 2, middle + DROP * 2.7);
    }
    add_text(list, 3, "坐落 value", FACE_SERIF_REGULAR, 2.7, 0, personal_reveal(sheet->location), 0,
             22.5 + 15 + 2.0, 40.5 + 3.5 * 6 + DROP * 2.7);
}

static void add_plan(List *list, const PlanSheet *sheet)
{
    add_label(list, 3, "plan.heading");
    add_label(list, 3, "plan.title");
    add_text(list, 3, "unit of measure", FACE_SANS_REGULAR, 2.4, 0, "单位：m·㎡", 1, 145.5, 37.0);
    add_table(list, sheet);
    g_autofree char *surveyor = g_strconcat("绘图员：", sheet->surveyor, NULL);
    add_text(list, 3, "surveyor", FACE_SERIF_REGULAR, 2.4, 0, surveyor, 0, 22.5, 213.6);
    add_text(list, 3, "checked on", FACE_SERIF_REGULAR, 2.4, 0, "2026年05月22日", 1, 145.5, 213.6);
    static const struct {
        const char *name;
        Box box;
        gboolean is_upright;
    } lines[] = {
        {"frame left", {FRAME_X0 - 0.15, 100, FRAME_X0 + 0.15, 104}, TRUE},
        {"frame top", {60, ROWS_Y - 0.15, 64, ROWS_Y + 0.15}, FALSE},
        {"figure left", {22.5 - 0.25, 100, 22.5 + 0.25, 104}, TRUE},
        {"figure right", {145.5 - 0.25, 100, 145.5 + 0.25, 104}, TRUE},
        {"figure top", {60, 40.5 - 0.25, 62, 40.5 + 0.25}, FALSE},
        {"figure foot", {60, 209.5 - 0.25, 64, 209.5 + 0.25}, FALSE},
        {"table foot", {30, 64.5 - 0.1, 34, 64.5 + 0.1}, FALSE},
        {"legend top", {60, 199.3 - 0.1, 64, 199.3 + 0.1}, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        add_line(list, 3, lines[i].name, lines[i].box, lines[i].is_upright,
                 g_str_has_prefix(lines[i].name, "frame"));
    for (int page = 1; page <= 3; page++)
        add_line(list, page, "frame right", (Box){FRAME_X1 - 0.15, 101, FRAME_X1 + 0.15, 104}, TRUE,
                 TRUE);
    for (int page = 1; page <= 2; page++)
        add_line(list, page, "frame foot", (Box){60, 222.5 - 0.15, 64, 222.5 + 0.15}, FALSE, TRUE);
}

GArray *fields_list(TextEngine *engine, GKeyFile *template, const Record *record,
                    const char *qr_identifier, int qr_modules, const char *booklet)
{
    List list = {engine, template, g_array_new(FALSE, FALSE, sizeof(Field))};
    add_title(&list, record, qr_identifier, qr_modules, booklet);
    add_rights(&list, record);
    add_notes(&list, record);
    add_plan(&list, &record->plans[0].vector->sheet);
    return list.fields;
}
