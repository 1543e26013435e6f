#include "ed25519_cases.h"

#include <string.h>

#include "field_cases.h"
#include "mbedtls/bignum.h"
#include "mbedtls/sha512.h"

enum { BYTES = 32, SIGN_BIT = 0x80, LOW_ORDER = 8 };

typedef struct {
    mbedtls_mpi x, y, z, t; /* x = X/Z, y = Y/Z, T = XY/Z */
} point;

/* The curve's constants, and scratch numbers. Never freed. */
static mbedtls_mpi p, d, root, order, s1, s2, s3, s4, s5, s6, s7, s8;
static point base;

/* --- the field --------------------------------------------------------------------------- */

static void multiply(mbedtls_mpi *out, const mbedtls_mpi *a, const mbedtls_mpi *b)
{
    MUST(mbedtls_mpi_mul_mpi(out, a, b));
    MUST(mbedtls_mpi_mod_mpi(out, out, &p));
}

static void read_little_endian(mbedtls_mpi *out, const uint8_t *bytes, size_t len)
{
    MUST(mbedtls_mpi_read_binary_le(out, bytes, len));
}

/* --- points ------------------------------------------------------------------------------ */

static void init_point(point *a)
{
    mbedtls_mpi_init(&a->x);
    mbedtls_mpi_init(&a->y);
    mbedtls_mpi_init(&a->z);
    mbedtls_mpi_init(&a->t);
    MUST(mbedtls_mpi_lset(&a->x, 0));
    MUST(mbedtls_mpi_lset(&a->y, 1));
    MUST(mbedtls_mpi_lset(&a->z, 1));
    MUST(mbedtls_mpi_lset(&a->t, 0));
}

static void free_point(point *a)
{
    mbedtls_mpi_free(&a->x);
    mbedtls_mpi_free(&a->y);
    mbedtls_mpi_free(&a->z);
    mbedtls_mpi_free(&a->t);
}

/* RFC 8032, section 5.1.4: the formula that also doubles. out may be a or b. */
static void add(point *out, const point *a, const point *b)
{
    MUST(mbedtls_mpi_sub_mpi(&s1, &a->y, &a->x));
    MUST(mbedtls_mpi_sub_mpi(&s2, &b->y, &b->x));
    multiply(&s1, &s1, &s2); /* A */
    MUST(mbedtls_mpi_add_mpi(&s2, &a->y, &a->x));
    MUST(mbedtls_mpi_add_mpi(&s3, &b->y, &b->x));
    multiply(&s2, &s2, &s3); /* B */
    multiply(&s3, &a->t, &b->t);
    multiply(&s3, &s3, &d);
    MUST(mbedtls_mpi_shift_l(&s3, 1)); /* C */
    multiply(&s4, &a->z, &b->z);
    MUST(mbedtls_mpi_shift_l(&s4, 1)); /* D */
    MUST(mbedtls_mpi_sub_mpi(&s5, &s2, &s1));
    MUST(mbedtls_mpi_sub_mpi(&s6, &s4, &s3));
    MUST(mbedtls_mpi_add_mpi(&s7, &s4, &s3));
    MUST(mbedtls_mpi_add_mpi(&s8, &s2, &s1));
    multiply(&out->x, &s5, &s6);
    multiply(&out->y, &s7, &s8);
    multiply(&out->t, &s5, &s8);
    multiply(&out->z, &s6, &s7);
}

static void negate(point *a)
{
    MUST(mbedtls_mpi_sub_mpi(&a->x, &p, &a->x));
    MUST(mbedtls_mpi_sub_mpi(&a->t, &p, &a->t));
}

/* out += k a. */
static void add_multiple(point *out, const mbedtls_mpi *k, const point *a)
{
    point r;
    init_point(&r);
    for (size_t i = mbedtls_mpi_bitlen(k); i-- > 0;) {
        add(&r, &r, &r);
        if (mbedtls_mpi_get_bit(k, i)) {
            add(&r, &r, a);
        }
    }
    add(out, out, &r);
    free_point(&r);
}

static void encode(uint8_t out[BYTES], const point *a)
{
    MUST(mbedtls_mpi_inv_mod(&s1, &a->z, &p));
    multiply(&s2, &a->x, &s1);
    multiply(&s3, &a->y, &s1);
    MUST(mbedtls_mpi_write_binary_le(&s3, out, BYTES));
    out[BYTES - 1] |= (uint8_t) (mbedtls_mpi_get_bit(&s2, 0) ? SIGN_BIT : 0);
}

