/* Sees every character of the kiosk's fonts on paper; tests/measure/characters runs it and says
 * more. One line for each finding, then a line `sheets N characters N findings N worst N`. One
 * thread: cairo 1.16 can hang when two threads set text. */
#include "firmware/document/fonts.h"
#include "tests/measure/character_sheet.h"
#include <glib/gstdio.h>
#include <stdio.h>

enum { EXIT_FINE = 0, EXIT_FAULTS = 1, EXIT_FAILED = 2 };

#define UNICODE_END 0x32400 /* no font of the kiosk has more */
#define ONE_PLANE_END 0x10000

static const struct {
    gunichar first, last;
} level_3[] = {{0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0x20000, 0x2A6DF}, {0x2A700, 0x2B739},
               {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0}};

/* Those that set any text. What the others lack, they take from where the first one takes it. */
static const struct {
    Face face;
    gunichar end;
} faces[] = {{FACE_SERIF_REGULAR, UNICODE_END},
             {FACE_SERIF_MEDIUM, ONE_PLANE_END},
             {FACE_SANS_REGULAR, ONE_PLANE_END}};

typedef struct {
    char *assets, *face, *text;
    int part, parts;
} Options;

static gboolean parse(Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"assets", 0, 0, G_OPTION_ARG_FILENAME, &options->assets, "Fonts of another folder", "F"},
        {"part", 0, 0, G_OPTION_ARG_INT, &options->part, "Only this part, from 0", "K"},
        {"parts", 0, 0, G_OPTION_ARG_INT, &options->parts, "Of so many", "N"},
        {"face", 0, 0, G_OPTION_ARG_STRING, &options->face, "Face of the text", "WORD"},
        {"text", 0, 0, G_OPTION_ARG_FILENAME, &options->text, "These characters only", "TEXT"},
        {0}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, &argc, &argv, error);
}

static void add_character(GPtrArray *sheets, Face face, gunichar character)
{
    Sheet *last = sheets->len ? sheets->pdata[sheets->len - 1] : NULL;
    if (!last || last->face != face || last->count == SHEET_CELLS) {
        last = g_new0(Sheet, 1);
        last->face = face;
        g_ptr_array_add(sheets, last);
    }
    last->characters[last->count++] = character;
}

static gboolean is_printable(const TextEngine *engine, gunichar character)
{
    char text[7] = "";
    g_unichar_to_utf8(character, text);
    return !text_find_unprintable(engine, text, &character);
}

/* A character that stands on paper by itself. */
static gboolean has_ink(gunichar c)
{
    return g_unichar_isgraph(c) && !g_unichar_ismark(c);
}

static GPtrArray *collect(const TextEngine *engine, const Options *options)
{
    GPtrArray *sheets = g_ptr_array_new_with_free_func(g_free);
    for (const char *p = options->text; p && *p; p = g_utf8_next_char(p))
        add_character(sheets, face_from_word(options->face), g_utf8_get_char(p));
    for (guint i = 0; !options->text && i < G_N_ELEMENTS(faces); i++)
        for (gunichar c = 0; c < faces[i].end; c++)
            if (has_ink(c) && is_printable(engine, c))
                add_character(sheets, faces[i].face, c);
    return sheets;
}

static void find_missing(const TextEngine *engine, GArray *findings)
{
    for (guint i = 0; i < G_N_ELEMENTS(level_3); i++)
        for (gunichar c = level_3[i].first; c <= level_3[i].last; c++) {
            Finding finding = {FACE_SERIF_REGULAR, c, FAULT_NO_FONT};
            if (!is_printable(engine, c))
                g_array_append_val(findings, finding);
        }
}

static int tell(const GArray *findings, guint sheets, guint characters, double worst)
{
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = &g_array_index(findings, Finding, i);
        printf("%s: U+%04X %s\n", face_word(finding->face), (unsigned)finding->character,
               fault_word(finding->fault));
    }
    printf("sheets %u characters %u findings %u worst %.4f\n", sheets, characters, findings->len,
           worst);
    return findings->len ? EXIT_FAULTS : EXIT_FINE;
}

static int inspect(const Options *options, const char *folder, GError **error)
{
    g_autoptr(TextEngine) engine = text_engine_create();
    g_autoptr(GPtrArray) sheets = collect(engine, options);
    g_autoptr(GArray) findings = g_array_new(FALSE, FALSE, sizeof(Finding));
    guint done = 0, characters = 0;
    double worst = 0;
    if (!options->text && options->part == 0)
        find_missing(engine, findings);
    for (guint i = (guint)options->part; i < sheets->len; i += (guint)options->parts) {
        const Sheet *sheet = sheets->pdata[i];
        if (!sheet_check(engine, sheet, folder, findings, &worst, error))
            return EXIT_FAILED;
        done++;
        characters += sheet->count;
    }
    return tell(findings, done, characters, worst);
}

int main(int argc, char **argv)
{
    Options options = {.parts = 1};
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    int status = EXIT_FAILED;
    if (parse(&options, argc, argv, &error) &&
        fonts_use_private(options.assets ? options.assets : ASSETS_DIR, &error) &&
        (folder = g_dir_make_tmp("kiosk-characters-XXXXXX", &error)) != NULL)
        status = options.part >= 0 && options.parts > 0 ? inspect(&options, folder, &error)
                                                        : EXIT_FAILED;
    if (status == EXIT_FAILED)
        fprintf(stderr, "character_ink: %s\n", error ? error->message : "wrong part");
    if (folder)
        g_rmdir(folder);
    g_free(options.assets);
    g_free(options.face);
    g_free(options.text);
    return status;
}
