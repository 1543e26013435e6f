/* GHASH without secret-dependent addresses and without carry-less multiplication, which WebAssembly lacks.
 *
 * A block is a polynomial of degree 127; bit 7 of byte 0 is the coefficient of 1, so degrees ascend from byte to byte.
 * The product of a block with H is the sum of the products of H with its 32 half-bytes, each shifted to its position.
 * Byte n of such a product comes from a look-up in a 16-byte table, done for all 16 bytes of a block at once. Horner's
 * rule sums the results for n = 16, 15, ... 0: each step moves the sum up by a byte. Four blocks, multiplied with four
 * powers of H, share these steps and the reduction modulo 1 + x + x^2 + x^7 + x^128. */
#include "crypto/ghash.h"

#include "crypto/simd.h"
#include "host/zeroize.h"

enum { BATCH = PAGETLS_GHASH_BATCH_BLOCKS, PRODUCT = PAGETLS_GHASH_PRODUCT_BYTES };

typedef struct {
    u8x16 here, next;
} folded;

/* Each byte times 1 + x + x^2 + x^7, split into the part in the same byte and the part in the next. */
static inline folded fold(u8x16 x)
{
    const u8x16 here_upper = { 0x00, 0x1c, 0x38, 0x24, 0x70, 0x6c, 0x48, 0x54,
                               0xe1, 0xfd, 0xd9, 0xc5, 0x91, 0x8d, 0xa9, 0xb5 };
    const u8x16 here_lower = { 0x00, 0x01, 0x03, 0x02, 0x07, 0x06, 0x04, 0x05,
                               0x0e, 0x0f, 0x0d, 0x0c, 0x09, 0x08, 0x0a, 0x0b };
    const u8x16 next_upper = { 0x00, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0,
                               0x00, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0 };
    const u8x16 next_lower = { 0x00, 0xc2, 0x84, 0x46, 0x08, 0xca, 0x8c, 0x4e,
                               0x10, 0xd2, 0x94, 0x56, 0x18, 0xda, 0x9c, 0x5e };
    u8x16 upper = simd_high_nibbles(x);
    u8x16 lower = simd_low_nibbles(x);
    return (folded) {
        .here = simd_swizzle(here_upper, upper) ^ simd_swizzle(here_lower, lower),
        .next = simd_swizzle(next_upper, upper) ^ simd_swizzle(next_lower, lower),
    };
}

/* low + high * x^128, reduced. */
static inline u8x16 reduce(u8x16 low, u8x16 high)
{
    const u8x16 zero = simd_splat8(0);
    /* The part that folding moves past the last byte, at x^256, is folded again. */
    high ^= SIMD_BYTES_UP(fold(high).next, zero);
    folded f = fold(high);
    return low ^ f.here ^ SIMD_BYTES_UP(zero, f.next);
}

/* The sum of the blocks x[0] * H^4, x[1] * H^3, x[2] * H^2 and x[3] * H. */
static inline u8x16 multiply(const pagetls_ghash_key *key, const u8x16 x[BATCH])
{
    const u8x16 zero = simd_splat8(0);
    u8x16 low = zero;
    u8x16 high = zero;
    u8x16 upper[BATCH];
    u8x16 lower[BATCH];
    for (int i = 0; i < BATCH; i++) {
        upper[i] = simd_high_nibbles(x[i]);
        lower[i] = simd_low_nibbles(x[i]);
    }
    for (int n = PRODUCT - 1; n >= 0; n--) {
        u8x16 sum = zero;
        for (int i = 0; i < BATCH; i++) {
            const uint8_t(*table)[16] = key->products[n][BATCH - 1 - i];
            sum ^= simd_swizzle(simd_load(table[0]), upper[i]) ^ simd_swizzle(simd_load(table[1]), lower[i]);
        }
        high = SIMD_BYTES_UP(low, high);
        low = SIMD_BYTES_UP(zero, low) ^ sum;
    }
    return reduce(low, high);
}

void pagetls_ghash_update(const pagetls_ghash_key *key, uint8_t y[16], const uint8_t *data, size_t blocks)
{
    uint8_t last[BATCH * 16] = { 0 };
    u8x16 sum = simd_load(y);
    while (blocks > 0) {
        u8x16 x[BATCH];
        if (blocks < BATCH) { /* leading zero blocks do not change the sum */
            uint8_t *first = last + 16 * (BATCH - blocks);
            memcpy(first, data, 16 * blocks);
            simd_store(first, simd_load(first) ^ sum);
            sum = simd_splat8(0);
            data = last;
            blocks = BATCH;
        }
        for (size_t i = 0; i < BATCH; i++) {
            x[i] = simd_load(data + 16 * i);
        }
        x[0] ^= sum;
        sum = multiply(key, x);
        data += sizeof(last);
        blocks -= BATCH;
    }
    simd_store(y, sum);
    pagetls_zeroize_inline(last, sizeof(last));
}

static void set_power(pagetls_ghash_key *out, size_t power, const uint8_t h[16])
{
    const u8x16 values = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    for (size_t n = 0; n < PRODUCT; n++) {
        unsigned both = (n > 0 ? h[n - 1] : 0u) << 8 | (n < 16 ? h[n] : 0u);
        for (unsigned degree = 0; degree < 8; degree += 4) {
            u8x16 sum = simd_splat8(0);
            for (unsigned i = 0; i < 4; i++) {
                u8x16 is_set = (u8x16) ((values & simd_splat8((uint8_t) (8 >> i))) != simd_splat8(0));
                sum ^= is_set & simd_splat8((uint8_t) (both >> (degree + i)));
            }
            simd_store(out->products[n][power][degree / 4], sum);
        }
    }
}

void pagetls_ghash_set_key(pagetls_ghash_key *out, const uint8_t h[16])
{
    uint8_t power[16];
    memcpy(power, h, sizeof(power));
    memset(out, 0, sizeof(*out));
    set_power(out, 0, power);
    for (size_t p = 1; p < BATCH; p++) {
        uint8_t product[16] = { 0 };
        pagetls_ghash_update(out, product, power, 1); /* a single block uses only the table of H */
        memcpy(power, product, sizeof(power));
        set_power(out, p, power);
        pagetls_zeroize(product, sizeof(product));
    }
    pagetls_zeroize(power, sizeof(power));
}
