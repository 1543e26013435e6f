/**
 * \file hello_retry.h
 * \brief Keeps our key share when a HelloRetryRequest asks for no other.
 *
 * Then the second ClientHello must have the same one (RFC 8446, section 4.1.2): a server may compare it with the first,
 * and with a cookie has nothing else to ask for. Mbed TLS always makes a new one. Included before ssl_tls13_client.c
 * (-include, see CMakeLists.txt), whose ssl_tls13_reset_key_share() has the only uses of the two macros.
 */
#ifndef PAGETLS_HELLO_RETRY_H
#define PAGETLS_HELLO_RETRY_H

#include "ssl_misc.h" /* first: it permits access to private fields */

#include "psa/crypto.h"

static inline int pagetls_retry_keeps_share(const mbedtls_ssl_context *ssl)
{
    const mbedtls_ssl_handshake_params *handshake = ssl->handshake;
    return ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_3 && handshake->hello_retry_request_flag &&
        (handshake->received_extensions & MBEDTLS_SSL_EXT_MASK(KEY_SHARE)) == 0;
}

static inline psa_status_t pagetls_retry_destroy_share(const mbedtls_ssl_context *ssl, mbedtls_svc_key_id_t key)
{
    return pagetls_retry_keeps_share(ssl) ? PSA_SUCCESS : psa_destroy_key(key);
}

static inline mbedtls_svc_key_id_t pagetls_retry_share(const mbedtls_ssl_context *ssl)
{
    return pagetls_retry_keeps_share(ssl) ? ssl->handshake->xxdh_psa_privkey : MBEDTLS_SVC_KEY_ID_INIT;
}

#define psa_destroy_key(key) pagetls_retry_destroy_share(ssl, key)
#undef MBEDTLS_SVC_KEY_ID_INIT
#define MBEDTLS_SVC_KEY_ID_INIT pagetls_retry_share(ssl)

#endif
