/**
 * \file tls13_verify.h
 * \brief Verifies a CertificateVerify that is signed with Ed25519 (RFC 8446, section 4.4.3).
 *
 * Included before ssl_tls13_generic.c (-include, see CMakeLists.txt). Mbed TLS passes a hash of the message to the
 * verification; Ed25519 takes the message, which the calling function has in verify_buffer.
 */
#ifndef PAGETLS_TLS13_VERIFY_H
#define PAGETLS_TLS13_VERIFY_H

#include "mbedtls/signature_schemes.h"

static inline int pagetls_tls13_verify(mbedtls_pk_type_t type, const void *options, mbedtls_pk_context *pk,
                                       mbedtls_md_type_t md, const unsigned char *hash, size_t hash_len,
                                       const unsigned char *signature, size_t signature_len,
                                       const unsigned char *message, size_t message_len)
{
    if (type == PAGETLS_PK_ED25519) {
        return mbedtls_pk_verify_ext(type, NULL, pk, MBEDTLS_MD_NONE, message, message_len, signature, signature_len);
    }
    return mbedtls_pk_verify_ext(type, options, pk, md, hash, hash_len, signature, signature_len);
}
#define mbedtls_pk_verify_ext(type, options, pk, md, hash, hash_len, signature, signature_len)                         \
    pagetls_tls13_verify(type, options, pk, md, hash, hash_len, signature, signature_len, verify_buffer,               \
                         verify_buffer_len)

#endif
