/**
 * \file leftovers.h
 * \brief Functions that overwrite a secret in a local variable, to test whether it is gone after they return.
 */
#ifndef PAGETLS_KERNELS_LEFTOVERS_H
#define PAGETLS_KERNELS_LEFTOVERS_H

#include <stdint.h>

#define KERNEL_SECRET_BYTES 64

enum {
    KERNEL_OVERWRITE_MEMSET, /* compilers remove this one, so the test must find the secret */
    KERNEL_OVERWRITE_ZEROIZE,
    KERNEL_OVERWRITE_ZEROIZE_INLINE,
    KERNEL_OVERWRITES
};

/** Copies \p secret to a local variable, and overwrites it there. */
void kernel_leave_secret(int method, const uint8_t secret[KERNEL_SECRET_BYTES]);

#endif
