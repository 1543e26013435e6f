/* Requests for a client certificate after the handshake of TLS 1.3 (tls/later_requests.c), and what a renegotiation must not
 * change (mbedtls/renegotiation_checks.h). test/tls/ has the same over connections. */
#include <string.h>

#include "check.h"
#include "forge.h"
#include "groups.h"
#include "host/heap.h"
#include "host/limits.h"
#include "mbedtls/renegotiation_checks.h"
#include "native_host.h"
#include "player.h"

static record_keys server;
static record_keys client;

static void accept(pagetls_connection *connection)
{
    CHECK_INT(pagetls_connection_set_renegotiation(connection), 0);
    CHECK_INT(pagetls_connection_set_renegotiation(connection), PAGETLS_ERR_STATE);
}

static int record_handshake(void)
{
    player_configure = accept;
    return forge_record_handshake();
}

/* A connection that accepts requests, and has no identity. */
static pagetls_connection *open_connection(void)
{
    player_configure = accept;
    pagetls_connection *connection = forge_replay(&server, &client);
    player_configure = NULL;
    return connection;
}

/* Writes a record with a request that has this context, and ecdsa_secp256r1_sha256. */
static size_t put_request(uint8_t *record, uint8_t context)
{
    const uint8_t request[] = { 13, 0, 0, 12, 1, context, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };
    return forge_record(&server, record, HANDSHAKE, request, sizeof(request));
}

static uint32_t feed_request(pagetls_connection *connection, uint8_t context)
{
    uint8_t record[100];
    size_t len = put_request(record, context);
    return player_feed(connection, record, len, len);
}

/* An empty Certificate with this context, and Finished. */
static int is_answer(const uint8_t *content, int len, uint8_t context)
{
    const uint8_t expected[] = { 11, 0, 0, 5, 1, context, 0, 0, 0, 20, 0, 0, 32 };
    return len == (int) sizeof(expected) + 32 && memcmp(content, expected, sizeof(expected)) == 0;
}

static int sent_answer(pagetls_connection *connection, uint8_t context)
{
    uint8_t record[200];
    uint8_t type;
    int len = forge_receive(connection, &client, record, sizeof(record), &type);
    return type == HANDSHAKE && is_answer(record + 5, len, context);
}

static void answers(void)
{
    size_t heap;
    REQUIRE(record_handshake());
    pagetls_connection *connection = forge_idle(open_connection(), &heap);
    REQUIRE(connection != NULL);
    for (uint8_t i = 1; i <= PAGETLS_LATER_REQUESTS_MAX; i++) {
        check_context("request %d", i);
        CHECK_INT(feed_request(connection, i), PAGETLS_HANDSHAKE_DONE);
        CHECK(sent_answer(connection, i));
        CHECK_INT(pagetls_connection_requests(connection), PAGETLS_REQUESTED_CERTIFICATE);
        CHECK(pagetls_heap_in_use() <= heap + 100); /* the contexts */
    }
    CHECK_INT(feed_request(connection, 99), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_CERTIFICATE_REQUESTS);
    pagetls_connection_free(connection);
}

