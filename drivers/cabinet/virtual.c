/* A cabinet in a file, for trials and tests:
 *
 *     [sensors]                 yes, no or unknown; a missing one is unknown
 *     door_shut = yes
 *     slot_empty = yes
 *     retract_full = no
 *     can_release = yes
 *     can_retract = yes
 *     can_scan = yes
 *     scanned_serial = D33000000001
 *     [actors]                  written by the driver
 *     lamp = green
 *     released = 0
 *     retracted = 0
 *
 * The file is read again when it has changed, and replaced whole when an actor moves. */
#include "drivers/cabinet.h"
#include "firmware/base/log.h"
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX 4096
#define WRITE_TRIES 5

typedef struct {
    ino_t inode;
    off_t size;
    struct timespec changed;
} Stamp;

struct Cabinet {
    char *path;
    Stamp stamp; /* of the file that `status` was read from */
    gboolean known;
    CabinetStatus status;
    GKeyFile *file;
    Lamp lamp;
    int released, retracted;
};

static const struct {
    const char *key;
    gsize offset;
} sensors[] = {
    {"door_shut", offsetof(CabinetStatus, door_shut)},
    {"slot_empty", offsetof(CabinetStatus, slot_empty)},
    {"retract_full", offsetof(CabinetStatus, retract_full)},
    {"can_release", offsetof(CabinetStatus, can_release)},
    {"can_retract", offsetof(CabinetStatus, can_retract)},
    {"can_scan", offsetof(CabinetStatus, can_scan)},
};

static const char *lamp_word(Lamp lamp)
{
    static const char *const words[] = {
        [LAMP_UNKNOWN] = "unknown", [LAMP_OFF] = "off", [LAMP_GREEN] = "green",
        [LAMP_AMBER] = "amber",     [LAMP_RED] = "red",
    };
    return (gsize)lamp < G_N_ELEMENTS(words) ? words[lamp] : words[0];
}

/* FALSE: there is no such file. */
static gboolean stamp_file(const char *path, Stamp *ret)
{
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return FALSE;
    *ret = (Stamp){.inode = info.st_ino, .size = info.st_size, .changed = info.st_mtim};
    return TRUE;
}

static gboolean is_same(const Stamp *a, const Stamp *b)
{
    return a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

static gboolean read_tri(GKeyFile *file, const char *key, Tri *ret)
{
    g_autofree char *word = g_key_file_get_value(file, "sensors", key, NULL);
    *ret = TRI_UNKNOWN;
    for (Tri tri = TRI_UNKNOWN; word && tri <= TRI_YES; tri++) {
        if (strcmp(word, tri_word(tri)) != 0)
            continue;
        *ret = tri;
        return TRUE;
    }
    return word == NULL;
}

static gboolean read_serial(GKeyFile *file, char ret[13])
{
    g_autofree char *serial = g_key_file_get_value(file, "sensors", "scanned_serial", NULL);
    ret[0] = '\0';
    if (!serial)
        return TRUE;
    if (strlen(serial) > 12 ||
        strspn(serial, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(serial))
        return FALSE;
    g_strlcpy(ret, serial, 13);
    return TRUE;
}

static void read_sensors(GKeyFile *file, const char *path, CabinetStatus *ret)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sensors); i++)
        if (!read_tri(file, sensors[i].key, (Tri *)((char *)ret + sensors[i].offset)))
            log_warn("cabinet", "%s: [sensors] %s is not yes, no or unknown; taken as unknown",
                     path, sensors[i].key);
    if (!read_serial(file, ret->scanned_serial))
        log_warn("cabinet", "%s: [sensors] scanned_serial is not up to 12 of 0-9 A-Z; ignored",
                 path);
}

/* The text of the file, at most FILE_BYTES_MAX. NULL with a logged reason. */
static char *load_text(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    g_autofree char *text = g_malloc(FILE_BYTES_MAX + 2);
    gssize length = read(fd, text, FILE_BYTES_MAX + 1);
    close(fd);
    if (length < 0 || length > FILE_BYTES_MAX) {
        log_warn("cabinet", "%s is unreadable or over %d bytes; all sensors unknown", path,
                 FILE_BYTES_MAX);
        return NULL;
    }
    text[length] = '\0';
    return g_steal_pointer(&text);
}

