#include "host/heap.h"

#include <stdlib.h>
#include <string.h>

#include "host/zeroize.h"
#include "pagetls.h"

static size_t bytes_in_use;
static size_t failed_allocations;

uint8_t *pagetls_alloc(size_t len)
{
    return pagetls_heap_calloc(1, len > 0 ? len : 1);
}

void pagetls_free(void *block)
{
    pagetls_heap_free(block);
}

/* Each block stores its length, for counting and zeroizing. (With Emscripten's emmalloc, malloc_usable_size() of one
 * block can change over time.) */
typedef struct block_header {
    size_t len;
    struct block_header *next_free;
} block_header;
_Static_assert(sizeof(block_header) == 2 * sizeof(void *), "keeps malloc's alignment");

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN
#endif
#ifdef WITH_ASAN /* cached blocks are poisoned: using one is reported like using freed memory */
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, len) (void) 0
#define ASAN_UNPOISON_MEMORY_REGION(start, len) (void) 0
#endif

/* Cached blocks of one length, all zeros. */
static struct free_list {
    size_t len;
    size_t count;
    block_header *first;
} free_lists[] = { { .len = PAGETLS_HEAP_QUEUE_BYTES }, { .len = PAGETLS_HEAP_RECORD_BYTES } };

static struct free_list *free_list_for(size_t len)
{
    return len == free_lists[0].len ? &free_lists[0] : len == free_lists[1].len ? &free_lists[1] : NULL;
}

static block_header *pop_cached_block(size_t len)
{
    struct free_list *list = free_list_for(len);
    if (list == NULL || list->count == 0) {
        return NULL;
    }
    block_header *block = list->first;
    list->first = block->next_free;
    list->count--;
    ASAN_UNPOISON_MEMORY_REGION(block + 1, len);
    return block;
}

size_t pagetls_heap_failures(void)
{
    return failed_allocations;
}

void *pagetls_heap_calloc(size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX - sizeof(block_header)) / size) {
        failed_allocations++;
        return NULL;
    }
    size_t len = count * size;
    block_header *block = pop_cached_block(len);
    if (block == NULL) {
        block = calloc(1, sizeof(block_header) + len);
    }
    if (block == NULL) {
        failed_allocations++;
        return NULL;
    }
    block->len = len;
    bytes_in_use += len;
    return block + 1;
}

void pagetls_heap_free_used(void *block, size_t used)
{
    if (block == NULL) {
        return;
    }
    block_header *start = (block_header *) block - 1;
    size_t len = start->len;
    struct free_list *list = free_list_for(len);
    bytes_in_use -= len;
    /* Keys, plaintext and big numbers are all freed here, so no secret outlives its block. */
    pagetls_zeroize(block, used < len ? used : len);
    if (list != NULL && list->count < PAGETLS_HEAP_CACHED_BLOCKS) {
        start->next_free = list->first;
        list->first = start;
        list->count++;
        ASAN_POISON_MEMORY_REGION(block, len);
    } else {
        free(start);
    }
}

void pagetls_heap_free(void *block)
{
    pagetls_heap_free_used(block, SIZE_MAX);
}

void pagetls_heap_clear_cache(void)
{
    for (size_t i = 0; i < sizeof(free_lists) / sizeof(free_lists[0]); i++) {
        block_header *block;
        while ((block = pop_cached_block(free_lists[i].len)) != NULL) {
            free(block);
        }
    }
}

void *pagetls_heap_copy(const void *bytes, size_t len)
{
    char *copy = len < SIZE_MAX ? pagetls_heap_calloc(1, len + 1) : NULL;
    if (copy != NULL && len > 0) {
        memcpy(copy, bytes, len);
    }
    return copy;
}

size_t pagetls_heap_in_use(void)
{
    return bytes_in_use;
}
