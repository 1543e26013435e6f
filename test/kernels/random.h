/**
 * \file random.h
 * \brief Reproducible pseudorandom numbers from a seed (splitmix64), after an optional prefix of bytes from a fuzzer.
 */
#ifndef PAGETLS_KERNELS_RANDOM_H
#define PAGETLS_KERNELS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t seed;
    const uint8_t *prefix; /**< bytes to return first */
    size_t prefix_len;
} random_source;

static inline uint64_t next_random(random_source *from)
{
    uint64_t z = from->seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline uint8_t random_byte(random_source *from)
{
    if (from->prefix_len > 0) {
        from->prefix_len--;
        return *from->prefix++;
    }
    return (uint8_t) (next_random(from) >> 24);
}

static inline unsigned random_below(random_source *from, unsigned bound)
{
    if (from->prefix_len > 0) {
        const unsigned first = random_byte(from);
        return (bound > 256 ? first << 8 | random_byte(from) : first) % bound;
    }
    return (unsigned) (next_random(from) >> 32) % bound;
}

/** A random generator for Mbed TLS; \p from is a random_source. */
static inline int kernel_random_bytes(void *from, unsigned char *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = random_byte(from);
    }
    return 0;
}

#endif
