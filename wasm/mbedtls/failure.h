/**
 * \file failure.h
 * \brief Why a handshake failed, by the message that it failed at. For error messages: the decision has been made.
 */
#ifndef PAGETLS_FAILURE_H
#define PAGETLS_FAILURE_H

#include <stddef.h>
#include <stdint.h>

#include "mbedtls/ssl.h"

/** A handshake message of the server, or what has arrived of it. */
typedef struct {
    int type; /**< HandshakeType (RFC 8446, section 4); -1 when the last record was of another kind */
    int tls13;
    int certificate_due; /**< 1 when it should have been a Certificate */
    const uint8_t *body;
    size_t len;
} pagetls_failed_message;

/** The message that \p ssl has received last. Its body is valid until the next call for \p ssl. */
pagetls_failed_message pagetls_ssl_failed_message(const mbedtls_ssl_context *ssl);
/** The SignatureScheme of a ServerKeyExchange or CertificateVerify (RFC 8446, section 4.2.3); 0 if there is none. */
uint16_t pagetls_failed_message_scheme(const pagetls_failed_message *message);
/**
 * A more specific error.
 * \param code     of the error \p native; returned if the message says no more
 * \param offered  1 if its SignatureScheme was offered
 */
int pagetls_failed_message_code(const pagetls_failed_message *message, int code, int native, int offered);

/** 1 if \p native means that the server's cookie (RFC 8446, section 4.2.2) does not fit into a ClientHello of one record. */
int pagetls_ssl_cookie_is_too_long(const mbedtls_ssl_context *ssl, int native);
/** 1 if \p scheme was offered to the server. */
int pagetls_ssl_scheme_is_offered(const mbedtls_ssl_context *ssl, uint16_t scheme);
/** What the server has asked for and accepted in this handshake: bits of pagetls_connection_requests(). */
uint32_t pagetls_ssl_requests(mbedtls_ssl_context *ssl);

#endif
