/* The twisted Edwards curve -x^2 + y^2 = 1 + d x^2 y^2 (RFC 8032, section 5.1). Comments give units where they exceed
 * one (field25519.h). Constants: test/kernels/curve-constants.js. */
#include "crypto/ed25519.h"

#include <string.h>

#include "crypto/digest.h"
#include "crypto/field25519.h"
#include "crypto/limbs.h"
#include "crypto/wnaf.h"

enum {
    KEY_BYTES = PAGETLS_ED25519_KEY_BYTES,
    SCALAR_BYTES = 32,
    HASH_BYTES = 64,
    SIGN_BIT = 0x80, /* of the last byte of a point: whether x is odd */
};

/* x = X/Z, y = Y/Z, T = XY/Z. */
typedef struct {
    element x, y, z, t;
} point;

/* A point to add: Y + X (2 units), Y - X (2), 2 Z (2), 2 d T (2). */
typedef struct {
    element plus, minus, z2, t2d;
} addend;

/* A sum: X = E F, Y = G H, Z = F G, T = E H. */
typedef struct {
    element e, f, g, h;
} sum;

#define CURVE_D                                                                                                        \
    {                                                                                                                  \
        -212240221, 257584721, -260691235, 1350275, -24543225, 3980221, -103927011, -37392896, 5374829                 \
    }
#define ROOT_OF_MINUS_ONE                                                                                              \
    {                                                                                                                  \
        168730800, 124836154, 200875569, 103812442, -42306828, 5021438, -64180940, -267782084, 2851621                 \
    }
#define BASE_X                                                                                                         \
    {                                                                                                                  \
        254137626, 179399428, 157936818, -108084950, 231065235, -250020117, 268108436, -92688950, 2189623              \
    }
#define BASE_Y                                                                                                         \
    {                                                                                                                  \
        107374168, -214748365, -107374182, 214748365, 107374182, -214748365, -107374182, 214748365, 6710886            \
    }
/* The order of the base point less 2^252, in limbs of ORDER_BITS. */
#define ORDER_REST                                                                                                     \
    {                                                                                                                  \
        217437165, 19280293, 127719000, 262007343, 5342                                                                \
    }

static const element one = { { 1 } };
static const element curve_d = { CURVE_D };
static const element root_of_minus_one = { ROOT_OF_MINUS_ONE };
static const element base_x = { BASE_X };
static const element base_y = { BASE_Y };

/* --- points --------------------------------------------------------------------------- */

/* The formulas are dbl-2008-hwcd and add-2008-hwcd-3 of the Explicit-Formulas Database, for a = -1. They have no
 * exceptional cases: -1 is a square modulo p, and d is not (H. Hisil, K. Wong, G. Carter, E. Dawson, "Twisted Edwards
 * curves revisited", 2008). */
static void double_point(sum *out, const point *p)
{
    element xx, zz;
    square(&xx, &p->x);
    square(&out->g, &p->y);
    square(&zz, &p->z);
    add(&out->e, &p->x, &p->y);
    square(&out->e, &out->e); /* 4 */
    add(&out->h, &out->g, &xx);
    subtract(&out->g, &out->g, &xx);     /* 2 */
    subtract(&out->e, &out->e, &out->h); /* 3 */
    add(&zz, &zz, &zz);
    subtract(&out->f, &zz, &out->g); /* 4 */
}

/* out = p + sign q. */
static void add_point(sum *out, const point *p, const addend *q, int sign)
{
    element a, b, c, d;
    add(&a, &p->y, &p->x);
    subtract(&b, &p->y, &p->x);
    multiply(&a, &a, sign > 0 ? &q->plus : &q->minus); /* 4 */
    multiply(&b, &b, sign > 0 ? &q->minus : &q->plus); /* 4 */
    multiply(&c, &p->t, &q->t2d);                      /* 2 */
    multiply(&d, &p->z, &q->z2);                       /* 2 */
    add(&out->h, &a, &b);
    subtract(&out->e, &a, &b);
    add(sign > 0 ? &out->g : &out->f, &d, &c);
    subtract(sign > 0 ? &out->f : &out->g, &d, &c);
}

/* Leaves T as it was unless \p with_t: doubling does not need it. */
static void point_of_sum(point *out, const sum *s, int with_t)
{
    multiply(&out->x, &s->e, &s->f); /* up to 12 */
    multiply(&out->y, &s->g, &s->h);
    multiply(&out->z, &s->f, &s->g);
    if (with_t) {
        multiply(&out->t, &s->e, &s->h);
    }
}

