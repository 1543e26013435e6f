/**
 * \file signature_schemes.h
 * \brief Signature schemes that Mbed TLS does not know, or not in TLS 1.2.
 *
 * Included before ssl_tls.c, ssl_tls12_client.c and ssl_tls13_generic.c (-include, see CMakeLists.txt), because Mbed
 * TLS's checks of schemes are inline functions, which the linker cannot replace. Its own checks that follow, whether
 * the scheme was offered and fits the key, stay.
 *
 * - RSASSA-PSS in TLS 1.2: a client that offers TLS 1.3 offers RSASSA-PSS and "MUST be prepared to accept a signature
 *   using that scheme even when TLS 1.2 is negotiated" (RFC 8446, section 4.2.3). Mbed TLS 3.6.6 could do it, but
 *   rejects the scheme there.
 * - Ed25519 (RFC 8422, section 5.10; RFC 8446, section 4.2.3), with the key type of ed25519_key.h.
 */
#ifndef PAGETLS_SIGNATURE_SCHEMES_H
#define PAGETLS_SIGNATURE_SCHEMES_H

#include "ssl_misc.h" /* first: it permits access to private fields */

#include "mbedtls/ed25519_key.h"

static inline int pagetls_sig_alg_is_supported(const mbedtls_ssl_context *ssl, const uint16_t sig_alg)
{
    const mbedtls_ssl_ciphersuite_t *suite = ssl->handshake->ciphersuite_info; /* NULL when writing the ClientHello */
    switch (sig_alg) {
        case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256:
        case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384:
        case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512: return 1;
        case MBEDTLS_TLS1_3_SIG_ED25519:
            return ssl->tls_version != MBEDTLS_SSL_VERSION_TLS1_2 || suite == NULL ||
                suite->key_exchange == MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA;
        default: return mbedtls_ssl_sig_alg_is_supported(ssl, sig_alg);
    }
}
#define mbedtls_ssl_sig_alg_is_supported pagetls_sig_alg_is_supported

/* Mbed TLS hashes what was signed before it verifies. For Ed25519, which takes the message, the hash has no purpose. */
static inline int pagetls_get_pk_type_and_md_alg(uint16_t sig_alg, mbedtls_pk_type_t *pk_type, mbedtls_md_type_t *md_alg)
{
    if (sig_alg == MBEDTLS_TLS1_3_SIG_ED25519) {
        *pk_type = PAGETLS_PK_ED25519;
        *md_alg = MBEDTLS_MD_SHA512;
        return 0;
    }
    return mbedtls_ssl_get_pk_type_and_md_alg_from_sig_alg(sig_alg, pk_type, md_alg);
}
#define mbedtls_ssl_get_pk_type_and_md_alg_from_sig_alg pagetls_get_pk_type_and_md_alg

#endif
