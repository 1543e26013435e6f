/* Bitsliced AES (FIPS 197), eight blocks at a time: plane n holds bit n of all 128 bytes. Each byte of a plane collects
 * the bits of the eight blocks at one position; positions are in row order, so that each row is a 32-bit lane. */
#include "crypto/aes.h"

#include "crypto/simd.h"
#include "host/zeroize.h"

/* Swaps rows and columns; its own inverse. */
static const u8x16 transposed = { 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 };
static const u8x16 shift_rows = { 0, 1, 2, 3, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14 };

/* Each row replaced by the next row, or by the one after that. */
#define NEXT_ROW(x) SIMD_LANES(x, x, 1, 2, 3, 0)
#define SECOND_ROW(x) SIMD_LANES(x, x, 2, 3, 0, 1)

/**
 * SubBytes without its constant, which is in the round keys: the circuit of 32 ANDs and 83 XORs from J. Boyar and
 * R. Peralta, "A new combinational logic minimization technique with applications to cryptology" (SEA 2010; IACR
 * ePrint 2009/191). Names follow the paper, where bit 0 is the highest.
 */
static inline void substitute(u32x4 plane[8])
{
    const u32x4 x0 = plane[7], x1 = plane[6], x2 = plane[5], x3 = plane[4];
    const u32x4 x4 = plane[3], x5 = plane[2], x6 = plane[1], x7 = plane[0];

    /* top linear layer */
    const u32x4 y14 = x3 ^ x5, y13 = x0 ^ x6, y9 = x0 ^ x3, y8 = x0 ^ x5;
    const u32x4 t0 = x1 ^ x2;
    const u32x4 y1 = t0 ^ x7, y4 = y1 ^ x3, y12 = y13 ^ y14, y2 = y1 ^ x0, y5 = y1 ^ x6, y3 = y5 ^ y8;
    const u32x4 t1 = x4 ^ y12;
    const u32x4 y15 = t1 ^ x5, y20 = t1 ^ x1, y6 = y15 ^ x7, y10 = y15 ^ t0, y11 = y20 ^ y9, y7 = x7 ^ y11;
    const u32x4 y17 = y10 ^ y11, y19 = y10 ^ y8, y16 = t0 ^ y11, y21 = y13 ^ y16, y18 = x0 ^ y16;

    /* inversion */
    const u32x4 t2 = y12 & y15, t3 = y3 & y6, t4 = t3 ^ t2, t5 = y4 & x7, t6 = t5 ^ t2;
    const u32x4 t7 = y13 & y16, t8 = y5 & y1, t9 = t8 ^ t7, t10 = y2 & y7, t11 = t10 ^ t7;
    const u32x4 t12 = y9 & y11, t13 = y14 & y17, t14 = t13 ^ t12, t15 = y8 & y10, t16 = t15 ^ t12;
    const u32x4 t17 = t4 ^ t14, t18 = t6 ^ t16, t19 = t9 ^ t14, t20 = t11 ^ t16;
    const u32x4 t21 = t17 ^ y20, t22 = t18 ^ y19, t23 = t19 ^ y21, t24 = t20 ^ y18;
    const u32x4 t25 = t21 ^ t22, t26 = t21 & t23, t27 = t24 ^ t26, t28 = t25 & t27, t29 = t28 ^ t22;
    const u32x4 t30 = t23 ^ t24, t31 = t22 ^ t26, t32 = t31 & t30, t33 = t32 ^ t24, t34 = t23 ^ t33;
    const u32x4 t35 = t27 ^ t33, t36 = t24 & t35, t37 = t36 ^ t34, t38 = t27 ^ t36, t39 = t29 & t38;
    const u32x4 t40 = t25 ^ t39, t41 = t40 ^ t37, t42 = t29 ^ t33, t43 = t29 ^ t40, t44 = t33 ^ t37;
    const u32x4 t45 = t42 ^ t41;
    const u32x4 z0 = t44 & y15, z1 = t37 & y6, z2 = t33 & x7, z3 = t43 & y16, z4 = t40 & y1, z5 = t29 & y7;
    const u32x4 z6 = t42 & y11, z7 = t45 & y17, z8 = t41 & y10, z9 = t44 & y12, z10 = t37 & y3;
    const u32x4 z11 = t33 & y4, z12 = t43 & y13, z13 = t40 & y5, z14 = t29 & y2, z15 = t42 & y9;
    const u32x4 z16 = t45 & y14, z17 = t41 & y8;

    /* bottom linear layer */
    const u32x4 t46 = z15 ^ z16, t47 = z10 ^ z11, t48 = z5 ^ z13, t49 = z9 ^ z10, t50 = z2 ^ z12;
    const u32x4 t51 = z2 ^ z5, t52 = z7 ^ z8, t53 = z0 ^ z3, t54 = z6 ^ z7, t55 = z16 ^ z17;
    const u32x4 t56 = z12 ^ t48, t57 = t50 ^ t53, t58 = z4 ^ t46, t59 = z3 ^ t54, t60 = t46 ^ t57;
    const u32x4 t61 = z14 ^ t57, t62 = t52 ^ t58, t63 = t49 ^ t58, t64 = z4 ^ t59, t65 = t61 ^ t62;
    const u32x4 t66 = z1 ^ t63, t67 = t64 ^ t65, s3 = t53 ^ t66;
    plane[7] = t59 ^ t63;
    plane[6] = t64 ^ s3;
    plane[5] = t55 ^ t67;
    plane[4] = s3;
    plane[3] = t51 ^ t66;
    plane[2] = t47 ^ t65;
    plane[1] = t56 ^ t62;
    plane[0] = t48 ^ t60;
}

