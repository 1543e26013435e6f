/**
 * \file field25519.h
 * \brief The field of p = 2^255 - 19 elements, shared by x25519.c and ed25519.c.
 *
 * An element has nine limbs of 29 bits. Limbs are signed, so sums and differences need no carry. A product has limbs of
 * an absolute value of little more than 2^28, called "one unit". The product of elements of a and b units is correct
 * as long as a b is at most 12: the sum of a column is then below 9 * 12 * 2^56 (1 + 2^-11) < 2^63.
 */
#ifndef PAGETLS_FIELD25519_H
#define PAGETLS_FIELD25519_H

#include <stdint.h>

enum { LIMBS = 9, LIMB_BITS = 29 };

typedef struct {
    int32_t limb[LIMBS];
} element;

/* Short names, as in field.inc, which defines the first two. */
#define FIELD_LINKAGE
#define multiply pagetls_25519_multiply
#define square pagetls_25519_square
#define square_times pagetls_25519_square_times
#define add_multiple pagetls_25519_add_multiple
#define invert pagetls_25519_invert
#define power_for_root pagetls_25519_power_for_root
#define element_from_bytes pagetls_25519_from_bytes
#define element_to_bytes pagetls_25519_to_bytes

void multiply(element *out, const element *a, const element *b);
void square(element *out, const element *a);
/** Squares \p times times, at least once. */
void square_times(element *out, const element *a, int times);
/** out = a + factor b; factor is below 2^20. */
void add_multiple(element *out, const element *a, int32_t factor, const element *b);
/** out = 1/a, or 0 for 0. In constant time. */
void invert(element *out, const element *a);
/** out = a^((p - 5) / 8), for square roots (RFC 8032, section 5.1.3). */
void power_for_root(element *out, const element *a);
/** Reads a little-endian number, which may be p or more; ignores the most significant bit. */
void element_from_bytes(element *out, const uint8_t number[32]);
/** Writes the canonical number, from 0 to p - 1, little-endian; a has up to four units. In constant time. */
void element_to_bytes(uint8_t out[32], const element *a);

static inline void add(element *out, const element *a, const element *b)
{
    _Pragma("GCC unroll 9") for (int i = 0; i < LIMBS; i++)
    {
        out->limb[i] = a->limb[i] + b->limb[i];
    }
}

static inline void subtract(element *out, const element *a, const element *b)
{
    _Pragma("GCC unroll 9") for (int i = 0; i < LIMBS; i++)
    {
        out->limb[i] = a->limb[i] - b->limb[i];
    }
}

#endif
