/* What Mbed TLS asks of its host (wasm/mbedtls_config.h), as far as ciphers need it. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "mbedtls/build_info.h"

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
