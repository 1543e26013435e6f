/**
 * \file leftovers.h
 * \brief A secret in a local variable, which is overwritten before the function returns: whether it is gone.
 */
#ifndef PAGETLS_KERNELS_LEFTOVERS_H
#define PAGETLS_KERNELS_LEFTOVERS_H

#include <stdint.h>

#define KERNEL_SECRET 64 /**< bytes */

enum {
    KERNEL_BY_MEMSET, /* which compilers leave out: what must be found */
    KERNEL_BY_ZEROIZE,
    KERNEL_BY_ZEROIZE_INLINE,
    KERNEL_WAYS
};

/** Copies \p secret to a local variable, and overwrites that. */
void kernel_leave(int way, const uint8_t secret[KERNEL_SECRET]);

#endif
