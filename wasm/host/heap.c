#include "host/heap.h"

#include <stdlib.h>
#include <string.h>

#include "host/zeroize.h"
#include "pagetls.h"

static size_t heap_bytes;
static size_t heap_failures;

uint8_t *pagetls_alloc(size_t len)
{
    return pagetls_heap_calloc(1, len > 0 ? len : 1);
}

void pagetls_free(void *block)
{
    pagetls_heap_free(block);
}

/* Each block knows its length: to be counted and zeroized. (malloc_usable_size() of
 * one and the same block can change in Emscripten's emmalloc.) */
typedef struct header {
    size_t len;
    struct header *next; /* of the spare blocks */
} header;
_Static_assert(sizeof(header) == 2 * sizeof(void *), "keeps malloc's alignment");

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN
#endif
#ifdef WITH_ASAN /* which sees the use of a spare block as that of freed memory */
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, len) (void) 0
#define ASAN_UNPOISON_MEMORY_REGION(start, len) (void) 0
#endif

static struct spares {
    size_t len;
    size_t count;
    header *first; /* all of them are zeros */
} spares[] = { { .len = PAGETLS_HEAP_QUEUE_BYTES }, { .len = PAGETLS_HEAP_RECORD_BYTES } };

static struct spares *spares_of(size_t len)
{
    return len == spares[0].len ? &spares[0] : len == spares[1].len ? &spares[1] : NULL;
}

static header *take_spare(size_t len)
{
    struct spares *kept = spares_of(len);
    if (kept == NULL || kept->count == 0) {
        return NULL;
    }
    header *block = kept->first;
    kept->first = block->next;
    kept->count--;
    ASAN_UNPOISON_MEMORY_REGION(block + 1, len);
    return block;
}

size_t pagetls_heap_failures(void)
{
    return heap_failures;
}

void *pagetls_heap_calloc(size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX - sizeof(header)) / size) {
        heap_failures++;
        return NULL;
    }
    size_t len = count * size;
    header *block = take_spare(len);
    if (block == NULL) {
        block = calloc(1, sizeof(header) + len);
    }
    if (block == NULL) {
        heap_failures++;
        return NULL;
    }
    block->len = len;
    heap_bytes += len;
    return block + 1;
}

void pagetls_heap_free_used(void *block, size_t used)
{
    if (block == NULL) {
        return;
    }
    header *start = (header *) block - 1;
    size_t len = start->len;
    struct spares *kept = spares_of(len);
    heap_bytes -= len;
    /* Keys, plaintext and big numbers all pass through here: none outlives its block. */
    pagetls_zeroize(block, used < len ? used : len);
    if (kept != NULL && kept->count < PAGETLS_HEAP_CACHED_BLOCKS) {
        start->next = kept->first;
        kept->first = start;
        kept->count++;
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
    for (size_t i = 0; i < sizeof(spares) / sizeof(spares[0]); i++) {
        header *block;
        while ((block = take_spare(spares[i].len)) != NULL) {
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
    return heap_bytes;
}
