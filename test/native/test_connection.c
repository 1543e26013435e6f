/* Connections to a live server (openssl s_server -rev, which returns each line reversed), and replays of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "groups.h"
#include "native_host.h"
#include "player.h"

static recording sent;
static recording received;

/* --- live -------------------------------------------------------------------------- */

static size_t wanted_bytes;

static int has_wanted_bytes(pagetls_connection *connection)
{
    (void) pagetls_connection_pump(connection);
    return pagetls_connection_pending(connection, PAGETLS_APP_IN) >= wanted_bytes;
}

static void echoes(void)
{
    int fd = player_dial();
    pagetls_connection *connection = player_client();
    REQUIRE(fd >= 0 && connection != NULL);
    CHECK_INT(pagetls_connection_set_alpn(connection, (const uint8_t *) "\x05other\x08http/1.1", 15), 0);
    pagetls_connection_set_keylog(connection, 1);
    CHECK_INT(player_run(connection, fd, player_handshake_done, NULL, NULL), PAGETLS_HANDSHAKE_DONE);
    CHECK(player_report_has(
        connection,
        arguments.version == TLS_1_2
            ? "{\"protocol\":\"TLSv1.2\",\"cipher\":\"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256\",\"alpn\":\"http/1.1\","
            : "{\"protocol\":\"TLSv1.3\",\"cipher\":\"TLS_CHACHA20_POLY1305_SHA256\",\"alpn\":\"http/1.1\","));
    CHECK(player_report_has(connection, "\"verification\":{\"ok\":true,\"verified\":true")); /* a second report */
    const char *lines = pagetls_connection_take_keylog(connection);
    REQUIRE(lines != NULL);
    printf("%s", lines); /* native.test.js compares them with the server's */
    CHECK(pagetls_connection_take_keylog(connection) == NULL);

    uint8_t line[8] = { 0 };
    CHECK(player_put(connection, PAGETLS_APP_OUT, "hello\n", 6));
    wanted_bytes = 6;
    CHECK_INT(player_run(connection, fd, has_wanted_bytes, NULL, NULL), PAGETLS_HANDSHAKE_DONE);
    CHECK_INT(player_take(connection, PAGETLS_APP_IN, line, sizeof(line)), 6);
    CHECK_TEXT((const char *) line, "olleh\n");

    CHECK(player_put(connection, PAGETLS_APP_OUT, "CLOSE\n", 6));
    CHECK_INT(player_run(connection, fd, player_peer_closed, NULL, NULL), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED);
    pagetls_connection_close(connection);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED | PAGETLS_CLOSED);
    CHECK(pagetls_connection_pending(connection, PAGETLS_NET_OUT) > 0);
    CHECK_INT(player_eof(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED | PAGETLS_CLOSED);
    CHECK_INT(pagetls_connection_error(connection), 0);
    pagetls_connection_free(connection);
    close(fd);
}

static size_t bulk_in;
static size_t bulk_out;
#define BULK_BYTES 400000
#define LINE_BYTES 1000

static uint8_t bulk_byte(size_t at)
{
    return (uint8_t) (at % LINE_BYTES == LINE_BYTES - 1 ? '\n' : 'a' + (at / LINE_BYTES + at % LINE_BYTES) % 26);
}

static int bulk_step(pagetls_connection *connection)
{
    uint8_t bytes[5000];
    size_t space = pagetls_connection_space(connection, PAGETLS_APP_OUT);
    size_t n = space < sizeof(bytes) ? space : sizeof(bytes);
    n = n < BULK_BYTES - bulk_out ? n : BULK_BYTES - bulk_out;
    for (size_t i = 0; i < n; i++) {
        bytes[i] = bulk_byte(bulk_out + i);
    }
    if (n > 0 && player_put(connection, PAGETLS_APP_OUT, bytes, n)) {
        bulk_out += n;
    }
    while ((n = player_take(connection, PAGETLS_APP_IN, bytes, sizeof(bytes))) > 0) {
        for (size_t i = 0; i < n; i++, bulk_in++) {
            size_t column = bulk_in % LINE_BYTES;
            size_t mirrored = column == LINE_BYTES - 1 ? bulk_in : bulk_in - column + (LINE_BYTES - 2 - column);
            if (!check_that(bytes[i] == bulk_byte(mirrored), "every byte comes back", __FILE__, __LINE__)) {
                return 1;
            }
        }
        (void) pagetls_connection_pump(connection);
    }
    (void) pagetls_connection_pump(connection);
    return bulk_in >= BULK_BYTES;
}

