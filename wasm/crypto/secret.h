/**
 * \file secret.h
 * \brief Masks that a compiler must not see through.
 */
#ifndef PAGETLS_SECRET_H
#define PAGETLS_SECRET_H

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

#endif
