#include "tests/sim/vfs_private.h"
#include <sqlite3.h>
#include <string.h>

typedef struct {
    sqlite3_file base;
    Disk *disk;
    File *file;
    guint life;
    int lock;
} Handle;

static gboolean is_dead(const Handle *handle)
{
    return handle->life != handle->disk->life;
}

static int ask(Disk *disk, DiskAction action)
{
    return disk->hook ? disk->hook(disk->context, action) : SQLITE_OK;
}

/* ---- one file */

static int do_close(sqlite3_file *base)
{
    Handle *handle = (Handle *)base;
    if (is_dead(handle) || !handle->file)
        return SQLITE_OK;
    base->pMethods->xUnlock(base, SQLITE_LOCK_NONE);
    return SQLITE_OK;
}

static int do_read(sqlite3_file *base, void *to, int n, sqlite3_int64 at)
{
    Handle *handle = (Handle *)base;
    if (is_dead(handle))
        return SQLITE_IOERR_READ;
    const GByteArray *now = handle->file->now;
    gint64 there = CLAMP((gint64)now->len - at, 0, n);
    if (there)
        memcpy(to, now->data + at, (gsize)there);
    if (there == n)
        return SQLITE_OK;
    memset((char *)to + there, 0, (gsize)(n - there));
    return SQLITE_IOERR_SHORT_READ;
}

static int do_write(sqlite3_file *base, const void *from, int n, sqlite3_int64 at)
{
    Handle *handle = (Handle *)base;
    int code = is_dead(handle) ? SQLITE_IOERR_WRITE : ask(handle->disk, DISK_WRITE);
    if (code != SQLITE_OK || is_dead(handle))
        return code ? code : SQLITE_IOERR_WRITE;
    Write write = {at, (gsize)n, g_memdup2(from, (gsize)n)};
    disk_put(handle->file->now, &write, write.n);
    g_array_append_val(handle->file->writes, write);
    return SQLITE_OK;
}

static int do_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    Handle *handle = (Handle *)base;
    int code = is_dead(handle) ? SQLITE_IOERR_TRUNCATE : ask(handle->disk, DISK_WRITE);
    if (code != SQLITE_OK || is_dead(handle))
        return code ? code : SQLITE_IOERR_TRUNCATE;
    Write write = {size, 0, NULL};
    disk_put(handle->file->now, &write, 0);
    g_array_append_val(handle->file->writes, write);
    return SQLITE_OK;
}

static int do_sync(sqlite3_file *base, int flags)
{
    (void)flags;
    Handle *handle = (Handle *)base;
    int code = is_dead(handle) ? SQLITE_IOERR_FSYNC : ask(handle->disk, DISK_SYNC);
    if (code != SQLITE_OK || is_dead(handle))
        return code ? code : SQLITE_IOERR_FSYNC;
    handle->disk->syncs++;
    disk_sync_file(handle->file);
    return SQLITE_OK;
}

static int do_size(sqlite3_file *base, sqlite3_int64 *ret)
{
    *ret = is_dead((Handle *)base) ? 0 : ((Handle *)base)->file->now->len;
    return SQLITE_OK;
}

static int do_lock(sqlite3_file *base, int level)
{
    Handle *handle = (Handle *)base;
    File *file = handle->file;
    if (is_dead(handle) || handle->lock >= level)
        return SQLITE_OK;
    gboolean mine_reserved = handle->lock >= SQLITE_LOCK_RESERVED;
    if (level == SQLITE_LOCK_SHARED && file->exclusive)
        return SQLITE_BUSY;
    if (level >= SQLITE_LOCK_RESERVED && file->reserved - mine_reserved > 0)
        return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE && file->shared > 1)
        return SQLITE_BUSY;
    if (handle->lock < SQLITE_LOCK_SHARED)
        file->shared++;
    if (level >= SQLITE_LOCK_RESERVED && !mine_reserved)
        file->reserved++;
    if (level == SQLITE_LOCK_EXCLUSIVE)
        file->exclusive++;
    handle->lock = level;
    return SQLITE_OK;
}

static int do_unlock(sqlite3_file *base, int level)
{
    Handle *handle = (Handle *)base;
    File *file = handle->file;
    if (is_dead(handle) || handle->lock <= level)
        return SQLITE_OK;
    if (handle->lock == SQLITE_LOCK_EXCLUSIVE)
        file->exclusive--;
    if (handle->lock >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED)
        file->reserved--;
    if (level == SQLITE_LOCK_NONE)
        file->shared--;
    handle->lock = level;
    return SQLITE_OK;
}

