/* Numbers of identity documents. All functions: any thread, no allocation, NULL is FALSE or
 * unknown. */
#pragma once
#include <glib.h>

typedef enum { SEX_UNKNOWN = 0, SEX_MALE, SEX_FEMALE } Sex;

/* TRUE if `text` is an 18-character number (GB 11643; also residence permits and the foreign card
 * of 2023): first digit not 0, a real day of birth, MOD 11-2 check character, X in upper case. */
gboolean id_number_is_valid(const char *text);

/* TRUE if `text` has the form of the 2017 foreign permanent resident card: three upper-case letters
 * and twelve digits. How its check digit is made is not published, so it is not checked. */
gboolean id_number_is_foreign_2017(const char *text);

/* Day of birth as YYYYMMDD. 0: unknown (not a valid 18-character number; the 15-character form
 * does not carry the century). */
int id_number_birth_day(const char *text);

/* Sex by the 17th digit, odd is male. */
Sex id_number_sex(const char *text);