static void to_addend(addend *out, const point *p)
{
    add(&out->plus, &p->y, &p->x);
    subtract(&out->minus, &p->y, &p->x);
    add(&out->z2, &p->z, &p->z);
    multiply(&out->t2d, &p->t, &curve_d);
    add(&out->t2d, &out->t2d, &out->t2d);
}

static int is_zero(const element *a)
{
    static const uint8_t zero[KEY_BYTES];
    uint8_t number[KEY_BYTES];
    element_to_bytes(number, a);
    return memcmp(number, zero, sizeof(zero)) == 0;
}

/* Section 5.1.3. 0 if there is no such point. */
static int decode_point(point *out, const uint8_t bytes[KEY_BYTES])
{
    const int sign = bytes[KEY_BYTES - 1] & SIGN_BIT;
    uint8_t number[KEY_BYTES];
    element u, v, v3, t;
    element_from_bytes(&out->y, bytes);
    element_to_bytes(number, &out->y);
    number[KEY_BYTES - 1] |= (uint8_t) sign;
    if (memcmp(number, bytes, KEY_BYTES) != 0) { /* y is p or more */
        return 0;
    }
    square(&u, &out->y);
    multiply(&v, &u, &curve_d);
    add(&v, &v, &one);      /* 2 */
    subtract(&u, &u, &one); /* 2 */
    square(&t, &v);         /* 4 */
    multiply(&v3, &t, &v);
    square(&t, &v3);
    multiply(&t, &t, &v); /* v^7 */
    multiply(&t, &t, &u);
    power_for_root(&t, &t);
    multiply(&t, &t, &v3);
    multiply(&out->x, &t, &u);
    square(&t, &out->x);
    multiply(&t, &t, &v);
    subtract(&v, &t, &u); /* 3 */
    add(&t, &t, &u);      /* 3 */
    if (!is_zero(&v)) {
        if (!is_zero(&t)) {
            return 0;
        }
        multiply(&out->x, &out->x, &root_of_minus_one);
    }
    element_to_bytes(number, &out->x);
    if (is_zero(&out->x) && sign != 0) {
        return 0;
    }
    if (number[0] % 2 != (sign != 0)) {
        subtract(&out->x, &(const element) { { 0 } }, &out->x);
    }
    out->z = one;
    multiply(&out->t, &out->x, &out->y);
    return 1;
}

static void encode_point(uint8_t out[KEY_BYTES], const point *p)
{
    element inverse, x, y;
    uint8_t number[KEY_BYTES];
    invert(&inverse, &p->z);
    multiply(&x, &p->x, &inverse);
    multiply(&y, &p->y, &inverse);
    element_to_bytes(number, &x);
    element_to_bytes(out, &y);
    out[KEY_BYTES - 1] |= (uint8_t) (number[0] % 2 != 0 ? SIGN_BIT : 0);
}

/* --- scalars --------------------------------------------------------------------------- */

enum { ORDER_LIMBS = 9, ORDER_BITS = 28 }; /* 2^252 is 2^(ORDER_LIMBS ORDER_BITS) */

/* limb = factor limb + addition + times (order - 2^252). Returns the multiple of 2^252, which is not kept. */
static int64_t combine_limbs(int32_t limb[ORDER_LIMBS], int factor, int addition, int64_t times)
{
    static const int32_t rest[ORDER_LIMBS] = ORDER_REST;
    int64_t carry = addition;
    for (int i = 0; i < ORDER_LIMBS; i++) {
        carry += (int64_t) limb[i] * factor + times * rest[i];
        limb[i] = (int32_t) (carry & ((1 << ORDER_BITS) - 1));
        carry >>= ORDER_BITS;
    }
    return carry;
}

/* Reduces a little-endian number modulo the order of the base point. out is big-endian. */
static void reduce_modulo_order(uint8_t out[SCALAR_BYTES], const uint8_t *number, size_t len)
{
    int32_t limb[ORDER_LIMBS] = { 0 }; /* below the order before and after each byte */
    while (len-- > 0) {
        const int64_t excess = combine_limbs(limb, 1 << 8, number[len], 0);
        if (combine_limbs(limb, 1, 0, -excess) < 0) { /* the order too low */
            limb[ORDER_LIMBS - 1] += (int32_t) combine_limbs(limb, 1, 0, 1) << ORDER_BITS;
        }
    }
    pagetls_limbs_write(out, SCALAR_BYTES, limb, ORDER_LIMBS, ORDER_BITS);
}

