/* Public keys: ours and Mbed TLS's own arithmetic must do the same (test/kernels/public_cases.c). The input takes the place of
 * chance: which operation, which curve, which numbers, and what is spoiled. */
#include <stdio.h>

#include "fuzz.h"
#include "public_key.h"

void fuzz_public_key(const uint8_t *data, size_t size)
{
    const char *what = kernel_public_fuzz(data, size);
    if (what != NULL) {
        fprintf(stderr, "differs: %s\n", what);
    }
    FUZZ_MUST(what == NULL);
}
