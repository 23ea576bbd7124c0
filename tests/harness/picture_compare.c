/* Compares two pictures pixel by pixel:
 *   picture_compare ONE.png OTHER.png DIFFERENCE.png
 * prints how many pixels differ, how many there are, the largest difference of a channel (0 to
 * 255), and whether the first holds more than one colour; writes where they differ, white on black.
 */
#include <cairo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int largest(uint32_t one, uint32_t other)
{
    int most = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        int apart = abs((int)(one >> shift & 0xff) - (int)(other >> shift & 0xff));
        most = apart > most ? apart : most;
    }
    return most;
}

static uint32_t *row_of(cairo_surface_t *picture, int y)
{
    return (uint32_t *)(void *)(cairo_image_surface_get_data(picture) +
                                (long)y * cairo_image_surface_get_stride(picture));
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: picture_compare ONE.png OTHER.png DIFFERENCE.png\n");
        return 2;
    }
    cairo_surface_t *one = cairo_image_surface_create_from_png(argv[1]);
    cairo_surface_t *other = cairo_image_surface_create_from_png(argv[2]);
    int w = cairo_image_surface_get_width(one), h = cairo_image_surface_get_height(one);
    if (w <= 0 || w != cairo_image_surface_get_width(other) ||
        h != cairo_image_surface_get_height(other)) {
        fprintf(stderr, "picture_compare: not two pictures of one size: %d x %d, %d x %d\n", w, h,
                cairo_image_surface_get_width(other), cairo_image_surface_get_height(other));
        return 1;
    }
    cairo_surface_t *difference = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    long count = 0;
    int most = 0, coloured = 0;
    uint32_t first = *row_of(one, 0);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            int apart = largest(row_of(one, y)[x], row_of(other, y)[x]);
            count += apart > 0;
            most = apart > most ? apart : most;
            coloured |= largest(row_of(one, y)[x], first) > 0;
            row_of(difference, y)[x] = apart > 0 ? 0xffffff : 0;
        }
    cairo_surface_mark_dirty(difference);
    printf("%ld %ld %d %d\n", count, (long)w * h, most, coloured);
    int status = cairo_surface_write_to_png(difference, argv[3]) != CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(difference);
    cairo_surface_destroy(other);
    cairo_surface_destroy(one);
    return status;
}
