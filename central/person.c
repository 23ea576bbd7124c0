#include "central/person.h"
#include "firmware/certificate/id_number.h"
#include <string.h>

static gboolean is_resident(const char *number)
{
    return id_number_is_valid(number) && number[0] != '9';
}

/* GB/T 2260 codes of Hong Kong, Macau and Taiwan. */
static gboolean is_hmt(const char *number)
{
    return id_number_is_valid(number) && number[0] == '8' && number[1] >= '1' && number[1] <= '3';
}

static gboolean is_foreign_2023(const char *number)
{
    return id_number_is_valid(number) && number[0] == '9';
}

static const struct {
    const char *type;
    gboolean (*fits)(const char *number);
} rows[] = {
    {"resident", is_resident},
    {"hmt-permit", is_hmt},
    {"foreign-2017", id_number_is_foreign_2017},
    {"foreign-2023", is_foreign_2023},
};

PersonCheck person_check(const char *type, const char *id_number)
{
    PersonCheck check = PERSON_CHECK_NO_TYPE;
    gboolean fits_any = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gboolean fits = rows[i].fits(id_number);
        fits_any |= fits;
        if (!strcmp(rows[i].type, type))
            check = fits ? PERSON_CHECK_FITS : PERSON_CHECK_OTHER;
    }
    return check == PERSON_CHECK_OTHER && !fits_any ? PERSON_CHECK_NO_NUMBER : check;
}
