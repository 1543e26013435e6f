/**
 * \file limbs.h
 * \brief Conversion between limbs of fewer than 32 bits, least significant first, and big-endian bytes.
 *
 * Limbs may be negative or exceed their number of bits, as long as their weighted sum is the number.
 */
#ifndef PAGETLS_LIMBS_H
#define PAGETLS_LIMBS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Reads \p len bytes into \p count non-negative limbs of \p bits bits. In constant time.
 * count * bits is at least len * 8; bits is from 8 to 31.
 */
void pagetls_limbs_read(int32_t *limb, size_t count, unsigned bits, const uint8_t *bytes, size_t len);

/** Writes a number from 0 to 2^(8 len) - 1 into \p len bytes. In constant time. */
void pagetls_limbs_write(uint8_t *bytes, size_t len, const int32_t *limb, size_t count, unsigned bits);

#endif
