/**
 * \file queue.h
 * \brief A bounded byte queue in one contiguous block.
 *
 * The block is allocated only while the queue holds data, so an idle connection has none. The bytes written to it are
 * zeroized when it is freed.
 */
#ifndef PAGETLS_QUEUE_H
#define PAGETLS_QUEUE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *block;  /**< NULL if empty and not reserved */
    size_t capacity; /**< maximum number of bytes */
    size_t head;     /**< offset of the first byte */
    size_t tail;     /**< offset after the last byte */
    size_t used;     /**< maximum of tail since the block was allocated */
} pagetls_queue;

/** The number of bytes in the queue. */
size_t pagetls_queue_size(const pagetls_queue *queue);
/** The number of bytes that the queue still has space for. */
size_t pagetls_queue_space(const pagetls_queue *queue);
/** Where to write up to pagetls_queue_space() bytes; NULL when out of memory. */
uint8_t *pagetls_queue_reserve(pagetls_queue *queue);
/** Appends the first \p len of the reserved bytes: all that were written, because only these are zeroized later. */
void pagetls_queue_commit(pagetls_queue *queue, size_t len);
/** The first of pagetls_queue_size() bytes; NULL if the queue is empty. */
const uint8_t *pagetls_queue_peek(const pagetls_queue *queue);
/** Removes the first \p len bytes. */
void pagetls_queue_consume(pagetls_queue *queue, size_t len);
/** Frees the block if the queue is empty. */
void pagetls_queue_trim(pagetls_queue *queue);
/** Empties the queue and frees its block. */
void pagetls_queue_free(pagetls_queue *queue);

#endif
