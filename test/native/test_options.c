/* Options of a connection, tested without a server. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "groups.h"
#include "mbedtls/hooks.h"
#include "mbedtls/ssl.h"
#include "native_host.h"
#include "player.h"

/* 1 if the ClientHello, which is in NET_OUT after the first pump, contains these octets. */
static int hello_has(pagetls_connection *connection, const void *octets, size_t len)
{
    size_t pending = pagetls_connection_pending(connection, PAGETLS_NET_OUT);
    const uint8_t *hello = pagetls_connection_peek(connection, PAGETLS_NET_OUT);
    for (size_t at = 0; at + len <= pending; at++) {
        if (memcmp(hello + at, octets, len) == 0) {
            return 1;
        }
    }
    return 0;
}

static void sends_a_hello(void)
{
    pagetls_connection *connection = player_client();
    REQUIRE(connection != NULL);
    CHECK_INT(pagetls_connection_pump(connection), 0);
    CHECK_INT(memcmp(pagetls_connection_peek(connection, PAGETLS_NET_OUT), "\x16\x03\x01", 3), 0);
    CHECK(hello_has(connection, player_host(), strlen(player_host())));
    CHECK(!hello_has(connection, "\x00\x10\x00", 3)); /* no ALPN */
    CHECK_INT(pagetls_connection_error(connection), 0);
    CHECK_INT(pagetls_connection_alert(connection), -1);
    CHECK(pagetls_connection_peek(connection, PAGETLS_APP_IN) == NULL);
    uint8_t out[32];
    CHECK(pagetls_connection_export(connection, out, sizeof(out), "label", 5, NULL, 0, 0) < 0);
    CHECK(player_report_has(
        connection,
        "{\"protocol\":null,\"cipher\":null,\"alpn\":null,\"group\":0,\"signatureScheme\":0,\"verification\":{\"ok\":false"));
    CHECK(player_report_has(connection, "\"verification\":{\"ok\":false,\"verified\":false"));
    pagetls_connection_free(connection);
    pagetls_connection_free(NULL);
}

static void needs_a_hostname(void)
{
    pagetls_connection *connection = pagetls_connection_new();
    REQUIRE(connection != NULL);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_HOSTNAME);
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
    CHECK(player_report_has(connection, "\"ok\":false"));
    pagetls_connection_free(connection);
    connection = pagetls_connection_new();
    REQUIRE(connection != NULL);
    pagetls_connection_set_verify_required(connection, 0);
    CHECK_INT(pagetls_connection_pump(connection), 0);
    pagetls_connection_free(connection);
}

static void sends_no_address_in_sni(void)
{
    static const char *const addresses[] = { "127.0.0.1", "[::1]" };
    for (size_t i = 0; i < 2; i++) {
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        CHECK_INT(pagetls_connection_set_servername(connection, addresses[i], strlen(addresses[i])), 0);
        CHECK_INT(pagetls_connection_pump(connection), 0);
        CHECK(!hello_has(connection, "127.0.0.1", 9) && !hello_has(connection, "::1", 3));
        pagetls_connection_free(connection);
    }
}

static void sets_alpn(void)
{
    static const struct {
        const char *list;
        size_t len;
        int expected;
    } cases[] = {
        { "\x02h2\x08http/1.1", 12, 0 },         { "", 0, 0 },
        { "\x00", 1, PAGETLS_ERR_OPTION },       { "\x03h2", 3, PAGETLS_ERR_OPTION },
        { "\x02h2\x01", 4, PAGETLS_ERR_OPTION }, { "\x02h\0", 3, PAGETLS_ERR_OPTION },
        { "\xFFh2", 3, PAGETLS_ERR_OPTION },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        uint8_t *exact = check_exact_copy(cases[i].list, cases[i].len);
        check_context("case %zu", i);
        CHECK_INT(pagetls_connection_set_alpn(connection, exact, cases[i].len), cases[i].expected);
        free(exact);
        CHECK_INT(pagetls_connection_pump(connection), 0);
        CHECK_INT(hello_has(connection, "\x00\x10\x00\x0E\x00\x0C\x02h2\x08http/1.1", 18), i == 0);
        CHECK_INT(hello_has(connection, "\x00\x10\x00\x02\x00\x00", 6), 0); /* never an empty list */
        CHECK_INT(pagetls_connection_set_alpn(connection, (const uint8_t *) "\x02h2", 3), PAGETLS_ERR_STATE);
        pagetls_connection_free(connection);
    }
    check_context("%s", "");
}

