#include "firmware/certificate/check_digit.h"
#include <string.h>

static const char alphanumeric[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static int value_in(const char *alphabet, char character)
{
    const char *found = character ? strchr(alphabet, character) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

char check_digit_mod_37_36(const char *body, gsize length)
{
    int product = 36;
    for (gsize i = 0; i < length; i++) {
        int value = value_in(alphanumeric, body[i]);
        if (value < 0)
            return '\0';
        int sum = (product + value) % 36;
        product = 2 * (sum ? sum : 36) % 37;
    }
    return length ? alphanumeric[(37 - product) % 36] : '\0';
}

char check_digit_mod_11_2(const char *digits)
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(weights); i++) {
        if (!g_ascii_isdigit(digits[i]))
            return '\0';
        sum += weights[i] * (digits[i] - '0');
    }
    return "10X98765432"[sum % 11];
}

gboolean credit_code_is_valid(const char *text)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    if (!text || strlen(text) != 18)
        return FALSE;
    int sum = 0, weight = 1;
    for (int i = 0; i < 17; i++) {
        int value = value_in(alphabet, text[i]);
        if (value < 0 || (i >= 2 && i < 8 && value > 9))
            return FALSE;
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    return text[17] == alphabet[(31 - sum % 31) % 31];
}
