/**
 * \file handshake_cleanup.h
 * \brief What Mbed TLS still holds of a handshake that is over, and nothing asks for any more.
 *
 * In TLS 1.3 its parameters, the keys it was protected with (two cipher contexts), its transcript, and a record buffer
 * that message_buffer.h has made larger: Mbed TLS frees them with the context only, in TLS 1.2 at the end of the
 * handshake. And in both versions the peer's certificates, parsed: the verdict has copies for the report.
 */
#ifndef PAGETLS_HANDSHAKE_CLEANUP_H
#define PAGETLS_HANDSHAKE_CLEANUP_H

#include "mbedtls/ssl.h"

/** Frees it, once mbedtls_ssl_handshake() has returned 0. */
void pagetls_handshake_cleanup(mbedtls_ssl_context *ssl);

#endif