static void sets_versions(void)
{
    pagetls_connection *connection = player_client();
    REQUIRE(connection != NULL);
    CHECK_INT(pagetls_connection_set_versions(connection, TLS_1_2 - 1, TLS_1_3), PAGETLS_ERR_OPTION);
    CHECK_INT(pagetls_connection_set_versions(connection, TLS_1_2, TLS_1_3 + 1), PAGETLS_ERR_OPTION);
    CHECK_INT(pagetls_connection_set_versions(connection, TLS_1_3, TLS_1_2), PAGETLS_ERR_OPTION);
    CHECK_INT(pagetls_connection_set_versions(connection, 0, 0), PAGETLS_ERR_OPTION);
    CHECK_INT(pagetls_connection_set_versions(connection, TLS_1_2, TLS_1_2), 0);
    CHECK_INT(pagetls_connection_pump(connection), 0);
    CHECK(!hello_has(connection, "\x00\x2B\x00", 3)); /* supported_versions */
    CHECK_INT(pagetls_connection_set_versions(connection, TLS_1_2, TLS_1_3), PAGETLS_ERR_STATE);
    CHECK_INT(pagetls_connection_set_servername(connection, player_host(), strlen(player_host())), PAGETLS_ERR_STATE);
    pagetls_connection_free(connection);
}

static int set_ciphers(pagetls_connection *connection, const char *names)
{
    uint8_t *exact = check_exact_copy(names, strlen(names));
    int ret = pagetls_connection_set_ciphers(connection, (const char *) exact, strlen(names));
    free(exact);
    return ret;
}

