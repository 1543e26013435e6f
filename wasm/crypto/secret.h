/**
 * \file secret.h
 * \brief Masks that a compiler must not see through, and comparing secrets.
 */
#ifndef PAGETLS_SECRET_H
#define PAGETLS_SECRET_H

#include <stddef.h>
#include <stdint.h>

/**
 * \p mask as it is. The compiler does not know that it is either 0 or all ones, of which Clang 14 makes a branch when
 * that saves loads.
 */
static inline int32_t secret_mask(int32_t mask)
{
    __asm__("" : "+r"(mask));
    return mask;
}

/** Whether the \p len bytes of \p a and \p b differ, all of which are read, whatever they are. */
static inline int secret_differ(const uint8_t *a, const uint8_t *b, size_t len)
{
    int32_t bits = 0;
    for (size_t i = 0; i < len; i++) {
        bits = secret_mask(bits | (a[i] ^ b[i]));
    }
    return bits != 0;
}

#endif
