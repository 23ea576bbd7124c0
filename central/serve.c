#include "central/commands.h"
#include "central/server.h"
#include "central/settings.h"
#include "firmware/base/error.h"
#include "firmware/base/log.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Before any thread starts, so that all of them leave these signals to wait_for_end. */
static void block_signals(sigset_t *ret)
{
    sigemptyset(ret);
    sigaddset(ret, SIGTERM);
    sigaddset(ret, SIGINT);
    pthread_sigmask(SIG_BLOCK, ret, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void set_level(const char *word)
{
    static const char *const words[] = {"", "error", "warn", "info", "debug"};
    for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
        if (!strcmp(words[i], word))
            log_set_level((LogLevel)i);
}

static gboolean serve(const Config *config, const Api *api, GError **error)
{
    sigset_t signals;
    int which = 0;
    block_signals(&signals);
    g_autofree char *folder = config_path(config, "service", "state_dir");
    g_autofree char *database = settings_state_path(config, "central.db");
    ServerOptions options = {.api = api,
                             .folder = folder,
                             .database = database,
                             .address = config_string(config, "listen", "address"),
                             .api_port = config_int(config, "listen", "api_port"),
                             .public_port = config_int(config, "listen", "public_port"),
                             .threads = config_int(config, "listen", "threads"),
                             .page_per_minute = config_int(config, "public", "per_minute")};
    Server *server = server_start(&options, error);
    if (!server)
        return FALSE;
    printf("READY api=%d public=%d\n", server_api_port(server), server_public_port(server));
    fflush(stdout);
    sigwait(&signals, &which);
    server_stop(server);
    return TRUE;
}

gboolean command_serve(const CommandCall *call, GError **error)
{
    set_level(config_string(call->config, "log", "level"));
    g_autofree char *signing = settings_state_path(call->config, "signing.jwk");
    g_autofree char *public_set = settings_state_path(call->config, "service.jwks");
    g_autofree char *outbox = settings_state_path(call->config, "outbox");
    g_autoptr(KeySet) keys = key_set_load(signing, error);
    g_autoptr(KeySet) known = keys ? key_set_load(public_set, error) : NULL;
    g_autoptr(Store) store = known ? settings_open_store(call->config, error) : NULL;
    if (!store)
        return FALSE;
    Visits *visits = visits_create(outbox, config_int(call->config, "visit", "per_minute"));
    Api api = {.keys = keys,
               .known = known,
               .kid = key_set_signing_kid(keys),
               .verify_host = config_string(call->config, "service", "verify_host"),
               .lease_s = config_int(call->config, "service", "lease_s"),
               .factor_sms = !strcmp(config_string(call->config, "visit", "factor"), "sms"),
               .visits = visits};
    gboolean served = serve(call->config, &api, error);
    visits_destroy(visits);
    return served;
}
