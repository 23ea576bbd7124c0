#include "tests/contract/wire.h"
#include <check.h>
#include <signal.h>
#include <string.h>

WireKeys wire_keys;

void wire_keys_create(void)
{
    g_autofree char *private_jwk = NULL, *public_jwk = NULL, *other_jwk = NULL, *unused = NULL;
    signal(SIGPIPE, SIG_IGN);
    wire_keys.pki = pki_create();
    g_assert(key_generate("K001", &private_jwk, &public_jwk, NULL));
    g_assert(key_generate("K001", &other_jwk, &unused, NULL));
    wire_keys.signing_keys = key_set_parse(private_jwk, strlen(private_jwk), NULL);
    wire_keys.other_keys = key_set_parse(other_jwk, strlen(other_jwk), NULL);
    g_autofree char *path = g_build_filename(pki_folder(wire_keys.pki), "service.jwks", NULL);
    g_assert(g_file_set_contents(path, public_jwk, -1, NULL));
}

void wire_keys_destroy(void)
{
    key_set_free(wire_keys.signing_keys);
    key_set_free(wire_keys.other_keys);
    pki_destroy(wire_keys.pki);
}

Config *wire_config(const char *url, const char *identity, int timeout_ms)
{
    Config *config = config_defaults();
    g_autofree char *timeout = g_strdup_printf("%d", timeout_ms);
    const struct {
        const char *key;
        char *value;
    } paths[] = {
        {"ca_file", g_strdup_printf("%s/ca.pem", pki_folder(wire_keys.pki))},
        {"certificate_file", g_strdup_printf("%s/%s.pem", pki_folder(wire_keys.pki), identity)},
        {"key_file", g_strdup_printf("%s/%s.key", pki_folder(wire_keys.pki), identity)},
        {"jwks_file", g_strdup_printf("%s/service.jwks", pki_folder(wire_keys.pki))},
        {"timeout_ms", g_strdup(timeout)},
        {"url", g_strdup(url)},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        ck_assert(config_set(config, "service", paths[i].key, paths[i].value, NULL));
        g_free(paths[i].value);
    }
    return config;
}

Wire wire_start_as(const char *identity, ServerKind kind, const Reply *replies, gsize n_replies,
                   int timeout_ms)
{
    Wire wire = {tls_server_start(wire_keys.pki, kind, replies, n_replies), NULL};
    g_autofree char *url = g_strdup_printf("https://localhost:%d", tls_server_port(wire.server));
    g_autoptr(Config) config = wire_config(url, identity, timeout_ms);
    g_autoptr(GError) error = NULL;
    wire.service = service_create(config, &error);
    ck_assert_msg(wire.service != NULL, "%s", error ? error->message : "");
    return wire;
}

Wire wire_start(const Reply *replies, gsize n_replies)
{
    return wire_start_as("kiosk", SERVER_GENUINE, replies, n_replies, 3000);
}

void wire_stop(Wire *wire)
{
    service_destroy(wire->service);
    tls_server_stop(wire->server);
}

void wire_expect(const GError *error, KioskError code, const char *fragment)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(kiosk_error_is(error, code), "%s is %s", error->message,
                  kiosk_error_word((KioskError)error->code));
    ck_assert_msg(strstr(error->message, fragment) != NULL, "%s", error->message);
}

char *wire_reply(const char *head, const char *body)
{
    return g_strdup_printf("HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", head, strlen(body),
                           body);
}
