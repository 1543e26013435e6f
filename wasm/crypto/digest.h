/**
 * \file digest.h
 * \brief Hashes for fingerprints of certificates and keys, implemented by Mbed TLS (mbedtls/digest.c).
 */
#ifndef PAGETLS_DIGEST_H
#define PAGETLS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/** SHA-1 (FIPS 180-4) of \p len bytes: for fingerprints, never for signatures. \return 0, or -1 on failure. */
int pagetls_sha1(const uint8_t *data, size_t len, uint8_t out[20]);
/** SHA-256 (FIPS 180-4) of \p len bytes. \return 0, or -1 on failure. */
int pagetls_sha256(const uint8_t *data, size_t len, uint8_t out[32]);

#endif
