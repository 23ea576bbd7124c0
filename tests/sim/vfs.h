/* Disks in memory beneath SQLite. Every write is kept with its bytes until it is synced; a power cut
 * applies, loses or tears each of those that were not. A process that dies leaves what it wrote. */
#pragma once
#include <glib.h>

typedef struct Disk Disk;

#define VFS_NAME "sim"

/* Registers the file system as SQLite's default. Paths are /sim/NAME/FILE: the disk NAME must be
 * mounted. */
void vfs_register(void);

Disk *disk_mount(const char *name);
void disk_unmount(Disk *disk);

/* What the faults ask of a disk: called before each operation. 0: goes well, else SQLite's code. The
 * hook may call disk_die. */
typedef enum { DISK_UNKNOWN = 0, DISK_WRITE, DISK_SYNC, DISK_OPEN } DiskAction;
typedef int (*DiskHook)(void *context, DiskAction action);
void disk_set_hook(Disk *disk, DiskHook hook, void *context);

/* The process is gone: open handles of it are dead. `fate` NULL: what was written stays; else it is
 * asked for each write that was not synced how many of its bytes reached the disk (0 to n). */
typedef gsize (*DiskFate)(void *context, gsize n);
void disk_die(Disk *disk, DiskFate fate, void *context);

/* Unsynced writes of files whose name ends in `tail`. */
guint disk_count_unsynced(const Disk *disk, const char *tail);

gint64 disk_syncs(const Disk *disk);
void disk_erase(Disk *disk); /* a new, empty one */

/* A copy of all files as they are now; restored over what is there. */
typedef struct DiskCopy DiskCopy;
DiskCopy *disk_copy(const Disk *disk);
void disk_restore(Disk *disk, const DiskCopy *copy);
void disk_copy_free(DiskCopy *copy);

/* TRUE when the bytes stand somewhere on it. */
gboolean disk_contains(const Disk *disk, const char *bytes);
