#include "crypto/field25519.h"

#include "crypto/limbs.h"
#include "host/zeroize.h"

enum { FOLD = 19 << 6 }; /* 2^261 is FOLD modulo p */

#include "crypto/field.inc"

/* Reduces the absolute value of *t to at most half of LIMB_ONE, and returns the carry. */
static ALWAYS_INLINE int64_t carry(int64_t *t)
{
    int64_t excess = (*t + LIMB_ONE / 2) >> LIMB_BITS;
    *t -= excess * LIMB_ONE;
    return excess;
}

static ALWAYS_INLINE void reduce(element *out, int64_t t[2 * LIMBS])
{
    UNROLLED for (int i = LIMBS; i < 2 * LIMBS - 1; i++)
    {
        t[i + 1] += carry(&t[i]);
    }
    UNROLLED for (int i = 0; i < LIMBS; i++)
    {
        t[i] += FOLD * t[i + LIMBS];
    }
    UNROLLED for (int i = 0; i < LIMBS - 1; i++)
    {
        t[i + 1] += carry(&t[i]);
    }
    t[0] += FOLD * carry(&t[LIMBS - 1]);
    t[1] += carry(&t[0]);
    UNROLLED for (int i = 0; i < LIMBS; i++)
    {
        out->limb[i] = (int32_t) t[i];
    }
}

void add_multiple(element *out, const element *a, int32_t factor, const element *b)
{
    int64_t t[2 * LIMBS] = { 0 };
    UNROLLED for (int i = 0; i < LIMBS; i++)
    {
        t[i] = a->limb[i] + (int64_t) factor * b->limb[i];
    }
    reduce(out, t);
}

void square_times(element *out, const element *a, int times)
{
    square(out, a);
    while (--times > 0) {
        square(out, out);
    }
}

/* power = a^(2^250 - 1), a11 = a^11. Other variables are named after exponents: e5 is a^(2^5 - 1). */
static void power_250(element *power, element *a11, const element *a)
{
    element a2, e5, e10, e50, t;
    square(&a2, a);
    square_times(&t, &a2, 2);
    multiply(&t, &t, a); /* 9 */
    multiply(a11, &t, &a2);
    square(&e5, a11);
    multiply(&e5, &e5, &t);
    square_times(&t, &e5, 5);
    multiply(&e10, &t, &e5);
    square_times(&t, &e10, 10);
    multiply(&t, &t, &e10); /* e20 */
    square_times(&e50, &t, 20);
    multiply(&t, &e50, &t); /* e40 */
    square_times(&t, &t, 10);
    multiply(&e50, &t, &e10);
    square_times(&t, &e50, 50);
    multiply(&e10, &t, &e50); /* e100 */
    square_times(&t, &e10, 100);
    multiply(&t, &t, &e10); /* e200 */
    square_times(&t, &t, 50);
    multiply(power, &t, &e50);
}

void invert(element *out, const element *a)
{
    element a11, t;
    power_250(&t, &a11, a);
    square_times(&t, &t, 5);
    multiply(out, &t, &a11); /* 2^255 - 21 */
}

void power_for_root(element *out, const element *a)
{
    element a11, t;
    power_250(&t, &a11, a);
    square_times(&t, &t, 2);
    multiply(out, &t, a); /* 2^252 - 3 */
}

void element_from_bytes(element *out, const uint8_t u[32])
{
    uint8_t number[32];
    int64_t t[2 * LIMBS] = { 0 };
    for (int i = 0; i < 32; i++) {
        number[i] = u[31 - i];
    }
    number[0] &= 0x7f;
    pagetls_limbs_read(out->limb, LIMBS, LIMB_BITS, number, sizeof(number)); /* up to 2 units */
    for (int i = 0; i < LIMBS; i++) {
        t[i] = out->limb[i];
    }
    reduce(out, t);
}

/* Adds carry_in to the number and propagates carries: all limbs except the last end up from 0 to LIMB_ONE - 1. Returns
 * the multiple of 2^255 in the number; removes it unless keep. */
static int64_t propagate_carry(int64_t limb[LIMBS], int64_t carry_in, int keep)
{
    enum { LAST_BITS = 255 - (LIMBS - 1) * LIMB_BITS };
    for (int i = 0; i < LIMBS - 1; i++) {
        carry_in += limb[i];
        limb[i] = carry_in & (LIMB_ONE - 1);
        carry_in >>= LIMB_BITS;
    }
    carry_in += limb[LIMBS - 1];
    const int64_t overflow = carry_in >> LAST_BITS;
    limb[LIMBS - 1] = keep ? carry_in : carry_in - overflow * (INT64_C(1) << LAST_BITS);
    return overflow;
}

void element_to_bytes(uint8_t out[32], const element *a)
{
    int64_t limb[LIMBS];
    element normalized;
    uint8_t number[32];
    for (int i = 0; i < LIMBS; i++) {
        limb[i] = a->limb[i];
    }
    /* The multiple of 2^255, at most 2^6 in absolute value, is added again times 19. The next multiple is 1, 0 or
     * -1, and the one after that is 0: a number just below 0 is now just below 2^255. */
    int64_t overflow = propagate_carry(limb, 0, 0);
    overflow = propagate_carry(limb, 19 * overflow, 0);
    (void) propagate_carry(limb, 19 * overflow, 0);
    /* The number is now from 0 to 2^255 - 1. It is p or more exactly if adding 19 gives 2^255 or more; then adding
     * 19 and removing 2^255 subtracts p. */
    const int64_t not_below = propagate_carry(limb, 19, 1);
    (void) propagate_carry(limb, 19 * not_below - 19, 0);
    for (int i = 0; i < LIMBS; i++) {
        normalized.limb[i] = (int32_t) limb[i];
    }
    pagetls_limbs_write(number, sizeof(number), normalized.limb, LIMBS, LIMB_BITS);
    for (int i = 0; i < 32; i++) {
        out[i] = number[31 - i];
    }
    pagetls_zeroize(limb, sizeof(limb));
    pagetls_zeroize(&normalized, sizeof(normalized));
    pagetls_zeroize(number, sizeof(number));
}
