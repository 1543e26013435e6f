/**
 * \file heap.h
 * \brief The heap: counted, so that a leak shows, and zeroized, so that no secret outlives its block.
 */
#ifndef PAGETLS_HEAP_H
#define PAGETLS_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "host/limits.h"

/** Zeroed memory of \p count x \p size bytes, or NULL. Freed with pagetls_heap_free(). */
void *pagetls_heap_calloc(size_t count, size_t size);
/** How many allocations have failed so far. Where that has grown, a refusal may come of it alone. */
size_t pagetls_heap_failures(void);
/** Zeroizes and frees \p block. NULL is allowed. */
void pagetls_heap_free(void *block);
/** The same for a block of which only the first \p used bytes were written since it was allocated. */
void pagetls_heap_free_used(void *block, size_t used);
/** A copy of \p len bytes followed by a NUL, or NULL when memory is exhausted. */
void *pagetls_heap_copy(const void *bytes, size_t len);

/* Blocks of these lengths come and go with each message. A few freed ones are kept for the next user, zeroed and not
 * counted as in use. A connection has at most four queues, and two records, at a time. */
#define PAGETLS_HEAP_RECORD_BYTES 16429
#define PAGETLS_HEAP_CACHED_BLOCKS 4
/** Frees the kept blocks. */
void pagetls_heap_clear_cache(void);

#endif
