/**
 * \file handshake_cleanup.h
 * \brief Frees memory that Mbed TLS keeps after the handshake but no longer needs.
 *
 * In TLS 1.3, Mbed TLS keeps the handshake's parameters, its keys (two cipher contexts), its transcript and the record
 * buffer enlarged by message_buffer.h until the context is freed; in TLS 1.2 it frees them after the handshake. In both
 * versions it keeps the peer's parsed certificates; the verification has its own copies for the report.
 */
#ifndef PAGETLS_HANDSHAKE_CLEANUP_H
#define PAGETLS_HANDSHAKE_CLEANUP_H

#include "mbedtls/ssl.h"

/** To be called after mbedtls_ssl_handshake() has returned 0. \param keep_certificate  1: a renegotiation needs it */
void pagetls_handshake_cleanup(mbedtls_ssl_context *ssl, int keep_certificate);

#endif
