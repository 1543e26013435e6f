#include "leftovers.h"

#include <string.h>

#include "host/zeroize.h"

/* Forces the copy into memory, because the compiler must assume that it is read. */
static void use(const uint8_t *bytes)
{
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

static __attribute__((noinline)) void by_memset(const uint8_t *secret)
{
    uint8_t copy[KERNEL_SECRET_BYTES];
    memcpy(copy, secret, sizeof(copy));
    use(copy);
    memset(copy, 0, sizeof(copy));
}

static __attribute__((noinline)) void by_zeroize(const uint8_t *secret)
{
    uint8_t copy[KERNEL_SECRET_BYTES];
    memcpy(copy, secret, sizeof(copy));
    use(copy);
    pagetls_zeroize(copy, sizeof(copy));
}

static __attribute__((noinline)) void by_zeroize_inline(const uint8_t *secret)
{
    uint8_t copy[KERNEL_SECRET_BYTES];
    memcpy(copy, secret, sizeof(copy));
    use(copy);
    pagetls_zeroize_inline(copy, sizeof(copy));
}

void kernel_leave_secret(int method, const uint8_t secret[KERNEL_SECRET_BYTES])
{
    static void (*const methods[KERNEL_OVERWRITES])(const uint8_t *) = { by_memset, by_zeroize, by_zeroize_inline };
    methods[method](secret);
}
