/* Characters that cards carry in Unicode's Private Use Area. */
#pragma once
#include <glib.h>

/* Chips were written when 80 characters of GB 18030 (two-byte codes FE50 to FEA0) and two letters
 * of pinyin (A8BC, A8BF) had no place in Unicode yet and stood at U+E815 to U+E864, U+E7C7 and
 * U+E7C8. Gives the place that GB 18030-2005 and -2022 name for the same code; any other character
 * as it is, those of other private agreements too: nobody could say what they mean. */
gunichar private_use_resolve(gunichar character);