static void sets_ciphers(void)
{
    static const char *const rejected[] = {
        "",
        ",",
        "TLS_AES_128_GCM_SHA256,",
        ",TLS_AES_128_GCM_SHA256",
        "AES",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_AES_128_GCM_SHA256 ",
        "TLS_NULL_WITH_NULL_NULL",
        "TLS_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    pagetls_connection *connection = player_client();
    REQUIRE(connection != NULL);
    for (size_t i = 0; i < sizeof(rejected) / sizeof(rejected[0]); i++) {
        check_context("%s", rejected[i]);
        CHECK_INT(set_ciphers(connection, rejected[i]), PAGETLS_ERR_CIPHER);
    }
    check_context("%s", "");
    CHECK_INT(set_ciphers(connection,
                          "TLS_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,"
                          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
              0);
    CHECK_INT(set_ciphers(connection, "TLS_AES_256_GCM_SHA384"), PAGETLS_ERR_STATE);
    CHECK_INT(pagetls_connection_pump(connection), 0);
    CHECK(hello_has(connection, "\x00\x08\x13\x02\xCC\xA9\xC0\x2F\x00\xFF", 10)); /* in order, and the SCSV of RFC 5746 */
    pagetls_connection_free(connection);
}

typedef int set_numbers_fn(pagetls_connection *connection, const uint8_t *list, size_t len);

static int set_numbers(set_numbers_fn *set, pagetls_connection *connection, const char *list, size_t len)
{
    uint8_t *exact = check_exact_copy(list, len);
    int ret = set(connection, exact, len);
    free(exact);
    return ret;
}

static void sets_groups_and_schemes(void)
{
    static const struct {
        set_numbers_fn *set;
        const char *rejected[5];
        const char *list;  /* two numbers */
        const char *hello; /* what the ClientHello has then: the extension */
    } kinds[] = {
        { pagetls_connection_set_groups,
          { "\0\x1D\0\x1D", "\0\x1E\0\x17", "\0\0\0\0", "\x1D\0\x1D\0", "\0\x17\xFF\xFF" },
          "\0\x18\0\x17",
          "\0\x0A\0\x06\0\x04\0\x18\0\x17" },
        { pagetls_connection_set_signature_schemes,
          { "\x04\x03\x04\x03", "\x02\x01\x04\x03", "\0\0\0\0", "\x03\x04\x08\x04", "\x08\x04\x08\x09" },
          "\x08\x05\x04\x03",
          "\0\x0D\0\x06\0\x04\x08\x05\x04\x03" },
    };
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        for (size_t i = 0; i < 5; i++) {
            check_context("kind %zu, list %zu", k, i);
            CHECK_INT(set_numbers(kinds[k].set, connection, kinds[k].rejected[i], 4), PAGETLS_ERR_OPTION);
        }
        check_context("kind %zu", k);
        CHECK_INT(set_numbers(kinds[k].set, connection, "", 0), PAGETLS_ERR_OPTION);
        CHECK_INT(set_numbers(kinds[k].set, connection, kinds[k].list, 3), PAGETLS_ERR_OPTION);
        CHECK_INT(set_numbers(kinds[k].set, connection, kinds[k].list, 4), 0);
        CHECK_INT(set_numbers(kinds[k].set, connection, kinds[k].list, 4), PAGETLS_ERR_STATE);
        CHECK_INT(pagetls_connection_pump(connection), 0);
        CHECK(hello_has(connection, kinds[k].hello, 10));
        pagetls_connection_free(connection);
    }
    check_context("%s", "");
}

static void sets_identity(void)
{
    size_t chain_len;
    size_t key_len;
    size_t other_len;
    uint8_t *chain = check_cert_file("client", "client-good.pem", &chain_len);
    uint8_t *key = check_cert_file("client", "client-good-key.pem", &key_len);
    uint8_t *other = check_cert_file("client", "client-other-key.pem", &other_len);
    pagetls_connection *connection = player_client();
    REQUIRE(connection != NULL && chain != NULL && key != NULL && other != NULL);
    CHECK_INT(pagetls_connection_add_identity(connection, key, key_len, key, key_len, NULL, 0), PAGETLS_ERR_DOCUMENT);
    CHECK_INT(pagetls_connection_add_identity(connection, chain, chain_len, other, other_len, NULL, 0),
              PAGETLS_ERR_KEY_MISMATCH);
    CHECK_INT(pagetls_connection_add_identity(connection, chain, chain_len, chain, chain_len, NULL, 0),
              PAGETLS_ERR_KEY_DOCUMENT);
    CHECK_INT(pagetls_connection_add_identity(connection, chain, chain_len, NULL, 0, NULL, 0), PAGETLS_ERR_KEY_DOCUMENT);
    CHECK_INT(pagetls_connection_add_identity(connection, (const uint8_t *) "\x30\x80\x00", 3, key, key_len, NULL, 0),
              PAGETLS_ERR_CERTIFICATE);
    CHECK_TEXT(pagetls_error_detail(PAGETLS_ERR_CERTIFICATE), "certificate has a length that is not valid DER");
    CHECK_INT(pagetls_connection_add_identity(connection, chain, chain_len, key, key_len, NULL, 0),
              0); /* the failures left nothing behind */
    CHECK_INT(pagetls_connection_identity_key(connection, 0), 256);
    CHECK_INT(pagetls_connection_identity_key(connection, 1), 0);
    CHECK_INT(pagetls_connection_add_identity(connection, chain, chain_len, key, key_len, NULL, 0), 0);
    CHECK_INT(pagetls_connection_identity_key(connection, 1), 256);
    CHECK_INT(pagetls_connection_answer_request(connection), PAGETLS_ERR_STATE);
    CHECK(pagetls_connection_certificate_request(connection) == NULL);
    CHECK_INT(pagetls_connection_pump(connection), 0);
    CHECK_INT(pagetls_connection_add_identity(connection, chain, chain_len, key, key_len, NULL, 0), PAGETLS_ERR_STATE);
    CHECK_INT(pagetls_connection_wait_for_identity(connection), PAGETLS_ERR_STATE);
    pagetls_connection_free(connection);
    free(chain);
    free(key);
    free(other);
}

/* Sets an identity twice, the first time with allocation \p n failing. 1 if that allocation was reached. */
static int set_identity_twice(long n, const uint8_t *chain, size_t chain_len, const uint8_t *key, size_t key_len)
{
    pagetls_connection *connection = player_client();
    native_host_fail_allocation(n);
    int ret = pagetls_connection_add_identity(connection, chain, chain_len, key, key_len, NULL, 0);
    int failed = native_host_allocation_failed();
    native_host_fail_allocation(-1);
    check_context("allocation %ld", n);
    CHECK_INT(ret < 0, failed);
    CHECK_INT(pagetls_connection_add_identity(connection, chain, chain_len, key, key_len, NULL, 0), 0);
    CHECK_INT(pagetls_connection_identity_key(connection, failed ? 1 : 2), 0);
    check_context("%s", "");
    pagetls_connection_free(connection);
    return failed;
}

/* The first allocations, some in between, and the last ones, which are Mbed TLS's configuration. */
static void sets_identity_after_failed_allocation(void)
{
    size_t chain_len;
    size_t key_len;
    long last_failing = 0;
    long first_succeeding = 1;
    uint8_t *chain = check_cert_file("client", "client-good.pem", &chain_len);
    uint8_t *key = check_cert_file("client", "client-good-key.pem", &key_len);
    REQUIRE(chain != NULL && key != NULL);
    while (last_failing < 12 && set_identity_twice(last_failing, chain, chain_len, key, key_len)) {
        last_failing++;
    }
    while (set_identity_twice(first_succeeding, chain, chain_len, key, key_len)) {
        last_failing = first_succeeding;
        first_succeeding *= 2;
    }
    while (first_succeeding - last_failing > 1) {
        const long middle = last_failing + (first_succeeding - last_failing) / 2;
        *(set_identity_twice(middle, chain, chain_len, key, key_len) ? &last_failing : &first_succeeding) = middle;
    }
    for (long n = last_failing - 3; n < last_failing; n++) {
        CHECK(set_identity_twice(n, chain, chain_len, key, key_len));
    }
    free(chain);
    free(key);
}

static void needs_randomness(void)
{
    for (long n = 0; n < 2; n++) { /* for the client's random and its key share */
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        native_host_fail_random(n);
        uint32_t state = pagetls_connection_pump(connection);
        native_host_fail_random(-1);
        CHECK_INT(state, PAGETLS_FAILED);
        CHECK(pagetls_connection_error(connection) < 0);
        CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
        pagetls_connection_free(connection);
    }
}

static void rejects_other_protocols(void)
{
    static const char *const junk[] = {
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail.example ESMTP\r\n",
        "\x15\x03\x01\x00\x02\x02\x46", /* alert: protocol_version */
        "\x80\x2E\x01\x03\x01",
        "\x16\x03\x03\x3F\xFF",
        "\x17\x03\x03\x40\x20",
    };
    for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
        size_t len = i == 3 ? 7 : strlen(junk[i]);
        pagetls_connection *connection = player_client();
        REQUIRE(connection != NULL);
        check_context("case %zu", i);
        (void) player_feed(connection, (const uint8_t *) junk[i], len, 1);
        CHECK_INT(player_eof(connection), PAGETLS_FAILED);
        CHECK(pagetls_connection_error(connection) < 0);
        CHECK_INT(pagetls_connection_alert(connection), i == 3 ? 0x46 : -1);
        CHECK_INT(pagetls_connection_pump(connection), PAGETLS_FAILED); /* permanently */
        pagetls_connection_free(connection);
    }
    check_context("%s", "");
}