/* The network takes nothing: answers wait behind the record that was begun, and before other data. */
static void answers_wait_for_space(void)
{
    static uint8_t data[60000];
    static uint8_t wire[4 * PAGETLS_HEAP_QUEUE_BYTES];
    REQUIRE(record_handshake());
    for (int requests = 1; requests <= PAGETLS_LATER_ANSWERS_MAX + 1; requests++) {
        pagetls_connection *connection = open_connection();
        REQUIRE(connection != NULL);
        for (int i = 0; i < 2; i++) {
            CHECK(player_put(connection, PAGETLS_APP_OUT, data, 55000) &&
                  pagetls_connection_pump(connection) == PAGETLS_HANDSHAKE_DONE);
        }
        CHECK_INT(pagetls_connection_space(connection, PAGETLS_NET_OUT), 0);
        uint32_t state = 0;
        for (int i = 1; i <= requests; i++) {
            state = feed_request(connection, (uint8_t) i);
        }
        check_context("%d requests", requests);
        if (requests > PAGETLS_LATER_ANSWERS_MAX) { /* more than we keep for a server that reads nothing */
            CHECK_INT(state, PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
            CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_CERTIFICATE_REQUESTS);
            pagetls_connection_free(connection);
            continue;
        }
        CHECK_INT(state, PAGETLS_HANDSHAKE_DONE);
        size_t len = 0;
        for (size_t n = 1; n > 0;) {
            n = player_take(connection, PAGETLS_NET_OUT, wire + len, 5000);
            len += n;
            CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE);
        }
        size_t got = 0;
        int answered = 0;
        for (size_t at = 0; at < len;) {
            uint8_t type;
            size_t record_len = 5u + ((size_t) wire[at + 3] << 8 | wire[at + 4]);
            int content = forge_open(&client, wire + at, record_len, &type);
            REQUIRE(content >= 0);
            if (type == HANDSHAKE) {
                answered++;
                CHECK(got > 0 && got < 110000 && is_answer(wire + at + 5, content, (uint8_t) answered));
            } else {
                CHECK(answered == 0 || answered == requests); /* nothing comes between them */
                got += (size_t) content;
            }
            at += record_len;
        }
        CHECK_INT(answered, requests);
        CHECK_INT(got, 110000);
        pagetls_connection_free(connection);
    }
}

