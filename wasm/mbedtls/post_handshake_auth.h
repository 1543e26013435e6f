/**
 * \file post_handshake_auth.h
 * \brief Post-handshake authentication of TLS 1.3 (RFC 8446, section 4.6.2), which Mbed TLS does not have: offers it, and
 * answers a CertificateRequest with Certificate, CertificateVerify and Finished.
 */
#ifndef PAGETLS_POST_HANDSHAKE_AUTH_H
#define PAGETLS_POST_HANDSHAKE_AUTH_H

#include "crypto/digest.h"
#include "mbedtls/ssl.h"

/** Of a connection; all zeros at first. */
typedef struct {
    pagetls_begun_digest *transcript; /**< ClientHello to the client's Finished */
    uint8_t *contexts;                /**< of its requests so far: after an octet with its length each */
    size_t contexts_len;
} pagetls_post_handshake_auth;

/** Messages to be sent: bytes[at] to bytes[len - 1]. */
typedef struct pagetls_answer {
    struct pagetls_answer *next;
    size_t at;
    size_t len;
    int has_certificate;
    uint8_t bytes[];
} pagetls_answer;

/** After the handshake: takes the hash of its messages. 0, or Mbed TLS's error. */
int pagetls_post_handshake_auth_begin(pagetls_post_handshake_auth *auth, mbedtls_ssl_context *ssl);
/**
 * Answers a CertificateRequest, with the identities of the active connection (client_auth.h). Nothing but the answer may be
 * sent after this until all of it has been: it depends on the current key.
 * \param message  with its header of four bytes
 * \param is_new   1 the first time, 0 if the host had to answer
 * \param answer   [out] to be freed with pagetls_heap_free()
 * \return 0; MBEDTLS_ERR_SSL_WANT_READ while the host has to answer (client_auth.h); or the error to end the connection with
 */
int pagetls_post_handshake_auth_answer(pagetls_post_handshake_auth *auth, const mbedtls_ssl_context *ssl,
                                       const uint8_t *message, size_t len, int is_new, pagetls_answer **answer);
void pagetls_post_handshake_auth_free(pagetls_post_handshake_auth *auth);

#endif
