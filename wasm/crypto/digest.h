/**
 * \file digest.h
 * \brief Hashes for fingerprints of certificates and keys, and for Ed25519, implemented by Mbed TLS (mbedtls/digest.c,
 *        mbedtls/ed25519_adapter.c).
 */
#ifndef PAGETLS_DIGEST_H
#define PAGETLS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/** SHA-1 (FIPS 180-4) of \p len bytes: for fingerprints, never for signatures. \return 0, or -1 on failure. */
int pagetls_sha1(const uint8_t *data, size_t len, uint8_t out[20]);
/** SHA-256 (FIPS 180-4) of \p len bytes. \return 0, or -1 on failure. */
int pagetls_sha256(const uint8_t *data, size_t len, uint8_t out[32]);
/** SHA-512 (FIPS 180-4) of \p head followed by \p data. \return 0, or -1 on failure. */
int pagetls_sha512(const uint8_t *head, size_t head_len, const uint8_t *data, size_t len, uint8_t out[64]);

#endif
