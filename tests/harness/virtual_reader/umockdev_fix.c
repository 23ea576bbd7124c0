/* Preloaded before umockdev's own library in the client. Up to 0.19.0 that library keeps one of 50
 * slots for each open of a path under /dev, failed ones included, and aborts when they run out.
 * Paths that the test bed does not have go straight to the C library here. */
#undef _FILE_OFFSET_BITS /* both names of each function are ours */
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_foreign(const char *path)
{
    char mocked[4200];
    const char *root = getenv("UMOCKDEV_DIR");
    if (!root || !path || strncmp(path, "/dev/", 5) != 0)
        return 0;
    int length = snprintf(mocked, sizeof mocked, "%s%s", root, path);
    return length > 0 && (size_t)length < sizeof mocked && syscall(SYS_access, mocked, F_OK) != 0;
}

static void *find(const char *name, const char *path)
{
    static void *libc;
    if (!libc)
        libc = dlopen("libc.so.6", RTLD_LAZY);
    return is_foreign(path) ? dlsym(libc, name) : dlsym(RTLD_NEXT, name);
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...);                                                    \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode_t mode = mode_of(flags, arguments);                                                   \
        va_end(arguments);                                                                         \
        int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))find(#name, path);  \
        return next(path, flags, mode);                                                            \
    }

#define OPEN_CHECKED(name)                                                                         \
    int name(const char *path, int flags);                                                         \
    int name(const char *path, int flags)                                                          \
    {                                                                                              \
        int (*next)(const char *, int) = (int (*)(const char *, int))find(#name, path);            \
        return next(path, flags);                                                                  \
    }

#define FOPEN(name)                                                                                \
    FILE *name(const char *path, const char *mode);                                                \
    FILE *name(const char *path, const char *mode)                                                 \
    {                                                                                              \
        FILE *(*next)(const char *, const char *) =                                                \
            (FILE * (*)(const char *, const char *)) find(#name, path);                            \
        return next(path, mode);                                                                   \
    }

OPEN(open)
OPEN(open64)
OPEN_CHECKED(__open_2)
OPEN_CHECKED(__open64_2)
FOPEN(fopen)
FOPEN(fopen64)
