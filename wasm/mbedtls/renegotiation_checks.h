/**
 * \file renegotiation_checks.h
 * \brief What a renegotiation must not change, for protocol_checks.c.
 */
#ifndef PAGETLS_RENEGOTIATION_CHECKS_H
#define PAGETLS_RENEGOTIATION_CHECKS_H

#include "mbedtls/server_message.h"

/** Octets of verify_data in TLS 1.2 (RFC 5246, section 7.4.9). */
#define PAGETLS_VERIFY_DATA_LEN 12

/** Of the handshake before it. */
struct pagetls_renegotiated {
    uint8_t verify_data[2 * PAGETLS_VERIFY_DATA_LEN]; /**< the client's, then the server's */
    pagetls_slice leaf;                               /**< the server's certificate, in DER */
    const char *protocol;                             /**< of ALPN, or NULL */
    int extended_master_secret;
};

/** Checks a ServerHello with this version and these extensions. */
pagetls_violation pagetls_renegotiation_check_hello(const pagetls_renegotiated *before, size_t version,
                                                    pagetls_slice extensions);
/** Checks a Certificate message with this body. */
pagetls_violation pagetls_renegotiation_check_certificate(const pagetls_renegotiated *before, pagetls_slice body);

#endif
