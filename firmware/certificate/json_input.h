/* JSON from outside, read strictly: bounded, no duplicate members, no NUL, valid UTF-8, limited
 * depth. Any thread. Trees hold personal data, so jansson frees through secret_free. */
#pragma once
#include <glib.h>
#include <jansson.h>

/* Makes jansson use wiping memory, once per process. For those who build trees; json_input_parse
 * does it itself. */
void json_input_prepare(void);

/* Parses `length` bytes, at most `limit`. NULL and KIOSK_ERROR_INVALID; the message begins with
 * `where` and never quotes the text, which may be personal. The caller owns the tree. */
json_t *json_input_parse(const char *bytes, gsize length, gsize limit, const char *where,
                         GError **error);

/* The member `name` of `object`. JSON_REAL stands for any number, JSON_TRUE for true or false.
 * NULL and KIOSK_ERROR_INVALID "<prefix><name>: missing" or "...: not a string". Borrowed. */
json_t *json_input_member(const json_t *object, const char *name, json_type type,
                          const char *prefix, GError **error);

/* Sets KIOSK_ERROR_INVALID "<prefix><member>: <rule>"; always FALSE. `prefix`: "record: printed."
 */
gboolean json_input_refuse(GError **error, const char *prefix, const char *member,
                           const char *format, ...) G_GNUC_PRINTF(4, 5);
