#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the message received last, and the state of the handshake */
#include "mbedtls/failure.h"

#include <string.h>

#include "mbedtls/message_buffer.h"
#include "mbedtls/protocol_checks.h"
#include "pagetls.h"
#include "ssl_misc.h"

enum { HEADER = 4, HELLO_RANDOM = 2, RANDOM_BYTES = 32, SENTINEL_BYTES = 8 };
/* Errors of Mbed TLS's TLS modules (mbedtls/error.h); those of its public keys are below. */
enum { FIRST_SSL_ERROR = 0x5E00 };

pagetls_failed_message pagetls_ssl_failed_message(const mbedtls_ssl_context *ssl)
{
    size_t len;
    const uint8_t *begin = pagetls_message_received(ssl, &len);
    if (len < HEADER) {
        return (pagetls_failed_message) { .type = -1 };
    }
    return (pagetls_failed_message) {
        .type = begin[0],
        .tls13 = ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_3,
        .certificate_due = ssl->state == MBEDTLS_SSL_SERVER_CERTIFICATE,
        .body = begin + HEADER,
        .len = len - HEADER,
    };
}

uint16_t pagetls_failed_message_scheme(const pagetls_failed_message *message)
{
    return pagetls_server_signature_scheme(message->type, message->body, message->len);
}

/* An empty certificate_list (RFC 5246, section 7.4.2; RFC 8446, section 4.4.2). */
static int is_empty_certificate(const pagetls_failed_message *message)
{
    static const uint8_t zeros[4] = { 0 };
    size_t len = message->tls13 ? 4 : 3;
    return message->type == MBEDTLS_SSL_HS_CERTIFICATE && message->len == len && memcmp(message->body, zeros, len) == 0;
}

/* RFC 8446, section 4.1.3: the server's random says that the server has a newer version. */
static int is_downgrade(const pagetls_failed_message *message)
{
    return message->type == MBEDTLS_SSL_HS_SERVER_HELLO && message->len >= HELLO_RANDOM + RANDOM_BYTES &&
        memcmp(message->body + HELLO_RANDOM + RANDOM_BYTES - SENTINEL_BYTES, "DOWNGRD", SENTINEL_BYTES - 1) == 0;
}

int pagetls_failed_message_code(const pagetls_failed_message *message, int code, int native, int offered)
{
    int failed_to_verify = -native < FIRST_SSL_ERROR || native == MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE;
    if (is_empty_certificate(message) ||
        (message->certificate_due && message->type != MBEDTLS_SSL_HS_CERTIFICATE &&
         message->type >= MBEDTLS_SSL_HS_SERVER_KEY_EXCHANGE)) {
        return PAGETLS_ERR_NO_CERTIFICATE;
    }
    if (native == MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER && is_downgrade(message)) {
        return PAGETLS_ERR_DOWNGRADE;
    }
    if (pagetls_failed_message_scheme(message) != 0) {
        if (!offered) {
            return PAGETLS_ERR_SIGNATURE_SCHEME;
        }
        if (failed_to_verify && (message->tls13 || native != MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE)) {
            return PAGETLS_ERR_SERVER_SIGNATURE;
        }
    }
    return code;
}

int pagetls_ssl_cookie_is_too_long(const mbedtls_ssl_context *ssl, int native)
{
    return native == MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL && ssl->handshake != NULL && ssl->handshake->cookie_len > 0 &&
        ssl->state == MBEDTLS_SSL_CLIENT_HELLO;
}

int pagetls_ssl_scheme_is_offered(const mbedtls_ssl_context *ssl, uint16_t scheme)
{
    return ssl->conf != NULL && mbedtls_ssl_sig_alg_is_offered(ssl, scheme); /* NULL after a failed setup */
}

uint32_t pagetls_ssl_requests(mbedtls_ssl_context *ssl)
{
    uint32_t bits = 0;
    if (ssl->handshake == NULL) {
        return 0;
    }
    if (ssl->handshake->extended_ms == MBEDTLS_SSL_EXTENDED_MS_ENABLED) {
        bits |= PAGETLS_EXTENDED_MASTER_SECRET;
    }
    if (ssl->handshake->client_auth) {
        bits |= PAGETLS_REQUESTED_CERTIFICATE | (mbedtls_ssl_own_cert(ssl) != NULL ? PAGETLS_SENT_CERTIFICATE : 0);
    }
    return bits;
}
