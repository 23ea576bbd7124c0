/* A service client and the server it talks to, for tests of the wire. */
#pragma once
#include "firmware/base/error.h"
#include "firmware/certificate/signature.h"
#include "firmware/service/service.h"
#include "tests/contract/tls_server.h"

#define KEY "0f8fad5b-d9cb-469f-a165-70867728950e"
#define TOKEN "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-AbCdE"
#define BOOKLET "D33000000017"
#define DIGEST "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define JSON_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
#define KIOSK_BODY                                                                                 \
    "{\"kiosk\":\"A012\",\"next_sequence\":17,\"epoch\":2,\"server_time_ms\":1782800000000,"       \
    "\"verify_host\":\"localhost:8444\",\"policies\":{},\"batches\":[],\"open\":[]}"
#define KIOSK_REPLY JSON_HEAD "Content-Length: 144\r\n\r\n" KIOSK_BODY

typedef struct {
    TlsServer *server;
    Service *service;
} Wire;

/* What all tests of a program share: certificates, the service's signing key K001, and a key of
 * the same name that is not the service's. */
typedef struct {
    Pki *pki;
    KeySet *signing_keys, *other_keys;
} WireKeys;
extern WireKeys wire_keys;

void wire_keys_create(void);
void wire_keys_destroy(void);

/* Settings of a kiosk with the certificate `identity` of the Pki. */
Config *wire_config(const char *url, const char *identity, int timeout_ms);

Wire wire_start_as(const char *identity, ServerKind kind, const Reply *replies, gsize n_replies,
                   int timeout_ms);

/* The same, genuine on both sides, 3 s. */
Wire wire_start(const Reply *replies, gsize n_replies);
void wire_stop(Wire *wire);

/* `error` has the code, and the fragment in its message. */
void wire_expect(const GError *error, KioskError code, const char *fragment);

/* An HTTP answer with Content-Length; `head` without the version. The caller frees. */
char *wire_reply(const char *head, const char *body);
