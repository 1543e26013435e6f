/**
 * \file connection_state.h
 * \brief Access to Mbed TLS's context for tls/, beyond the public functions.
 */
#ifndef PAGETLS_CONNECTION_STATE_H
#define PAGETLS_CONNECTION_STATE_H

#include "mbedtls/ssl.h"
#include "pagetls.h"

/** Makes \p config use the host's randomness, as PSA Crypto does. */
void pagetls_ssl_use_host_random(mbedtls_ssl_config *config);
/** The description of the alert received last (RFC 8446, section 6); -1 when the last record was not an alert. */
int pagetls_ssl_alert(const mbedtls_ssl_context *ssl);
/** mbedtls_ssl_free(), also for a context whose mbedtls_ssl_setup() failed. */
void pagetls_ssl_free(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config);
/**
 * The trust anchors passed to Mbed TLS, which requires a list: an empty one, because our verifier verifies the chain
 * (hooks.h). The benchmark, where Mbed TLS verifies it, links a function that returns the anchors.
 */
mbedtls_x509_crt *pagetls_ca_chain(const pagetls_trust_store *store);

#endif
