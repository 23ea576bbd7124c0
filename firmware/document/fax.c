#include "firmware/document/fax.h"
#include <string.h>

/* Bits of a code, and how many of them there are. */
typedef struct {
    guint8 length;
    guint16 bits;
} Code;

enum { WHITE = 0, BLACK = 1, MAKE_UP = 64 };

/* T.4 tables 2 and 3: runs of 0 to 63, then what makes up 64, 128 ... 1728 before one of them. */
static const Code runs[2][91] = {
    {
        {8, 0x35}, {6, 0x7},  {4, 0x7},  {4, 0x8},  {4, 0xB},  {4, 0xC},  {4, 0xE},  {4, 0xF},
        {5, 0x13}, {5, 0x14}, {5, 0x7},  {5, 0x8},  {6, 0x8},  {6, 0x3},  {6, 0x34}, {6, 0x35},
        {6, 0x2A}, {6, 0x2B}, {7, 0x27}, {7, 0xC},  {7, 0x8},  {7, 0x17}, {7, 0x3},  {7, 0x4},
        {7, 0x28}, {7, 0x2B}, {7, 0x13}, {7, 0x24}, {7, 0x18}, {8, 0x2},  {8, 0x3},  {8, 0x1A},
        {8, 0x1B}, {8, 0x12}, {8, 0x13}, {8, 0x14}, {8, 0x15}, {8, 0x16}, {8, 0x17}, {8, 0x28},
        {8, 0x29}, {8, 0x2A}, {8, 0x2B}, {8, 0x2C}, {8, 0x2D}, {8, 0x4},  {8, 0x5},  {8, 0xA},
        {8, 0xB},  {8, 0x52}, {8, 0x53}, {8, 0x54}, {8, 0x55}, {8, 0x24}, {8, 0x25}, {8, 0x58},
        {8, 0x59}, {8, 0x5A}, {8, 0x5B}, {8, 0x4A}, {8, 0x4B}, {8, 0x32}, {8, 0x33}, {8, 0x34},
        {5, 0x1B}, {5, 0x12}, {6, 0x17}, {7, 0x37}, {8, 0x36}, {8, 0x37}, {8, 0x64}, {8, 0x65},
        {8, 0x68}, {8, 0x67}, {9, 0xCC}, {9, 0xCD}, {9, 0xD2}, {9, 0xD3}, {9, 0xD4}, {9, 0xD5},
        {9, 0xD6}, {9, 0xD7}, {9, 0xD8}, {9, 0xD9}, {9, 0xDA}, {9, 0xDB}, {9, 0x98}, {9, 0x99},
        {9, 0x9A}, {6, 0x18}, {9, 0x9B},
    },
    {
        {10, 0x37}, {3, 0x2},   {2, 0x3},   {2, 0x2},   {3, 0x3},   {4, 0x3},   {4, 0x2},
        {5, 0x3},   {6, 0x5},   {6, 0x4},   {7, 0x4},   {7, 0x5},   {7, 0x7},   {8, 0x4},
        {8, 0x7},   {9, 0x18},  {10, 0x17}, {10, 0x18}, {10, 0x8},  {11, 0x67}, {11, 0x68},
        {11, 0x6C}, {11, 0x37}, {11, 0x28}, {11, 0x17}, {11, 0x18}, {12, 0xCA}, {12, 0xCB},
        {12, 0xCC}, {12, 0xCD}, {12, 0x68}, {12, 0x69}, {12, 0x6A}, {12, 0x6B}, {12, 0xD2},
        {12, 0xD3}, {12, 0xD4}, {12, 0xD5}, {12, 0xD6}, {12, 0xD7}, {12, 0x6C}, {12, 0x6D},
        {12, 0xDA}, {12, 0xDB}, {12, 0x54}, {12, 0x55}, {12, 0x56}, {12, 0x57}, {12, 0x64},
        {12, 0x65}, {12, 0x52}, {12, 0x53}, {12, 0x24}, {12, 0x37}, {12, 0x38}, {12, 0x27},
        {12, 0x28}, {12, 0x58}, {12, 0x59}, {12, 0x2B}, {12, 0x2C}, {12, 0x5A}, {12, 0x66},
        {12, 0x67}, {10, 0xF},  {12, 0xC8}, {12, 0xC9}, {12, 0x5B}, {12, 0x33}, {12, 0x34},
        {12, 0x35}, {13, 0x6C}, {13, 0x6D}, {13, 0x4A}, {13, 0x4B}, {13, 0x4C}, {13, 0x4D},
        {13, 0x72}, {13, 0x73}, {13, 0x74}, {13, 0x75}, {13, 0x76}, {13, 0x77}, {13, 0x52},
        {13, 0x53}, {13, 0x54}, {13, 0x55}, {13, 0x5A}, {13, 0x5B}, {13, 0x64}, {13, 0x65},
    },
};

