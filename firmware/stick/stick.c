#include "firmware/stick/stick.h"
#include "firmware/base/error.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NAME_MAX_BYTES 60
#define TRIES 20
#define SUMS "SHA256SUMS"
#define SAFE (ST_NOEXEC | ST_NODEV | ST_NOSUID)

struct Stick {
    int root, folder, file;
    char partial[NAME_MAX_BYTES + 16], name[NAME_MAX_BYTES + 8];
    char open[NAME_MAX_BYTES + 1]; /* the file that is being written */
    GChecksum *checksum;           /* of it */
    GString *sums;
    GPtrArray *names; /* of what was written */
    gboolean finished;
};

/* A mount point is on another device than the folder it stands in. */
StickState stick_look(const char *path)
{
    struct stat here, above;
    struct statvfs mount;
    g_autofree char *parent = g_build_filename(path, "..", NULL);
    if (lstat(path, &here) || !S_ISDIR(here.st_mode) || stat(parent, &above) ||
        here.st_dev == above.st_dev || statvfs(path, &mount))
        return STICK_NONE;
    return (mount.f_flag & SAFE) == SAFE ? STICK_THERE : STICK_UNSAFE;
}

static gboolean fail(const char *what, int code, GError **error)
{
    const char *why = code == ENOSPC || code == EDQUOT || code == EFBIG ? "the stick is full"
                      : code == EROFS || code == EACCES || code == EPERM
                          ? "the stick is write-protected"
                      : code == EIO || code == ENODEV || code == ENXIO || code == ESTALE ||
                              code == ENOENT
                          ? "the stick was pulled out or is broken"
                          : g_strerror(code);
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_STORAGE, "stick: %s: %s", what, why);
    return FALSE;
}

static gboolean is_name(const char *name, gboolean file)
{
    gsize length = strlen(name);
    const char *dot = strchr(name, '.');
    return length > 0 && length <= NAME_MAX_BYTES && name[0] != '.' && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") ==
               length &&
           (!dot || (file && !strchr(dot + 1, '.')));
}

/* A folder that surely is a new one. */
static gboolean make_folder(Stick *stick, const char *name, GError **error)
{
    for (int i = 1; i <= TRIES; i++) {
        struct stat there;
        if (i == 1)
            g_strlcpy(stick->name, name, sizeof stick->name);
        else
            g_snprintf(stick->name, sizeof stick->name, "%s-%d", name, i);
        g_snprintf(stick->partial, sizeof stick->partial, "%s.partial", stick->name);
        if (!fstatat(stick->root, stick->name, &there, AT_SYMLINK_NOFOLLOW))
            continue;
        if (!mkdirat(stick->root, stick->partial, 0700)) {
            stick->folder = openat(stick->root, stick->partial,
                                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            return stick->folder >= 0 || fail(stick->partial, errno, error);
        }
        if (errno != EEXIST)
            return fail(stick->partial, errno, error);
    }
    return fail(name, EEXIST, error);
}

Stick *stick_begin(const char *path, const char *name, GError **error)
{
    StickState state = stick_look(path);
    if (state != STICK_THERE || !is_name(name, FALSE)) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "stick: %s: %s", path,
                    state == STICK_NONE     ? "there is none"
                    : state == STICK_UNSAFE ? "not mounted noexec,nodev,nosuid"
                                            : "not a name for a folder");
        return NULL;
    }
    g_autoptr(Stick) stick = g_new0(Stick, 1);
    stick->folder = stick->file = -1;
    stick->sums = g_string_new(NULL);
    stick->names = g_ptr_array_new_with_free_func(g_free);
    stick->root = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (stick->root < 0)
        fail(path, errno, error);
    return stick->root >= 0 && make_folder(stick, name, error) ? g_steal_pointer(&stick) : NULL;
}

gboolean stick_open_file(Stick *stick, const char *name, GError **error)
{
    if (!is_name(name, TRUE) || stick->file >= 0)
        return fail(name, EINVAL, error);
    stick->file = openat(stick->folder, name,
                         O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (stick->file < 0)
        return fail(name, errno, error);
    g_strlcpy(stick->open, name, sizeof stick->open);
    g_ptr_array_add(stick->names, g_strdup(name));
    stick->checksum = g_checksum_new(G_CHECKSUM_SHA256);
    return TRUE;
}

gboolean stick_append(Stick *stick, const void *data, gsize bytes, GError **error)
{
    const guchar *at = data;
    if (stick->file < 0)
        return fail("append", EINVAL, error);
    g_checksum_update(stick->checksum, data, (gssize)bytes);
    while (bytes > 0) {
        ssize_t n = write(stick->file, at, bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail(stick->open, n < 0 ? errno : EIO, error);
        at += n;
        bytes -= (gsize)n;
    }
    return TRUE;
}

/* What the stick itself holds, not what the system remembers of it. */
static gboolean compare(Stick *stick, GError **error)
{
    guchar block[32768];
    g_autoptr(GChecksum) read_back = g_checksum_new(G_CHECKSUM_SHA256);
    (void)posix_fadvise(stick->file, 0, 0, POSIX_FADV_DONTNEED);
    if (lseek(stick->file, 0, SEEK_SET) < 0)
        return fail(stick->open, errno, error);
    for (;;) {
        ssize_t n = read(stick->file, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(stick->open, errno, error);
        if (n == 0)
            break;
        g_checksum_update(read_back, block, n);
    }
    return !strcmp(g_checksum_get_string(read_back), g_checksum_get_string(stick->checksum)) ||
           fail(stick->open, EIO, error);
}

static void drop_file(Stick *stick)
{
    g_clear_pointer(&stick->checksum, g_checksum_free);
    if (stick->file >= 0)
        close(stick->file);
    stick->file = -1;
}

gboolean stick_close_file(Stick *stick, GError **error)
{
    if (stick->file < 0)
        return fail("close", EINVAL, error);
    gboolean done = (!fsync(stick->file) || fail(stick->open, errno, error)) &&
                    compare(stick, error);
    if (done)
        g_string_append_printf(stick->sums, "%s  %s\n", g_checksum_get_string(stick->checksum),
                               stick->open);
    drop_file(stick);
    return done;
}

gboolean stick_finish(Stick *stick, GError **error)
{
    g_autofree char *sums = g_strdup(stick->sums->str);
    if (!stick_open_file(stick, SUMS, error) ||
        !stick_append(stick, sums, strlen(sums), error) || !stick_close_file(stick, error))
        return FALSE;
    if (renameat(stick->root, stick->partial, stick->root, stick->name) || syncfs(stick->root))
        return fail(stick->name, errno, error);
    stick->finished = TRUE;
    return TRUE;
}

const char *stick_folder(const Stick *stick)
{
    return stick->name;
}

guint stick_files(const Stick *stick)
{
    return stick->names->len;
}

static void take_away(Stick *stick)
{
    for (guint i = 0; i < stick->names->len; i++)
        (void)unlinkat(stick->folder, stick->names->pdata[i], 0);
    if (unlinkat(stick->root, stick->partial, AT_REMOVEDIR))
        (void)unlinkat(stick->root, stick->name, AT_REMOVEDIR);
}

void stick_end(Stick *stick)
{
    if (!stick)
        return;
    drop_file(stick);
    if (stick->folder >= 0 && !stick->finished)
        take_away(stick);
    if (stick->folder >= 0)
        close(stick->folder);
    if (stick->root >= 0)
        close(stick->root);
    g_string_free(stick->sums, TRUE);
    g_ptr_array_unref(stick->names);
    g_free(stick);
}
