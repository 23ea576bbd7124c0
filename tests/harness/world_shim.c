/* A preload library: another time of day and another free disk than the machine's, set and changed
 * from outside while the program runs. From beneath libc, so that the program under test is the
 * real one.
 *
 *     KIOSK_WORLD   file of two 64-bit integers: milliseconds added to CLOCK_REALTIME; bytes that
 *                   every disk has left, -1: as it is
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    volatile int64_t clock_ms, free_bytes;
} World;

static World *world;

__attribute__((constructor)) static void look_at_world(void)
{
    const char *path = getenv("KIOSK_WORLD");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = fd >= 0 ? mmap(NULL, sizeof *world, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    world = mapped == MAP_FAILED ? NULL : mapped;
    if (fd >= 0)
        close(fd);
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
    static int (*real)(clockid_t id, struct timespec *ret);
    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, ret);
    if (result || id != CLOCK_REALTIME || !world)
        return result;
    int64_t ns = ret->tv_nsec + world->clock_ms % 1000 * 1000000;
    ret->tv_sec += world->clock_ms / 1000 + (ns >= 1000000000) - (ns < 0);
    ret->tv_nsec = (ns + 1000000000) % 1000000000;
    return 0;
}

static int look_at_disk(const char *name, const char *path, void *ret)
{
    int (*real)(const char *path, void *ret) = (int (*)(const char *, void *))dlsym(RTLD_NEXT, name);
    struct statvfs *disk = ret;
    int result = real(path, ret);
    if (!result && world && world->free_bytes >= 0)
        disk->f_bavail = disk->f_bfree = (fsblkcnt_t)world->free_bytes / disk->f_frsize;
    return result;
}

int statvfs(const char *path, struct statvfs *ret)
{
    return look_at_disk("statvfs", path, ret);
}

int statvfs64(const char *path, struct statvfs64 *ret)
{
    return look_at_disk("statvfs64", path, ret); /* the same structure where off_t has 64 bits */
}
