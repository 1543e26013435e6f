/* GCM (NIST SP 800-38D) with AES, behind MBEDTLS_GCM_ALT: what mbedtls/gcm.h promises, and the errors that Mbed TLS's
 * own gcm.c gives. */
#include "mbedtls/gcm.h"

#if defined(MBEDTLS_GCM_ALT)

#include "mbedtls/constant_time.h"
#include "mbedtls/platform_util.h"
#include "simd.h"

#ifdef PAGETLS_HOST_AEAD
#include "host_aead.h"
#endif

enum { BATCH = PAGETLS_AES_BATCH, BLOCK = 16 };

#define MAX_LEN UINT64_C(0xfffffffe0) /* of data: 2^39 - 256 bits (section 5.2.1.1) */

void mbedtls_gcm_init(mbedtls_gcm_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_gcm_free(mbedtls_gcm_context *ctx)
{
    if (ctx != NULL) {
        pagetls_gcm_key_forget(&ctx->key);
        mbedtls_platform_zeroize(ctx, sizeof(*ctx));
    }
}

int mbedtls_gcm_setkey(mbedtls_gcm_context *ctx, mbedtls_cipher_id_t cipher, const unsigned char *key,
                       unsigned int keybits)
{
    if (cipher != MBEDTLS_CIPHER_ID_AES || pagetls_gcm_key_set(&ctx->key, key, keybits) != 0) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    ctx->used = BATCH; /* there is no keystream */
    return 0;
}

/* --- the two halves of GCM: GHASH and counter mode ------------------------------- */

static void hash(mbedtls_gcm_context *ctx, const uint8_t *data, size_t len)
{
    if (len == 0) {
        return;
    }
    if (ctx->pending_len > 0) {
        size_t room = sizeof(ctx->pending) - ctx->pending_len;
        size_t part = room < len ? room : len;
        memcpy(ctx->pending + ctx->pending_len, data, part);
        ctx->pending_len += part;
        if (part < room) {
            return;
        }
        pagetls_ghash_update(&ctx->tables->ghash, ctx->y, ctx->pending, sizeof(ctx->pending) / BLOCK);
        data += part;
        len -= part;
    }
    ctx->pending_len = len % sizeof(ctx->pending);
    pagetls_ghash_update(&ctx->tables->ghash, ctx->y, data, (len - ctx->pending_len) / BLOCK);
    memcpy(ctx->pending, data + len - ctx->pending_len, ctx->pending_len);
}

/* Fills the last block up with zeros. */
static void hash_padding(mbedtls_gcm_context *ctx)
{
    while (ctx->pending_len % BLOCK != 0) {
        ctx->pending[ctx->pending_len++] = 0;
    }
}

static void hash_pending(mbedtls_gcm_context *ctx)
{
    hash_padding(ctx);
    pagetls_ghash_update(&ctx->tables->ghash, ctx->y, ctx->pending, ctx->pending_len / BLOCK);
    ctx->pending_len = 0;
}

/* The last block of all: two lengths in bytes, which become bits. */
static void hash_lengths(mbedtls_gcm_context *ctx, uint64_t first, uint64_t second)
{
    uint8_t lengths[BLOCK];
    for (unsigned i = 0; i < 8; i++) {
        lengths[i] = (uint8_t) (first * 8 >> (56 - 8 * i));
        lengths[8 + i] = (uint8_t) (second * 8 >> (56 - 8 * i));
    }
    hash_padding(ctx);
    hash(ctx, lengths, sizeof(lengths));
    hash_pending(ctx);
}

static void make_keystream(mbedtls_gcm_context *ctx)
{
    pagetls_aes_batch_counters(&ctx->tables->aes, ctx->keystream, ctx->start, ctx->counter);
    ctx->counter += BATCH / BLOCK; /* modulo 2^32, as section 6.2 has it */
    ctx->used = 0;
}

static void apply_keystream(mbedtls_gcm_context *ctx, const uint8_t *in, uint8_t *out, size_t len)
{
    while (len > 0) {
        if (ctx->used == BATCH) {
            make_keystream(ctx);
        }
        size_t part = BATCH - ctx->used < len ? BATCH - ctx->used : len;
        simd_xor(out, in, ctx->keystream + ctx->used, part);
        ctx->used += part;
        len -= part;
        in += part;
        out += part;
    }
}

/* --- in steps -------------------------------------------------------------------- */

int mbedtls_gcm_starts(mbedtls_gcm_context *ctx, int mode, const unsigned char *iv, size_t iv_len)
{
    if (iv_len == 0 || (uint64_t) iv_len >> 61 != 0) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    if (ctx->key.bits == 0) {
        return MBEDTLS_ERR_CIPHER_BAD_INPUT_DATA; /* what the cipher layer under Mbed TLS's own says */
    }
    if (mode != MBEDTLS_GCM_ENCRYPT && mode != MBEDTLS_GCM_DECRYPT) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    ctx->tables = pagetls_gcm_tables_of(&ctx->key);
    ctx->mode = mode;
    ctx->add_len = 0;
    ctx->len = 0;
    ctx->pending_len = 0;
    memset(ctx->y, 0, sizeof(ctx->y));

    /* the pre-counter block (section 7.1, step 2) */
    if (iv_len == sizeof(ctx->start)) {
        memcpy(ctx->start, iv, iv_len);
        ctx->counter = 1;
    } else {
        hash(ctx, iv, iv_len);
        hash_lengths(ctx, 0, iv_len);
        const uint8_t *y = ctx->y;
        memcpy(ctx->start, y, sizeof(ctx->start));
        ctx->counter = (uint32_t) y[12] << 24 | (uint32_t) y[13] << 16 | (uint32_t) y[14] << 8 | y[15];
        memset(ctx->y, 0, sizeof(ctx->y));
    }
    make_keystream(ctx);
    ctx->used = BLOCK; /* the first block masks the tag */
    memcpy(ctx->tag_mask, ctx->keystream, BLOCK);
    return 0;
}

int mbedtls_gcm_update_ad(mbedtls_gcm_context *ctx, const unsigned char *add, size_t add_len)
{
    uint64_t total = ctx->add_len + add_len;
    if (total < add_len || total >> 61 != 0) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    ctx->add_len = total;
    ctx->tables = pagetls_gcm_tables_of(&ctx->key);
    hash(ctx, add, add_len);
    return 0;
}

/* An output that begins before the input may overlap it: no byte is read after one was written there. */
static int overlaps_badly(const uint8_t *in, const uint8_t *out, size_t len)
{
    return (uintptr_t) out > (uintptr_t) in && (uintptr_t) out - (uintptr_t) in < len;
}

int mbedtls_gcm_update(mbedtls_gcm_context *ctx, const unsigned char *input, size_t input_length,
                       unsigned char *output, size_t output_size, size_t *output_length)
{
    if (output_size < input_length) {
        return MBEDTLS_ERR_GCM_BUFFER_TOO_SMALL;
    }
    *output_length = input_length;
    if (input_length == 0) {
        return 0;
    }
    if (overlaps_badly(input, output, input_length)) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    uint64_t len = ctx->len + input_length;
    if (len < input_length || len > MAX_LEN) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    if (ctx->key.bits == 0) {
        return MBEDTLS_ERR_CIPHER_BAD_INPUT_DATA;
    }
    ctx->tables = pagetls_gcm_tables_of(&ctx->key);
    if (ctx->len == 0) {
        hash_pending(ctx); /* the additional data ends with a whole block */
    }
    ctx->len = len;
    if (ctx->mode == MBEDTLS_GCM_DECRYPT) {
        hash(ctx, input, input_length);
    }
    apply_keystream(ctx, input, output, input_length);
    if (ctx->mode == MBEDTLS_GCM_ENCRYPT) {
        hash(ctx, output, input_length);
    }
    return 0;
}

int mbedtls_gcm_finish(mbedtls_gcm_context *ctx, unsigned char *output, size_t output_size,
                       size_t *output_length, unsigned char *tag, size_t tag_len)
{
    (void) output; /* update() has written everything */
    (void) output_size;
    *output_length = 0;
    if (tag_len < 4 || tag_len > BLOCK) {
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    ctx->tables = pagetls_gcm_tables_of(&ctx->key);
    hash_lengths(ctx, ctx->add_len, ctx->len);
    simd_xor(tag, ctx->tag_mask, ctx->y, tag_len);
    return 0;
}

/* --- all at once ----------------------------------------------------------------- */

#ifdef PAGETLS_HOST_AEAD
/* Whether the host has done it. It is asked for what our own code would take, too, in the form that TLS has. */
static int done_by_host(const mbedtls_gcm_context *ctx, int decrypt, size_t length, const uint8_t *iv,
                        size_t iv_len, const uint8_t *add, size_t add_len, const uint8_t *input,
                        uint8_t *output, size_t tag_len, uint8_t *tag)
{
    if (length < PAGETLS_HOST_GCM_MIN || iv_len != 12 || tag_len != BLOCK ||
        overlaps_badly(input, output, length)) {
        return 0;
    }
    int cipher = ctx->key.bits == 128 ? PAGETLS_AES_128_GCM : PAGETLS_AES_256_GCM;
    return (ctx->key.bits == 128 || ctx->key.bits == 256) &&
        pagetls_host_aead(cipher, decrypt, ctx->key.bytes, iv, add, add_len, input, length, output, tag) == 0;
}
#else
#define done_by_host(...) 0
#endif

int mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *ctx, int mode, size_t length, const unsigned char *iv,
                              size_t iv_len, const unsigned char *add, size_t add_len,
                              const unsigned char *input, unsigned char *output, size_t tag_len,
                              unsigned char *tag)
{
    if (mode == MBEDTLS_GCM_ENCRYPT &&
        done_by_host(ctx, 0, length, iv, iv_len, add, add_len, input, output, tag_len, tag)) {
        return 0;
    }
    size_t written;
    int ret = mbedtls_gcm_starts(ctx, mode, iv, iv_len);
    if (ret == 0) {
        ret = mbedtls_gcm_update_ad(ctx, add, add_len);
    }
    if (ret == 0) {
        ret = mbedtls_gcm_update(ctx, input, length, output, length, &written);
    }
    if (ret == 0) {
        ret = mbedtls_gcm_finish(ctx, NULL, 0, &written, tag, tag_len);
    }
    return ret;
}

int mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *ctx, size_t length, const unsigned char *iv, size_t iv_len,
                             const unsigned char *add, size_t add_len, const unsigned char *tag,
                             size_t tag_len, const unsigned char *input, unsigned char *output)
{
    uint8_t expected[BLOCK];
    if (tag_len < 4 || tag_len > sizeof(expected)) { /* before anything is decrypted */
        return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
    if (done_by_host(ctx, 1, length, iv, iv_len, add, add_len, input, output, tag_len, (uint8_t *) tag)) {
        return 0;
    }
    int ret = mbedtls_gcm_crypt_and_tag(ctx, MBEDTLS_GCM_DECRYPT, length, iv, iv_len, add, add_len, input,
                                        output, tag_len, expected);
    if (ret == 0 && mbedtls_ct_memcmp(tag, expected, tag_len) != 0) {
        mbedtls_platform_zeroize(output, length);
        ret = MBEDTLS_ERR_GCM_AUTH_FAILED;
    }
    mbedtls_platform_zeroize(expected, sizeof(expected));
    return ret;
}

#endif
