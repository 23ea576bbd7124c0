/* The seal: as sharp on paper as the text when it is a stencil, with its tones when it has any; and
 * the code in which a PDF keeps it, read back by poppler. */
#include "firmware/document/fax.h"
#include "firmware/document/ink.h"
#include "firmware/document/picture.h"
#include "tests/testing.h"
#include <cairo-pdf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define SIDE_PX 236 /* of a seal of 20 mm as it comes, 300 dots an inch */
#define SIDE_MM 20.0
#define FINE_PX 472
#define RING_PX 96.3
#define ROWS 60

/* A ring of one ink whose edge is soft over `edge_px`. */
static GBytes *make_seal(double edge_px)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, SIDE_PX, SIDE_PX);
    for (int y = 0; y < SIDE_PX; y++)
        for (int x = 0; x < SIDE_PX; x++) {
            double off = fabs(hypot(x + 0.5 - SIDE_PX / 2, y + 0.5 - SIDE_PX / 2) - RING_PX);
            guint alpha = (guint)(255 * CLAMP(0.5 + (10 - off) / edge_px, 0, 1) + 0.5);
            guint32 *row = (guint32 *)(void *)(cairo_image_surface_get_data(surface) +
                                               y * cairo_image_surface_get_stride(surface));
            row[x] = alpha << 24 | (alpha * 199 + 127) / 255 << 16;
        }
    cairo_surface_mark_dirty(surface);
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("kiosk-seal-XXXXXX", &path, NULL);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert_int_eq(cairo_surface_write_to_png(surface, path), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
    char *bytes = NULL;
    gsize size = 0;
    ck_assert(g_file_get_contents(path, &bytes, &size, NULL));
    g_unlink(path);
    return g_bytes_new_take(bytes, size);
}

static Picture *take_seal(double edge_px)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) png = make_seal(edge_px);
    Picture *seal = picture_create(png, "seal", PICTURE_SEAL, SIDE_MM, SIDE_MM, &error);
    ck_assert_msg(seal != NULL, "%s", error ? error->message : "");
    return seal;
}

/* Ink in mm2, and whether any dot is half clear. */
static double measure_ink(const Picture *seal, gboolean *ret_is_graded)
{
    double ink = 0;
    *ret_is_graded = FALSE;
    for (int y = 0; y < seal->height_px; y++) {
        const guint8 *row = cairo_image_surface_get_data(seal->surface) +
                            y * cairo_image_surface_get_stride(seal->surface);
        for (int x = 0; x < seal->width_px; x++) {
            ink += row[x] / 255.0;
            *ret_is_graded |= row[x] != 0 && row[x] != 0xFF;
        }
    }
    return ink * SIDE_MM * SIDE_MM / (seal->width_px * seal->height_px);
}

START_TEST(a_stencil_gets_hard_edges_and_keeps_its_place)
{
    g_autoptr(Picture) seal = take_seal(1.5);
    gboolean is_graded;
    double mm = SIDE_MM / SIDE_PX, ring = G_PI * mm * mm * 40 * RING_PX;
    ck_assert_int_eq(seal->width_px, FINE_PX);
    ck_assert_double_eq_tol(measure_ink(seal, &is_graded), ring, 0.005 * ring);
    ck_assert(!is_graded && seal->fax != NULL);
    const guint8 *middle = cairo_image_surface_get_data(seal->surface) +
                           FINE_PX / 2 * cairo_image_surface_get_stride(seal->surface);
    int edges[4], count = 0;
    for (int x = 1; x < FINE_PX && count < 4; x++)
        if (middle[x] != middle[x - 1])
            edges[count++] = x;
    ck_assert_int_eq(count, 4);
    const double wanted[] = {SIDE_PX / 2 - RING_PX - 10, SIDE_PX / 2 - RING_PX + 10,
                             SIDE_PX / 2 + RING_PX - 10, SIDE_PX / 2 + RING_PX + 10};
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq_tol(edges[i], 2 * wanted[i], 0.6); /* dots of 0.042 mm */
}
END_TEST

START_TEST(tones_stay_tones)
{
    g_autoptr(Picture) seal = take_seal(12);
    gboolean is_graded;
    measure_ink(seal, &is_graded);
    ck_assert(is_graded && seal->fax == NULL);
    ck_assert_int_eq(seal->width_px, SIDE_PX);
}
END_TEST

