/* A preload library: the program dies by SIGKILL right before or after the n-th time that it changes
 * or flushes one of its databases. From outside, so that the program under test is the real one.
 *
 *     KIOSK_CRASH_FILE   part of the paths that count, as in "/journal.db"
 *     KIOSK_CRASH_LOG    file that gets one letter each time: w written, t truncated, s flushed
 *     KIOSK_CRASH_AT     n, from 1; missing or 0: never
 *     KIOSK_CRASH_WHEN   before: the n-th is not carried out; torn: only its first half is (a flush
 *                        or a truncation: not at all); else it is, whole
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef ssize_t (*WriteCall)(int fd, const void *bytes, size_t length, off64_t offset);
typedef int (*FlushCall)(int fd);
typedef int (*TruncateCall)(int fd, off64_t length);

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset);
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset);
int fdatasync(int fd);
int fsync(int fd);
int ftruncate64(int fd, off64_t length);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long count;

static int counts(int fd)
{
    const char *part = getenv("KIOSK_CRASH_FILE");
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = part ? readlink(link, path, sizeof path - 1) : -1;
    if (length <= 0)
        return 0;
    path[length] = '\0';
    return strstr(path, part) != NULL && !strstr(path, ".lock");
}

static void note(char letter)
{
    const char *log = getenv("KIOSK_CRASH_LOG");
    int fd = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    (void)!write(fd, &letter, 1);
    close(fd);
}

/* TRUE: this is the one to die at. */
static int is_due(char letter)
{
    const char *at = getenv("KIOSK_CRASH_AT");
    pthread_mutex_lock(&lock);
    long now = ++count;
    note(letter);
    pthread_mutex_unlock(&lock);
    return at && now == strtol(at, NULL, 10);
}

static int is_when(const char *word)
{
    const char *when = getenv("KIOSK_CRASH_WHEN");
    return when && !strcmp(when, word);
}

static _Noreturn void die(void)
{
    for (;;)
        kill(getpid(), SIGKILL);
}

/* Before a call that is not written in halves. */
static int begin(int fd, char letter)
{
    int due = counts(fd) && is_due(letter);
    if (due && (is_when("before") || is_when("torn")))
        die();
    return due;
}

static ssize_t write_at(const char *name, int fd, const void *bytes, size_t length, off64_t offset)
{
    WriteCall real;
    *(void **)&real = dlsym(RTLD_NEXT, name);
    int due = counts(fd) && is_due('w');
    if (due && is_when("before"))
        die();
    ssize_t written = real(fd, bytes, due && is_when("torn") ? length / 2 : length, offset);
    if (due)
        die();
    return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    return write_at("pwrite64", fd, bytes, length, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return write_at("pwrite64", fd, bytes, length, offset);
}

static int flush(const char *name, int fd)
{
    FlushCall real;
    *(void **)&real = dlsym(RTLD_NEXT, name);
    int due = begin(fd, 's');
    int result = real(fd);
    if (due)
        die();
    return result;
}

int fdatasync(int fd)
{
    return flush("fdatasync", fd);
}

int fsync(int fd)
{
    return flush("fsync", fd);
}

int ftruncate64(int fd, off64_t length)
{
    TruncateCall real;
    *(void **)&real = dlsym(RTLD_NEXT, "ftruncate64");
    int due = begin(fd, 't');
    int result = real(fd, length);
    if (due)
        die();
    return result;
}
