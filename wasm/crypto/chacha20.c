/* ChaCha20 (RFC 8439, section 2): four blocks at a time, one in each lane. */
#include "crypto/chacha20.h"

#include "crypto/simd.h"
#include "host/zeroize.h"

enum { BATCH = PAGETLS_CHACHA20_BATCH_BYTES, COUNTER = 12 };

static inline void quarter_round(u32x4 *a, u32x4 *b, u32x4 *c, u32x4 *d)
{
    *a += *b;
    *d = simd_rotate_left_16(*d ^ *a);
    *c += *d;
    *b = simd_rotate_left(*b ^ *c, 12);
    *a += *b;
    *d = simd_rotate_left_8(*d ^ *a);
    *c += *d;
    *b = simd_rotate_left(*b ^ *c, 7);
}

/* Turns four vectors with one lane per block into four vectors with consecutive words of one block each. */
static inline void transpose(u32x4 x[4])
{
    u32x4 low01 = SIMD_LANES(x[0], x[1], 0, 4, 1, 5);
    u32x4 low23 = SIMD_LANES(x[2], x[3], 0, 4, 1, 5);
    u32x4 high01 = SIMD_LANES(x[0], x[1], 2, 6, 3, 7);
    u32x4 high23 = SIMD_LANES(x[2], x[3], 2, 6, 3, 7);
    x[0] = SIMD_LANES(low01, low23, 0, 1, 4, 5);
    x[1] = SIMD_LANES(low01, low23, 2, 3, 6, 7);
    x[2] = SIMD_LANES(high01, high23, 0, 1, 4, 5);
    x[3] = SIMD_LANES(high01, high23, 2, 3, 6, 7);
}

/* XORs BATCH bytes with the next four blocks. out may equal in. */
static void crypt_batch(uint32_t state[16], const uint8_t *in, uint8_t *out)
{
    u32x4 x[16];
    const u32x4 counters = simd_splat32(state[COUNTER]) + (u32x4) { 0, 1, 2, 3 };
    for (int i = 0; i < 16; i++) {
        x[i] = simd_splat32(state[i]);
    }
    x[COUNTER] = counters;
    for (int i = 0; i < 10; i++) {
        quarter_round(&x[0], &x[4], &x[8], &x[12]);
        quarter_round(&x[1], &x[5], &x[9], &x[13]);
        quarter_round(&x[2], &x[6], &x[10], &x[14]);
        quarter_round(&x[3], &x[7], &x[11], &x[15]);
        quarter_round(&x[0], &x[5], &x[10], &x[15]);
        quarter_round(&x[1], &x[6], &x[11], &x[12]);
        quarter_round(&x[2], &x[7], &x[8], &x[13]);
        quarter_round(&x[3], &x[4], &x[9], &x[14]);
    }
    for (int i = 0; i < 16; i++) {
        x[i] += i == COUNTER ? counters : simd_splat32(state[i]);
    }
    for (size_t i = 0; i < 16; i += 4) {
        transpose(&x[i]);
        for (size_t block = 0; block < 4; block++) {
            size_t at = 64 * block + 4 * i;
            simd_store(out + at, simd_load(in + at) ^ (u8x16) x[i + block]);
        }
    }
    state[COUNTER] += 4; /* wraps around */
}

static uint32_t load_word(const uint8_t *from)
{
    return (uint32_t) from[0] | (uint32_t) from[1] << 8 | (uint32_t) from[2] << 16 | (uint32_t) from[3] << 24;
}

void pagetls_chacha20_init(pagetls_chacha20 *cipher)
{
    memset(cipher, 0, sizeof(*cipher));
    cipher->used = BATCH;
}

void pagetls_chacha20_set_key(pagetls_chacha20 *cipher, const uint8_t key[32])
{
    static const uint8_t constants[] = "expand 32-byte k";
    for (size_t i = 0; i < 4; i++) {
        cipher->state[i] = load_word(constants + 4 * i);
    }
    for (size_t i = 0; i < 8; i++) {
        cipher->state[4 + i] = load_word(key + 4 * i);
    }
}

void pagetls_chacha20_set_nonce(pagetls_chacha20 *cipher, const uint8_t nonce[12], uint32_t counter)
{
    cipher->state[COUNTER] = counter;
    for (size_t i = 0; i < 3; i++) {
        cipher->state[13 + i] = load_word(nonce + 4 * i);
    }
    pagetls_zeroize(cipher->keystream, sizeof(cipher->keystream));
    cipher->used = BATCH;
}

void pagetls_chacha20_crypt(pagetls_chacha20 *cipher, const uint8_t *in, uint8_t *out, size_t len)
{
    while (len > 0) {
        if (cipher->used == BATCH) {
            for (; len >= BATCH; len -= BATCH, in += BATCH, out += BATCH) {
                crypt_batch(cipher->state, in, out);
            }
            if (len == 0) {
                break;
            }
            memset(cipher->keystream, 0, sizeof(cipher->keystream));
            crypt_batch(cipher->state, cipher->keystream, cipher->keystream);
            cipher->used = 0;
        }
        size_t part = BATCH - cipher->used < len ? BATCH - cipher->used : len;
        simd_xor(out, in, cipher->keystream + cipher->used, part);
        cipher->used += part;
        len -= part;
        in += part;
        out += part;
    }
}
