/**
 * \file connection_state.h
 * \brief What tls/ asks of Mbed TLS's context beyond its public calls.
 */
#ifndef PAGETLS_CONNECTION_STATE_H
#define PAGETLS_CONNECTION_STATE_H

#include "mbedtls/ssl.h"
#include "pagetls.h"

/** Has \p config take its randomness from the host, as PSA Crypto does. */
void pagetls_ssl_use_host_random(mbedtls_ssl_config *config);
/** The description of the alert that came last (RFC 8446, section 6); -1 when it was no alert. */
int pagetls_ssl_alert(const mbedtls_ssl_context *ssl);
/** mbedtls_ssl_free(), also of a context that mbedtls_ssl_setup() has left half made. */
void pagetls_ssl_free(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config);
/**
 * The trust anchors that Mbed TLS is told of: an empty list, for the chain is verified by us (hooks.h), and it wants one.
 * The benchmark, which lets Mbed TLS verify, puts the anchors in at the link.
 */
mbedtls_x509_crt *pagetls_ca_chain(const pagetls_trust_store *store);

#endif
