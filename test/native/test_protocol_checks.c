/* What a server must not do (wasm/mbedtls/protocol_checks.h): messages as bytes, each in a block of exactly its size.
 * test/tls/violations.test.js has the same over connections. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "groups.h"
#include "mbedtls/protocol_checks.h"

enum { SERVER_HELLO = 2, TICKET = 4, ENCRYPTED = 8, KEY_EXCHANGE = 12, REQUEST = 13, DONE = 14 };

static const char *const offered[] = { "h2", "http/1.1", NULL };

static pagetls_violation check(pagetls_server_message message, const void *body, size_t len)
{
    uint8_t *exact = check_exact_copy(body, len);
    message.body = exact;
    message.len = len;
    pagetls_violation violation = pagetls_server_message_check(&message);
    free(exact);
    return violation;
}

/* A body that is a text: a NUL in it counts. */
#define CHECK_BODY(message, body, expected)                                                                            \
    CHECK_INT(check(message, body, sizeof(body) - 1), PAGETLS_VIOLATION_##expected)

static pagetls_server_message of(uint8_t type, int tls13)
{
    return (pagetls_server_message) {
        .type = type, .tls13 = (uint8_t) tls13, .sent_name = 1, .protocols = offered, .suite_needs_rsa = -1
    };
}

/* A ServerHello of TLS 1.2 without a session ID. */
#define HELLO                                                                                                          \
    "\3\3"                                                                                                             \
    "0123456789abcdef0123456789abcdef"                                                                                 \
    "\0\xC0\x2B\0"

static void hello_extensions(void)
{
    pagetls_server_message message = of(SERVER_HELLO, 0);
    CHECK_BODY(message, HELLO, NONE);
    CHECK_BODY(message, HELLO "\0\0", NONE);
    CHECK_BODY(message, HELLO "\0\x4\0\0\0\0", NONE);
    CHECK_BODY(message, HELLO "\0\x8\0\0\0\0\0\0\0\0", EXTENSION_TWICE);
    CHECK_BODY(message, HELLO "\0\x5\0\0\0\1x", EXTENSION_SYNTAX);
    CHECK_BODY(message, HELLO "\0\x4\0\5\0\0", EXTENSION_UNASKED);
    CHECK_BODY(message, HELLO "\0\x4\x80\0\0\0", EXTENSION_UNASKED);
    CHECK_BODY(message, HELLO "\0\xE\0\x17\0\0\xFF\1\0\1\0\0\xA\0\1\0", NONE);
    CHECK_BODY(message, HELLO "\0\6\0\xB\0\2\1\0", NONE);
    CHECK_BODY(message, HELLO "\0\6\0\xB\0\2\1\1", POINT_FORMAT);
    CHECK_BODY(message, HELLO "\0\5\0\xB\0\1\0", EXTENSION_SYNTAX);
    CHECK_BODY(message, HELLO "\0\4\0\xB\0\0", EXTENSION_SYNTAX);
    CHECK_BODY(message, HELLO "\0\6\0\xB\0\2\2\0", EXTENSION_SYNTAX);
    message.sent_name = 0;
    CHECK_BODY(message, HELLO "\0\x4\0\0\0\0", EXTENSION_UNASKED);
}

static void protocols(void)
{
    pagetls_server_message message = of(ENCRYPTED, 1);
    CHECK_BODY(message, "\0\x9\0\x10\0\5\0\3\2h2", NONE);
    CHECK_BODY(message, "\0\x9\0\x10\0\5\0\3\2h3", PROTOCOL);
    CHECK_BODY(message, "\0\x8\0\x10\0\4\0\2\1h", PROTOCOL);
    CHECK_BODY(message, "\0\xA\0\x10\0\6\0\4\3h2\0", PROTOCOL);
    CHECK_BODY(message, "\0\x7\0\x10\0\3\0\1\0", EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\x6\0\x10\0\2\0\0", EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\xC\0\x10\0\x8\0\6\2h2\2h2", EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\xA\0\x10\0\6\0\3\2h2\0", EXTENSION_SYNTAX);
    message.protocols = NULL;
    CHECK_BODY(message, "\0\x9\0\x10\0\5\0\3\2h2", EXTENSION_UNASKED);
}

static void encrypted_extensions(void)
{
    pagetls_server_message message = of(ENCRYPTED, 1);
    CHECK_BODY(message, "\0\0", NONE);
    CHECK_BODY(message, "", MESSAGE_LENGTH);
    CHECK_BODY(message, "\0", MESSAGE_LENGTH);
    CHECK_BODY(message, "\0\0\0", MESSAGE_LENGTH);
    CHECK_BODY(message, "\0\4\0\0\0\0", NONE);
    CHECK_BODY(message, "\0\5\0\0\0\1x", EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\x8\0\xA\0\4\0\2\0\x1D", NONE);
    CHECK_BODY(message, "\0\x7\0\xA\0\3\0\1\x1D", EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\x8\xFF\xFF\0\0\xFF\xFF\0\0", EXTENSION_TWICE);
    CHECK_BODY(message, "\0\4\xFF\xFF\0\0", NONE); /* hello_retry.c rejects it */
}

/* Algorithms, and authorities with one name, in TLS 1.3. */
#define ALGORITHMS "\0\xD\0\4\0\2\4\3"
#define NAME "\x30\xD\x31\xB\x30\x9\6\3\x55\4\6\x13\2\x44\x45"

static void requests(void)
{
    pagetls_server_message message = of(REQUEST, 1);
    CHECK_BODY(message, "\0\0\x8" ALGORITHMS, NONE);
    CHECK_BODY(message, "\0\0\0", REQUEST_ALGORITHMS);
    CHECK_BODY(message, "\1x\0\x8" ALGORITHMS, REQUEST_SYNTAX);
    CHECK_BODY(message, "\0\0\x8" ALGORITHMS "\0", REQUEST_SYNTAX);
    CHECK_BODY(message, "\0\0\6\0\xD\0\2\0\0", EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\0\x10" ALGORITHMS ALGORITHMS, EXTENSION_TWICE);
    CHECK_BODY(message, "\0\0\x1F" ALGORITHMS "\0\x2F\0\x13\0\x11\0\xF" NAME, NONE);
    CHECK_BODY(message, "\0\0\x1F" ALGORITHMS "\0\x2F\0\x13\0\x11\0\xE" NAME, EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\0\xE" ALGORITHMS "\0\x2F\0\2\0\0", EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\0\x10" ALGORITHMS "\0\x2F\0\4\0\2\0\0", EXTENSION_SYNTAX);
    CHECK_BODY(message, "\0\0\x10" ALGORITHMS "\xFA\xDE\0\0\xFA\xDE\0\0", EXTENSION_TWICE);

    message = of(REQUEST, 0);
    CHECK_BODY(message, "\1\x40\0\2\4\3\0\0", NONE);
    CHECK_BODY(message, "\1\x40\0\2\4\3\0\x11\0\xF" NAME, NONE);
    CHECK_BODY(message, "\0\0\2\4\3\0\0", REQUEST_SYNTAX);
    CHECK_BODY(message, "\1\x40\0\0\0\0", REQUEST_SYNTAX);
    CHECK_BODY(message, "\1\x40\0\3\4\3\1\0\0", REQUEST_SYNTAX);
    CHECK_BODY(message, "\1\x40\0\2\4\3\0\2\0\0", REQUEST_SYNTAX);
    CHECK_BODY(message, "\1\x40\0\2\4\3\0\0\0", REQUEST_SYNTAX);
}

static void tickets(void)
{
    pagetls_server_message message = of(TICKET, 1);
    CHECK_BODY(message,
               "\0\x9\x3A\x80"
               "abcd\0\0\1t\0\0",
               NONE);
    CHECK_BODY(message,
               "\0\x9\x3A\x81"
               "abcd\0\0\1t\0\0",
               TICKET_LIFETIME);
    CHECK_BODY(message,
               "\xFF\xFF\xFF\xFF"
               "abcd\0\0\1t\0\0",
               TICKET_LIFETIME);
    CHECK_BODY(message,
               "\0\0\0\0"
               "abcd\0\0\0\0\0",
               TICKET_SYNTAX);
    CHECK_BODY(message,
               "\0\0\0\0"
               "abcd\2n\0\1t\0\0",
               TICKET_SYNTAX);
    CHECK_BODY(message,
               "\0\0\0\0"
               "abcd\0\0\1t\0\0x",
               TICKET_SYNTAX);
    CHECK_BODY(message,
               "\0\0\0\0"
               "abcd\1n\0\1t\0\x8\0\x2A\0\4wxyz",
               NONE);
    CHECK_BODY(message,
               "\0\0\0\0"
               "abcd\1n\0\1t\0\7\0\x2A\0\3wxy",
               EXTENSION_SYNTAX);
    CHECK_BODY(message,
               "\0\0\0\0"
               "abcd\0\0\1t\0\6\0\x3E\0\2\1\1",
               NONE);
    CHECK_BODY(message,
               "\0\0\0\0"
               "abcd\0\0\1t\0\5\0\x3E\0\1\0",
               EXTENSION_SYNTAX);
    CHECK_BODY(message,
               "\0\0\0\0"
               "abcd\0\0\1t\0\7\0\x3E\0\3\2\1\0",
               FLAGS);

    message = of(TICKET, 0);
    CHECK_BODY(message, "\xFF\xFF\xFF\xFF\0\1t", NONE);
    CHECK_BODY(message, "\0\0\0\0\0\0", NONE);
    CHECK_BODY(message, "\0\0\0\0\0", TICKET_SYNTAX);
    CHECK_BODY(message, "\0\0\0\0\0\2t", TICKET_SYNTAX);
    CHECK_BODY(message, "\0\0\0\0\0\1tt", TICKET_SYNTAX);
}

/* Every prefix of a correct message is malformed, and nothing behind it is read. */
static void truncations(void)
{
    static const char request13[] = "\0\0\x1F" ALGORITHMS "\0\x2F\0\x13\0\x11\0\xF" NAME;
    static const char request12[] = "\1\x40\0\2\4\3\0\x11\0\xF" NAME;
    static const char ticket[] = "\0\0\0\0"
                                 "abcd\1n\0\1t\0\x8\0\x2A\0\4wxyz";
    static const char encrypted[] = "\0\xD\0\0\0\0\0\x10\0\5\0\3\2h2";
    const struct {
        uint8_t type, tls13;
        const char *body;
        size_t len;
        pagetls_violation expected;
    } cases[] = {
        { REQUEST, 1, request13, sizeof(request13) - 1, PAGETLS_VIOLATION_REQUEST_SYNTAX },
        { REQUEST, 0, request12, sizeof(request12) - 1, PAGETLS_VIOLATION_REQUEST_SYNTAX },
        { TICKET, 1, ticket, sizeof(ticket) - 1, PAGETLS_VIOLATION_TICKET_SYNTAX },
        { ENCRYPTED, 1, encrypted, sizeof(encrypted) - 1, PAGETLS_VIOLATION_MESSAGE_LENGTH },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pagetls_server_message message = of(cases[i].type, cases[i].tls13);
        CHECK_INT(check(message, cases[i].body, cases[i].len), PAGETLS_VIOLATION_NONE);
        for (size_t len = 0; len < cases[i].len; len++) {
            check_context("case %zu, %zu bytes", i, len);
            CHECK_INT(check(message, cases[i].body, len), cases[i].expected);
        }
    }
}

static void points(void)
{
    pagetls_server_message message = of(KEY_EXCHANGE, 0);
    CHECK_BODY(message, "\3\0\x17\1\4", NONE);
    CHECK_BODY(message, "\3\0\x17\1\2", POINT_FORMAT);
    CHECK_BODY(message, "\3\0\x18\1\3", POINT_FORMAT);
    CHECK_BODY(message, "\3\0\x19\1\0", POINT_FORMAT);
    CHECK_BODY(message, "\3\0\x1D\1\2", NONE); /* X25519 has no formats */
    CHECK_BODY(message, "\3\0\x17\0\2", NONE);
    CHECK_BODY(message, "\3\0\x17\1", NONE);
    CHECK_BODY(message, "\1\0\x17\1\2", NONE);
}

static void due_messages(void)
{
    for (int type = 0; type < 256; type++) {
        pagetls_server_message message = of((uint8_t) type, 0);
        check_context("type %d", type);
        message.due = DONE;
        CHECK_INT(check(message, "\1\x40\0\2\4\3\0\0", 8) == PAGETLS_VIOLATION_UNEXPECTED, type != DONE);
        message.due = REQUEST;
        CHECK_INT(check(message, "\1\x40\0\2\4\3\0\0", 8) == PAGETLS_VIOLATION_UNEXPECTED,
                  type != DONE && type != REQUEST);
    }
}

static void alerts(void)
{
    CHECK_INT(pagetls_violation_alert(PAGETLS_VIOLATION_EXTENSION_UNASKED), 110);
    CHECK_INT(pagetls_violation_alert(PAGETLS_VIOLATION_REQUEST_ALGORITHMS), 109);
    CHECK_INT(pagetls_violation_alert(PAGETLS_VIOLATION_TICKET_SYNTAX), 50);
    CHECK_INT(pagetls_violation_alert(PAGETLS_VIOLATION_TICKET_LIFETIME), 47);
}

/* As many as fit into the largest message, all different. */
static void many_extensions(void)
{
    enum { COUNT = 16000, LEN = 3 + 8 + COUNT * 4 };
    uint8_t *body = calloc(1, LEN + 4);
    REQUIRE(body != NULL);
    memcpy(body, "\0\0\0" ALGORITHMS, 11);
    body[1] = (LEN - 3) >> 8;
    body[2] = (LEN - 3) & 0xFF;
    for (size_t i = 0; i < COUNT; i++) {
        body[11 + i * 4] = (uint8_t) ((i + 100) >> 8);
        body[12 + i * 4] = (uint8_t) (i + 100);
    }
    CHECK_INT(check(of(REQUEST, 1), body, LEN), PAGETLS_VIOLATION_NONE);
    memcpy(body + LEN - 4, body + 11, 4);
    CHECK_INT(check(of(REQUEST, 1), body, LEN), PAGETLS_VIOLATION_EXTENSION_TWICE);
    free(body);
}

const native_test protocol_checks_tests[] = {
    { "extensions of TLS 1.2's ServerHello answer ours, once and well-formed", hello_extensions },
    { "an ALPN answer is one protocol of those that were offered", protocols },
    { "EncryptedExtensions are well-formed, and none comes twice", encrypted_extensions },
    { "a CertificateRequest has algorithms and well-formed names", requests },
    { "a session ticket is read to its end", tickets },
    { "every truncation of a message is malformed", truncations },
    { "points are uncompressed", points },
    { "only the message that is due, or ServerHelloDone, is accepted", due_messages },
    { "violations have their alerts", alerts },
    { "thousands of extensions are checked for a second one of a type", many_extensions },
    { NULL, NULL },
};
