/* Shared by vfs.c, SQLite's side, and disk.c, the medium. */
#pragma once
#include "tests/sim/vfs.h"
#include <sqlite3.h>

#define FILES 6
#define SHM_REGIONS 16

typedef struct {
    gint64 at;
    gsize n;       /* bytes */
    guint8 *bytes; /* NULL: a truncation to `at` */
} Write;

typedef struct {
    char name[64];
    gboolean exists;
    GByteArray *now, *safe; /* as written; as it would be after a power cut */
    GArray *writes;         /* of Write, not synced */
    int shared, reserved, exclusive;
    void *shm[SHM_REGIONS];
} File;

struct Disk {
    char name[16];
    File files[FILES];
    guint life; /* handles of an older one are dead */
    gint64 syncs;
    DiskHook hook;
    void *context;
    GPtrArray *graves; /* shared memory that dead handles still point into */
};

extern GPtrArray *vfs_disks; /* of Disk */

File *disk_find(Disk *disk, const char *name, gboolean create);
void disk_put(GByteArray *to, const Write *write, gsize n);
void disk_sync_file(File *file);
void disk_free_shm(File *file);
void disk_forget_writes(File *file);
void disk_bury_shm(Disk *disk, File *file);
void disk_clear_file(File *file);
