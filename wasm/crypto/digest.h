/**
 * \file digest.h
 * \brief Hashes for fingerprints of certificates and keys, for Ed25519, and for keys made from passphrases, implemented by
 *        Mbed TLS (mbedtls/digest.c, mbedtls/ed25519_adapter.c).
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

typedef enum {
    PAGETLS_DIGEST_NONE,
    PAGETLS_DIGEST_SHA1,
    PAGETLS_DIGEST_SHA224,
    PAGETLS_DIGEST_SHA256,
    PAGETLS_DIGEST_SHA384,
    PAGETLS_DIGEST_SHA512
} pagetls_digest;

#define PAGETLS_DIGEST_MAX 64        /**< octets of the longest digest */
#define PAGETLS_DIGEST_BLOCK_MAX 128 /**< octets of the longest block */

/** Octets of a digest. */
static inline size_t pagetls_digest_size(pagetls_digest digest)
{
    static const uint8_t sizes[] = { 0, 20, 28, 32, 48, 64 };
    return sizes[digest];
}

/** Octets of a block of the hash's compression function. */
static inline size_t pagetls_digest_block(pagetls_digest digest)
{
    return digest < PAGETLS_DIGEST_SHA384 ? 64 : 128;
}

/** A hash that has taken the beginning of a message. */
typedef struct pagetls_begun_digest pagetls_begun_digest;

/** \return the hash, to be freed with pagetls_begun_digest_free(), or NULL when out of memory. */
pagetls_begun_digest *pagetls_begun_digest_new(pagetls_digest digest, const uint8_t *head, size_t len);
/** Hashes the beginning followed by \p tail, of which \p out may be a part. May be called again, for another tail. */
void pagetls_begun_digest_finish(pagetls_begun_digest *begun, const uint8_t *tail, size_t len, uint8_t *out);
/** NULL is allowed. */
void pagetls_begun_digest_free(pagetls_begun_digest *begun);

#endif
