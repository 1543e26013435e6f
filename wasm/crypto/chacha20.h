/**
 * \file chacha20.h
 * \brief ChaCha20 (RFC 8439, section 2), four blocks at a time.
 */
#ifndef PAGETLS_CHACHA20_H
#define PAGETLS_CHACHA20_H

#include <stddef.h>
#include <stdint.h>

/** Bytes of four blocks, which are made at a time. */
#define PAGETLS_CHACHA20_STRIDE 256

/** Plain bytes, free to be copied. To be zeroized by its owner. */
typedef struct {
    uint32_t state[16]; /**< RFC 8439, section 2.3; the counter is that of the next block to be made */
    uint8_t keystream[PAGETLS_CHACHA20_STRIDE];
    size_t used; /**< bytes of the keystream that are spent: all of them when there is none */
} pagetls_chacha20;

/** Without a key and a nonce: they are to be set, in this order, before anything is encrypted. */
void pagetls_chacha20_init(pagetls_chacha20 *cipher);
void pagetls_chacha20_set_key(pagetls_chacha20 *cipher, const uint8_t key[32]);
void pagetls_chacha20_start(pagetls_chacha20 *cipher, const uint8_t nonce[12], uint32_t counter);

/**
 * Encrypts or decrypts the next \p len bytes, which is the same. The counter goes on from 2^32 - 1 to 0.
 * \param[out] out  \p len bytes; may be \p in, or lie before it.
 */
void pagetls_chacha20_crypt(pagetls_chacha20 *cipher, const uint8_t *in, uint8_t *out, size_t len);

/** The 32 bytes of the key that was set. Words are little-endian (simd.h), so they are in the state as they came. */
static inline const uint8_t *pagetls_chacha20_key(const pagetls_chacha20 *cipher)
{
    return (const uint8_t *) (cipher->state + 4);
}

#endif