static void transfers_more_than_queues_hold(void)
{
    int fd = player_dial();
    pagetls_connection *connection = player_client();
    REQUIRE(fd >= 0 && connection != NULL);
    bulk_in = bulk_out = 0;
    CHECK_INT(player_run(connection, fd, bulk_step, NULL, NULL), PAGETLS_HANDSHAKE_DONE);
    CHECK_INT(bulk_in, BULK_BYTES);
    pagetls_connection_free(connection);
    close(fd);
}

static void fails_without_close_notify(void)
{
    int fd = player_dial();
    pagetls_connection *connection = player_client();
    REQUIRE(fd >= 0 && connection != NULL);
    CHECK_INT(player_run(connection, fd, player_handshake_done, NULL, NULL), PAGETLS_HANDSHAKE_DONE);
    CHECK_INT(player_eof(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_TRUNCATED);
    pagetls_connection_free(connection);
    close(fd);
}

/* --- replayed -------------------------------------------------------------------------- */

static void replays_in_pieces(void)
{
    static const size_t steps[] = { 1, 2, 5, 7, 100, 1000, sizeof(received.bytes) };
    static uint8_t out[sizeof(sent.bytes)];
    REQUIRE(player_record(&sent, &received));
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        check_context("pieces of %zu bytes", steps[i]);
        CHECK_INT(player_feed(connection, received.bytes, received.len, steps[i]), PAGETLS_HANDSHAKE_DONE);
        CHECK_INT(player_take(connection, PAGETLS_NET_OUT, out, sizeof(out)), sent.len);
        CHECK(memcmp(out, sent.bytes, sent.len) == 0);
        CHECK(player_report_has(connection, "\"ok\":true"));
        pagetls_connection_free(connection);
    }
}

static void detects_truncation(void)
{
    REQUIRE(player_record(&sent, &received));
    /* The messages after the server's Finished, its tickets, are not part of the handshake. */
    size_t handshake_len = 0;
    pagetls_connection *connection = player_client();
    while (connection != NULL && handshake_len < received.len &&
           player_feed(connection, received.bytes + handshake_len, 1, 1) != PAGETLS_HANDSHAKE_DONE) {
        handshake_len++;
    }
    pagetls_connection_free(connection);
    REQUIRE(handshake_len > 1000);
    for (size_t len = 0; len <= handshake_len; len += len < 200 ? 1 : 53) {
        connection = player_client();
        REQUIRE(connection != NULL);
        check_context("%zu bytes", len);
        CHECK_INT(player_feed(connection, received.bytes, len, sizeof(received.bytes)), 0);
        CHECK_INT(player_eof(connection), PAGETLS_FAILED);
        CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_HANDSHAKE_CLOSED);
        pagetls_connection_free(connection);
    }
    connection = player_client();
    REQUIRE(connection != NULL);
    check_context("%s", "after the handshake");
    CHECK_INT(player_feed(connection, received.bytes, received.len, sizeof(received.bytes)), PAGETLS_HANDSHAKE_DONE);
    CHECK_INT(player_eof(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_TRUNCATED);
    CHECK(player_report_has(connection, "\"ok\":true"));
    pagetls_connection_free(connection);
}

/* legacy_record_version of an unencrypted record is ignored (RFC 8446, section 5.1). */
static int is_record_version(size_t wanted_at)
{
    for (size_t at = 0; at + 5 <= received.len;) {
        if (wanted_at == at + 1 || wanted_at == at + 2) {
            return 1;
        }
        at += 5u + ((size_t) received.bytes[at + 3] << 8 | received.bytes[at + 4]);
    }
    return 0;
}

