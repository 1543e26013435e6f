/**
 * \file host.h
 * \brief What the core asks of its host: imported by the wasm module (wasm_main.c), defined by the native tests.
 */
#ifndef PAGETLS_HOST_H
#define PAGETLS_HOST_H

#include <stddef.h>
#include <stdint.h>

/** Fills \p out with \p len cryptographically secure bytes. 0, or non-zero on failure. */
int pagetls_host_random(uint8_t *out, size_t len);
/** The current time in milliseconds since 1970-01-01 UTC. */
double pagetls_host_now(void);

/* What pagetls_host_aead() can be asked for: keys of 16, 32 and 32 bytes. */
enum { PAGETLS_AES_128_GCM, PAGETLS_AES_256_GCM, PAGETLS_CHACHA20_POLY1305 };

/**
 * Encrypts (\p decrypt is 0) or decrypts a whole record, where the host can. Only long records are offered: for short
 * ones the call costs more than it saves (crypto/host_aead.h).
 * \param in   \p len bytes, which \p out, of as many, may overlap.
 * \param tag  16 bytes: written when encrypting, read when decrypting.
 * \return 0 when it is done and the tag was right; otherwise nothing was written, and the core does the work itself.
 */
int pagetls_host_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t nonce[12], const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag);

#endif
