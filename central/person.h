/* Whose certificates: the kinds of identity document, and which numbers each may carry. */
#pragma once
#include <glib.h>

typedef enum {
    PERSON_CHECK_UNKNOWN = 0,
    PERSON_CHECK_FITS,
    PERSON_CHECK_NO_TYPE,   /* the word names no kind of document */
    PERSON_CHECK_NO_NUMBER, /* no kind of document has such a number */
    PERSON_CHECK_OTHER,     /* a number, but of another kind of document */
} PersonCheck;

/* `type`: "resident", "hmt-permit", "foreign-2017", "foreign-2023". */
PersonCheck person_check(const char *type, const char *id_number);
