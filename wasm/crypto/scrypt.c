/* scrypt (RFC 7914). */
#include "crypto/kdf.h"
#include "crypto/simd.h"
#include "host/heap.h"

enum { BLOCK = 64, HALF_ROUNDS = 8 };

/* Salsa20/8 (RFC 7914, section 3) of four vectors: the diagonals of its matrix, so that one quarter round per lane is a
 * column round, and after rotating the lanes a row round. */
static void salsa(u32x4 x[4])
{
    u32x4 a = x[0];
    u32x4 b = x[1];
    u32x4 c = x[2];
    u32x4 d = x[3];
    for (int i = 0; i < HALF_ROUNDS; i++) {
        b ^= simd_rotate_left(a + d, 7);
        c ^= simd_rotate_left(b + a, 9);
        d ^= simd_rotate_left(c + b, 13);
        a ^= simd_rotate_left(d + c, 18);
        const u32x4 first = SIMD_LANES(d, d, 1, 2, 3, 0);
        c = SIMD_LANES(c, c, 2, 3, 0, 1);
        d = SIMD_LANES(b, b, 3, 0, 1, 2);
        b = first;
    }
    x[0] += a;
    x[1] += b;
    x[2] += c;
    x[3] += d;
}

/* scryptBlockMix (section 4): `blocks` = 2 r blocks from `in` to `out`, both as diagonals. */
static void mix(const u32x4 *in, u32x4 *out, size_t blocks)
{
    u32x4 x[4];
    memcpy(x, in + 4 * (blocks - 1), BLOCK);
    for (size_t i = 0; i < blocks; i++) {
        for (size_t j = 0; j < 4; j++) {
            x[j] ^= in[4 * i + j];
        }
        salsa(x);
        memcpy(out + 4 * (i / 2 + i % 2 * (blocks / 2)), x, BLOCK);
    }
}

/* Words in diagonals, or the reverse. */
static void permute(uint8_t *bytes, u32x4 *diagonals, size_t blocks, int back)
{
    for (size_t i = 0; i < 16 * blocks; i++) {
        uint8_t *word = bytes + BLOCK * (i / 16) + 4 * (5 * (i % 4) + 4 * (i / 4 % 4)) % BLOCK;
        uint8_t *lane = (uint8_t *) diagonals + 4 * i;
        memcpy(back ? word : lane, back ? lane : word, 4);
    }
}

/* scryptROMix (section 5). `v` has space for n + 2 times 2 r blocks. */
static void romix(uint8_t *bytes, u32x4 *v, uint32_t n, size_t blocks)
{
    const size_t step = 4 * blocks;
    u32x4 *x = v + n * step;
    u32x4 *y = x + step;
    permute(bytes, v, blocks, 0);
    for (uint32_t i = 0; i < n; i++) {
        mix(v + i * step, v + (i + 1) * step, blocks); /* the last one is x */
    }
    for (uint32_t i = 0; i < n; i++) {
        const u32x4 *from = v + (x[step - 4][0] & (n - 1)) * step;
        for (size_t j = 0; j < step; j++) {
            x[j] ^= from[j];
        }
        mix(x, y, blocks);
        memcpy(x, y, step * sizeof(*x));
    }
    permute(bytes, x, blocks, 1);
}

int pagetls_scrypt(const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt, size_t salt_len, uint32_t n,
                   uint32_t r, uint32_t p, uint8_t *out, size_t len)
{
    const size_t blocks = (size_t) 2 * r;
    const size_t b_len = p * blocks * BLOCK;
    uint8_t *b = pagetls_heap_calloc(p * blocks, BLOCK);
    uint8_t *memory = pagetls_heap_calloc((size_t) n + 2, blocks * BLOCK + 16); /* more than 16 octets to align */
    int ret = b == NULL || memory == NULL ||
            pagetls_pbkdf2(PAGETLS_DIGEST_SHA256, passphrase, passphrase_len, salt, salt_len, 1, b, b_len) != 0
        ? -1
        : 0;
    if (ret == 0) {
        u32x4 *v = (u32x4 *) (memory + 16 - (uintptr_t) memory % 16);
        for (uint32_t i = 0; i < p; i++) {
            romix(b + i * blocks * BLOCK, v, n, blocks);
        }
        ret = pagetls_pbkdf2(PAGETLS_DIGEST_SHA256, passphrase, passphrase_len, b, b_len, 1, out, len);
    }
    pagetls_heap_free(b);
    pagetls_heap_free(memory);
    return ret;
}
