/**
 * \file chacha20.h
 * \brief ChaCha20 (RFC 8439, section 2), four blocks at a time.
 */
#ifndef PAGETLS_CHACHA20_H
#define PAGETLS_CHACHA20_H

#include <stddef.h>
#include <stdint.h>

/** The four blocks that are computed at a time. */
#define PAGETLS_CHACHA20_BATCH_BYTES 256

/** Plain bytes that may be copied with memcpy(). The owner zeroizes them. */
typedef struct {
    uint32_t state[16]; /**< RFC 8439, section 2.3, with the counter of the next batch */
    uint8_t keystream[PAGETLS_CHACHA20_BATCH_BYTES];
    size_t used; /**< bytes of the keystream already used; all of them while none has been generated */
} pagetls_chacha20;

/** Before encrypting, set the key and then the nonce. */
void pagetls_chacha20_init(pagetls_chacha20 *cipher);
void pagetls_chacha20_set_key(pagetls_chacha20 *cipher, const uint8_t key[32]);
void pagetls_chacha20_set_nonce(pagetls_chacha20 *cipher, const uint8_t nonce[12], uint32_t counter);

/**
 * Encrypts or decrypts (the same operation) the next \p len bytes. The counter wraps from 2^32 - 1 to 0.
 * \param[out] out  \p len bytes; may equal \p in or begin before it.
 */
void pagetls_chacha20_crypt(pagetls_chacha20 *cipher, const uint8_t *in, uint8_t *out, size_t len);

/** The 32-byte key. On little-endian targets (simd.h requires one) the state holds its bytes unchanged. */
static inline const uint8_t *pagetls_chacha20_key(const pagetls_chacha20 *cipher)
{
    return (const uint8_t *) (cipher->state + 4);
}

#endif
