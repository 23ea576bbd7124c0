/* ITU-T T.6, the code of group 4 fax: how a PDF keeps a picture of one ink that is there or not. */
#pragma once
#include <glib.h>

#define FAX_WIDTH_MAX 1791 /* a run that one make-up code begins */

/* Packs rows of one byte a dot, 0 for paper and 0xFF for ink; `width` 1 to FAX_WIDTH_MAX. The
 * caller unrefs. What decodes it needs to know: K -1, BlackIs1 true, ends with an end of block. */
GByteArray *fax_pack(const guint8 *dots, gsize stride, int width, int height);
