/* Makes room for a socket. */
#pragma once
#include <errno.h>
#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Removes a socket that was left at `path`. FALSE and errno = EEXIST: something else lies there,
 * which stays. */
static inline gboolean socket_path_clear(const char *path)
{
    struct stat found;
    if (lstat(path, &found) != 0)
        return errno == ENOENT;
    if (S_ISSOCK(found.st_mode))
        return unlink(path) == 0;
    errno = EEXIST;
    return FALSE;
}
