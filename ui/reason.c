#include "ui/reason.h"

static const char *const refused_words[] = {
    "person-unknown",   "nothing-printable", "card-expired",
    "card-future",      "card-type",         "card-not-genuine",
    "card-other",       "card-unreadable",   "record-signature",
    "record-invalid",   "cannot-print",      "kind",
    "certificate-live", "visit-expired",     "service-error",
    "wrong-content",    "factor-failed",     "machine",
    "released",         "too-many",          NULL};

static const char *const fault_words[] = {"jam", "spoiled", "unsure", "not-taken", "wrong",
                                          "timeout", NULL};

static const char *const closed_words[] = {"printer-media",
                                           "printer-door",
                                           "printer-supplies",
                                           "printer-stopped",
                                           "printer-unreachable",
                                           "stock-empty",
                                           "stock-position",
                                           "service-unreachable",
                                           "service-refused",
                                           "clock",
                                           "reader-absent",
                                           "reader-several",
                                           "reader-silent",
                                           "journal",
                                           "door",
                                           "starting",
                                           "maintenance",
                                           "hours",
                                           "unsure-pending",
                                           NULL};

static const char *const certificate_words[] = {"printed", "tax-due", "window", "locked", NULL};

/* Of these the service knows more: when and where it was. */
static const char *const told_words[] = {"printed", NULL};

static const char *const no_words[] = {NULL};

const char *const *reason_list_words(Screen screen)
{
    if (screen == SCREEN_REFUSED)
        return refused_words;
    if (screen == SCREEN_FAULT)
        return fault_words;
    if (screen == SCREEN_CLOSED)
        return closed_words;
    return screen == SCREEN_CHOOSE ? certificate_words : no_words;
}

static gboolean lists(const char *const *words, const char *word)
{
    return word && g_strv_contains(words, word);
}

/* What stands for {detail}: the name of a field of the certificate in the view's language, else the
 * detail as it is (a page, a time). The caller frees. */
static char *say_detail(const Texts *texts, const View *view)
{
    g_autofree char *key = g_strconcat("field.", view->detail, NULL);
    return texts_has(texts, view->language, key) ? texts_format(texts, view->language, key, NULL)
                                                 : g_strdup(view->detail);
}

char *reason_format(const Texts *texts, const View *view, const char *part, gboolean large)
{
    const char *own = lists(reason_list_words(view->screen), view->reason) ? view->reason : NULL;
    const char *words[] = {own, screen_word(view->screen)}; /* the general one last */
    g_autofree char *detail = view->detail ? say_detail(texts, view) : NULL;
    gboolean known = view->detail && *view->detail;
    const char *suffixes[] = {known && large ? ".detail.large" : NULL, known ? ".detail" : NULL,
                              large ? ".large" : NULL, ""};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        for (gsize j = 0; words[i] && j < G_N_ELEMENTS(suffixes); j++) {
            if (!suffixes[j])
                continue;
            g_autofree char *key = g_strconcat("reason.", words[i], ".", part, suffixes[j], NULL);
            if (texts_has(texts, view->language, key))
                return texts_format(texts, view->language, key, "detail", detail, NULL);
        }
    return g_strdup("");
}

char *reason_format_certificate(const Texts *texts, Language language,
                                const ViewCertificate *certificate, const char *part)
{
    gboolean known = lists(certificate_words, certificate->reason);
    gboolean told = !known || lists(told_words, certificate->reason);
    if (told && !g_strcmp0(part, "sentence") && *personal_reveal(certificate->reason_text))
        return g_strdup(personal_reveal(certificate->reason_text));
    g_autofree char *key =
        g_strdup_printf("certificate.%s.%s", known ? certificate->reason : "other", part);
    return texts_format(texts, language, key, NULL);
}