int __wrap_mbedtls_x509_crt_parse_der(mbedtls_x509_crt *, const unsigned char *, size_t);

/* With Mbed TLS 3.6, no message is long enough: it rejects certificates under 128 bytes. */
static void names_the_limit_of_a_servers_chain(void)
{
    pagetls_connection *connection = player_client();
    REQUIRE(connection != NULL);
    mbedtls_x509_crt leaf = { .version = 0 };
    pagetls_verification *verification = pagetls_connection_verification(connection);
    (void) pagetls_connection_pump(connection);
    for (size_t i = 0; i < PAGETLS_CHAIN_MAX; i++) {
        CHECK(pagetls_verification_append(verification, (const uint8_t *) "\x30", 1) != NULL);
    }
    pagetls_hooks_set_active(verification);
    CHECK_INT(__wrap_mbedtls_x509_crt_parse_der(&leaf, (const uint8_t *) "\x30", 1), MBEDTLS_ERR_SSL_BAD_CERTIFICATE);
    pagetls_hooks_set_active(NULL);
    CHECK_INT(player_feed(connection, (const uint8_t *) "\x16\x03\x03\x00\x04\x02\x00\x00\x00", 9, 9), PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_CHAIN_SENT);
    pagetls_connection_free(connection);
}

const native_test options_tests[] = {
    { "the first pump writes a ClientHello", sends_a_hello },
    { "a connection that requires verification needs a host name", needs_a_hostname },
    { "an IP address is never sent as the server name", sends_no_address_in_sni },
    { "ALPN lists are accepted if well formed", sets_alpn },
    { "versions are 1.2 and 1.3 in order, and cannot change after the start", sets_versions },
    { "cipher suites are set by their IANA names, and a failure changes nothing", sets_ciphers },
    { "groups and signature schemes are set by their numbers, in order, each once", sets_groups_and_schemes },
    { "an identity is a chain with its key, and a failure changes nothing", sets_identity },
    { "an identity that fails for lack of memory can be set again", sets_identity_after_failed_allocation },
    { "a server's chain of too many certificates is no lack of memory", names_the_limit_of_a_servers_chain },
    { "nothing is sent without randomness", needs_randomness },
    { "an answer that is not TLS fails the connection permanently", rejects_other_protocols },
    { NULL, NULL },
};