static void reload(Cabinet *cabinet)
{
    Stamp now;
    gboolean there = stamp_file(cabinet->path, &now);
    if (there && cabinet->known && is_same(&now, &cabinet->stamp))
        return;
    cabinet->known = there;
    cabinet->status = (CabinetStatus){0};
    g_clear_pointer(&cabinet->file, g_key_file_unref);
    cabinet->file = g_key_file_new();
    if (!there)
        return;
    cabinet->stamp = now;
    g_autofree char *text = load_text(cabinet->path);
    g_autoptr(GError) error = NULL;
    if (!text)
        return;
    if (!g_key_file_load_from_data(cabinet->file, text, strlen(text), G_KEY_FILE_KEEP_COMMENTS,
                                   &error)) {
        log_warn("cabinet", "%s: %s; all sensors unknown", cabinet->path, error->message);
        return;
    }
    read_sensors(cabinet->file, cabinet->path, &cabinet->status);
}

static gboolean replace(Cabinet *cabinet, GError **error)
{
    g_key_file_set_value(cabinet->file, "actors", "lamp", lamp_word(cabinet->lamp));
    g_key_file_set_integer(cabinet->file, "actors", "released", cabinet->released);
    g_key_file_set_integer(cabinet->file, "actors", "retracted", cabinet->retracted);
    gsize length;
    g_autofree char *text = g_key_file_to_data(cabinet->file, &length, NULL);
    g_autoptr(GError) cause = NULL;
    if (g_file_set_contents_full(cabinet->path, text, (gssize)length,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0644, &cause))
        return TRUE;
    g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE, "cabinet: actor not moved: %s",
                cause->message);
    return FALSE;
}

/* Somebody may be changing the sensors at the same time: theirs must not be lost. */
static gboolean write_actors(Cabinet *cabinet, GError **error)
{
    for (int i = 0; i < WRITE_TRIES; i++) {
        Stamp now;
        reload(cabinet);
        gboolean there = stamp_file(cabinet->path, &now);
        if (there == cabinet->known && (!there || is_same(&now, &cabinet->stamp)))
            break;
    }
    gboolean ok = replace(cabinet, error);
    cabinet->known = FALSE;
    return ok;
}

static Cabinet *open_cabinet(const Config *config, GError **error)
{
    (void)error;
    Cabinet *cabinet = g_new0(Cabinet, 1);
    cabinet->path = config_path(config, "cabinet", "virtual_file");
    cabinet->lamp = LAMP_OFF;
    return cabinet;
}

static void get_status(Cabinet *cabinet, CabinetStatus *ret)
{
    reload(cabinet);
    *ret = cabinet->status;
}

static gboolean release(Cabinet *cabinet, GError **error)
{
    reload(cabinet);
    if (cabinet->status.can_release != TRI_YES)
        return TRUE; /* no shutter: it is open */
    cabinet->released++;
    return write_actors(cabinet, error);
}

static gboolean retract(Cabinet *cabinet, GError **error)
{
    reload(cabinet);
    if (cabinet->status.can_retract != TRI_YES) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE,
                    "cabinet: cannot take the booklet back: there is no retract bin");
        return FALSE;
    }
    if (cabinet->status.retract_full == TRI_YES) {
        g_set_error(error, KIOSK_ERROR, KIOSK_ERROR_UNAVAILABLE,
                    "cabinet: cannot take the booklet back: the retract bin is full");
        return FALSE;
    }
    cabinet->retracted++;
    return write_actors(cabinet, error);
}

static void set_lamp(Cabinet *cabinet, Lamp lamp)
{
    if (cabinet->lamp == lamp)
        return;
    cabinet->lamp = lamp;
    g_autoptr(GError) error = NULL;
    if (!write_actors(cabinet, &error))
        log_warn("cabinet", "%s", error->message);
}

static void close_cabinet(Cabinet *cabinet)
{
    if (!cabinet)
        return;
    g_clear_pointer(&cabinet->file, g_key_file_unref);
    g_free(cabinet->path);
    g_free(cabinet);
}

extern const CabinetDriver virtual_cabinet;
const CabinetDriver virtual_cabinet = {
    .name = "virtual",
    .open = open_cabinet,
    .get_status = get_status,
    .release = release,
    .retract = retract,
    .set_lamp = set_lamp,
    .close = close_cabinet,
};
