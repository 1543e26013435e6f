/**
 * \file renegotiation.h
 * \brief Renegotiation in TLS 1.2 at a server's request (RFC 5746), when the host accepts it. Mbed TLS does the handshake;
 * the pump says when, so that it never begins within a record that is not sent yet, and renegotiation_checks.h has what
 * must stay the same.
 *
 * The configuration of Mbed TLS keeps renegotiation disabled: it never renegotiates by itself, and answers HelloRequests
 * that are not accepted (hello_request.h) with the alert no_renegotiation.
 */
#ifndef PAGETLS_RENEGOTIATION_H
#define PAGETLS_RENEGOTIATION_H

#include "mbedtls/renegotiation_checks.h"
#include "mbedtls/ssl.h"

/** After the first handshake: 1 if a renegotiation would be secure, which the server must have said in it. */
int pagetls_renegotiation_is_secure(const mbedtls_ssl_context *ssl);
/** After the first handshake: 1 if the message received last is a HelloRequest, and a renegotiation would be secure. */
int pagetls_renegotiation_is_requested(const mbedtls_ssl_context *ssl);
/** 1 if the message received last is a HelloRequest within a handshake, which is ignored (RFC 5246, section 7.4.1.1). */
int pagetls_renegotiation_is_request_ignored(const mbedtls_ssl_context *ssl);
/**
 * Begins or continues. 0: it is over. MBEDTLS_ERR_SSL_WAITING_SERVER_HELLO_RENEGO: data for mbedtls_ssl_read() came before
 * the ServerHello. Otherwise as mbedtls_ssl_handshake().
 */
int pagetls_renegotiation_continue(mbedtls_ssl_context *ssl);
/** Gives it up because the server has sent close_notify: what we send keeps its keys. */
void pagetls_renegotiation_abandon(mbedtls_ssl_context *ssl);
/** What must stay the same, while it is going on. */
pagetls_renegotiated pagetls_renegotiation_before(const mbedtls_ssl_context *ssl, int extended_master_secret);

#endif
