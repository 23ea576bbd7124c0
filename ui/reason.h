/* The sentences that belong to a stable word: why something is refused, went wrong or is closed,
 * and what a person does next. A word that nobody wrote a sentence for gets a kind general one. */
#pragma once
#include "ui/text.h"

/* Parts of a reason: "sentence" and "next" for all; "chip" and "safe" for what is refused and for
 * faults, and for these "lead" and "what"; "until", "wait" and "hurry" for closed. The text for `view`'s screen and reason with {detail} filled; where `view` has a detail, the variant
 * "<part>.detail" wins, and with `large` the shorter "<part>.large". The caller frees. */
char *reason_format(const Texts *texts, const View *view, const char *part, gboolean large);

/* The same for a certificate that cannot be chosen: parts "chip", "sentence", "next". The service's
 * own sentence stands in where the word is not known. The caller frees. */
char *reason_format_certificate(const Texts *texts, Language language,
                                const ViewCertificate *certificate, const char *part);

/* Words that have sentences, NULL-terminated: SCREEN_REFUSED, SCREEN_FAULT, SCREEN_CLOSED, and
 * SCREEN_CHOOSE for certificates. */
const char *const *reason_list_words(Screen screen);
