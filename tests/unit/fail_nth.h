/* The n-th allocation, or the n-th operation on a file, of this program fails. The functions stand in
 * the test program itself, so that every library calls them instead of the C library's: nothing in
 * the product knows. Include it once in a program. */
#pragma once
#include <errno.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

typedef enum { FAIL_NOTHING, FAIL_MALLOC, FAIL_FILE } FailWhat;

static struct {
    FailWhat what;
    long left; /* calls until the one that fails; 0: it has come */
    long seen; /* calls since fail_arm */
} fail_state;

static inline void fail_arm(FailWhat what, long n)
{
    fail_state.what = what;
    fail_state.left = n;
    fail_state.seen = 0;
}

static inline int fail_now(FailWhat what)
{
    if (fail_state.what != what)
        return 0;
    fail_state.seen++;
    return fail_state.left > 0 && --fail_state.left == 0;
}

#ifndef __SANITIZE_ADDRESS__
#define FAIL_HAS_MALLOC 1
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *old, size_t size);

void *malloc(size_t size)
{
    return fail_now(FAIL_MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fail_now(FAIL_MALLOC) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return fail_now(FAIL_MALLOC) ? NULL : __libc_realloc(old, size);
}
#else
#define FAIL_HAS_MALLOC 0
#endif

ssize_t __pwrite64(int fd, const void *bytes, size_t length, off64_t offset);
ssize_t __pread64(int fd, void *bytes, size_t length, off64_t offset);

/* A disk that fails keeps failing no worse than this once: EIO for all but space, which is full. */
static inline int fail_with(int code)
{
    errno = code;
    return -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    return fail_now(FAIL_FILE) ? fail_with(ENOSPC) : __pwrite64(fd, bytes, length, offset);
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset)
{
    return fail_now(FAIL_FILE) ? fail_with(EIO) : __pread64(fd, bytes, length, offset);
}

int fdatasync(int fd)
{
    extern int fsync(int);
    return fail_now(FAIL_FILE) ? fail_with(EIO) : fsync(fd);
}
