/**
 * \file heap.h
 * \brief The heap: counted to find leaks, and zeroized on free so that no secret outlives its block.
 */
#ifndef PAGETLS_HEAP_H
#define PAGETLS_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "host/limits.h"

/** Allocates \p count x \p size zeroed bytes, or returns NULL. Free with pagetls_heap_free(). */
void *pagetls_heap_calloc(size_t count, size_t size);
/** The number of allocations that have failed so far. If it has grown, a failure may only mean out of memory. */
size_t pagetls_heap_failures(void);
/** Zeroizes and frees \p block. NULL is allowed. */
void pagetls_heap_free(void *block);
/** Like pagetls_heap_free(), for a block in which only the first \p used bytes were written since its allocation. */
void pagetls_heap_free_used(void *block, size_t used);
/** Returns a copy of \p len bytes followed by a NUL, or NULL when out of memory. */
void *pagetls_heap_copy(const void *bytes, size_t len);

/* Blocks of PAGETLS_HEAP_QUEUE_BYTES and PAGETLS_HEAP_RECORD_BYTES come and go with every message, so a few freed ones
 * are cached for reuse: zeroed, and not counted as in use. */
#define PAGETLS_HEAP_RECORD_BYTES 16429 /* Mbed TLS's record buffer; mbedtls/record_buffers.c asserts the size */
#define PAGETLS_HEAP_CACHED_BLOCKS 4    /* of each size: an active connection has at most four queues and two records */
/** Frees the cached blocks. */
void pagetls_heap_clear_cache(void);

#endif
