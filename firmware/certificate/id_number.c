#include "firmware/certificate/id_number.h"
#include "firmware/base/clock.h"
#include "firmware/certificate/check_digit.h"
#include <string.h>

static int number_at(const char *text, int digits)
{
    int number = 0;
    for (int i = 0; i < digits; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

gboolean id_number_is_valid(const char *text)
{
    if (!text || strlen(text) != 18 || text[0] == '0')
        return FALSE;
    char wanted = check_digit_mod_11_2(text);
    return wanted && text[17] == wanted &&
           clock_is_day(number_at(text + 6, 4), number_at(text + 10, 2), number_at(text + 12, 2));
}

gboolean id_number_is_foreign_2017(const char *text)
{
    if (!text || strlen(text) != 15)
        return FALSE;
    for (int i = 0; i < 15; i++)
        if (i < 3 ? !g_ascii_isupper(text[i]) : !g_ascii_isdigit(text[i]))
            return FALSE;
    return TRUE;
}

int id_number_birth_day(const char *text)
{
    return id_number_is_valid(text) ? number_at(text + 6, 8) : 0;
}

Sex id_number_sex(const char *text)
{
    if (!id_number_is_valid(text))
        return SEX_UNKNOWN;
    return (text[16] - '0') % 2 ? SEX_MALE : SEX_FEMALE;
}
