#include "firmware/certificate/unit_code.h"
#include <string.h>

#define FEATURE 13 /* index of the parcel feature */
#define FIXTURE 19

static gboolean is_one_of(const char *characters, char character)
{
    return character && strchr(characters, character) != NULL;
}

gboolean unit_code_is_valid(const char *text)
{
    if (!text || strlen(text) != UNIT_CODE_LENGTH)
        return FALSE;
    for (int i = 0; i < UNIT_CODE_LENGTH; i++)
        if (i != 12 && i != FEATURE && i != FIXTURE && !g_ascii_isdigit(text[i]))
            return FALSE;
    if (!is_one_of("GJZ", text[12]) || !is_one_of("ABSXCDEFGHWYJLN", text[FEATURE]) ||
        !is_one_of("FLQW", text[FIXTURE]))
        return FALSE;
    return text[FIXTURE] != 'W' || strcmp(text + FIXTURE + 1, "00000000") == 0;
}

gboolean unit_code_is_newer_than_standard(const char *text)
{
    return unit_code_is_valid(text) && is_one_of("JLN", text[FEATURE]);
}
