/* Random cases for public_key.c, biased towards numbers at which arithmetic tends to fail. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ed25519_cases.h"
#include "field_cases.h"
#include "mbedtls/asn1write.h"
#include "mbedtls/ecp.h"
#include "public_key.h"
#include "random.h"

enum { MAX_BYTES = KERNEL_PUBLIC_MAX_BYTES };

static size_t curve_bytes(int curve)
{
    return ((size_t) curve + 7) / 8;
}

/* Set for measuring: special numbers may be faster than others. */
static int avoid_edge_cases;

/* --- numbers ------------------------------------------------------------------------ */

/* Mostly random bytes; sometimes all 0 or all 0xff, long runs of bits, or a single bit. */
static void random_fill(random_source *state, uint8_t *out, size_t len)
{
    const unsigned how = random_below(state, 8);
    (void) kernel_random_bytes(state, out, len);
    if (how == 0) {
        memset(out, random_below(state, 2) == 0 ? 0 : 0xff, len);
    } else if (how == 1) { /* runs of zeros and of ones */
        unsigned left = 0;
        unsigned bit = 0;
        for (size_t i = 0; i < 8 * len; i++, left--) {
            if (left == 0) {
                left = 1 + random_below(state, 90);
                bit ^= 1;
            }
            out[i / 8] = (uint8_t) ((out[i / 8] & ~(1u << i % 8)) | bit << i % 8);
        }
    } else if (how == 2) {
        memset(out, 0, len);
        out[random_below(state, (unsigned) len)] = (uint8_t) (1u << random_below(state, 8));
    }
}

/* A scalar from 1 to n - 1. */
static void edge_scalar(random_source *state, mbedtls_mpi *out, const mbedtls_mpi *n)
{
    uint8_t bytes[66];
    const size_t len = mbedtls_mpi_size(n);
    const unsigned how = avoid_edge_cases ? 2 : random_below(state, 8);
    if (avoid_edge_cases) {
        (void) kernel_random_bytes(state, bytes, len);
    } else {
        random_fill(state, bytes, len);
    }
    MUST(mbedtls_mpi_read_binary(out, bytes, len));
    if (how == 0) {
        MUST(mbedtls_mpi_lset(out, 1 + (int) random_below(state, 70)));
    } else if (how == 1) { /* near n, or near its half */
        MUST(mbedtls_mpi_copy(out, n));
        MUST(mbedtls_mpi_shift_r(out, random_below(state, 2)));
        MUST(mbedtls_mpi_sub_int(out, out, 1 + (int) random_below(state, 70)));
    }
    MUST(mbedtls_mpi_mod_mpi(out, out, n));
    if (mbedtls_mpi_cmp_int(out, 0) == 0) {
        MUST(mbedtls_mpi_lset(out, 1));
    }
}

/* --- multiplication ------------------------------------------------------------------ */

/* A u-coordinate, which need not be below p: near 0 or p, of low order, or random. Little-endian. */
static void edge_u(random_source *state, uint8_t out[32])
{
    static const uint8_t low_order[2][32] = {
        /* of order 8 (D. Bernstein, "Curve25519: new Diffie-Hellman speed records", the points to reject) */
        { 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
          0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 },
        { 0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
          0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57 },
    };
    const unsigned how = random_below(state, 8);
    random_fill(state, out, 32);
    if (how == 0) {
        memset(out, 0, 32);
        out[0] = (uint8_t) random_below(state, 20);
    } else if (how == 1) { /* p is ed ff .. ff 7f */
        memset(out, 0xff, 32);
        out[0] = (uint8_t) (0xed - 10 + random_below(state, 29));
        out[31] = 0x7f;
    } else if (how == 2) {
        memcpy(out, low_order[random_below(state, 2)], 32);
    }
    out[31] |= (uint8_t) (random_below(state, 4) == 0 ? 0x80 : 0);
}

