/* Compares our public-key arithmetic with Mbed TLS's (test/kernels/public_cases.c). The input replaces the random
 * choices there: the operation, the curve, the numbers, and what is corrupted. */
#include <stdio.h>

#include "fuzz.h"
#include "public_key.h"

void fuzz_public_key(const uint8_t *data, size_t size)
{
    const char *difference = kernel_public_fuzz(data, size);
    if (difference != NULL) {
        fprintf(stderr, "differs: %s\n", difference);
    }
    FUZZ_ASSERT(difference == NULL);
}
