#include "firmware/document/render.h"
#include "firmware/base/limit.h"
#include "firmware/base/read_file.h"
#include "firmware/base/secret.h"
#include "firmware/certificate/identifier.h"
#include "firmware/document/document.h"
#include <cairo.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

#define DPI_DEFAULT 150.0
#define HEAP_BYTES (8 * 1024 * 1024)
#define NO_PAGE G_MININT /* none asked for: the first */

typedef struct {
    char *output, *stock, *booklet, *qr, *assets;
    char **records;
    int page;   /* from 1 */
    double dpi; /* 0: not given */
    StockKind stock_kind;
    gboolean is_picture;
} Options;

static void clear_options(Options *options)
{
    g_free(options->output);
    g_free(options->stock);
    g_free(options->booklet);
    g_free(options->qr);
    g_free(options->assets);
    g_strfreev(options->records);
}

static int complain(int status, const char *where, const char *what)
{
    fprintf(stderr, "kiosk: %s: %s\n", where, what);
    return status;
}

static gboolean parse(Options *options, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output, "file to write",
         "OUT.pdf|.png"},
        {"page", 'p', 0, G_OPTION_ARG_INT, &options->page, "page of a picture, from 1", "N"},
        {"dpi", 'd', 0, G_OPTION_ARG_DOUBLE, &options->dpi, "dots an inch of a picture, 36 to 1200",
         "D"},
        {"stock", 's', 0, G_OPTION_ARG_STRING, &options->stock, "paper: everything or values only",
         "plain|preprinted"},
        {"booklet", 'b', 0, G_OPTION_ARG_STRING, &options->booklet, "serial of the booklet", "S"},
        {"qr", 'q', 0, G_OPTION_ARG_STRING, &options->qr, "text of the QR", "TEXT"},
        {"assets", 0, 0, G_OPTION_ARG_FILENAME, &options->assets, "fonts and templates", "FOLDER"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->records, NULL, NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("RECORD.json");
    g_option_context_set_summary(context, "Draws the pages of a certificate record.");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, &argc, &argv, error);
}

/* What is wrong with the options, or NULL. */
static const char *find_fault(Options *options)
{
    if (!options->records || !options->records[0] || options->records[1])
        return "needs exactly one RECORD.json";
    if (!options->output)
        return "needs -o OUT.pdf or -o OUT.png";
    options->is_picture = g_str_has_suffix(options->output, ".png");
    if (!options->is_picture && !g_str_has_suffix(options->output, ".pdf"))
        return "-o: the file's name must end with .pdf or .png";
    if (!options->is_picture && (options->page != NO_PAGE || options->dpi != 0))
        return "--page and --dpi are for a .png";
    if (options->page < 1 && options->page != NO_PAGE)
        return "--page: counts from 1";
    if (options->dpi != 0 && !(options->dpi >= 36 && options->dpi <= 1200))
        return "--dpi: allowed are 36 to 1200";
    options->stock_kind = STOCK_PLAIN;
    if (options->stock && !strcmp(options->stock, "preprinted"))
        options->stock_kind = STOCK_PREPRINTED;
    else if (options->stock && strcmp(options->stock, "plain"))
        return "--stock: plain or preprinted";
    if (options->booklet && !booklet_serial_is_valid(options->booklet))
        return "--booklet: D or J and 11 digits";
    return NULL;
}

static Record *load_record(const char *path, GError **error)
{
    gsize length = 0;
    char *contents = read_file(path, LIMIT_RECORD_BYTES, &length, error);
    if (!contents)
        return NULL;
    Record *record = record_parse(contents, length, error);
    secret_wipe(contents, length);
    g_free(contents);
    return record;
}

