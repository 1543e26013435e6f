/* Why a handshake failed, by the message that it failed at (wasm/mbedtls/failure.h). */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "groups.h"
#include "mbedtls/failure.h"
#include "native_host.h"
#include "pagetls.h"

enum { SERVER_HELLO = 2, CERTIFICATE = 11, KEY_EXCHANGE = 12, VERIFY = 15, FINISHED = 20, OTHER = -77 };

static pagetls_failed_message message_of(int type, int tls13, const char *body, size_t len)
{
    return (pagetls_failed_message) { .type = type, .tls13 = tls13, .body = (const uint8_t *) body, .len = len };
}

#define MESSAGE(type, tls13, body) message_of(type, tls13, body, sizeof(body) - 1)

static void no_certificate(void)
{
    int native = MBEDTLS_ERR_SSL_DECODE_ERROR;
    pagetls_failed_message message = MESSAGE(CERTIFICATE, 0, "\0\0\0");
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, native, 0), PAGETLS_ERR_NO_CERTIFICATE);
    message.tls13 = 1; /* a context and an incomplete list */
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, native, 0), OTHER);
    message = MESSAGE(CERTIFICATE, 1, "\0\0\0\0");
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, native, 0), PAGETLS_ERR_NO_CERTIFICATE);
    message = MESSAGE(CERTIFICATE, 1, "\0\0\0\1");
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, native, 0), OTHER);
    message = MESSAGE(FINISHED, 1, "");
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, 0), OTHER);
    message.certificate_due = 1;
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, 0),
              PAGETLS_ERR_NO_CERTIFICATE);
    message.type = -1;
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, 0), OTHER);
}

static void signature_schemes(void)
{
    static const char key_exchange[] = "\3\0\x1d\4ABCD\2\3\0\0";
    static const char verify[] = "\2\1\0\0";
    /* Whatever has arrived of them, nothing behind it is read. */
    for (size_t len = 0; len < sizeof(key_exchange); len++) {
        uint8_t *exact = check_exact_copy((const uint8_t *) key_exchange, len);
        pagetls_failed_message message = message_of(KEY_EXCHANGE, 0, (const char *) exact, len);
        CHECK_INT(pagetls_failed_message_scheme(&message), len < 10 ? 0 : 0x0203);
        free(exact);
    }
    for (size_t len = 0; len < sizeof(verify); len++) {
        uint8_t *exact = check_exact_copy((const uint8_t *) verify, len);
        pagetls_failed_message message = message_of(VERIFY, 1, (const char *) exact, len);
        CHECK_INT(pagetls_failed_message_scheme(&message), len < 2 ? 0 : 0x0201);
        message.type = FINISHED;
        CHECK_INT(pagetls_failed_message_scheme(&message), 0);
        free(exact);
    }
}

static void bad_signatures(void)
{
    pagetls_failed_message message = MESSAGE(VERIFY, 1, "\4\3\0\0");
    int failure = MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE;
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, failure, 1), PAGETLS_ERR_SERVER_SIGNATURE);
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, failure, 0), PAGETLS_ERR_SIGNATURE_SCHEME);
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, MBEDTLS_ERR_SSL_DECODE_ERROR, 1), OTHER);
    message = MESSAGE(KEY_EXCHANGE, 0, "\3\0\x1d\1A\4\3\0\0");
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, MBEDTLS_ERR_ECP_VERIFY_FAILED, 1),
              PAGETLS_ERR_SERVER_SIGNATURE);
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, MBEDTLS_ERR_RSA_VERIFY_FAILED, 1),
              PAGETLS_ERR_SERVER_SIGNATURE);
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, failure, 1),
              OTHER); /* such as a group that was not offered */
}

static void downgrades(void)
{
    char hello[2 + 32] = { 3, 3 };
    memcpy(hello + 2 + 24, "DOWNGRD\1", 8);
    pagetls_failed_message message = message_of(SERVER_HELLO, 0, hello, sizeof(hello));
    int illegal = MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER;
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, illegal, 0), PAGETLS_ERR_DOWNGRADE);
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, MBEDTLS_ERR_SSL_DECODE_ERROR, 0), OTHER);
    message.len--;
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, illegal, 0), OTHER);
    message.len++;
    hello[2 + 24]++;
    CHECK_INT(pagetls_failed_message_code(&message, OTHER, illegal, 0), OTHER);
}

const native_test failure_tests[] = {
    { "a server without a certificate is told from other faults", no_certificate },
    { "the scheme of a signature is read from what has arrived", signature_schemes },
    { "a signature that does not match is told from one that was not offered", bad_signatures },
    { "the sentinel of a downgrade is found in a complete random only", downgrades },
    { NULL, NULL },
};
