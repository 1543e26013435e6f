/**
 * \file tls12_sign.h
 * \brief Signs TLS 1.2's CertificateVerify with a scheme that the server lists (RFC 5246, section 7.4.8).
 *
 * Included before ssl_tls12_client.c by tls12_verify.h. Mbed TLS always signs the suite's hash, with PKCS#1 v1.5 or
 * ECDSA, and after ServerHello it hashes the messages only for that. client_auth.c has the functions.
 */
#ifndef PAGETLS_TLS12_SIGN_H
#define PAGETLS_TLS12_SIGN_H

#include "ssl_misc.h" /* first: it permits access to private fields */

/** Replaces mbedtls_ssl_optimize_checksum(): keeps all hashes while a signature may need them. */
void pagetls_tls12_keep_checksums(mbedtls_ssl_context *ssl, const mbedtls_ssl_ciphersuite_t *suite);
/** Replaces mbedtls_pk_sign_restartable(): writes the scheme into the message, too. */
int pagetls_tls12_sign(mbedtls_ssl_context *ssl, unsigned char *signature, size_t size, size_t *len);

#define mbedtls_ssl_optimize_checksum pagetls_tls12_keep_checksums
#define mbedtls_pk_sign_restartable(pk, md, hash, hash_len, signature, size, len, f_rng, p_rng, restart)               \
    ((void) md_alg, (void) hash_start, (void) rs_ctx, pagetls_tls12_sign(ssl, signature, size, len))

#endif
