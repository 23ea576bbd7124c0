/* From a finger to the picture: moves the pointer of an X server, presses, and polls the pixel
 * under it until another colour is there; then moves off and lifts, so that nothing happens. Or from
 * nothing to the picture: waits until a band has ground of a colour at its edge and letters on it.
 *   touch_times ROUNDS X Y           one number of milliseconds a line
 *   touch_times until TOP HEIGHT RRGGBB     a line when it looks, then CLOCK_MONOTONIC in
 *                                    milliseconds when it is so */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 1000
#define UNTIL_MS 60000
#define LOOK_US 500

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static unsigned long look(Display *display, int x, int y)
{
    XImage *image =
        XGetImage(display, DefaultRootWindow(display), x, y, 1, 1, AllPlanes, ZPixmap);
    unsigned long pixel = image ? XGetPixel(image, 0, 0) : 0;
    if (image)
        XDestroyImage(image);
    return pixel;
}

/* The whole band is much to send, so it is asked for when its ground is there. */
static int has_letters(Display *display, int top, int height, unsigned long ground)
{
    int width = DisplayWidth(display, DefaultScreen(display)) / 2, found = 0;
    if (look(display, 2, top + 2) != ground)
        return 0;
    XImage *image = XGetImage(display, DefaultRootWindow(display), 0, top, (unsigned)width,
                              (unsigned)height, AllPlanes, ZPixmap);
    if (image)
        for (int i = 0; i < width * height && !found; i++)
            found = (XGetPixel(image, i % width, i / width) & 0xff00) < 0x4000;
    if (image)
        XDestroyImage(image);
    return found;
}

static int wait_for(Display *display, int top, int height, unsigned long ground)
{
    double until = now_ms() + UNTIL_MS;
    printf("looking\n");
    fflush(stdout);
    while (!has_letters(display, top, height, ground)) {
        if (now_ms() > until)
            return 1;
        usleep(LOOK_US);
    }
    printf("%.3f\n", now_ms());
    return 0;
}

static void press(Display *display, long rounds, int x, int y)
{
    int corner_x = x - 400, corner_y = y - 30; /* of the button, where no letter is */
    for (long i = rounds; i > 0; i--) {
        XTestFakeMotionEvent(display, -1, x, y, 0);
        XSync(display, False);
        usleep(150000);
        unsigned long before = look(display, corner_x, corner_y);
        double start = now_ms();
        XTestFakeButtonEvent(display, 1, True, 0);
        XFlush(display);
        while (look(display, corner_x, corner_y) == before && now_ms() - start < PATIENCE_MS)
            ;
        printf("%.3f\n", now_ms() - start);
        XTestFakeMotionEvent(display, -1, 5, 5, 0);
        XTestFakeButtonEvent(display, 1, False, 0);
        XSync(display, False);
    }
}

int main(int argc, char **argv)
{
    Display *display = argc == 4 || argc == 5 ? XOpenDisplay(NULL) : NULL;
    if (!display) {
        fprintf(stderr, "usage: touch_times ROUNDS X Y | until TOP HEIGHT RRGGBB\n");
        return 2;
    }
    int x = (int)strtol(argv[2], NULL, 10), y = (int)strtol(argv[3], NULL, 10), status = 0;
    if (argc == 5)
        status = wait_for(display, x, y, strtoul(argv[4], NULL, 16));
    else
        press(display, strtol(argv[1], NULL, 10), x, y);
    XCloseDisplay(display);
    return status;
}
