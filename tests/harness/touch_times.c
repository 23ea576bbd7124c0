/* From a finger to the picture: moves the pointer of an X server, presses, and polls the pixel
 * under it until another colour is there; then moves off and lifts, so that nothing happens.
 *   touch_times ROUNDS X Y      one number of milliseconds a line */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 1000

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A corner of the button, where no letter is. */
static unsigned long look(Display *display, int x, int y)
{
    XImage *image =
        XGetImage(display, DefaultRootWindow(display), x - 400, y - 30, 1, 1, AllPlanes, ZPixmap);
    unsigned long pixel = image ? XGetPixel(image, 0, 0) : 0;
    if (image)
        XDestroyImage(image);
    return pixel;
}

int main(int argc, char **argv)
{
    Display *display = argc == 4 ? XOpenDisplay(NULL) : NULL;
    if (!display) {
        fprintf(stderr, "usage: touch_times ROUNDS X Y\n");
        return 2;
    }
    int x = (int)strtol(argv[2], NULL, 10), y = (int)strtol(argv[3], NULL, 10);
    for (long i = strtol(argv[1], NULL, 10); i > 0; i--) {
        XTestFakeMotionEvent(display, -1, x, y, 0);
        XSync(display, False);
        usleep(150000);
        unsigned long before = look(display, x, y);
        double start = now_ms();
        XTestFakeButtonEvent(display, 1, True, 0);
        XFlush(display);
        while (look(display, x, y) == before && now_ms() - start < PATIENCE_MS)
            ;
        printf("%.3f\n", now_ms() - start);
        XTestFakeMotionEvent(display, -1, 5, 5, 0);
        XTestFakeButtonEvent(display, 1, False, 0);
        XSync(display, False);
    }
    XCloseDisplay(display);
    return 0;
}
