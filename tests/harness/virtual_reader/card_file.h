/* A card for the virtual reader, as a text file with one `key=value` a line:
 *
 *     type=resident             resident, hmt-permit, foreign-2017, foreign-2023
 *     name=测试一
 *     latin_name=               foreign cards
 *     sex=male                  male, female, unknown, or one raw digit
 *     nation=01                 resident: GB/T 3304; foreign cards: three letters
 *     birth=18900101
 *     address=示例市测试路1号
 *     id_number=330106189001010019
 *     authority=示例市公安局
 *     valid_from=20200101
 *     valid_until=long-term     or YYYYMMDD
 *     newest_address=           what the reader answers besides the text block
 *     mark=Q                    another type character than that of the type
 *     padding=nul               NUL behind the name instead of blanks
 *
 * Values are written as they are: a card may contradict itself, that is what tests want. Lines that
 * begin with # are comments. */
#pragma once
#include <glib.h>

#define CARD_IMAGE_TEXT_BYTES 256
#define CARD_IMAGE_PHOTO_BYTES 1024
#define CARD_IMAGE_ADDRESS_BYTES 280

typedef struct {
    guint8 text[CARD_IMAGE_TEXT_BYTES];
    guint8 photo[CARD_IMAGE_PHOTO_BYTES];
    guint8 address[CARD_IMAGE_ADDRESS_BYTES];
    gboolean has_address;
} CardImage;

/* FALSE and `error` (G_IO_ERROR or G_KEY_FILE_ERROR): unreadable, over 4 KiB, an unknown key, a
 * value too long for its field: "cards/a.txt:3: ...". */
gboolean card_file_read(const char *path, CardImage *ret, GError **error);

/* The same from text; `name` stands in messages. */
gboolean card_file_parse(const char *name, const char *text, CardImage *ret, GError **error);
