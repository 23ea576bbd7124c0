/* Compares what an X server shows with a picture:
 *   window_compare PICTURE.png TOP_MM
 * prints the share of pixels that differ, without the uppermost millimetres (there is the clock). */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <cairo.h>
#include <stdio.h>
#include <stdlib.h>

#define DIFFERS 24 /* of 255, in any channel */
#define HEIGHT_MM 476

static int differs(unsigned long a, unsigned long b)
{
    for (int shift = 0; shift < 24; shift += 8)
        if (labs((long)(a >> shift & 0xff) - (long)(b >> shift & 0xff)) > DIFFERS)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: window_compare PICTURE.png TOP_MM\n");
        return 2;
    }
    Display *display = XOpenDisplay(NULL);
    cairo_surface_t *picture = cairo_image_surface_create_from_png(argv[1]);
    int w = cairo_image_surface_get_width(picture), h = cairo_image_surface_get_height(picture);
    if (!display || w <= 0 || DisplayWidth(display, 0) != w || DisplayHeight(display, 0) != h) {
        fprintf(stderr, "window_compare: no display, no picture, or another size\n");
        return 1;
    }
    XImage *image = XGetImage(display, DefaultRootWindow(display), 0, 0, (unsigned)w, (unsigned)h,
                              AllPlanes, ZPixmap);
    long count = 0, total = 0;
    int top = (int)(strtol(argv[2], NULL, 10) * h / HEIGHT_MM);
    for (int y = top; image && y < h; y++) {
        const unsigned char *row = cairo_image_surface_get_data(picture) +
                                   (size_t)y * (size_t)cairo_image_surface_get_stride(picture);
        for (int x = 0; x < w; x++, total++) {
            unsigned long pixel = row[4 * x] | (unsigned long)row[4 * x + 1] << 8 |
                                  (unsigned long)row[4 * x + 2] << 16;
            count += differs(XGetPixel(image, x, y), pixel);
        }
    }
    printf("%.6f\n", total ? (double)count / (double)total : 1.0);
    if (image)
        XDestroyImage(image);
    cairo_surface_destroy(picture);
    XCloseDisplay(display);
    return 0;
}
