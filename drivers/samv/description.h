/* What is told of the reader: written by the thread that polls, copied by any. */
#pragma once
#include "drivers/samv/session.h"

/* A device was opened, or another one was; its module is not known yet. */
void description_set_device(Reader *reader, libusb_device *device);

/* `id`: DESCRIPTION_MODULE_BYTES as IDENTIFY gave them. */
#define DESCRIPTION_MODULE_BYTES 16
void description_set_module(Reader *reader, const guint8 *id);

void description_clear_device(Reader *reader); /* it is gone; what was counted stays */

void description_count(Reader *reader, ReaderCounter counter);
void description_count_link(Reader *reader, Link link); /* how an exchange ended */
guint description_count_rung(Reader *reader, gsize rung); /* gives how often since open */

void description_copy(Reader *reader, ReaderDescription *ret);