/* T.6 table 1, vertical mode by how far the change lies to the right of the one above it. */
#define VERTICAL_MOST 3
static const Code vertical[] = {
    {7, 0x2}, {6, 0x2}, {3, 0x2}, {1, 0x1}, {3, 0x3}, {6, 0x3}, {7, 0x3},
};
static const Code pass = {4, 0x1}, horizontal = {3, 0x1}, end_of_line = {12, 0x1};

typedef struct {
    GByteArray *bytes;
    guint32 pending; /* bits that fill no byte yet */
    int count;
} Writer;

static void put(Writer *writer, Code code)
{
    writer->pending = writer->pending << code.length | code.bits;
    for (writer->count += code.length; writer->count >= 8; writer->count -= 8) {
        guint8 byte = (guint8)(writer->pending >> (writer->count - 8));
        g_byte_array_append(writer->bytes, &byte, 1);
    }
}

static void put_run(Writer *writer, int colour, int length)
{
    if (length >= MAKE_UP)
        put(writer, runs[colour][MAKE_UP - 1 + length / MAKE_UP]);
    put(writer, runs[colour][length % MAKE_UP]);
}

/* Where a row changes its colour, from white; then its width, as far as a search may look on. */
static void find_changes(const guint8 *row, int width, int *ret)
{
    const guint8 *change = row;
    for (int other = 0xFF; (change = memchr(change, other, (gsize)(row + width - change))) != NULL;
         other ^= 0xFF)
        *ret++ = (int)(change - row);
    for (int i = 0; i < 4; i++)
        *ret++ = width;
}

/* T.6 2.2: a change (a1) is told by where the row above changes to the same colour (b1, then b2).
 */
static void pack_row(Writer *writer, const int *above, const int *row, int width)
{
    int at = -1, a = 0, b = 0; /* place, and changes that lie right of it */
    while (at < width) {
        int colour = a & 1;
        b = MAX(b - 1, 0);
        b += (b & 1) != colour;
        while (above[b] <= at && above[b] < width)
            b += 2;
        int shift = row[a] - above[b];
        if (above[b + 1] < row[a]) {
            put(writer, pass);
            at = above[b + 1];
        } else if (ABS(shift) <= VERTICAL_MOST) {
            put(writer, vertical[VERTICAL_MOST + shift]);
            at = row[a++];
        } else {
            put(writer, horizontal);
            put_run(writer, colour, row[a] - MAX(at, 0));
            put_run(writer, !colour, row[a + 1] - row[a]);
            at = row[a + 1];
            a += 2;
        }
    }
}

GByteArray *fax_pack(const guint8 *dots, gsize stride, int width, int height)
{
    g_assert(width > 0 && width <= FAX_WIDTH_MAX && height > 0);
    Writer writer = {.bytes = g_byte_array_new()};
    int lines[2][FAX_WIDTH_MAX + 4], *above = lines[0], *row = lines[1];
    for (int i = 0; i < 4; i++)
        above[i] = width;
    for (int y = 0; y < height; y++) {
        find_changes(dots + (gsize)y * stride, width, row);
        pack_row(&writer, above, row, width);
        int *last = above;
        above = row;
        row = last;
    }
    put(&writer, end_of_line);
    put(&writer, end_of_line);
    put(&writer, (Code){7, 0}); /* to the end of the last byte */
    return writer.bytes;
}