static void multiply_base(mbedtls_ecp_group *group, const mbedtls_mpi *k, uint8_t *out, size_t *len)
{
    mbedtls_ecp_point point;
    random_source random = { .seed = 3 };
    mbedtls_ecp_point_init(&point);
    MUST(mbedtls_ecp_mul(group, &point, k, &group->G, kernel_random_bytes, &random));
    MUST(mbedtls_ecp_point_write_binary(group, &point, MBEDTLS_ECP_PF_UNCOMPRESSED, len, out, MAX_BYTES));
    mbedtls_ecp_point_free(&point);
}

static void make_multiplication(random_source *state, kernel_public_input *input, uint8_t bytes[4][MAX_BYTES],
                                mbedtls_ecp_group *group)
{
    const size_t len = curve_bytes(input->curve);
    input->in[0].len = len;
    if (input->curve == KERNEL_CURVE25519) {
        random_fill(state, bytes[0], 32);
        bytes[0][0] &= 248;
        bytes[0][31] = (uint8_t) ((bytes[0][31] & 127) | 64);
        switch (random_below(state, 16)) { /* not clamped */
            case 0: bytes[0][0] |= (uint8_t) (1u << random_below(state, 3)); break;
            case 1: bytes[0][31] ^= (uint8_t) (0x40 << random_below(state, 2)); break;
            default: break;
        }
        edge_u(state, bytes[1]);
        input->in[1].len = random_below(state, 4) == 0 ? 0 : 32;
        return;
    }
    mbedtls_mpi k;
    mbedtls_mpi_init(&k);
    edge_scalar(state, &k, &group->N);
    if (random_below(state, 16) == 0) { /* not a valid scalar: 0, or n and above */
        MUST(mbedtls_mpi_lset(&k, 0));
        if (random_below(state, 2) == 0) {
            MUST(mbedtls_mpi_add_int(&k, &group->N, (int) random_below(state, 3)));
        }
    }
    MUST(mbedtls_mpi_write_binary(&k, bytes[0], len));
    if (random_below(state, 4) != 0) {
        edge_scalar(state, &k, &group->N);
        multiply_base(group, &k, bytes[1], &input->in[1].len);
        if (random_below(state, 8) == 0) { /* not on the curve, most likely */
            bytes[1][1 + random_below(state, (unsigned) (2 * len))] ^= (uint8_t) (1u << random_below(state, 8));
        }
    }
    mbedtls_mpi_free(&k);
}

/* --- signatures ------------------------------------------------------------------------ */

