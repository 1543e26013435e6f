/**
 * \file tls12_rsa_pss.h
 * \brief Lets a TLS 1.2 server sign its key exchange with RSASSA-PSS.
 *
 * A client that offers TLS 1.3 offers RSASSA-PSS and "MUST be prepared to accept
 * a signature using that scheme even when TLS 1.2 is negotiated" (RFC 8446,
 * section 4.2.3). Mbed TLS 3.6.6 could do it, but its check of the algorithm
 * rejects the scheme in TLS 1.2 and ends the handshake with illegal_parameter.
 * The check is an inline function, which the linker cannot replace. So this file
 * is included before ssl_tls12_client.c (-include, see CMakeLists.txt) and
 * replaces the check there. Mbed TLS's own checks that follow, whether the scheme
 * was offered and fits the key, stay.
 */
#ifndef PAGETLS_TLS12_RSA_PSS_H
#define PAGETLS_TLS12_RSA_PSS_H

#include "ssl_misc.h"

static inline int pagetls_tls12_sig_alg_is_supported(const mbedtls_ssl_context *ssl, const uint16_t sig_alg)
{
    switch (sig_alg) {
        case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256:
        case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384:
        case MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512: return 1;
        default: return mbedtls_ssl_sig_alg_is_supported(ssl, sig_alg);
    }
}
#define mbedtls_ssl_sig_alg_is_supported pagetls_tls12_sig_alg_is_supported

#endif