/* RFC 8032, section 5.1.3; the square root by another way: x = (u/v)^((p + 3)/8), times a root of -1 if necessary. */
static int decode(point *out, const uint8_t bytes[BYTES])
{
    uint8_t y[BYTES];
    memcpy(y, bytes, BYTES);
    y[BYTES - 1] &= (uint8_t) ~SIGN_BIT;
    const int sign = bytes[BYTES - 1] / SIGN_BIT;
    read_little_endian(&out->y, y, BYTES);
    if (mbedtls_mpi_cmp_mpi(&out->y, &p) >= 0) {
        return -1;
    }
    multiply(&s1, &out->y, &out->y);
    multiply(&s2, &s1, &d);
    MUST(mbedtls_mpi_add_int(&s2, &s2, 1));
    MUST(mbedtls_mpi_inv_mod(&s2, &s2, &p)); /* v is never 0 */
    MUST(mbedtls_mpi_sub_int(&s1, &s1, 1));
    multiply(&s1, &s1, &s2);
    MUST(mbedtls_mpi_add_int(&s2, &p, 3));
    MUST(mbedtls_mpi_shift_r(&s2, 3));
    MUST(mbedtls_mpi_exp_mod(&out->x, &s1, &s2, &p, NULL));
    multiply(&s3, &out->x, &out->x);
    if (mbedtls_mpi_cmp_mpi(&s3, &s1) != 0) {
        multiply(&out->x, &out->x, &root);
        multiply(&s3, &out->x, &out->x);
        if (mbedtls_mpi_cmp_mpi(&s3, &s1) != 0) {
            return -1;
        }
    }
    if (mbedtls_mpi_cmp_int(&out->x, 0) == 0 && sign) {
        return -1;
    }
    if (mbedtls_mpi_get_bit(&out->x, 0) != sign) {
        MUST(mbedtls_mpi_sub_mpi(&out->x, &p, &out->x));
    }
    MUST(mbedtls_mpi_lset(&out->z, 1));
    multiply(&out->t, &out->x, &out->y);
    return 0;
}

static void set_constants(void)
{
    static const uint8_t base_bytes[BYTES] = { 0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                               0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                               0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66 };
    static int is_set;
    if (is_set) {
        return;
    }
    is_set = 1;
    MUST(mbedtls_mpi_lset(&p, 1));
    MUST(mbedtls_mpi_shift_l(&p, 255));
    MUST(mbedtls_mpi_sub_int(&p, &p, 19));
    MUST(mbedtls_mpi_lset(&s1, 121666));
    MUST(mbedtls_mpi_inv_mod(&s1, &s1, &p));
    MUST(mbedtls_mpi_lset(&s2, -121665));
    multiply(&d, &s1, &s2);
    MUST(mbedtls_mpi_sub_int(&s1, &p, 1));
    MUST(mbedtls_mpi_shift_r(&s1, 2));
    MUST(mbedtls_mpi_lset(&s2, 2));
    MUST(mbedtls_mpi_exp_mod(&root, &s2, &s1, &p, NULL));
    MUST(mbedtls_mpi_lset(&order, 1));
    MUST(mbedtls_mpi_shift_l(&order, 252));
    MUST(mbedtls_mpi_read_string(&s1, 16, "14def9dea2f79cd65812631a5cf5d3ed"));
    MUST(mbedtls_mpi_add_mpi(&order, &order, &s1));
    init_point(&base);
    MUST(decode(&base, base_bytes));
}

/* --- signatures --------------------------------------------------------------------------- */

/* k = SHA-512(R, A, message) modulo the order. */
static void challenge(mbedtls_mpi *k, const uint8_t r[BYTES], const uint8_t key[BYTES], kernel_bytes message)
{
    mbedtls_sha512_context hash;
    uint8_t digest[64];
    mbedtls_sha512_init(&hash);
    MUST(mbedtls_sha512_starts(&hash, 0));
    MUST(mbedtls_sha512_update(&hash, r, BYTES));
    MUST(mbedtls_sha512_update(&hash, key, BYTES));
    MUST(mbedtls_sha512_update(&hash, message.p, message.len));
    MUST(mbedtls_sha512_finish(&hash, digest));
    mbedtls_sha512_free(&hash);
    read_little_endian(k, digest, sizeof(digest));
    MUST(mbedtls_mpi_mod_mpi(k, k, &order));
}

int reference_ed25519_verify(const uint8_t key[BYTES], kernel_bytes message, kernel_bytes signature)
{
    point a;
    point sum;
    mbedtls_mpi k;
    mbedtls_mpi s;
    uint8_t r[BYTES];
    set_constants();
    init_point(&a);
    init_point(&sum);
    mbedtls_mpi_init(&k);
    mbedtls_mpi_init(&s);
    int ret = signature.len == 2 * BYTES ? decode(&a, key) : -1;
    if (ret == 0) {
        read_little_endian(&s, signature.p + BYTES, BYTES);
        ret = mbedtls_mpi_cmp_mpi(&s, &order) < 0 ? 0 : -1;
    }
    if (ret == 0) {
        challenge(&k, signature.p, key, message);
        negate(&a);
        add_multiple(&sum, &s, &base);
        add_multiple(&sum, &k, &a);
        encode(r, &sum);
        ret = memcmp(r, signature.p, BYTES) == 0 ? 0 : -1;
    }
    free_point(&a);
    free_point(&sum);
    mbedtls_mpi_free(&k);
    mbedtls_mpi_free(&s);
    return ret;
}