static int do_check_reserved(sqlite3_file *base, int *ret)
{
    Handle *handle = (Handle *)base;
    *ret = !is_dead(handle) && handle->file->reserved > 0;
    return SQLITE_OK;
}

static int do_control(sqlite3_file *base, int what, void *arg)
{
    (void)base;
    (void)what;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int do_sector(sqlite3_file *base)
{
    (void)base;
    return 512;
}

/* As SQLite assumes of Linux: a torn write harms no byte beside it. */
static int do_traits(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int do_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret)
{
    Handle *handle = (Handle *)base;
    *ret = NULL;
    if (is_dead(handle) || region >= SHM_REGIONS)
        return SQLITE_IOERR_SHMMAP;
    if (!handle->file->shm[region] && extend)
        handle->file->shm[region] = g_malloc0((gsize)size);
    *ret = handle->file->shm[region];
    return SQLITE_OK;
}

/* One connection at a time has the service's register open: nothing to be locked. */
static int do_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
    (void)base;
    (void)offset;
    (void)n;
    (void)flags;
    return SQLITE_OK;
}

static void do_shm_barrier(sqlite3_file *base)
{
    (void)base;
}

static int do_shm_unmap(sqlite3_file *base, int delete)
{
    if (delete &&!is_dead((Handle *)base))
        disk_free_shm(((Handle *)base)->file);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_unlock,
    .xCheckReservedLock = do_check_reserved,
    .xFileControl = do_control,
    .xSectorSize = do_sector,
    .xDeviceCharacteristics = do_traits,
    .xShmMap = do_shm_map,
    .xShmLock = do_shm_lock,
    .xShmBarrier = do_shm_barrier,
    .xShmUnmap = do_shm_unmap,
};

/* ---- the file system */

/* "/sim/NAME/FILE": the disk, and FILE into `ret`. */
static Disk *split(const char *path, const char **ret)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", 4);
    if (g_strv_length(parts) != 4)
        return NULL;
    *ret = strrchr(path, '/') + 1;
    for (guint i = 0; i < vfs_disks->len; i++)
        if (!strcmp(((Disk *)vfs_disks->pdata[i])->name, parts[2]))
            return vfs_disks->pdata[i];
    return NULL;
}

static int fs_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *base, int flags,
                   int *ret_flags)
{
    (void)vfs;
    Handle *handle = (Handle *)base;
    const char *name = "";
    Disk *disk = path ? split(path, &name) : NULL;
    base->pMethods = NULL;
    if (!disk)
        return SQLITE_CANTOPEN;
    int code = ask(disk, DISK_OPEN);
    File *file = code ? NULL : disk_find(disk, name, flags & SQLITE_OPEN_CREATE);
    if (!file)
        return code ? code : SQLITE_CANTOPEN;
    *handle = (Handle){.disk = disk, .file = file, .life = disk->life};
    base->pMethods = &methods;
    if (ret_flags)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int fs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    (void)sync;
    const char *name = "";
    Disk *disk = split(path, &name);
    File *file = disk ? disk_find(disk, name, FALSE) : NULL;
    if (file)
        disk_clear_file(file);
    return SQLITE_OK;
}

static int fs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
    (void)vfs;
    (void)flags;
    const char *name = "";
    Disk *disk = split(path, &name);
    *ret = disk && disk_find(disk, name, FALSE) != NULL;
    return SQLITE_OK;
}

static int fs_full_path(sqlite3_vfs *vfs, const char *path, int n, char *ret)
{
    (void)vfs;
    g_strlcpy(ret, path, (gsize)n);
    return SQLITE_OK;
}

static int fs_random(sqlite3_vfs *vfs, int n, char *ret)
{
    (void)vfs;
    memset(ret, 0x5a, (gsize)n); /* SQLite wants it for salts and temporary names only */
    return n;
}

static int fs_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int fs_time(sqlite3_vfs *vfs, double *ret)
{
    (void)vfs;
    *ret = 2461368.5;
    return SQLITE_OK;
}

void vfs_register(void)
{
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(Handle),
        .mxPathname = 256,
        .zName = VFS_NAME,
        .xOpen = fs_open,
        .xDelete = fs_delete,
        .xAccess = fs_access,
        .xFullPathname = fs_full_path,
        .xRandomness = fs_random,
        .xSleep = fs_sleep,
        .xCurrentTime = fs_time,
    };
    vfs_disks = g_ptr_array_new();
    sqlite3_vfs_register(&vfs, 1);
}