static void rejects_corruption(void)
{
    REQUIRE(player_record(&sent, &received));
    for (size_t at = 0; at < received.len; at += at < 160 ? 3 : 37) {
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        check_context("byte %zu", at);
        received.bytes[at] ^= 0x04;
        (void) player_feed(connection, received.bytes, received.len, sizeof(received.bytes));
        uint32_t state = player_eof(connection);
        received.bytes[at] ^= 0x04;
        CHECK(is_record_version(at) || (state & PAGETLS_FAILED) != 0);
        CHECK(is_record_version(at) || pagetls_connection_error(connection) < 0);
        CHECK(player_report_has(connection, ""));
        pagetls_connection_free(connection);
    }
}

/* Mbed TLS 3.6.6 leaks the first cipher context of a TLS 1.3 transform if the allocation of the second fails
 * (mbedtls_ssl_tls13_compute_application_transform() frees the transform, but not its contents). */
#define LOST_CIPHER_CONTEXT_MAX 1024
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:mbedtls_ssl_tls13_populate_transform\n";
}

/* If there is no memory for the transcript hash, Mbed TLS 3.6.6 uses 64 octets of it instead of 48, because
 * ssl_compute_master() ignores the error. The keys are wrong then, and the handshake fails. */
const char *__asan_default_suppressions(void);
const char *__asan_default_suppressions(void)
{
    return "interceptor_via_fun:ssl_compute_master\n";
}

static void survives_failed_allocations(void)
{
    size_t lost = 0;
    REQUIRE(player_record(&sent, &received));
    for (long n = 0;; n += n < 60 ? 1 : 47) {
        size_t before = pagetls_heap_in_use();
        native_host_fail_allocation(n);
        pagetls_connection *connection = player_client();
        uint32_t state = connection == NULL
            ? PAGETLS_FAILED
            : player_feed(connection, received.bytes, received.len, sizeof(received.bytes));
        int failed = native_host_allocation_failed();
        native_host_fail_allocation(-1);
        check_context("allocation %ld", n);
        if (state == PLAYER_OUT_OF_MEMORY) { /* reserving failed, which the host sees */
            CHECK(failed && pagetls_connection_error(connection) == 0);
        } else {
            CHECK_INT(state, failed ? PAGETLS_FAILED : PAGETLS_HANDSHAKE_DONE);
            CHECK(connection == NULL || (pagetls_connection_error(connection) < 0) == failed);
        }
        pagetls_connection_free(connection);
        size_t grown = pagetls_heap_in_use() - before;
        CHECK(grown == 0 || (arguments.version == TLS_1_3 && grown <= LOST_CIPHER_CONTEXT_MAX && ++lost <= 2));
        check_allow_leak(grown);
        if (!failed) {
            break;
        }
    }
}

static void fails_without_randomness(void)
{
    REQUIRE(player_record(&sent, &received));
    for (long n = 0; n < 200; n += n < 8 ? 1 : 31) {
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        native_host_fail_random(n);
        (void) player_feed(connection, received.bytes, received.len, sizeof(received.bytes));
        uint32_t state = player_eof(connection);
        native_host_fail_random(-1);
        check_context("call %ld", n);
        CHECK((state & PAGETLS_FAILED) != 0);
        pagetls_connection_free(connection);
    }
}

/* --- verifying the peer ------------------------------------------------------------------ */

static void check_verification(const char *hostname, double clock, int trusting, const char *flags)
{
    for (int required = 0; required < 2; required++) {
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        pagetls_verification *verification = pagetls_connection_verification(connection);
        check_context("%s, %s", flags, required ? "required" : "optional");
        pagetls_connection_set_verify_required(connection, required);
        CHECK_INT(pagetls_verification_set_hostname(verification, hostname, strlen(hostname)), 0);
        pagetls_verification_set_clock(verification, clock);
        if (!trusting) {
            pagetls_verification_set_trust(verification, NULL);
        }
        uint32_t state = player_feed(connection, received.bytes, received.len, sizeof(received.bytes));
        CHECK_INT(state, required ? PAGETLS_FAILED : PAGETLS_HANDSHAKE_DONE);
        int error = pagetls_connection_error(connection);
        CHECK_INT(error, required ? PAGETLS_ERR_CERT_VERIFY_FAILED : 0);
        CHECK_INT(pagetls_error_native(error), required ? -0x2700 : 0); /* MBEDTLS_ERR_X509_CERT_VERIFY_FAILED */
        CHECK_INT(pagetls_connection_alert(connection), -1);
        CHECK(player_report_has(connection, flags));
        CHECK(player_report_has(connection, "\"verification\":{\"ok\":false,\"verified\":true")); /* a second report */
        pagetls_connection_free(connection);
    }
}

