/**
 * \file queue.h
 * \brief A bounded byte queue in one contiguous block.
 *
 * The block exists only while there is something in it: an idle connection
 * holds none. What was written to it is zeroized when it goes.
 */
#ifndef PAGETLS_QUEUE_H
#define PAGETLS_QUEUE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *block;  /**< NULL while empty and not reserved */
    size_t capacity; /**< most bytes that it may hold */
    size_t head;     /**< offset of the first byte */
    size_t tail;     /**< offset after the last byte */
    size_t used;     /**< the most that tail has been */
} pagetls_queue;

/** Bytes waiting. */
size_t pagetls_queue_size(const pagetls_queue *queue);
/** Bytes that can still be put in. */
size_t pagetls_queue_space(const pagetls_queue *queue);
/** Where to write up to pagetls_queue_space() bytes; NULL when memory is exhausted. */
uint8_t *pagetls_queue_reserve(pagetls_queue *queue);
/** Declares \p len of the reserved bytes written: all that were, for no others are zeroized. */
void pagetls_queue_commit(pagetls_queue *queue, size_t len);
/** The first of pagetls_queue_size() bytes; NULL when there are none. */
const uint8_t *pagetls_queue_peek(const pagetls_queue *queue);
/** Drops the first \p len bytes. */
void pagetls_queue_consume(pagetls_queue *queue, size_t len);
/** Gives the block back if nothing is in it. */
void pagetls_queue_trim(pagetls_queue *queue);
/** Empties the queue and gives its block back. */
void pagetls_queue_free(pagetls_queue *queue);

#endif
