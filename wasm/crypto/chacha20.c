/* ChaCha20 (RFC 8439, section 2), behind MBEDTLS_CHACHA20_ALT: four blocks at a time, one in each lane. */
#include "mbedtls/chacha20.h"

#if defined(MBEDTLS_CHACHA20_ALT)

#include "mbedtls/platform_util.h"
#include "simd.h"

enum { STRIDE = PAGETLS_CHACHA20_STRIDE, COUNTER = 12 };

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

/* Of four vectors with a lane for each block, four with the words of one block each. */
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

/* XORs STRIDE bytes with the next four blocks. out may be in. */
static void crypt_stride(uint32_t state[16], const uint8_t *in, uint8_t *out)
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
    state[COUNTER] += 4; /* wraps around, as Mbed TLS's does */
}

static uint32_t load_word(const uint8_t *from)
{
    return (uint32_t) from[0] | (uint32_t) from[1] << 8 | (uint32_t) from[2] << 16 | (uint32_t) from[3] << 24;
}

void mbedtls_chacha20_init(mbedtls_chacha20_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
    ctx->used = STRIDE;
}

void mbedtls_chacha20_free(mbedtls_chacha20_context *ctx)
{
    if (ctx != NULL) {
        mbedtls_platform_zeroize(ctx, sizeof(*ctx));
    }
}

int mbedtls_chacha20_setkey(mbedtls_chacha20_context *ctx, const unsigned char key[32])
{
    static const uint8_t constants[] = "expand 32-byte k";
    for (size_t i = 0; i < 4; i++) {
        ctx->state[i] = load_word(constants + 4 * i);
    }
    for (size_t i = 0; i < 8; i++) {
        ctx->state[4 + i] = load_word(key + 4 * i);
    }
    return 0;
}

int mbedtls_chacha20_starts(mbedtls_chacha20_context *ctx, const unsigned char nonce[12], uint32_t counter)
{
    ctx->state[COUNTER] = counter;
    for (size_t i = 0; i < 3; i++) {
        ctx->state[13 + i] = load_word(nonce + 4 * i);
    }
    mbedtls_platform_zeroize(ctx->keystream, sizeof(ctx->keystream));
    ctx->used = STRIDE;
    return 0;
}

int mbedtls_chacha20_update(mbedtls_chacha20_context *ctx, size_t size, const unsigned char *input,
                            unsigned char *output)
{
    while (size > 0) {
        if (ctx->used == STRIDE) {
            for (; size >= STRIDE; size -= STRIDE, input += STRIDE, output += STRIDE) {
                crypt_stride(ctx->state, input, output);
            }
            if (size == 0) {
                break;
            }
            memset(ctx->keystream, 0, sizeof(ctx->keystream));
            crypt_stride(ctx->state, ctx->keystream, ctx->keystream);
            ctx->used = 0;
        }
        size_t part = STRIDE - ctx->used < size ? STRIDE - ctx->used : size;
        simd_xor(output, input, ctx->keystream + ctx->used, part);
        ctx->used += part;
        size -= part;
        input += part;
        output += part;
    }
    return 0;
}

int mbedtls_chacha20_crypt(const unsigned char key[32], const unsigned char nonce[12], uint32_t counter,
                           size_t data_len, const unsigned char *input, unsigned char *output)
{
    mbedtls_chacha20_context ctx;
    mbedtls_chacha20_init(&ctx);
    (void) mbedtls_chacha20_setkey(&ctx, key);
    (void) mbedtls_chacha20_starts(&ctx, nonce, counter);
    (void) mbedtls_chacha20_update(&ctx, data_len, input, output);
    mbedtls_chacha20_free(&ctx);
    return 0;
}

#endif
