/* A touchscreen that a kernel believes in (uinput), for a guest whose real window is measured:
 *   touchscreen
 * makes the device, says READY, then takes lines: `X Y MS` is one touch of a finger that rests for MS
 * milliseconds, X and Y from 0 to 4095 across the picture; MS 0: it stays. Ends with its input; the
 * device goes with it. */
#include <fcntl.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define RANGE 4095

static int emit(int fd, unsigned short type, unsigned short code, int value)
{
    struct input_event event = {.type = type, .code = code, .value = value};
    return write(fd, &event, sizeof event) == (ssize_t)sizeof event ? 0 : -1;
}

static int add_axis(int fd, unsigned short code, int max)
{
    struct uinput_abs_setup axis = {.code = code, .absinfo = {.maximum = max}};
    return ioctl(fd, UI_SET_ABSBIT, code) || ioctl(fd, UI_ABS_SETUP, &axis);
}

static int create(void)
{
    struct uinput_setup setup = {.id = {.bustype = BUS_USB, .vendor = 0x0eef, .product = 0x0001},
                                 .name = "Test touchscreen"};
    int fd = open("/dev/uinput", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, UI_SET_EVBIT, EV_ABS) || ioctl(fd, UI_SET_EVBIT, EV_KEY) ||
        ioctl(fd, UI_SET_KEYBIT, BTN_TOUCH) || ioctl(fd, UI_SET_PROPBIT, INPUT_PROP_DIRECT) ||
        add_axis(fd, ABS_X, RANGE) || add_axis(fd, ABS_Y, RANGE) || add_axis(fd, ABS_MT_SLOT, 9) ||
        add_axis(fd, ABS_MT_TRACKING_ID, 65535) || add_axis(fd, ABS_MT_POSITION_X, RANGE) ||
        add_axis(fd, ABS_MT_POSITION_Y, RANGE) || ioctl(fd, UI_DEV_SETUP, &setup) ||
        ioctl(fd, UI_DEV_CREATE))
        return -1;
    return fd;
}

static int touch(int fd, int id, int x, int y, int hold_ms)
{
    int failed = emit(fd, EV_ABS, ABS_MT_SLOT, 0) || emit(fd, EV_ABS, ABS_MT_TRACKING_ID, id) ||
                 emit(fd, EV_ABS, ABS_MT_POSITION_X, x) || emit(fd, EV_ABS, ABS_MT_POSITION_Y, y) ||
                 emit(fd, EV_KEY, BTN_TOUCH, 1) || emit(fd, EV_ABS, ABS_X, x) ||
                 emit(fd, EV_ABS, ABS_Y, y) || emit(fd, EV_SYN, SYN_REPORT, 0);
    if (hold_ms == 0)
        return failed;
    usleep((useconds_t)hold_ms * 1000);
    return failed || emit(fd, EV_ABS, ABS_MT_TRACKING_ID, -1) || emit(fd, EV_KEY, BTN_TOUCH, 0) ||
           emit(fd, EV_SYN, SYN_REPORT, 0);
}

int main(void)
{
    int x, y, hold_ms, fd = create();
    if (fd < 0) {
        perror("touchscreen");
        return 1;
    }
    puts("READY");
    fflush(stdout);
    for (int id = 1; scanf("%d %d %d", &x, &y, &hold_ms) == 3; id++)
        if (touch(fd, id, x, y, hold_ms)) {
            perror("touchscreen");
            return 1;
        }
    return 0;
}
