/* X25519 (RFC 7748, section 5). An element of the field of p = 2^255 - 19 elements has nine limbs of 29 bits. Limbs are
 * signed, so there is nothing to carry in a sum or a difference: a product has limbs of at most 2^28 in size and a bit,
 * "one unit", and the product of two elements of a and b units is right as long as a b is at most 8. Comments give the
 * units where there is more than one. */
#include "crypto/x25519.h"

#include <string.h>

#include "crypto/limbs.h"
#include "crypto/secret.h"
#include "host/zeroize.h"

enum { LIMBS = 9, LIMB_BITS = 29, FOLD = 19 << 6 }; /* 2^261 is FOLD modulo p */

#include "crypto/field.inc"

/* Leaves at most a half of LIMB_ONE in size of *t, and returns what is above. */
static INLINE int64_t carry(int64_t *t)
{
    int64_t over = (*t + LIMB_ONE / 2) >> LIMB_BITS;
    *t -= over * LIMB_ONE;
    return over;
}

static INLINE void reduce(element *out, int64_t t[2 * LIMBS])
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

static inline void add(element *out, const element *a, const element *b)
{
    UNROLLED for (int i = 0; i < LIMBS; i++)
    {
        out->limb[i] = a->limb[i] + b->limb[i];
    }
}

static inline void subtract(element *out, const element *a, const element *b)
{
    UNROLLED for (int i = 0; i < LIMBS; i++)
    {
        out->limb[i] = a->limb[i] - b->limb[i];
    }
}

/* out = a + factor b; factor is less than 2^20. */
static APART void add_multiple(element *out, const element *a, int32_t factor, const element *b)
{
    int64_t t[2 * LIMBS] = { 0 };
    UNROLLED for (int i = 0; i < LIMBS; i++)
    {
        t[i] = a->limb[i] + (int64_t) factor * b->limb[i];
    }
    reduce(out, t);
}

static void square_times(element *out, const element *a, int times)
{
    square(out, a);
    while (--times > 0) {
        square(out, out);
    }
}

/* out = 1/a (0 for 0), as a^(2^255 - 21). Names are of exponents: e5 is a^(2^5 - 1). */
static void invert(element *out, const element *a)
{
    element a2, a11, e5, e10, e50, t;
    square(&a2, a);
    square_times(&t, &a2, 2);
    multiply(&t, &t, a); /* 9 */
    multiply(&a11, &t, &a2);
    square(&e5, &a11);
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
    multiply(&t, &t, &e50); /* e250 */
    square_times(&t, &t, 5);
    multiply(out, &t, &a11);
}

static void element_of(element *out, const uint8_t u[32])
{
    uint8_t number[32];
    int64_t t[2 * LIMBS] = { 0 };
    for (int i = 0; i < 32; i++) {
        number[i] = u[31 - i];
    }
    number[0] &= 0x7f;
    pagetls_limbs_read(out->limb, LIMBS, LIMB_BITS, number, sizeof(number)); /* of up to two units */
    for (int i = 0; i < LIMBS; i++) {
        t[i] = out->limb[i];
    }
    reduce(out, t);
}

/* Adds to limbs, of which all but the last become less than LIMB_ONE and not less than 0, and returns what is above
 * 2^255; that is left there if keep. */
static int64_t settle(int64_t limb[LIMBS], int64_t more, int keep)
{
    enum { LAST_BITS = 255 - (LIMBS - 1) * LIMB_BITS };
    for (int i = 0; i < LIMBS - 1; i++) {
        more += limb[i];
        limb[i] = more & (LIMB_ONE - 1);
        more >>= LIMB_BITS;
    }
    more += limb[LIMBS - 1];
    const int64_t above = more >> LAST_BITS;
    limb[LIMBS - 1] = keep ? more : more - above * (INT64_C(1) << LAST_BITS);
    return above;
}

