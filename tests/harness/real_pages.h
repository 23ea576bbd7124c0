/* The pages of the first sample record as a preview shows them. */
#pragma once
#include "firmware/visit/view.h"

typedef struct RealPages RealPages;

RealPages *real_pages_open(GError **error);
void real_pages_close(RealPages *pages); /* NULL is fine */

/* The picture that `view` asks for by page, cover and zoom; `pages` is a RealPages. */
const PageImage *real_pages_picture(const View *view, gpointer pages);