static void answers_until_closed(void)
{
    uint8_t record[100];
    uint8_t type;
    REQUIRE(record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    size_t len = put_request(record, 1);
    pagetls_connection_close(connection);
    CHECK(player_put(connection, PAGETLS_NET_IN, record, len));
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    CHECK(sent_answer(connection, 1));
    CHECK_INT(forge_receive(connection, &client, record, sizeof(record), &type), 2);
    CHECK(type == ALERT && memcmp(record + 5, "\1\0", 2) == 0);
    CHECK_INT(feed_request(connection, 2), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
    pagetls_connection_free(connection);
}

static void cuts_do_not_matter(void)
{
    REQUIRE(record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    for (uint8_t cut = 1; cut < 16; cut++) {
        const uint8_t request[] = { 13, 0, 0, 12, 1, cut, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };
        uint8_t records[200];
        size_t len = forge_record(&server, records, HANDSHAKE, request, cut);
        len += forge_record(&server, records + len, HANDSHAKE, request + cut, sizeof(request) - cut);
        check_context("cut at %d", cut);
        CHECK_INT(player_feed(connection, records, len, 1), PAGETLS_HANDSHAKE_DONE);
        CHECK(sent_answer(connection, cut));
    }
    pagetls_connection_free(connection);
}

static void fails_without_memory(void)
{
    REQUIRE(record_handshake());
    int failures = 0;
    for (long n = 0;; n++) {
        pagetls_connection *connection = open_connection();
        REQUIRE(connection != NULL);
        check_context("allocation %ld", n);
        uint8_t record[100];
        size_t len = put_request(record, 1);
        CHECK(player_put(connection, PAGETLS_NET_IN, record, len));
        native_host_fail_allocation(n);
        uint32_t state = pagetls_connection_pump(connection);
        int failed = native_host_allocation_failed();
        native_host_fail_allocation(-1);
        failures += (state & PAGETLS_FAILED) != 0;
        if ((state & PAGETLS_FAILED) != 0) {
            CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_OUT_OF_MEMORY);
        } else {
            CHECK(sent_answer(connection, 1));
        }
        pagetls_connection_free(connection);
        if (!failed) {
            break;
        }
    }
    CHECK(failures > 4);
}

/* --- what a renegotiation must not change ------------------------------------------------------ */

static void renegotiations(void)
{
    uint8_t hello[4 + 25 + 4 + 4 + 5] = { 0xFF, 1, 0, 25, 24 };
    static const uint8_t rest[] = { 0, 23, 0, 0, 0, 16, 0, 5, 0, 3, 2, 'h', '2' };
    const size_t len = sizeof(hello);
    pagetls_renegotiated before = { .protocol = "h2", .extended_master_secret = 1, .leaf = { rest, 5 } };
    for (size_t i = 0; i < sizeof(before.verify_data); i++) {
        hello[5 + i] = before.verify_data[i] = (uint8_t) (i + 1);
    }
    memcpy(hello + 29, rest, sizeof(rest));
#define CHECK_HELLO(version, from, octets, expected)                                                                   \
    CHECK_INT(pagetls_renegotiation_check_hello(&before, version, (pagetls_slice) { hello + (from), octets }),         \
              PAGETLS_VIOLATION_##expected)
    CHECK_HELLO(0x0303, 0, len, NONE);
    CHECK_HELLO(0x0303, 0, 33, NONE); /* without an answer to ALPN */
    CHECK_HELLO(0x0302, 0, len, RENEGOTIATED);
    CHECK_HELLO(0x0304, 0, len, RENEGOTIATED);
    CHECK_HELLO(0x0303, 0, 29, RENEGOTIATED);
    CHECK_HELLO(0x0303, 29, len - 29, RENEGOTIATION_INFO);
    CHECK_HELLO(0x0303, 0, 0, RENEGOTIATION_INFO);
    for (size_t i = 0; i < 25; i++) {
        hello[4 + i] ^= 0x80;
        check_context("octet %zu", i);
        CHECK_HELLO(0x0303, 0, len, RENEGOTIATION_INFO);
        hello[4 + i] ^= 0x80;
    }
    for (size_t at = 41; at < len; at++) {
        hello[at] ^= 1;
        CHECK_HELLO(0x0303, 0, len, RENEGOTIATED);
        hello[at] ^= 1;
    }
    before.protocol = NULL;
    CHECK_HELLO(0x0303, 0, len, RENEGOTIATED);
    CHECK_HELLO(0x0303, 0, 33, NONE);
    before.extended_master_secret = 0;
    CHECK_HELLO(0x0303, 0, 33, RENEGOTIATED);
    CHECK_HELLO(0x0303, 0, 29, NONE);
    hello[30] = 43; /* supported_versions */
    CHECK_HELLO(0x0303, 0, 33, RENEGOTIATED);

    uint8_t certificate[] = { 0, 0, 12, 0, 0, 5, 0, 23, 0, 0, 0, 0, 0, 1, 9 };
    for (size_t cut = 0; cut <= sizeof(certificate); cut++) {
        const pagetls_slice body = { certificate, cut };
        CHECK_INT(pagetls_renegotiation_check_certificate(&before, body),
                  cut == sizeof(certificate) ? PAGETLS_VIOLATION_NONE : PAGETLS_VIOLATION_RENEGOTIATED_CERTIFICATE);
    }
    for (size_t at = 2; at < 11; at++) {
        certificate[at] ^= 2;
        CHECK_INT(pagetls_renegotiation_check_certificate(&before, (pagetls_slice) { certificate, sizeof(certificate) }),
                  PAGETLS_VIOLATION_RENEGOTIATED_CERTIFICATE);
        certificate[at] ^= 2;
    }
    before.leaf.len = 0;
    CHECK_INT(pagetls_renegotiation_check_certificate(&before, (pagetls_slice) { (const uint8_t *) "\0\0\3\0\0\0", 6 }),
              PAGETLS_VIOLATION_RENEGOTIATED_CERTIFICATE);
}

const native_test later_requests_tests[] = {
    { "each of 32 requests is answered, and no more", answers },
    { "answers wait for space, together; more than four are an error", answers_wait_for_space },
    { "requests are answered until our close_notify", answers_until_closed },
    { "a request may be cut anywhere", cuts_do_not_matter },
    { "a request fails without memory", fails_without_memory },
    { "a renegotiation must not change the connection", renegotiations },
    { NULL, NULL },
};