/* FIPS 197, section 5.1.3: a row becomes 2 times itself, plus 3 times the next row, plus the two rows after that. */
static inline void mix_columns(u32x4 plane[8])
{
    u32x4 next[8];
    u32x4 sum[8];
    for (int i = 0; i < 8; i++) {
        next[i] = NEXT_ROW(plane[i]);
        sum[i] = plane[i] ^ next[i];
    }
    for (int i = 0; i < 8; i++) {
        u32x4 twice = sum[(i + 7) % 8];
        if (i == 1 || i == 3 || i == 4) { /* x^8 is x^4 + x^3 + x + 1 */
            twice ^= sum[7];
        }
        plane[i] = twice ^ next[i] ^ SECOND_ROW(sum[i]);
    }
}

static inline void swap_bits(u32x4 *a, u32x4 *b, uint32_t mask, int bits)
{
    u32x4 both = (*a >> bits ^ *b) & simd_splat32(mask);
    *b ^= both;
    *a ^= both << bits;
}

/* Converts eight blocks to eight planes or back: transposes each 8 by 8 bit matrix. */
static inline void transpose_bits(u32x4 x[8])
{
    for (int i = 0; i < 8; i += 2) {
        swap_bits(&x[i], &x[i + 1], 0x55555555, 1);
    }
    for (int i = 0; i < 8; i += 4) {
        swap_bits(&x[i], &x[i + 2], 0x33333333, 2);
        swap_bits(&x[i + 1], &x[i + 3], 0x33333333, 2);
    }
    for (int i = 0; i < 4; i++) {
        swap_bits(&x[i], &x[i + 4], 0x0f0f0f0f, 4);
    }
}

static inline void add_round_key(u32x4 plane[8], const uint8_t (*key)[16])
{
    for (int i = 0; i < 8; i++) {
        plane[i] ^= (u32x4) simd_load(key[i]);
    }
}

int pagetls_aes_batch_set_key(pagetls_aes_batch_key *out, const uint8_t *key, unsigned bits)
{
    uint8_t round_keys[PAGETLS_AES_ROUND_KEYS][16];
    out->rounds = pagetls_aes_expand_key(round_keys, key, bits);
    if (out->rounds == 0) {
        return -1;
    }
    for (unsigned round = 0; round <= out->rounds; round++) {
        u8x16 rows = simd_swizzle(simd_load(round_keys[round]), transposed);
        rows ^= simd_splat8(round == 0 ? 0 : PAGETLS_AES_SUB_CONSTANT);
        for (int i = 0; i < 8; i++) {
            u8x16 bit = rows & simd_splat8((uint8_t) (1 << i));
            simd_store(out->planes[round][i], (u8x16) (bit != simd_splat8(0)));
        }
    }
    pagetls_zeroize(round_keys, sizeof(round_keys));
    return 0;
}

void pagetls_aes_batch_counters(const pagetls_aes_batch_key *key, uint8_t *out, const uint8_t start[12],
                                uint32_t counter)
{
    u32x4 x[8];
    uint8_t block[16] = { 0 };
    memcpy(block, start, 12);
    const u32x4 first = (u32x4) simd_load(block);
    for (uint32_t i = 0; i < 8; i++) {
        u32x4 input = first;
        input[3] = __builtin_bswap32(counter + i);
        x[i] = (u32x4) simd_swizzle((u8x16) input, transposed);
    }
    transpose_bits(x);
    add_round_key(x, key->planes[0]);
    for (unsigned round = 1;; round++) {
        substitute(x);
        for (int i = 0; i < 8; i++) {
            x[i] = (u32x4) simd_swizzle((u8x16) x[i], shift_rows);
        }
        if (round == key->rounds) {
            break;
        }
        mix_columns(x);
        add_round_key(x, key->planes[round]);
    }
    add_round_key(x, key->planes[key->rounds]);
    transpose_bits(x);
    for (size_t i = 0; i < 8; i++) {
        simd_store(out + 16 * i, simd_swizzle((u8x16) x[i], transposed));
    }
}
