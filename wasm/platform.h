/**
 * \file platform.h
 * \brief Heap, clock and randomness for Mbed TLS and for the rest of pagetls.
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
