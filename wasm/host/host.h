/**
 * \file host.h
 * \brief The functions that the host provides: imported by the wasm module (wasm_main.c), defined by the native tests.
 */
#ifndef PAGETLS_HOST_H
#define PAGETLS_HOST_H

#include <stddef.h>
#include <stdint.h>

/** Fills \p out with \p len cryptographically secure random bytes. Returns 0, or non-zero on failure. */
int pagetls_host_random(uint8_t *out, size_t len);
/** The current time in milliseconds since 1970-01-01 UTC. */
double pagetls_host_now(void);

/* The ciphers of pagetls_host_aead(), with keys of 16, 32 and 32 bytes. */
enum { PAGETLS_AES_128_GCM, PAGETLS_AES_256_GCM, PAGETLS_CHACHA20_POLY1305 };

/**
 * Encrypts (\p decrypt is 0) or decrypts a complete record, if the host can. Called only for long records:
 * for short ones the call costs more than it saves (crypto/host_aead.h).
 * \param in   \p len bytes; \p out has the same length and may overlap it.
 * \param tag  16 bytes: written when encrypting, read when decrypting.
 * \return 0 on success, with a correct tag when decrypting. Otherwise nothing is written, and the core does the work.
 */
int pagetls_host_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t nonce[12], const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag);

#endif
