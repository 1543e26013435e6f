/**
 * \file tls12_verify.h
 * \brief Verifies a ServerKeyExchange that is signed with Ed25519 (RFC 8422, section 5.10).
 *
 * Included before ssl_tls12_client.c (-include, see CMakeLists.txt). Mbed TLS passes a hash of the message to the
 * verification; Ed25519 takes the message: the random bytes of both sides (RFC 5246, section 7.4.3) and the key
 * exchange's parameters, which the calling function has in params.
 */
#ifndef PAGETLS_TLS12_VERIFY_H
#define PAGETLS_TLS12_VERIFY_H

#include <string.h>

#include "mbedtls/signature_schemes.h"
#include "mbedtls/tls12_sign.h"

/** Length of ServerECDHParams with a named curve (RFC 8422, section 5.4) at most. */
#define PAGETLS_ECDH_PARAMS_MAX (1 + 2 + 1 + 255)

static inline int pagetls_tls12_verify(mbedtls_pk_context *pk, mbedtls_md_type_t md, const unsigned char *hash,
                                       size_t hash_len, const unsigned char *signature, size_t signature_len,
                                       mbedtls_pk_restart_ctx *restart, const mbedtls_ssl_context *ssl,
                                       const unsigned char *params, size_t params_len)
{
    enum { RANDOM_BYTES = MBEDTLS_CLIENT_HELLO_RANDOM_LEN + MBEDTLS_SERVER_HELLO_RANDOM_LEN };
    unsigned char message[RANDOM_BYTES + PAGETLS_ECDH_PARAMS_MAX];
    if (!mbedtls_pk_can_do(pk, PAGETLS_PK_ED25519)) {
        return mbedtls_pk_verify_restartable(pk, md, hash, hash_len, signature, signature_len, restart);
    }
    if (params_len > PAGETLS_ECDH_PARAMS_MAX) {
        return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
    }
    memcpy(message, ssl->handshake->randbytes, RANDOM_BYTES);
    memcpy(message + RANDOM_BYTES, params, params_len);
    return mbedtls_pk_verify_ext(PAGETLS_PK_ED25519, NULL, pk, MBEDTLS_MD_NONE, message, RANDOM_BYTES + params_len,
                                 signature, signature_len);
}
#define mbedtls_pk_verify_restartable(pk, md, hash, hash_len, signature, signature_len, restart)                       \
    pagetls_tls12_verify(pk, md, hash, hash_len, signature, signature_len, restart, ssl, params, params_len)

#endif
