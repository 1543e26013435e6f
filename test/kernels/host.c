/* The host functions that Mbed TLS's arithmetic needs (wasm/mbedtls/pagetls_mbedtls_config.h). */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "psa/crypto.h"

void *pagetls_heap_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void pagetls_heap_free(void *block)
{
    free(block);
}

int64_t pagetls_clock_seconds(int64_t *out)
{
    if (out != NULL) {
        *out = 0;
    }
    return 0;
}

int pagetls_format(char *text, size_t size, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int len = vsnprintf(text, size, format, list);
    va_end(list);
    return len;
}

/* Needed by the linker, but never called. */
psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *output,
                                             size_t output_size, size_t *output_length)
{
    (void) context;
    (void) output;
    (void) output_size;
    *output_length = 0;
    return PSA_ERROR_INSUFFICIENT_ENTROPY;
}