static gboolean write_picture(Pages *pages, const Options *options, const char *path,
                              GError **error)
{
    cairo_surface_t *surface =
        pages_to_image(pages, options->page == NO_PAGE ? 0 : options->page - 1, LOOK_PRINTED,
                       options->dpi > 0 ? options->dpi : DPI_DEFAULT, error);
    if (!surface)
        return FALSE;
    cairo_status_t status = cairo_surface_write_to_png(surface, path);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s", cairo_status_to_string(status));
    return status == CAIRO_STATUS_SUCCESS;
}

static gboolean write_pdf(Pages *pages, const char *path, GError **error)
{
    g_autoptr(GBytes) pdf = pages_to_pdf(pages, error);
    if (!pdf)
        return FALSE;
    gsize length;
    const char *data = g_bytes_get_data(pdf, &length);
    return g_file_set_contents_full(path, data, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600,
                                    error);
}

static gboolean sync_and_rename(const char *temporary, const char *path, GError **error)
{
    int fd = g_open(temporary, O_RDONLY | O_CLOEXEC, 0);
    gboolean done = fd >= 0 && fsync(fd) == 0 && g_rename(temporary, path) == 0;
    int cause = errno;
    if (fd >= 0)
        close(fd);
    if (!done)
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(cause), "%s", g_strerror(cause));
    return done;
}

static gboolean may_write_into(const char *folder, GError **error)
{
    if (!g_access(folder, W_OK | X_OK))
        return TRUE;
    int cause = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(cause), "folder %s: %s", folder,
                g_strerror(cause));
    return FALSE;
}

/* Into a file beside it, then under its name: nothing is half written. */
static gboolean write_output(Pages *pages, const Options *options, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(options->output);
    if (!may_write_into(folder, error))
        return FALSE;
    g_autofree char *temporary = g_strdup_printf("%s.%ld.tmp", options->output, (long)getpid());
    umask(0077); /* it names the holder: its owner alone reads it */
    gboolean done = (options->is_picture ? write_picture(pages, options, temporary, error)
                                         : write_pdf(pages, temporary, error)) &&
                    sync_and_rename(temporary, options->output, error);
    if (!done)
        g_unlink(temporary);
    return done;
}

static int render(const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Record) record = load_record(options->records[0], &error);
    if (!record)
        return complain(EXIT_FAILED, options->records[0], error->message);
    g_autofree char *assets = options->assets ? g_canonicalize_filename(options->assets, NULL)
                                              : config_own_assets();
    g_autoptr(Document) document = document_create(assets, options->stock_kind, NULL, &error);
    if (!document)
        return complain(EXIT_FAILED, "assets", error->message);
    g_autoptr(Pages) pages = pages_create(document, record, &error);
    if (!pages)
        return complain(EXIT_FAILED, options->records[0], error->message);
    pages_set_qr_place(pages, QR_PLACE_SPECIMEN);
    if (!pages_set_issue(pages, options->qr, options->booklet, &error))
        return complain(EXIT_FAILED, "--qr", error->message);
    if (options->page > pages_count(pages)) {
        g_autofree char *what = g_strdup_printf("there are %d pages", pages_count(pages));
        return complain(EXIT_USAGE, "--page", what);
    }
    if (!write_output(pages, options, &error))
        return complain(EXIT_FAILED, options->output, error->message);
    return EXIT_DONE;
}

/* For one document and no longer: what was freed is used again instead of being given back. */
static void keep_heap(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, HEAP_BYTES);
    mallopt(M_TRIM_THRESHOLD, 2 * HEAP_BYTES);
    mallopt(M_TOP_PAD, HEAP_BYTES);
}

int render_command(int argc, char **argv)
{
    keep_heap();
    Options options = {.page = NO_PAGE};
    g_autoptr(GError) error = NULL;
    int status;
    const char *fault = NULL;
    if (!parse(&options, argc, argv, &error))
        status = complain(EXIT_USAGE, "render", error->message);
    else if ((fault = find_fault(&options)) != NULL)
        status = complain(EXIT_USAGE, "render", fault);
    else
        status = render(&options);
    clear_options(&options);
    return status;
}
