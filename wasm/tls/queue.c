#include "tls/queue.h"

#include <string.h>

#include "host/heap.h"

size_t pagetls_queue_size(const pagetls_queue *queue)
{
    return queue->tail - queue->head;
}

size_t pagetls_queue_space(const pagetls_queue *queue)
{
    return queue->capacity - pagetls_queue_size(queue);
}

uint8_t *pagetls_queue_reserve(pagetls_queue *queue)
{
    if (queue->block == NULL) {
        queue->block = pagetls_heap_calloc(1, queue->capacity);
        queue->head = queue->tail = queue->used = 0;
        if (queue->block == NULL) {
            return NULL;
        }
    }
    if (queue->head > 0) {
        memmove(queue->block, queue->block + queue->head, pagetls_queue_size(queue));
        queue->tail -= queue->head;
        queue->head = 0;
    }
    return queue->block + queue->tail;
}

void pagetls_queue_commit(pagetls_queue *queue, size_t len)
{
    size_t free_bytes = queue->block == NULL ? 0 : queue->capacity - queue->tail;
    queue->tail += len < free_bytes ? len : free_bytes;
    queue->used = queue->tail > queue->used ? queue->tail : queue->used;
}

const uint8_t *pagetls_queue_peek(const pagetls_queue *queue)
{
    return pagetls_queue_size(queue) == 0 ? NULL : queue->block + queue->head;
}

void pagetls_queue_consume(pagetls_queue *queue, size_t len)
{
    size_t size = pagetls_queue_size(queue);
    queue->head += len < size ? len : size;
    if (queue->head == queue->tail) {
        queue->head = queue->tail = 0;
    }
}

void pagetls_queue_trim(pagetls_queue *queue)
{
    if (pagetls_queue_size(queue) == 0) {
        pagetls_queue_free(queue);
    }
}

void pagetls_queue_free(pagetls_queue *queue)
{
    pagetls_heap_free_used(queue->block, queue->used);
    queue->block = NULL;
    queue->head = queue->tail = queue->used = 0;
}
