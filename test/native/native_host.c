#include "native_host.h"

#include <math.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "host/heap.h"
#include "host/host.h"

static uint64_t generator_state;
static long random_left = -1;
static double now_ms = NAN;
static long allocations_left = -1;
static int allocation_failed;

void native_host_seed(uint64_t seed)
{
    generator_state = seed;
}

void native_host_fail_random(long calls)
{
    random_left = calls;
}

void native_host_set_now(double milliseconds)
{
    now_ms = milliseconds;
}

void native_host_fail_allocation(long calls)
{
    if (calls >= 0) {
        pagetls_heap_clear_cache(); /* otherwise a cached block would be used instead of an allocation */
    }
    allocations_left = calls;
    allocation_failed = 0;
}

int native_host_allocation_failed(void)
{
    return allocation_failed;
}

/* splitmix64: enough for a handshake that can be replayed. */
static uint8_t next_byte(void)
{
    generator_state += 0x9E3779B97F4A7C15u;
    uint64_t z = generator_state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint8_t) (z ^ z >> 31);
}

int pagetls_host_random(uint8_t *out, size_t len)
{
    if (random_left == 0) {
        return -1;
    }
    if (random_left > 0) {
        random_left--;
    }
    if (generator_state == 0) {
        return getrandom(out, len, 0) == (ssize_t) len ? 0 : -1;
    }
    for (size_t i = 0; i < len; i++) {
        out[i] = next_byte();
    }
    return 0;
}

double pagetls_host_now(void)
{
    struct timespec now;
    if (!isnan(now_ms)) {
        return now_ms;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    return (double) now.tv_sec * 1000.0 + (double) now.tv_nsec / 1e6;
}

int pagetls_host_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t nonce[12], const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag)
{
    (void) cipher, (void) decrypt, (void) key, (void) nonce, (void) ad, (void) ad_len;
    (void) in, (void) len, (void) out, (void) tag;
    return 1; /* not supported */
}

/* The linker redirects the core's calls of calloc() here (--wrap). */
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    if (allocations_left == 0) {
        allocation_failed = 1;
        allocations_left = -1;
        return NULL;
    }
    if (allocations_left > 0) {
        allocations_left--;
    }
    return __real_calloc(count, size);
}
