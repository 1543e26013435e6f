/**
 * \file differential.h
 * \brief Random cases in which our ciphers and Mbed TLS's must agree.
 */
#ifndef PAGETLS_KERNELS_DIFFERENTIAL_H
#define PAGETLS_KERNELS_DIFFERENTIAL_H

#include <stdint.h>

#include "adapter.h"

enum {
    KERNEL_SEPARATE,
    KERNEL_IN_PLACE,   /* the output is the input */
    KERNEL_OVERLAPPING /* the output begins before the input and overlaps it; GCM only */
};

/** Maximum length of the data of a case. */
#define KERNEL_CASE_MAX_BYTES 20000

/**
 * Encrypts \p input with both implementations, then decrypts the result with both. Ignores \p input's out and tag.
 * \param placement  where the output is.
 * \param offset     of the buffers from a multiple of 16, in bytes, 0 to 15.
 * \param flip       the bit to flip before decrypting, counted from the first byte of the tag, which the ciphertext
 *                   follows; negative: none.
 * \return NULL, or what differed.
 */
const char *kernel_compare(const kernel_input *input, int placement, unsigned offset, long flip);

/** Generates case number \p seed, and compares. \return NULL, or what differed and a description of the case. */
const char *kernel_random_case(uint64_t seed);

/** Compares the error codes of invalid calls. \return NULL, or what differed. */
const char *kernel_compare_misuse(void);

#endif
