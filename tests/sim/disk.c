/* What is on a simulated disk, and what is left of it. */
#include "tests/sim/vfs_private.h"
#include <string.h>

GPtrArray *vfs_disks;

void disk_forget_writes(File *file)
{
    for (guint i = 0; i < file->writes->len; i++)
        g_free(g_array_index(file->writes, Write, i).bytes);
    g_array_set_size(file->writes, 0);
}

void disk_put(GByteArray *to, const Write *write, gsize n)
{
    if (!write->bytes) {
        g_byte_array_set_size(to, (guint)MIN((gint64)to->len, write->at));
        return;
    }
    guint end = (guint)(write->at + (gint64)n), old = to->len;
    if (n && end > old) {
        g_byte_array_set_size(to, end);
        memset(to->data + old, 0, end - old);
    }
    if (n)
        memcpy(to->data + write->at, write->bytes, n);
}

void disk_sync_file(File *file)
{
    for (guint i = 0; i < file->writes->len; i++) {
        const Write *write = &g_array_index(file->writes, Write, i);
        disk_put(file->safe, write, write->n);
    }
    disk_forget_writes(file);
}

void disk_free_shm(File *file)
{
    for (int i = 0; i < SHM_REGIONS; i++)
        g_clear_pointer(&file->shm[i], g_free);
}

/* Handles of a dead process are closed soon, and look into it once more. */
void disk_bury_shm(Disk *disk, File *file)
{
    for (int i = 0; i < SHM_REGIONS; i++)
        if (file->shm[i])
            g_ptr_array_add(disk->graves, g_steal_pointer(&file->shm[i]));
}

File *disk_find(Disk *disk, const char *name, gboolean create)
{
    for (int i = 0; i < FILES; i++)
        if (disk->files[i].exists && !strcmp(disk->files[i].name, name))
            return &disk->files[i];
    for (int i = 0; create && i < FILES; i++) {
        File *file = &disk->files[i];
        if (file->exists)
            continue;
        file->exists = TRUE;
        g_strlcpy(file->name, name, sizeof file->name);
        return file;
    }
    return NULL;
}

void disk_clear_file(File *file)
{
    disk_forget_writes(file);
    disk_free_shm(file);
    g_byte_array_set_size(file->now, 0);
    g_byte_array_set_size(file->safe, 0);
    file->shared = file->reserved = file->exclusive = 0;
    file->exists = FALSE;
}

/* ---- disks */

Disk *disk_mount(const char *name)
{
    Disk *disk = g_new0(Disk, 1);
    g_strlcpy(disk->name, name, sizeof disk->name);
    disk->graves = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < FILES; i++) {
        disk->files[i].now = g_byte_array_new();
        disk->files[i].safe = g_byte_array_new();
        disk->files[i].writes = g_array_new(FALSE, FALSE, sizeof(Write));
    }
    g_ptr_array_add(vfs_disks, disk);
    return disk;
}

void disk_unmount(Disk *disk)
{
    g_ptr_array_remove_fast(vfs_disks, disk);
    for (int i = 0; i < FILES; i++) {
        disk_clear_file(&disk->files[i]);
        g_byte_array_unref(disk->files[i].now);
        g_byte_array_unref(disk->files[i].safe);
        g_array_unref(disk->files[i].writes);
    }
    g_ptr_array_unref(disk->graves);
    g_free(disk);
}

void disk_set_hook(Disk *disk, DiskHook hook, void *context)
{
    disk->hook = hook;
    disk->context = context;
}

static void copy_bytes(GByteArray *to, const GByteArray *from)
{
    g_byte_array_set_size(to, from->len);
    if (from->len)
        memcpy(to->data, from->data, from->len);
}

void disk_die(Disk *disk, DiskFate fate, void *context)
{
    disk->life++;
    for (int i = 0; i < FILES; i++) {
        File *file = &disk->files[i];
        file->shared = file->reserved = file->exclusive = 0;
        disk_bury_shm(disk, file);
        if (!fate)
            continue;
        for (guint w = 0; w < file->writes->len; w++) {
            const Write *write = &g_array_index(file->writes, Write, w);
            gsize n = fate(context, write->bytes ? write->n : 1);
            if (n)
                disk_put(file->safe, write, write->bytes ? n : 0);
        }
        disk_forget_writes(file);
        copy_bytes(file->now, file->safe);
    }
}

guint disk_count_unsynced(const Disk *disk, const char *tail)
{
    guint n = 0;
    for (int i = 0; i < FILES; i++)
        if (disk->files[i].exists && g_str_has_suffix(disk->files[i].name, tail))
            n += disk->files[i].writes->len;
    return n;
}

gint64 disk_syncs(const Disk *disk)
{
    return disk->syncs;
}

void disk_erase(Disk *disk)
{
    disk->life++;
    for (int i = 0; i < FILES; i++)
        disk_clear_file(&disk->files[i]);
}

struct DiskCopy {
    char names[FILES][64];
    GByteArray *bytes[FILES]; /* NULL: no such file */
};

DiskCopy *disk_copy(const Disk *disk)
{
    DiskCopy *copy = g_new0(DiskCopy, 1);
    for (int i = 0; i < FILES; i++) {
        if (!disk->files[i].exists)
            continue;
        g_strlcpy(copy->names[i], disk->files[i].name, sizeof copy->names[i]);
        copy->bytes[i] = g_byte_array_new();
        copy_bytes(copy->bytes[i], disk->files[i].now);
    }
    return copy;
}

void disk_restore(Disk *disk, const DiskCopy *copy)
{
    disk_erase(disk);
    for (int i = 0; i < FILES; i++) {
        File *file = copy->bytes[i] ? disk_find(disk, copy->names[i], TRUE) : NULL;
        if (!file)
            continue;
        copy_bytes(file->now, copy->bytes[i]);
        copy_bytes(file->safe, copy->bytes[i]);
    }
}

void disk_copy_free(DiskCopy *copy)
{
    for (int i = 0; copy && i < FILES; i++)
        if (copy->bytes[i])
            g_byte_array_unref(copy->bytes[i]);
    g_free(copy);
}

gboolean disk_contains(const Disk *disk, const char *bytes)
{
    for (int i = 0; i < FILES; i++) {
        const GByteArray *now = disk->files[i].now;
        if (now->len && memmem(now->data, now->len, bytes, strlen(bytes)))
            return TRUE;
    }
    return FALSE;
}
