/**
 * \file server_message.h
 * \brief A handshake message of the server as protocol_checks.c sees it, and the violations that it looks for.
 */
#ifndef PAGETLS_SERVER_MESSAGE_H
#define PAGETLS_SERVER_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "x509/certificate.h"

typedef enum {
    PAGETLS_VIOLATION_NONE, /**< none */
#define VIOLATION(identifier, code, alert) PAGETLS_VIOLATION_##identifier,
#include "mbedtls/violations.def"
#undef VIOLATION
} pagetls_violation;

typedef struct pagetls_renegotiated pagetls_renegotiated;

/** A handshake message of the server. */
typedef struct {
    uint8_t type;
    uint8_t tls13;   /**< 1 in TLS 1.3; of no meaning in a ServerHello */
    uint8_t retried; /**< 1 after a HelloRetryRequest */
    uint8_t requires_tls13;
    const uint8_t *body;
    size_t len;
    size_t remaining;               /**< bytes behind it in the same record */
    const pagetls_public_key *leaf; /**< of the server's certificate; NULL before it has come */
    const uint16_t *groups;         /**< that we offered, then 0 */
    const uint8_t *session_id;      /**< that we sent although we offered no session (RFC 8446, appendix D.4) */
    size_t session_id_len;
    int suite_needs_rsa; /**< TLS 1.2: 1 if the suite authenticates by RSA, 0 by ECDSA, -1 unknown */
    uint8_t sent_name;   /**< 1 if we sent server_name */
    uint8_t due;         /**< TLS 1.2: the type that is due, if no other may come but ServerHelloDone; else 0 */
    const char *const *protocols;       /**< that we offered by ALPN, then NULL; or NULL */
    const pagetls_renegotiated *before; /**< in a renegotiation; else NULL */
    const pagetls_slice *used_contexts; /**< after the handshake: of requests before it, each after its length; else NULL */
} pagetls_server_message;

#endif