/* A scalar: mostly short, as multiplication by it is slow. */
static void random_scalar(random_source *state, mbedtls_mpi *out)
{
    uint8_t bytes[BYTES] = { 0 };
    const size_t len = random_below(state, 8) == 0 ? BYTES : 1 + random_below(state, 4);
    (void) kernel_random_bytes(state, bytes, len);
    read_little_endian(out, bytes, BYTES);
    if (random_below(state, 4) == 0) {
        MUST(mbedtls_mpi_sub_mpi(out, &order, out));
    }
    MUST(mbedtls_mpi_mod_mpi(out, out, &order));
}

/* Adds a point whose order divides 8. */
static void add_low_order(random_source *state, point *a)
{
    static const uint8_t order8[BYTES] = { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
                                           0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
                                           0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a };
    point low;
    init_point(&low);
    MUST(decode(&low, order8));
    for (unsigned times = random_below(state, LOW_ORDER); times > 0; times--) {
        add(a, a, &low);
    }
    free_point(&low);
}

/* An encoding of a point of low order, mostly one that must be rejected: y + p instead of y, or the sign of x = 0. */
static void low_order_encoding(random_source *state, uint8_t out[BYTES])
{
    static const int y[] = { 0, 1, -1 };
    const unsigned which = random_below(state, 3);
    MUST(mbedtls_mpi_lset(&s1, y[which]));
    if (y[which] < 0 || random_below(state, 4) != 0) {
        MUST(mbedtls_mpi_add_mpi(&s1, &s1, &p));
    }
    MUST(mbedtls_mpi_write_binary_le(&s1, out, BYTES));
    out[BYTES - 1] |= (uint8_t) (random_below(state, 2) == 0 ? SIGN_BIT : 0);
}

static void flip_bit(random_source *state, uint8_t *bytes, size_t len)
{
    bytes[random_below(state, (unsigned) len)] ^= (uint8_t) (1u << random_below(state, 8));
}

/* out = k base, sometimes plus a point of low order unless plain. */
static void random_point(random_source *state, uint8_t out[BYTES], const mbedtls_mpi *k, int plain)
{
    point a;
    init_point(&a);
    add_multiple(&a, k, &base);
    if (!plain && random_below(state, 4) == 0) {
        add_low_order(state, &a);
    }
    encode(out, &a);
    free_point(&a);
}

void make_ed25519_signature(random_source *state, kernel_public_input *input, uint8_t bytes[4][KERNEL_PUBLIC_MAX_BYTES],
                            int plain)
{
    mbedtls_mpi a, r, k;
    set_constants();
    mbedtls_mpi_init(&a);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&k);
    random_scalar(state, &a);
    random_scalar(state, &r);
    const int low = plain ? 2 : (int) random_below(state, 8); /* 0: the key has low order, 1: R */
    if (low < 2) {
        MUST(mbedtls_mpi_lset(low == 0 ? &a : &r, 0));
    }
    random_point(state, bytes[0], &a, plain);
    random_point(state, bytes[2], &r, plain);
    if (low < 2 && random_below(state, 2) == 0) {
        low_order_encoding(state, bytes[2 * low]);
    }
    input->in[0].len = BYTES;
    input->in[1].len = random_below(state, 300);
    input->in[2].len = 2 * BYTES;
    (void) kernel_random_bytes(state, bytes[1], input->in[1].len);
    challenge(&k, bytes[2], bytes[0], input->in[1]);
    MUST(mbedtls_mpi_mul_mpi(&k, &k, &a));
    MUST(mbedtls_mpi_add_mpi(&k, &k, &r));
    MUST(mbedtls_mpi_mod_mpi(&k, &k, &order));
    if (!plain && random_below(state, 8) == 0) { /* S is the order or more */
        MUST(mbedtls_mpi_add_mpi(&k, &k, &order));
    }
    MUST(mbedtls_mpi_write_binary_le(&k, bytes[2] + BYTES, BYTES));
    switch (plain ? 4 : random_below(state, 16)) {
        case 0: flip_bit(state, bytes[0], BYTES); break;
        case 1: flip_bit(state, bytes[2], 2 * BYTES); break;
        case 2: flip_bit(state, bytes[1], input->in[1].len + 1); break;
        case 3: input->in[2].len -= random_below(state, 2); break;
        default: break;
    }
    mbedtls_mpi_free(&a);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&k);
}
