/**
 * \file zeroize.h
 * \brief Overwrites secrets.
 */
#ifndef PAGETLS_ZEROIZE_H
#define PAGETLS_ZEROIZE_H

#include <stddef.h>
#include <string.h>

/** Overwrites \p len bytes with zeros, even if nothing reads them afterwards (test/kernels/leftovers.h). */
void pagetls_zeroize(void *bytes, size_t len);

/** Inline variant, for a small constant number of bytes on paths that run for every record. */
static inline void pagetls_zeroize_inline(void *bytes, size_t len)
{
    memset(bytes, 0, len);
    /* The compiler must assume that this reads the bytes, so it cannot drop the stores. */
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

#endif