/* Rows much like the one above, as a picture has them, and some that are not. */
static void make_row(GRand *random, int width, const guint8 *above, guint8 *ret)
{
    int kind = g_rand_int_range(random, 0, 5), shift = g_rand_int_range(random, -5, 6);
    for (int x = 0, run = 0, ink = g_rand_boolean(random); x < width; x++) {
        if (kind == 1 && run-- == 0) {
            run = g_rand_int_range(random, 0, g_rand_boolean(random) ? 8 : width);
            ink = !ink;
        }
        gboolean is_inside = above && x + shift >= 0 && x + shift < width;
        switch (kind) {
        case 0:
            ret[x] = g_rand_boolean(random) ? 0xFF : 0;
            break;
        case 1:
        case 2:
            ret[x] = ink ? 0xFF : 0;
            break;
        default:
            ret[x] = is_inside ? above[x + shift] : 0;
        }
    }
}

static void write_pdf(const char *path, const guint8 *dots, int width)
{
    GByteArray *packed = fax_pack(dots, (gsize)width, width, ROWS);
    g_autofree char *how = g_strdup_printf("Columns=%d Rows=%d K=-1 BlackIs1=true", width, ROWS);
    cairo_surface_t *fax = cairo_image_surface_create(CAIRO_FORMAT_A1, width, ROWS);
    cairo_surface_set_mime_data(fax, CAIRO_MIME_TYPE_CCITT_FAX, packed->data, packed->len, NULL,
                                NULL);
    cairo_surface_set_mime_data(fax, CAIRO_MIME_TYPE_CCITT_FAX_PARAMS, (guint8 *)how, strlen(how),
                                NULL, NULL);
    cairo_surface_t *pdf = cairo_pdf_surface_create(path, width, ROWS);
    cairo_t *cr = cairo_create(pdf);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_mask_surface(cr, fax, 0, 0);
    cairo_destroy(cr);
    cairo_surface_finish(pdf);
    ck_assert_int_eq(cairo_surface_status(pdf), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(pdf);
    cairo_surface_destroy(fax);
    g_byte_array_unref(packed);
}

/* How many dots poppler sees otherwise in `base`.pdf. */
static int count_wrong(const char *base, const guint8 *dots, int width)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *command =
        g_strdup_printf("pdftoppm -mono -r 72 -singlefile %s.pdf %s", base, base);
    g_autofree char *path = g_strconcat(base, ".pbm", NULL);
    g_autofree char *picture = NULL;
    gsize size = 0;
    ck_assert_msg(g_spawn_command_line_sync(command, NULL, NULL, NULL, &error) &&
                      g_file_get_contents(path, &picture, &size, &error),
                  "%s", error ? error->message : "");
    g_unlink(path);
    g_autofree char *header = g_strdup_printf("P4\n%d %d\n", width, ROWS);
    int wrong = 0, stride = (width + 7) / 8;
    ck_assert(size == strlen(header) + (gsize)(stride * ROWS) && g_str_has_prefix(picture, header));
    const guint8 *bits = (const guint8 *)picture + strlen(header);
    for (int y = 0; y < ROWS; y++)
        for (int x = 0; x < width; x++)
            wrong += (bits[y * stride + x / 8] >> (7 - x % 8) & 1) != (dots[y * width + x] & 1);
    return wrong;
}

START_TEST(another_reader_finds_every_dot)
{
    static const int widths[] = {1, 7, 8, 63, 64, 65, 945, 1728, FAX_WIDTH_MAX};
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("kiosk-fax-XXXXXX", &error);
    g_autofree char *base = g_build_filename(folder, "fax", NULL);
    g_autofree char *path = g_strconcat(base, ".pdf", NULL);
    GRand *random = g_rand_new_with_seed(20261124);
    for (guint i = 0; i < G_N_ELEMENTS(widths); i++) {
        int width = widths[i];
        g_autofree guint8 *dots = g_new0(guint8, width * ROWS);
        for (int y = 0; y < ROWS; y++)
            make_row(random, width, y > 0 ? dots + (y - 1) * width : NULL, dots + y * width);
        write_pdf(path, dots, width);
        ck_assert_msg(count_wrong(base, dots, width) == 0, "width %d", width);
    }
    g_rand_free(random);
    g_unlink(path);
    ck_assert_int_eq(g_rmdir(folder), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("seal");
    tcase_add_test(tests, a_stencil_gets_hard_edges_and_keeps_its_place);
    tcase_add_test(tests, tones_stay_tones);
    tcase_add_test(tests, another_reader_finds_every_dot);
    return testing_run(tests);
}
