/**
 * \file limbs.h
 * \brief Numbers as limbs of fewer than 32 bits, least first, and as bytes, greatest first.
 *
 * Limbs may be negative, and greater than they need be, as long as the number is what it is.
 */
#ifndef PAGETLS_LIMBS_H
#define PAGETLS_LIMBS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Reads \p len bytes into \p count limbs of \p bits bits, none of which is negative. In constant time.
 * count * bits is at least len * 8, and bits from 8 to 31.
 */
void pagetls_limbs_read(int32_t *limb, size_t count, unsigned bits, const uint8_t *bytes, size_t len);

/** Writes a number of at least 0 and less than 2^(8 len) into \p len bytes. In constant time. */
void pagetls_limbs_write(uint8_t *bytes, size_t len, const int32_t *limb, size_t count, unsigned bits);

#endif
