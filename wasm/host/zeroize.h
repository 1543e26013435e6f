/**
 * \file zeroize.h
 * \brief Overwriting secrets.
 */
#ifndef PAGETLS_ZEROIZE_H
#define PAGETLS_ZEROIZE_H

#include <stddef.h>
#include <string.h>

/** Overwrites \p len bytes with zeros, even where nothing reads them afterwards (test/kernels/leftovers.h). */
void pagetls_zeroize(void *bytes, size_t len);

/** The same without a call: for a few bytes, a constant number of them, once or more for each record. */
static inline void pagetls_zeroize_inline(void *bytes, size_t len)
{
    memset(bytes, 0, len);
    /* As far as the compiler knows this reads them, so it cannot leave out the stores. */
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

#endif