static void verifies_the_peer(void)
{
    REQUIRE(player_record(&sent, &received));
    check_verification("other.test", CHECK_CLOCK_MS, 1, "\"flags\":[\"BADCERT_CN_MISMATCH\"]");
    check_verification("127.0.0.2", CHECK_CLOCK_MS, 1, "\"flags\":[\"BADCERT_CN_MISMATCH\"]");
    check_verification(player_host(), CHECK_CLOCK_MS, 0, "\"flags\":[\"BADCERT_NOT_TRUSTED\"]");
    if (arguments.version == TLS_1_3) { /* in TLS 1.2 the ClientHello contains the time */
        check_verification(player_host(), CHECK_CLOCK_MS + 1e12 * 3, 1, "\"flags\":[\"BADCERT_EXPIRED\"]");
        check_verification("other.test", 0.0, 0,
                           "\"flags\":[\"BADCERT_CN_MISMATCH\",\"BADCERT_NOT_TRUSTED\",\"BADCERT_FUTURE\"]");
    }
}

static void exports_keying_material(void)
{
    uint8_t keys[4][32];
    REQUIRE(player_record(&sent, &received));
    for (int i = 0; i < 4; i++) {
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        CHECK_INT(player_feed(connection, received.bytes, received.len, 1000), PAGETLS_HANDSHAKE_DONE);
        CHECK_INT(pagetls_connection_export(connection, keys[i], 32, i == 2 ? "other" : "label", 5,
                                            (const uint8_t *) "context", 7, i == 3),
                  0);
        pagetls_connection_free(connection);
    }
    CHECK(memcmp(keys[0], keys[1], 32) == 0);
    CHECK(memcmp(keys[0], keys[2], 32) != 0);
    CHECK(memcmp(keys[0], keys[3], 32) != 0);
}

const native_test connection_tests[] = {
    { "a connection does a handshake, transfers a line, and is closed by both ends", echoes },
    { "a connection transfers more than its queues hold", transfers_more_than_queues_hold },
    { "an end without close_notify fails the connection", fails_without_close_notify },
    { "a handshake has the same result in pieces of any size", replays_in_pieces },
    { "a handshake that is truncated anywhere fails as closed, and truncated data as truncated", detects_truncation },
    { "a handshake with a corrupted byte fails", rejects_corruption },
    { "a handshake fails if an allocation fails, and leaks nothing", survives_failed_allocations },
    { "a handshake fails if the host has no randomness", fails_without_randomness },
    { "a peer with an invalid chain is rejected, or only reported if verification is not required", verifies_the_peer },
    { "exported keying material depends only on label and context", exports_keying_material },
    { NULL, NULL },
};

static void frees_the_buffer_of_a_long_message(void)
{
    REQUIRE(player_record(&sent, &received));
    size_t before = pagetls_heap_in_use();
    pagetls_connection *connection = player_client();
    REQUIRE(connection != NULL);
    CHECK_INT(player_feed(connection, received.bytes, received.len, sizeof(received.bytes)), PAGETLS_HANDSHAKE_DONE);
    pagetls_connection_consume(connection, PAGETLS_NET_OUT, SIZE_MAX);
    CHECK(player_report_has(connection, "\"ok\":true"));
    CHECK(pagetls_heap_in_use() - before < PLAYER_IDLE_HEAP_MAX);
    pagetls_connection_free(connection);
}

/* 64 KB of certificates: Mbed TLS's record buffer is enlarged during the handshake (mbedtls/message_buffer.h). */
const native_test long_message_tests[] = {
    { "a long message has the same result in pieces of any size", replays_in_pieces },
    { "the buffer for a long message is freed after the handshake", frees_the_buffer_of_a_long_message },
    { "a long message fails if an allocation fails, and leaks nothing", survives_failed_allocations },
    { NULL, NULL },
};

