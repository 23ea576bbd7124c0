/* A small table language for JSON objects: one row a member. Private to the service room. */
#pragma once
#include "firmware/base/secret.h"
#include <jansson.h>

typedef enum {
    FIELD_UNKNOWN = 0,
    FIELD_TEXT,     /* char[max + 1]; `min` to `max` bytes */
    FIELD_PERSONAL, /* Personal from the arena; `min` to `max` bytes */
    FIELD_INT,      /* int, `min` to `max` */
    FIELD_UINT32,   /* guint32 */
    FIELD_INT64,    /* gint64 */
    FIELD_BOOL,     /* gboolean */
    FIELD_CHOICE,   /* gboolean: `form` holds the words for FALSE and TRUE, "none sms" */
    FIELD_PAIR,     /* array of two texts: char[2][max + 1]; `min` to `max` bytes each */
    FIELD_LIST,     /* array of structs, at most `max` of them; `items` is their table */
} FieldKind;

typedef struct Field Field;
struct Field {
    const char *name;
    FieldKind kind;
    gsize offset; /* of the value in the struct */
    gint64 min, max;
    gboolean optional;                 /* may be missing or null; the value is then left alone */
    gboolean (*fits)(const char *text); /* form of a text; NULL: one line of any characters */
    const char *form;                  /* what `fits` wants, for the message */
    const Field *items;                /* LIST: rows, ended by one without a name */
    gsize stride, count_offset;        /* LIST: size of one struct; where the gsize count goes */
};

/* Reads every row of `fields` from `object` into the struct at `ret`. `arena` may be NULL when no
 * row is PERSONAL. FALSE and KIOSK_ERROR_INVALID "<where><member>: ...". */
gboolean field_read_all(const Field *fields, const json_t *object, const char *where,
                        SecretArena *arena, void *ret, GError **error);
