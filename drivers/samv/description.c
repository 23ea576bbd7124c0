#include "drivers/samv/description.h"
#include "drivers/samv/ladder.h"
#include <string.h>

_Static_assert(RUNGS <= READER_RECOVERIES_MAX, "each rung is told");

static void forget_device(ReaderDescription *told)
{
    told->module[0] = told->transport[0] = told->path[0] = '\0';
    told->device[0] = told->version[0] = '\0';
}

void description_set_device(Reader *reader, libusb_device *device)
{
    struct libusb_device_descriptor descriptor;
    g_autofree char *path = bus_path(device);
    gboolean known = libusb_get_device_descriptor(device, &descriptor) == 0;
    ReaderDescription *told = &reader->told;
    g_mutex_lock(&reader->told_lock);
    forget_device(told);
    g_strlcpy(told->path, path, sizeof told->path);
    g_strlcpy(told->transport, transport_layout(reader->transport)->letter,
              sizeof told->transport);
    if (known) {
        g_snprintf(told->device, sizeof told->device, "%04x:%04x", descriptor.idVendor,
                   descriptor.idProduct);
        g_snprintf(told->version, sizeof told->version, "%x.%02x", descriptor.bcdDevice >> 8,
                   descriptor.bcdDevice & 0xff);
    }
    g_mutex_unlock(&reader->told_lock);
}

static guint32 read_number(const guint8 *bytes)
{
    return (guint32)bytes[0] | (guint32)bytes[1] << 8 | (guint32)bytes[2] << 16 |
           (guint32)bytes[3] << 24;
}

void description_set_module(Reader *reader, const guint8 *id)
{
    g_mutex_lock(&reader->told_lock);
    g_snprintf(reader->told.module, sizeof reader->told.module, "%02d.%02d-%08u-%010u-%010u",
               id[0] | id[1] << 8, id[2] | id[3] << 8, read_number(id + 4), read_number(id + 8),
               read_number(id + 12));
    g_mutex_unlock(&reader->told_lock);
}

void description_clear_device(Reader *reader)
{
    g_mutex_lock(&reader->told_lock);
    forget_device(&reader->told);
    g_mutex_unlock(&reader->told_lock);
}

void description_count(Reader *reader, ReaderCounter counter)
{
    g_mutex_lock(&reader->told_lock);
    reader->told.counts[counter]++;
    g_mutex_unlock(&reader->told_lock);
}

void description_count_link(Reader *reader, Link link)
{
    if (link == LINK_SILENT)
        description_count(reader, READER_COUNTER_SILENT);
    else if (link == LINK_GARBLED)
        description_count(reader, READER_COUNTER_GARBLED);
    else if (link == LINK_STALLED || link == LINK_BROKEN)
        description_count(reader, READER_COUNTER_CABLE);
}

guint description_count_rung(Reader *reader, gsize rung)
{
    g_mutex_lock(&reader->told_lock);
    guint count = ++reader->told.recoveries[rung].count;
    g_mutex_unlock(&reader->told_lock);
    return count;
}

void description_copy(Reader *reader, ReaderDescription *ret)
{
    g_mutex_lock(&reader->told_lock);
    *ret = reader->told;
    g_mutex_unlock(&reader->told_lock);
    ret->n_recoveries = RUNGS;
    for (gsize rung = 0; rung < RUNGS; rung++)
        ret->recoveries[rung].word = ladder_rung_word(rung);
}
