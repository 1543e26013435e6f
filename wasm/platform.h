/**
 * \file platform.h
 * \brief Heap, clock, randomness and the host's ciphers, for Mbed TLS and for the rest of pagetls.
 */
#ifndef PAGETLS_PLATFORM_H
#define PAGETLS_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* Provided by the host: imported by the wasm module, defined by the native tests. */

/** Fills \p out with \p len cryptographically secure bytes. 0, or non-zero on failure. */
int pagetls_host_random(uint8_t *out, size_t len);
/** The current time in milliseconds since 1970-01-01 UTC. */
double pagetls_host_now(void);

/* What pagetls_host_aead() can be asked for: keys of 16, 32 and 32 bytes. */
enum { PAGETLS_AES_128_GCM, PAGETLS_AES_256_GCM, PAGETLS_CHACHA20_POLY1305 };

/**
 * Encrypts (\p decrypt is 0) or decrypts at once, where the host can: asked for long records alone, as it may cost more
 * than it saves for others (crypto/host_aead.h).
 * \param in   \p len bytes, which \p out, of as many, may overlap.
 * \param tag  16 bytes: written when encrypting, read when decrypting.
 * \return 0 when it is done, and the tag was the right one; else nothing was written, and we do it, or refuse, ourselves.
 */
int pagetls_host_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t nonce[12], const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag);

/** Starts PSA Crypto once. 0 or a negative Mbed TLS / PSA code. */
int pagetls_platform_start(void);

/** Zeroed memory of \p count x \p size bytes, or NULL. Freed with pagetls_heap_free(). */
void *pagetls_heap_calloc(size_t count, size_t size);
/** Zeroizes and frees \p block. NULL is allowed. */
void pagetls_heap_free(void *block);
/** The same for a block of which no more than the first \p used bytes were written to since it was allocated. */
void pagetls_heap_free_used(void *block, size_t used);

/* Blocks of these lengths come and go with each message. A few of each that were freed are kept for the next who
 * wants one: zeroed, and not counted as in use. A connection has at most four queues, and two records, at a time. */
#define PAGETLS_HEAP_QUEUE 65536
#define PAGETLS_HEAP_RECORD 16429
#define PAGETLS_HEAP_SPARES 4
/** Frees what is kept. */
void pagetls_heap_drop_spares(void);

/** A copy of \p len bytes followed by a NUL, or NULL when memory is exhausted. */
void *pagetls_heap_copy(const void *bytes, size_t len);

/** Sets the clock that certificates are judged by: milliseconds since 1970,
 *  or NaN for the host's own. Stays until the next call. */
void pagetls_clock_set(double milliseconds);
/** The clock in seconds since 1970 (Mbed TLS's time function). */
int64_t pagetls_clock_seconds(int64_t *out);

#endif