/* --- mutual TLS ------------------------------------------------------------------------------- */

/* Adds the identity of `name`. Returns the code. */
static int add_identity(pagetls_connection *connection, const char *name)
{
    char file[64];
    size_t chain_len = 0;
    size_t key_len = 0;
    snprintf(file, sizeof(file), "client-%s.pem", name);
    uint8_t *chain = check_cert_file("client", file, &chain_len);
    snprintf(file, sizeof(file), "client-%s-key.pem", name);
    uint8_t *key = check_cert_file("client", file, &key_len);
    const int code = pagetls_connection_add_identity(connection, chain, chain_len, key, key_len, NULL, 0);
    free(chain);
    free(key);
    return code;
}

/* What the connection is asked to answer, and how often it has been. */
static struct {
    const char *name;
    int count;
} answer;

/* Answers when the connection waits for an identity. */
static int answers_and_has_bytes(pagetls_connection *connection)
{
    if ((pagetls_connection_pump(connection) & PAGETLS_NEEDS_IDENTITY) != 0) {
        CHECK((pagetls_connection_pump(connection) & PAGETLS_NEEDS_IDENTITY) != 0); /* still */
        char *request = pagetls_connection_certificate_request(connection);
        CHECK(request != NULL && check_is_json(request) && strstr(request, "\"authorities\":[{") != NULL);
        pagetls_free(request);
        CHECK_INT(answer.name == NULL ? 0 : add_identity(connection, answer.name), 0);
        CHECK_INT(pagetls_connection_answer_request(connection), 0);
        answer.count++;
    }
    return has_wanted_bytes(connection);
}

/* Connects with the certificates of `names`, and checks whether the server accepts one of them. */
static void connect_as(const char *const *names, int waits, int accepted)
{
    int fd = player_dial();
    pagetls_connection *connection = player_client();
    REQUIRE(fd >= 0 && connection != NULL);
    for (; *names != NULL; names++) {
        CHECK_INT(add_identity(connection, *names), 0);
    }
    if (waits) {
        CHECK_INT(pagetls_connection_wait_for_identity(connection), 0);
    }
    CHECK(player_put(connection, PAGETLS_APP_OUT, "hello\n", 6));
    wanted_bytes = 6;
    uint32_t state = player_run(connection, fd, answers_and_has_bytes, NULL, NULL);
    CHECK_INT((state & PAGETLS_FAILED) == 0, accepted);
    if (!accepted) {
        int alert = pagetls_connection_alert(connection);
        CHECK(alert == 116 || alert == 40 || alert == 48); /* certificate_required, handshake_failure, unknown_ca */
    }
    pagetls_connection_free(connection);
    close(fd);
}

static const char *const none[] = { NULL };
static const char *const good[] = { "good", NULL };
static const char *const other_only[] = { "other", NULL };
static const char *const other_and_good[] = { "other", "good", NULL };

static void accepts_right_client(void)
{
    connect_as(good, 0, 1);
}

static void rejects_other_client(void)
{
    connect_as(other_only, 0, 0);
}

static void rejects_anonymous_client(void)
{
    connect_as(none, 0, 0);
}

static void sends_identity_of_named_authority(void)
{
    connect_as(other_and_good, 0, 1);
}

static void waits_for_identity(void)
{
    answer.count = 0;
    answer.name = "good";
    connect_as(none, 1, 1);
    answer.name = "other";
    connect_as(none, 1, 0);
    answer.name = NULL;
    connect_as(none, 1, 0);
    CHECK_INT(answer.count, 3);
}

const native_test identity_tests[] = {
    { "a client with a certificate of the server's CA is accepted", accepts_right_client },
    { "a client with a certificate of another CA is rejected with an alert", rejects_other_client },
    { "a client without a certificate is rejected with an alert", rejects_anonymous_client },
    { "of several certificates, one of an authority that the server names is sent", sends_identity_of_named_authority },
    { "a handshake waits for an identity when the server requests one", waits_for_identity },
    { NULL, NULL },
};
