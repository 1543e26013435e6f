/**
 * \file random.h
 * \brief Numbers that look random, and are the same for the same seed (splitmix64); or a fuzzer's, as long as there are
 *        any.
 */
#ifndef PAGETLS_KERNELS_RANDOM_H
#define PAGETLS_KERNELS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t seed;
    const uint8_t *given; /**< bytes to be taken first */
    size_t left;          /**< how many they are */
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
    if (from->left > 0) {
        from->left--;
        return *from->given++;
    }
    return (uint8_t) (next_random(from) >> 24);
}

static inline unsigned below(random_source *from, unsigned bound)
{
    if (from->left > 0) {
        const unsigned first = random_byte(from);
        return (bound > 256 ? first << 8 | random_byte(from) : first) % bound;
    }
    return (unsigned) (next_random(from) >> 32) % bound;
}

/** Mbed TLS's form of it; \p from is a random_source. */
static inline int kernel_random_bytes(void *from, unsigned char *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = random_byte(from);
    }
    return 0;
}

#endif
