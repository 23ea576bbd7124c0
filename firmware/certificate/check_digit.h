/* Check characters of the numbers on a certificate. All functions: any thread, no allocation. */
#pragma once
#include <glib.h>

/* ISO 7064 MOD 37,36 over `length` characters of `body` (0-9, A-Z). '\0' if another character is
 * in it or it is empty. */
char check_digit_mod_37_36(const char *body, gsize length);

/* ISO 7064 MOD 11-2 over the 17 digits of an ID number (GB 11643): 0-9 or X. '\0' if one is no
 * digit. */
char check_digit_mod_11_2(const char *digits);

/* TRUE if `text` is a unified social credit code of 18 characters (GB 32100-2015): alphabet, six
 * digits of the region, check character. NULL is FALSE. */
gboolean credit_code_is_valid(const char *text);
