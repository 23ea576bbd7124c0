/* Forms of the short texts on the wire. Each gives TRUE if `text` has the form; length is the
 * caller's to bound unless said. Private to the service room. */
#pragma once
#include <glib.h>

gboolean text_is_record_id(const char *text);     /* ^[A-Za-z0-9-]{1,64}$ */
gboolean text_is_token(const char *text);         /* ^[A-Za-z0-9_-]{1,64}$ */
gboolean text_is_key(const char *text);           /* UUID, lower case, 36 characters */
gboolean text_is_word(const char *text);          /* ^[a-z0-9-]{1,63}$ */
gboolean text_is_word_or_empty(const char *text);
gboolean text_is_code(const char *text);          /* ^[0-9A-Z]{4}$ */
gboolean text_is_digits(const char *text);        /* ^[0-9]{0,8}$ */
gboolean text_is_host(const char *text);          /* name or address, perhaps with :port */
