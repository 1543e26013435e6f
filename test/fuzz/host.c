/* The host of the core: a fixed clock, constant randomness, failing allocations, and a count of signatures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "host/host.h"
#include "mbedtls/pk.h"
#include "pagetls.h"

size_t fuzz_signatures;
size_t fuzz_allocations;
int fuzz_all_signed;
int fuzz_pause_failures;
char fuzz_outcome[256];
static long allocations_left = -1;

void fuzz_fail(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

double pagetls_host_now(void)
{
    return 1781524800000.0;
}

int pagetls_host_random(uint8_t *out, size_t len)
{
    memset(out, 7, len);
    return 0;
}

size_t fuzz_start(void)
{
    static int started;
    if (!started) {
        FUZZ_ASSERT(pagetls_start() == 0);
        started = 1;
    }
    return pagetls_heap_in_use();
}

/* The linker calls these instead of the functions without __wrap_ (targets.cmake). */
void *__wrap_calloc(size_t count, size_t size);
void *__real_calloc(size_t count, size_t size);
int __wrap_mbedtls_pk_verify_ext(mbedtls_pk_type_t type, const void *options, mbedtls_pk_context *key,
                                 mbedtls_md_type_t md, const unsigned char *hash, size_t hash_len,
                                 const unsigned char *signature, size_t signature_len);
int __real_mbedtls_pk_verify_ext(mbedtls_pk_type_t type, const void *options, mbedtls_pk_context *key,
                                 mbedtls_md_type_t md, const unsigned char *hash, size_t hash_len,
                                 const unsigned char *signature, size_t signature_len);

int fuzz_has_bad_marker(const uint8_t *bytes, size_t len)
{
    return len >= 4 && memcmp(bytes, "\xBA\xD0\xBA\xD0", 4) == 0;
}

void fuzz_fail_allocation_after(long count)
{
    allocations_left = count;
}

void *__wrap_calloc(size_t count, size_t size)
{
    fuzz_allocations++;
    if (allocations_left >= 0 && !fuzz_pause_failures && allocations_left-- == 0) {
        return NULL;
    }
    return __real_calloc(count, size);
}

int __wrap_mbedtls_pk_verify_ext(mbedtls_pk_type_t type, const void *options, mbedtls_pk_context *key,
                                 mbedtls_md_type_t md, const unsigned char *hash, size_t hash_len,
                                 const unsigned char *signature, size_t signature_len)
{
    fuzz_signatures++;
    if (!fuzz_all_signed) {
        return __real_mbedtls_pk_verify_ext(type, options, key, md, hash, hash_len, signature, signature_len);
    }
    return fuzz_has_bad_marker(signature, signature_len) ? MBEDTLS_ERR_PK_SIG_LEN_MISMATCH : 0;
}
