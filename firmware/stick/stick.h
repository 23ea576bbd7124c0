/* A USB stick that a technician plugs in: files go into a new folder of their own, each flushed and
 * read back, with their checksums beside them (SHA256SUMS, as `sha256sum --check` reads it). What
 * lies on the stick is never read, run, followed or shown. One thread; a hanging stick hangs only
 * that one. */
#pragma once
#include <glib.h>

typedef enum {
    STICK_UNKNOWN = 0,
    STICK_NONE,   /* nothing is mounted there */
    STICK_UNSAFE, /* mounted without noexec, nodev and nosuid: not used */
    STICK_THERE,
} StickState;

/* Looks at the mount point `path` (`[maintenance] stick_dir`). */
StickState stick_look(const char *path);

typedef struct Stick Stick;

/* Begins a folder: `name` (letters, digits, "-", of them at most 60), with a number behind it when
 * that is taken. NULL and KIOSK_ERROR_UNAVAILABLE (no stick, or not mounted so), _STORAGE. */
Stick *stick_begin(const char *path, const char *name, GError **error);

/* One file after the other: `name` as above with one ".". Each FALSE: KIOSK_ERROR_STORAGE, in
 * words: full, pulled out, write-protected. */
gboolean stick_open_file(Stick *stick, const char *name, GError **error);
gboolean stick_append(Stick *stick, const void *data, gsize bytes, GError **error);
gboolean stick_close_file(Stick *stick, GError **error); /* flushed, read back, compared */

/* Writes SHA256SUMS, gives the folder its name, flushes the whole stick: it may be pulled out. */
gboolean stick_finish(Stick *stick, GError **error);
const char *stick_folder(const Stick *stick); /* its name on the stick */
guint stick_files(const Stick *stick);

/* Without stick_finish before: what was begun is taken away again. NULL is fine. */
void stick_end(Stick *stick);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stick, stick_end)
