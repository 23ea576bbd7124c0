#include "central/api.h"
#include "central/register.h"
#include <string.h>

#define SEGMENTS_MAX 5

static const struct {
    const char *method, *pattern;
    void (*handle)(const Api *api, const Call *call, Reply *reply);
} routes[] = {
    {"GET", "/v1/kiosk", api_get_kiosk},          {"POST", "/v1/kiosk/status", api_post_status},
    {"POST", "/v1/visits", api_post_visit},       {"POST", "/v1/visits/*/factor", api_post_factor},
    {"DELETE", "/v1/visits/*", api_delete_visit}, {"GET", "/v1/records/*", api_get_record},
    {"POST", "/v1/issuances", api_post_issuance}, {"PATCH", "/v1/issuances/*", api_patch_issuance},
};

/* The segments of `path` that stand where `pattern` has a star go to `args`. */
static gboolean matches(const char *pattern, char **segments, const char **args)
{
    g_auto(GStrv) wanted = g_strsplit(pattern, "/", -1);
    gsize stars = 0;
    if (g_strv_length(wanted) != g_strv_length(segments))
        return FALSE;
    for (gsize i = 0; wanted[i]; i++) {
        if (!strcmp(wanted[i], "*"))
            args[stars++] = segments[i];
        else if (strcmp(wanted[i], segments[i]))
            return FALSE;
    }
    return TRUE;
}

static const char *route(const Api *api, Call *call, Reply *reply)
{
    g_auto(GStrv) segments = g_strsplit(call->path, "/", SEGMENTS_MAX + 2);
    gboolean known = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(routes); i++) {
        if (!matches(routes[i].pattern, segments, call->args))
            continue;
        known = TRUE;
        if (strcmp(routes[i].method, call->method))
            continue;
        routes[i].handle(api, call, reply);
        return routes[i].pattern;
    }
    reply_problem(reply, known ? REFUSAL_METHOD_NOT_ALLOWED : REFUSAL_NOT_FOUND, call->language,
                  NULL);
    return "-";
}

static gboolean find_standing(const Call *call, KioskStanding *ret, GError **error)
{
    *ret = KIOSK_STANDING_UNKNOWN;
    return !call->kiosk || !kiosk_number_is_valid(call->kiosk) ||
           store_check_kiosk(call->store, call->kiosk, call->fingerprint, ret, error);
}

const char *api_handle(const Api *api, Call *call, Reply *reply)
{
    g_autoptr(GError) error = NULL;
    KioskStanding standing = KIOSK_STANDING_UNKNOWN;
    if (!find_standing(call, &standing, &error) ||
        !store_lapse_due(call->store, call->now_ms, &error))
        register_fail(reply, error, call->language);
    else if (standing == KIOSK_STANDING_ENROLLED)
        return route(api, call, reply);
    else
        reply_problem(reply,
                      standing == KIOSK_STANDING_REVOKED ? REFUSAL_KIOSK_REVOKED
                                                         : REFUSAL_KIOSK_UNKNOWN,
                      call->language, NULL);
    return "-";
}