static size_t encode_signature(uint8_t out[MAX_BYTES], const mbedtls_mpi *r, const mbedtls_mpi *s)
{
    uint8_t buffer[300] = { 0 };
    uint8_t *p = buffer + sizeof(buffer);
    int len = mbedtls_asn1_write_mpi(&p, buffer, s);
    len += mbedtls_asn1_write_mpi(&p, buffer, r);
    len += mbedtls_asn1_write_len(&p, buffer, (size_t) len);
    len += mbedtls_asn1_write_tag(&p, buffer, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
    memcpy(out, p, (size_t) len);
    return (size_t) len;
}

/* Signs hash with the private key d and the nonce k: r = (k G).x, s = (e + r d)/k. Without k, computes a signature
 * whose verification ends at the point at infinity: e + r d = 0. */
static void sign(random_source *state, mbedtls_ecp_group *group, const mbedtls_mpi *d, const mbedtls_mpi *k,
                 kernel_bytes hash, mbedtls_mpi *r, mbedtls_mpi *s)
{
    mbedtls_mpi e;
    mbedtls_mpi inverse;
    uint8_t point[MAX_BYTES];
    size_t len;
    const size_t used = (group->nbits + 7) / 8;
    mbedtls_mpi_init(&e);
    mbedtls_mpi_init(&inverse);
    MUST(mbedtls_mpi_read_binary(&e, hash.p, hash.len < used ? hash.len : used));
    MUST(mbedtls_mpi_inv_mod(&inverse, k == NULL ? d : k, &group->N));
    if (k == NULL) {
        MUST(mbedtls_mpi_mul_mpi(r, &e, &inverse));
        MUST(mbedtls_mpi_mod_mpi(r, r, &group->N));
        MUST(mbedtls_mpi_sub_mpi(r, &group->N, r));
        edge_scalar(state, s, &group->N);
    } else {
        multiply_base(group, k, point, &len);
        MUST(mbedtls_mpi_read_binary(r, point + 1, used));
        MUST(mbedtls_mpi_mod_mpi(r, r, &group->N));
        MUST(mbedtls_mpi_mul_mpi(s, r, d));
        MUST(mbedtls_mpi_add_mpi(s, s, &e));
        MUST(mbedtls_mpi_mul_mpi(s, s, &inverse));
        MUST(mbedtls_mpi_mod_mpi(s, s, &group->N));
    }
    mbedtls_mpi_free(&e);
    mbedtls_mpi_free(&inverse);
}

/* Replaces a number of a signature by one that is out of range or wrong. */
static void corrupt_number(random_source *state, mbedtls_mpi *number, const mbedtls_mpi *n)
{
    switch (random_below(state, 5)) {
        case 0: MUST(mbedtls_mpi_lset(number, 0)); break;
        case 1: MUST(mbedtls_mpi_copy(number, n)); break;
        case 2: MUST(mbedtls_mpi_add_mpi(number, number, n)); break;
        case 3: MUST(mbedtls_mpi_sub_mpi(number, n, number)); break;
        default: edge_scalar(state, number, n); break;
    }
}

static void make_signature(random_source *state, kernel_public_input *input, uint8_t bytes[4][MAX_BYTES],
                           mbedtls_ecp_group *group)
{
    static const size_t hash_lengths[] = { 20, 28, 32, 48, 64 };
    mbedtls_mpi d, k, r, s;
    mbedtls_mpi_init(&d);
    mbedtls_mpi_init(&k);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    edge_scalar(state, &d, &group->N);
    edge_scalar(state, &k, &group->N);
    multiply_base(group, &d, bytes[0], &input->in[0].len);
    input->in[1].len = hash_lengths[random_below(state, 5)];
    random_fill(state, bytes[1], input->in[1].len);
    kernel_bytes hash = { bytes[1], input->in[1].len };
    if (!avoid_edge_cases && input->curve != KERNEL_P521 && random_below(state, 6) == 0) {
        /* Both terms of the sum are the same point, t G, so that it has to be doubled; or d = -1, and they cancel: for
         * e = r = t s, u1 and u2 are t. */
        const int t = 1 + 2 * (int) random_below(state, 8);
        const size_t len = curve_bytes(input->curve);
        MUST(mbedtls_mpi_lset(&d, 1));
        MUST(mbedtls_mpi_lset(&k, 2 * t));
        multiply_base(group, &k, bytes[0], &input->in[0].len);
        memcpy(bytes[1], bytes[0] + 1, len);
        hash = (kernel_bytes) { bytes[1], len };
        input->in[1].len = len;
        if (random_below(state, 4) == 0) {
            MUST(mbedtls_mpi_sub_int(&d, &group->N, 1));
        }
        multiply_base(group, &d, bytes[0], &input->in[0].len);
    }
    sign(state, group, &d, random_below(state, 12) == 0 ? NULL : &k, hash, &r, &s);
    switch (random_below(state, 12)) {
        case 0: corrupt_number(state, &r, &group->N); break;
        case 1: corrupt_number(state, &s, &group->N); break;
        case 2: bytes[1][random_below(state, (unsigned) hash.len)] ^= (uint8_t) (1u << random_below(state, 8)); break;
        case 3:
            edge_scalar(state, &d, &group->N);
            multiply_base(group, &d, bytes[0], &input->in[0].len);
            break;
        default: break;
    }
    input->in[2].len = encode_signature(bytes[2], &r, &s);
    if (random_below(state, 8) == 0) {
        bytes[2][random_below(state, (unsigned) input->in[2].len)] ^= (uint8_t) (1u << random_below(state, 8));
    } else if (random_below(state, 32) == 0) {
        input->in[2].len -= random_below(state, 4);
    }
    mbedtls_mpi_free(&d);
    mbedtls_mpi_free(&k);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
}

/* --- powers ------------------------------------------------------------------------------ */

static void make_power(random_source *state, kernel_public_input *input, uint8_t bytes[4][MAX_BYTES])
{
    static const uint8_t exponents[][9] = {
        { 3 }, { 1, 0, 1 }, { 1 },
        { 2 }, { 17 },      { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
        { 0 }, { 1, 0 },    { 1, 0, 0, 0, 0, 0, 0, 0, 3 },
    };
    static const uint8_t exponent_lengths[] = { 1, 3, 1, 1, 1, 8, 1, 2, 9 };
    const unsigned how = random_below(state, 64);
    const size_t len = how == 0 ? 1 + random_below(state, 1024)
        : how < 8               ? 1 + random_below(state, 300)
                                : 1 + random_below(state, 80);
    input->in[0].len = len;
    input->in[2].len = len;
    random_fill(state, bytes[0], len);
    random_fill(state, bytes[2], len);
    if (random_below(state, 32) != 0) {
        bytes[0][len - 1] |= 1;
    }
    if (random_below(state, 32) != 0) {
        bytes[0][0] |= (uint8_t) (1u << random_below(state, 8));
    }
    if (random_below(state, 8) == 0) { /* close to the modulus */
        memcpy(bytes[2], bytes[0], len);
        bytes[2][len - 1] ^= (uint8_t) random_below(state, 4);
    }
    const unsigned which = random_below(state, 12);
    if (which < sizeof(exponent_lengths)) {
        input->in[1].len = exponent_lengths[which];
        memcpy(bytes[1], exponents[which], 9);
    } else {
        input->in[1].len = 1 + random_below(state, 8);
        random_fill(state, bytes[1], input->in[1].len);
    }
}

/* --- comparison ---------------------------------------------------------------------------- */

/* Both must agree, except that ours rejects signatures that are not DER. Returns NULL, or what differed. */
static const char *compare(const kernel_public_input *input)
{
    uint8_t ours[MAX_BYTES];
    uint8_t theirs[MAX_BYTES];
    size_t our_len;
    size_t their_len;
    const int our_code = kernel_public(1, input, ours, &our_len);
    const int their_code = kernel_public(0, input, theirs, &their_len);
    if (input->operation == KERNEL_ED25519) {
        return (our_code == 0) != (their_code == 0) ? "a signature" : NULL;
    }
    if (input->operation == KERNEL_VERIFY) { /* error codes may differ */
        return our_code == 0 && their_code != 0 ? "a signature that only ours accepts" : NULL;
    }
    return our_code != their_code                                    ? "the code"
        : our_len != their_len || memcmp(ours, theirs, our_len) != 0 ? "the output"
                                                                     : NULL;
}

/* Whether a signature is encoded as by encode_signature(), so that both must agree. */
static int is_canonical(const kernel_public_input *input)
{
    mbedtls_mpi r;
    mbedtls_mpi s;
    uint8_t again[MAX_BYTES];
    uint8_t *p = (uint8_t *) input->in[2].p;
    const uint8_t *end = p + input->in[2].len;
    size_t len = 0;
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    int is = mbedtls_asn1_get_tag(&p, end, &len, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE) == 0 &&
        mbedtls_asn1_get_mpi(&p, end, &r) == 0 && mbedtls_asn1_get_mpi(&p, end, &s) == 0 &&
        encode_signature(again, &r, &s) == input->in[2].len && memcmp(again, input->in[2].p, input->in[2].len) == 0;
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
    return is;
}

static void make_case(random_source *state, kernel_public_input *input, uint8_t bytes[4][MAX_BYTES])
{
    mbedtls_ecp_group group;
    mbedtls_ecp_group_init(&group);
    for (size_t i = 0; i < 4; i++) {
        input->in[i] = (kernel_bytes) { bytes[i], 0 };
    }
    if (input->operation == KERNEL_POWER) {
        make_power(state, input, bytes);
        return;
    }
    if (input->operation == KERNEL_ED25519) {
        make_ed25519_signature(state, input, bytes, avoid_edge_cases);
        return;
    }
    MUST(mbedtls_ecp_group_load(&group, kernel_group_id(input->curve)));
    if (input->operation == KERNEL_MULTIPLY) {
        make_multiplication(state, input, bytes, &group);
    } else {
        make_signature(state, input, bytes, &group);
    }
    mbedtls_ecp_group_free(&group);
}

static const char *compare_case(random_source *state, const char *name)
{
    static uint8_t bytes[4][MAX_BYTES];
    static char text[3 * 2 * MAX_BYTES + 200];
    static const int curves[] = { KERNEL_CURVE25519, KERNEL_P256, KERNEL_P256, KERNEL_P384, KERNEL_P521 };
    static field_case *const fields[] = { field_case_p256, field_case_p384, field_case_p521, field_case_25519,
                                          modulus_case };
    const unsigned how = random_below(state, 128);
    if (how >= 12) { /* mostly field arithmetic, which is fast to compare and the likely place of bugs */
        const unsigned field = random_below(state, 5);
        const char *what = fields[field](state);
        if (what != NULL) {
            snprintf(text, sizeof(text), "%s: %s, field %u", what, name, field);
        }
        return what == NULL ? NULL : text;
    }
    kernel_public_input input = {
        .operation = how < 3 ? KERNEL_MULTIPLY
            : how < 6        ? KERNEL_VERIFY
            : how < 8        ? KERNEL_POWER
                             : KERNEL_ED25519,
        .curve = curves[random_below(state, 5)],
    };
    if (input.operation == KERNEL_VERIFY && input.curve == KERNEL_CURVE25519) {
        input.curve = KERNEL_P256;
    }
    make_case(state, &input, bytes);
    const char *what = compare(&input);
    if (what == NULL && input.operation == KERNEL_VERIFY && is_canonical(&input)) {
        uint8_t out[MAX_BYTES];
        size_t len;
        const int ours = kernel_public(1, &input, out, &len);
        what = (ours == 0) != (kernel_public(0, &input, out, &len) == 0) ? "a signature" : NULL;
    }
    if (what == NULL) {
        return NULL;
    }
    size_t at = (size_t) snprintf(text, sizeof(text), "%s: %s, operation %d, curve %d, inputs", what, name,
                                  input.operation, input.curve);
    for (size_t i = 0; i < 3; i++) {
        at += (size_t) snprintf(text + at, sizeof(text) - at, " %u:", (unsigned) input.in[i].len);
        for (size_t j = 0; j < input.in[i].len; j++) {
            at += (size_t) snprintf(text + at, sizeof(text) - at, "%02x", bytes[i][j]);
        }
    }
    return text;
}

const char *kernel_public_case(uint64_t seed)
{
    char name[40];
    random_source random = { .seed = seed };
    snprintf(name, sizeof(name), "case %llu", (unsigned long long) seed);
    return compare_case(&random, name);
}

const char *kernel_public_fuzz(const uint8_t *data, size_t size)
{
    random_source random = { .prefix = data, .prefix_len = size };
    return compare_case(&random, "a case of the fuzzer");
}

void kernel_public_example(kernel_public_input *input, uint8_t bytes[4][MAX_BYTES])
{
    random_source state = { .seed = 1 };
    if (input->operation == KERNEL_POWER) { /* the curve is the number of bits */
        static const uint8_t exponent[] = { 1, 0, 1 };
        const size_t len = curve_bytes(input->curve);
        for (size_t i = 0; i < 4; i++) {
            input->in[i] = (kernel_bytes) { bytes[i], i == 1 ? sizeof(exponent) : len };
            (void) kernel_random_bytes(&state, bytes[i], len);
        }
        bytes[0][0] |= 0x80;
        bytes[0][len - 1] |= 1;
        bytes[2][0] &= 0x7f;
        memcpy(bytes[1], exponent, sizeof(exponent));
        return;
    }
    uint8_t out[MAX_BYTES];
    size_t len;
    avoid_edge_cases = 1;
    do {
        make_case(&state, input, bytes);
    } while (kernel_public(1, input, out, &len) != 0);
    avoid_edge_cases = 0;
}