/* The number below p. */
static void bytes_of(uint8_t out[32], const element *a)
{
    int64_t limb[LIMBS];
    element settled;
    uint8_t number[32];
    for (int i = 0; i < LIMBS; i++) {
        limb[i] = a->limb[i];
    }
    /* What is above 2^255, 2^6 in size at most, comes back times 19. Then it is 1, 0 or -1, and then 0 or, for numbers just
     * below 0, which are now just below 2^255, 0 as well. */
    int64_t above = settle(limb, 0, 0);
    above = settle(limb, 19 * above, 0);
    (void) settle(limb, 19 * above, 0);
    /* From 0 to 2^255 - 1: 19 more is 2^255 or more where p is to be taken off, and that does it. */
    const int64_t not_below = settle(limb, 19, 1);
    (void) settle(limb, 19 * not_below - 19, 0);
    for (int i = 0; i < LIMBS; i++) {
        settled.limb[i] = (int32_t) limb[i];
    }
    pagetls_limbs_write(number, sizeof(number), settled.limb, LIMBS, LIMB_BITS);
    for (int i = 0; i < 32; i++) {
        out[i] = number[31 - i];
    }
    pagetls_zeroize(limb, sizeof(limb));
    pagetls_zeroize(&settled, sizeof(settled));
    pagetls_zeroize(number, sizeof(number));
}

/* Exchanges the two if bit is 1. */
static void exchange(element *a, element *b, int32_t bit)
{
    const int32_t mask = secret_mask(-bit);
    for (int i = 0; i < LIMBS; i++) {
        const int32_t both = mask & (a->limb[i] ^ b->limb[i]);
        a->limb[i] ^= both;
        b->limb[i] ^= both;
    }
}

void pagetls_x25519(uint8_t out[32], const uint8_t k[32], const uint8_t u[32])
{
    struct {
        element x1, x2, z2, x3, z3, a, b, c, d;
        uint8_t k[32];
    } s;
    memset(&s, 0, sizeof(s));
    memcpy(s.k, k, sizeof(s.k));
    s.k[0] &= 248;
    s.k[31] = (uint8_t) ((s.k[31] & 127) | 64);
    element_of(&s.x1, u);
    s.x2.limb[0] = 1;
    s.x3 = s.x1;
    s.z3.limb[0] = 1;
    int32_t exchanged = 0;
    for (int i = 254; i >= 0; i--) {
        const int32_t bit = s.k[i / 8] >> i % 8 & 1;
        exchange(&s.x2, &s.x3, exchanged ^ bit);
        exchange(&s.z2, &s.z3, exchanged ^ bit);
        exchanged = bit;
        add(&s.a, &s.x2, &s.z2);      /* 2 */
        subtract(&s.b, &s.x2, &s.z2); /* 2 */
        add(&s.c, &s.x3, &s.z3);      /* 2 */
        subtract(&s.d, &s.x3, &s.z3); /* 2 */
        multiply(&s.d, &s.d, &s.a);   /* 4 */
        multiply(&s.c, &s.c, &s.b);   /* 4 */
        square(&s.a, &s.a);           /* 4 */
        square(&s.b, &s.b);           /* 4 */
        add(&s.x3, &s.d, &s.c);       /* 2 */
        subtract(&s.z3, &s.d, &s.c);  /* 2 */
        square(&s.x3, &s.x3);         /* 4 */
        square(&s.z3, &s.z3);         /* 4 */
        multiply(&s.z3, &s.z3, &s.x1);
        multiply(&s.x2, &s.a, &s.b);
        subtract(&s.b, &s.a, &s.b); /* 2 */
        add_multiple(&s.a, &s.a, 121665, &s.b);
        multiply(&s.z2, &s.b, &s.a); /* 2 */
    }
    exchange(&s.x2, &s.x3, exchanged);
    exchange(&s.z2, &s.z3, exchanged);
    invert(&s.z2, &s.z2);
    multiply(&s.x2, &s.x2, &s.z2);
    bytes_of(out, &s.x2);
    pagetls_zeroize(&s, sizeof(s));
}
