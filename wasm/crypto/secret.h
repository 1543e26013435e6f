/**
 * \file secret.h
 * \brief Masks that the compiler cannot turn into branches, and constant-time comparison.
 */
#ifndef PAGETLS_SECRET_H
#define PAGETLS_SECRET_H

#include <stddef.h>
#include <stdint.h>

/**
 * Returns \p mask, hiding from the compiler that it is either 0 or all ones: Clang 14 would turn it into a branch where
 * that saves loads.
 */
static inline int32_t secret_mask(int32_t mask)
{
    __asm__("" : "+r"(mask));
    return mask;
}

/** Whether the \p len bytes of \p a and \p b differ. In constant time: always reads all of them. */
static inline int secrets_differ(const uint8_t *a, const uint8_t *b, size_t len)
{
    int32_t bits = 0;
    for (size_t i = 0; i < len; i++) {
        bits = secret_mask(bits | (a[i] ^ b[i]));
    }
    return bits != 0;
}

/** The entry \p index of a table, found by reading all of it, so that no address depends on the index. */
static inline uint8_t secret_look_up(const uint8_t *table, size_t len, uint32_t index)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < len; i++) {
        found |= table[i] & (uint32_t) secret_mask((int32_t) ((i ^ index) - 1) >> 31);
    }
    return (uint8_t) found;
}

#endif
