/* Decryption of one block by AES (FIPS 197, section 5.3), of all 16 octets at once. The S-box is computed, without tables. */
#include "crypto/aes_inverse.h"

#include "crypto/aes.h"
#include "crypto/simd.h"

/* Products in GF(2^8) (FIPS 197, section 4.2). */
static u8x16 multiply(u8x16 a, u8x16 b)
{
    u8x16 product = simd_splat8(0);
    for (int i = 0; i < 8; i++) {
        product ^= a & -(b & 1);
        a = (a << 1) ^ (simd_splat8(0x1B) & -(a >> 7));
        b >>= 1;
    }
    return product;
}

static u8x16 rotate(u8x16 x, int bits)
{
    return x << bits | x >> (8 - bits);
}

/* InvSubBytes: undoes the affine transformation, and inverts. */
static u8x16 inverse_substitute(u8x16 x)
{
    x = rotate(x, 1) ^ rotate(x, 3) ^ rotate(x, 6) ^ simd_splat8(0x05);
    u8x16 power = x;
    for (int i = 0; i < 6; i++) { /* x^3, x^7 … x^127 */
        power = multiply(multiply(power, power), x);
    }
    return multiply(power, power); /* x^254 */
}

/* InvMixColumns. */
static u8x16 inverse_mix(u8x16 x)
{
    static const uint8_t factors[] = { 14, 11, 13, 9 };
    u8x16 sum = simd_splat8(0);
    for (int row = 0; row < 4; row++) {
        sum ^= multiply(x, simd_splat8(factors[row]));
        x = (u8x16) simd_rotate_left((u32x4) x, 24); /* each octet of a column to the row before */
    }
    return sum;
}

void pagetls_aes_inverse_set_key(pagetls_aes_inverse_key *out, const uint8_t *key, size_t len)
{
    out->rounds = pagetls_aes_expand_key(out->round_keys, key, (unsigned) len * 8);
}

void pagetls_aes_inverse_decrypt(const pagetls_aes_inverse_key *key, uint8_t block[16])
{
    const u8x16 inverse_shift_rows = { 0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3 };
    u8x16 x = simd_load(block) ^ simd_load(key->round_keys[key->rounds]);
    for (unsigned round = key->rounds; round-- > 0;) {
        x = inverse_substitute(simd_swizzle(x, inverse_shift_rows)) ^ simd_load(key->round_keys[round]);
        if (round > 0) {
            x = inverse_mix(x);
        }
    }
    simd_store(block, x);
}