/* --- verification ------------------------------------------------------------------------ */

/* The width of wNAF digits, the number of odd multiples that they need, and the most significant digit. */
enum { WIDTH = 5, COUNT = 1 << (WIDTH - 2), TOP_DIGIT = 253 };

/* table = p, 3 p, 5 p, ... */
static void odd_multiples(addend table[COUNT], const point *p)
{
    addend twice;
    point multiple = *p;
    sum s;
    to_addend(&table[0], p);
    double_point(&s, p);
    point_of_sum(&multiple, &s, 1);
    to_addend(&twice, &multiple);
    multiple = *p;
    for (int i = 1; i < COUNT; i++) {
        add_point(&s, &multiple, &twice, 1);
        point_of_sum(&multiple, &s, 1);
        to_addend(&table[i], &multiple);
    }
}

static void add_digit(sum *s, point *p, const addend table[COUNT], int digit)
{
    if (digit != 0) {
        point_of_sum(p, s, 1);
        add_point(s, p, &table[(digit < 0 ? -digit : digit) / 2], digit);
    }
}

/* out = u base - v p. */
static void combine_points(point *out, const uint8_t u[SCALAR_BYTES], const uint8_t v[SCALAR_BYTES], const point *p)
{
    int8_t base_digit[SCALAR_BYTES * 8 + 1];
    int8_t digit[SCALAR_BYTES * 8 + 1];
    addend base_multiples[COUNT];
    addend multiples[COUNT];
    sum s;
    out->x = base_x;
    out->y = base_y;
    out->z = one;
    multiply(&out->t, &out->x, &out->y);
    odd_multiples(base_multiples, out);
    odd_multiples(multiples, p);
    pagetls_wnaf_digits(base_digit, u, SCALAR_BYTES, WIDTH);
    pagetls_wnaf_digits(digit, v, SCALAR_BYTES, WIDTH);
    memset(out, 0, sizeof(*out)); /* the neutral element, (0, 1) */
    out->y = one;
    out->z = one;
    for (int i = TOP_DIGIT; i >= 0; i--) {
        double_point(&s, out);
        add_digit(&s, out, base_multiples, base_digit[i]);
        add_digit(&s, out, multiples, -digit[i]);
        point_of_sum(out, &s, 0);
    }
}

int pagetls_ed25519_is_key(const uint8_t key[KEY_BYTES])
{
    point p;
    return decode_point(&p, key);
}

int pagetls_ed25519_verify(const uint8_t key[KEY_BYTES], const uint8_t *message, size_t message_len,
                           const uint8_t *signature, size_t signature_len)
{
    uint8_t parts[2 * KEY_BYTES]; /* R and the key */
    uint8_t hash[HASH_BYTES];
    uint8_t s[SCALAR_BYTES];
    uint8_t k[SCALAR_BYTES];
    uint8_t r[KEY_BYTES];
    point p;
    point result;
    if (signature_len != PAGETLS_ED25519_SIGNATURE_BYTES || !decode_point(&p, key)) {
        return PAGETLS_ED25519_BAD_INPUT;
    }
    reduce_modulo_order(s, signature + KEY_BYTES, SCALAR_BYTES);
    for (int i = 0; i < SCALAR_BYTES; i++) {
        if (s[SCALAR_BYTES - 1 - i] != signature[KEY_BYTES + i]) { /* S is the order or more */
            return PAGETLS_ED25519_BAD_INPUT;
        }
    }
    memcpy(parts, signature, KEY_BYTES);
    memcpy(parts + KEY_BYTES, key, KEY_BYTES);
    if (pagetls_sha512(parts, sizeof(parts), message, message_len, hash) != 0) {
        return PAGETLS_ED25519_VERIFY_FAILED;
    }
    reduce_modulo_order(k, hash, sizeof(hash));
    combine_points(&result, s, k, &p);
    encode_point(r, &result);
    return memcmp(r, signature, KEY_BYTES) == 0 ? 0 : PAGETLS_ED25519_VERIFY_FAILED;
}
