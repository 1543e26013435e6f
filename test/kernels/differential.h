/**
 * \file differential.h
 * \brief Random cases, in which our ciphers and Mbed TLS's own must do the same.
 */
#ifndef PAGETLS_KERNELS_DIFFERENTIAL_H
#define PAGETLS_KERNELS_DIFFERENTIAL_H

#include <stdint.h>

#include "adapter.h"

enum {
    KERNEL_APART,
    KERNEL_IN_PLACE, /* the output is where the input is */
    KERNEL_BEFORE    /* it begins before the input, and overlaps it; GCM only */
};

/** The most bytes of data that a case has. */
#define KERNEL_CASE_MAX 20000

/**
 * Gives \p input to both, and once more what comes of it, the other way round; \p input's out and tag are not used.
 * \param placed      where the output is.
 * \param offset      where the buffers begin, in bytes from an address that is a multiple of 16; 0 to 15.
 * \param flip        where one bit of what was encrypted changes, counted from the tag's first byte on; less than 0: nowhere.
 * \return NULL, or what differed.
 */
const char *kernel_compare(const kernel_input *input, int placed, unsigned offset, long flip);

/** Makes case number \p seed, and compares. NULL, or what differed, with what the case was. */
const char *kernel_random_case(uint64_t seed);

/** NULL, or what differed in a call that is wrong. */
const char *kernel_compare_misuse(void);

#endif
