/* Compiled twice (adapter.h): KERNEL(run) is kernel_fast_run or kernel_reference_run. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include "adapter.h"

#include <stdlib.h>
#include <string.h>

#include "mbedtls/aes.h"
#include "mbedtls/ccm.h"
#include "mbedtls/chacha20.h"
#include "mbedtls/chachapoly.h"
#include "mbedtls/cipher.h"
#include "mbedtls/gcm.h"

typedef union {
    mbedtls_aes_context aes;
    mbedtls_chacha20_context chacha20;
    mbedtls_chachapoly_context chachapoly;
    mbedtls_gcm_context gcm;
    mbedtls_ccm_context ccm;
} context_union;

/* --- pieces -------------------------------------------------------------------- */

/* A context that is moved between two addresses from piece to piece: contexts must survive memcpy(). */
typedef struct {
    uint32_t state; /* of the random generator; 0: one-shot, without moving */
    int at;
    context_union *place[2];
} pieces;

static uint32_t next_random(pieces *p)
{
    p->state ^= p->state << 13;
    p->state ^= p->state >> 17;
    p->state ^= p->state << 5;
    return p->state;
}

static context_union *maybe_move(pieces *p)
{
    if (p->state != 0 && next_random(p) % 4 == 0) {
        memcpy(p->place[1 - p->at], p->place[p->at], sizeof(context_union));
        memset(p->place[p->at], 0xa5, sizeof(context_union));
        p->at = 1 - p->at;
    }
    return p->place[p->at];
}

/* A random length for the next piece. */
static size_t next_piece(pieces *p, size_t left)
{
    static const uint16_t edges[] = { 0,   1,   2,   15,  16,  17,  31,  48,  63,  64,  65,
                                      111, 112, 113, 127, 128, 129, 192, 255, 256, 257, 512 };
    uint32_t random = next_random(p);
    size_t len = random % 3 == 0 ? random / 3 % 300 : edges[random / 3 % (sizeof(edges) / sizeof(edges[0]))];
    return len < left ? len : left;
}

/* NULL for empty data, which must not be dereferenced. */
static const uint8_t *or_null(const uint8_t *data, size_t len)
{
    return len > 0 ? data : NULL;
}

static int check_zeroized(int ret, const void *freed, size_t size)
{
    const uint8_t *bytes = freed;
    for (size_t i = 0; i < size; i++) {
        ret = bytes[i] == 0 ? ret : KERNEL_NOT_ZEROIZED;
    }
    return ret;
}

/* --- the ciphers ---------------------------------------------------------------- */

/* Ends an operation in pieces like Mbed TLS's one-shot functions: writes the tag, or checks it and zeroes the
 * output. */
static int finish_tag(const kernel_input *input, const uint8_t *tag, int forged)
{
    if (!input->decrypt) {
        memcpy(input->tag, tag, input->tag_len);
        return 0;
    }
    if (memcmp(input->tag, tag, input->tag_len) == 0) {
        return 0;
    }
    memset(input->out, 0, input->len);
    return forged;
}

static int run_chacha20(const kernel_input *input, pieces *p)
{
    if (p->state == 0) {
        return mbedtls_chacha20_crypt(input->key, input->nonce, input->counter, input->len, input->in, input->out);
    }
    mbedtls_chacha20_init(&p->place[0]->chacha20);
    int ret = mbedtls_chacha20_setkey(&maybe_move(p)->chacha20, input->key);
    if (ret == 0) {
        ret = mbedtls_chacha20_starts(&maybe_move(p)->chacha20, input->nonce, input->counter);
    }
    for (size_t at = 0, len; ret == 0 && at < input->len; at += len) {
        len = next_piece(p, input->len - at);
        ret = mbedtls_chacha20_update(&maybe_move(p)->chacha20, len, or_null(input->in + at, len), input->out + at);
    }
    mbedtls_chacha20_free(&p->place[p->at]->chacha20);
    return check_zeroized(ret, p->place[p->at], sizeof(mbedtls_chacha20_context));
}

static int chachapoly_in_pieces(const kernel_input *input, pieces *p)
{
    uint8_t tag[16];
    int ret = mbedtls_chachapoly_starts(&maybe_move(p)->chachapoly, input->nonce,
                                        input->decrypt ? MBEDTLS_CHACHAPOLY_DECRYPT : MBEDTLS_CHACHAPOLY_ENCRYPT);
    for (size_t at = 0, len; ret == 0 && at < input->ad_len; at += len) {
        len = next_piece(p, input->ad_len - at);
        ret = mbedtls_chachapoly_update_aad(&maybe_move(p)->chachapoly, or_null(input->ad + at, len), len);
    }
    for (size_t at = 0, len; ret == 0 && at < input->len; at += len) {
        len = next_piece(p, input->len - at);
        ret = mbedtls_chachapoly_update(&maybe_move(p)->chachapoly, len, or_null(input->in + at, len), input->out + at);
    }
    if (ret == 0) {
        ret = mbedtls_chachapoly_finish(&maybe_move(p)->chachapoly, tag);
    }
    return ret == 0 ? finish_tag(input, tag, MBEDTLS_ERR_CHACHAPOLY_AUTH_FAILED) : ret;
}

static int run_chachapoly(const kernel_input *input, pieces *p)
{
    mbedtls_chachapoly_context *ctx = &p->place[0]->chachapoly;
    mbedtls_chachapoly_init(ctx);
    int ret = mbedtls_chachapoly_setkey(ctx, input->key);
    if (ret == 0) {
        ret = p->state != 0  ? chachapoly_in_pieces(input, p)
            : input->decrypt ? mbedtls_chachapoly_auth_decrypt(ctx, input->len, input->nonce, input->ad, input->ad_len,
                                                               input->tag, input->in, input->out)
                             : mbedtls_chachapoly_encrypt_and_tag(ctx, input->len, input->nonce, input->ad,
                                                                  input->ad_len, input->in, input->out, input->tag);
    }
    mbedtls_chachapoly_free(&p->place[p->at]->chachapoly);
    return check_zeroized(ret, &p->place[p->at]->chachapoly.chacha20_ctx, sizeof(mbedtls_chacha20_context));
}

static int run_aes(const kernel_input *input, pieces *p)
{
    mbedtls_aes_init(&p->place[0]->aes);
    int ret = mbedtls_aes_setkey_enc(&p->place[0]->aes, input->key, input->key_bits);
    for (size_t at = 0; ret == 0 && at + 16 <= input->len; at += 16) {
        ret = mbedtls_aes_crypt_ecb(&maybe_move(p)->aes, MBEDTLS_AES_ENCRYPT, input->in + at, input->out + at);
    }
    mbedtls_aes_free(&p->place[p->at]->aes);
    return check_zeroized(ret, p->place[p->at], sizeof(mbedtls_aes_context));
}

/* Occasionally uses more keys between two pieces than our table cache holds. */
static mbedtls_gcm_context *maybe_move_gcm(pieces *p)
{
    mbedtls_gcm_context other;
    uint8_t bytes[32] = { 0 };
    int other_keys = next_random(p) % 8 == 0 ? 20 : 0;
    for (uint8_t i = 0; i < other_keys; i++) {
        bytes[0] = i;
        mbedtls_gcm_init(&other);
        if (mbedtls_gcm_setkey(&other, MBEDTLS_CIPHER_ID_AES, bytes, 128u + i % 3u * 64u) != 0 ||
            mbedtls_gcm_starts(&other, MBEDTLS_GCM_ENCRYPT, bytes, 12) != 0) {
            abort();
        }
        mbedtls_gcm_free(&other);
    }
    return &maybe_move(p)->gcm;
}

static int gcm_in_pieces(const kernel_input *input, pieces *p)
{
    uint8_t tag[16];
    size_t written;
    int ret = mbedtls_gcm_starts(maybe_move_gcm(p), input->decrypt ? MBEDTLS_GCM_DECRYPT : MBEDTLS_GCM_ENCRYPT,
                                 input->nonce, input->nonce_len);
    for (size_t at = 0, len; ret == 0 && at < input->ad_len; at += len) {
        len = next_piece(p, input->ad_len - at);
        ret = mbedtls_gcm_update_ad(maybe_move_gcm(p), or_null(input->ad + at, len), len);
    }
    for (size_t at = 0, len; ret == 0 && at < input->len; at += len) {
        len = next_piece(p, input->len - at);
        ret = mbedtls_gcm_update(maybe_move_gcm(p), or_null(input->in + at, len), len, input->out + at, len, &written);
        ret = ret == 0 && written != len ? -1 : ret;
    }
    if (ret == 0) {
        ret = mbedtls_gcm_finish(maybe_move_gcm(p), NULL, 0, &written, tag, input->tag_len);
    }
    return ret == 0 ? finish_tag(input, tag, MBEDTLS_ERR_GCM_AUTH_FAILED) : ret;
}

static int run_gcm(const kernel_input *input, pieces *p)
{
    mbedtls_gcm_context *ctx = &p->place[0]->gcm;
    mbedtls_gcm_init(ctx);
    int ret = mbedtls_gcm_setkey(ctx, MBEDTLS_CIPHER_ID_AES, input->key, input->key_bits);
    if (ret == 0) {
        ret = p->state != 0 ? gcm_in_pieces(input, p)
            : input->decrypt
            ? mbedtls_gcm_auth_decrypt(ctx, input->len, input->nonce, input->nonce_len, input->ad, input->ad_len,
                                       input->tag, input->tag_len, input->in, input->out)
            : mbedtls_gcm_crypt_and_tag(ctx, MBEDTLS_GCM_ENCRYPT, input->len, input->nonce, input->nonce_len, input->ad,
                                        input->ad_len, input->in, input->out, input->tag_len, input->tag);
    }
    mbedtls_gcm_free(&p->place[p->at]->gcm);
    return check_zeroized(ret, p->place[p->at], sizeof(mbedtls_gcm_context));
}

static int run_ccm(const kernel_input *input, pieces *p)
{
    mbedtls_ccm_context *ctx = &p->place[0]->ccm;
    mbedtls_ccm_init(ctx);
    int ret = mbedtls_ccm_setkey(ctx, MBEDTLS_CIPHER_ID_AES, input->key, input->key_bits);
    if (ret == 0) {
        ret = input->decrypt
            ? mbedtls_ccm_auth_decrypt(ctx, input->len, input->nonce, input->nonce_len, input->ad, input->ad_len,
                                       input->in, input->out, input->tag, input->tag_len)
            : mbedtls_ccm_encrypt_and_tag(ctx, input->len, input->nonce, input->nonce_len, input->ad, input->ad_len,
                                          input->in, input->out, input->tag, input->tag_len);
    }
    mbedtls_ccm_free(ctx);
    return check_zeroized(ret, ctx, sizeof(*ctx));
}

static int (*const runs[KERNEL_ALGORITHMS])(const kernel_input *input, pieces *p) = {
    [KERNEL_CHACHA20] = run_chacha20, [KERNEL_CHACHAPOLY] = run_chachapoly,
    [KERNEL_AES] = run_aes,           [KERNEL_GCM] = run_gcm,
    [KERNEL_CCM] = run_ccm,
};

/* --- as called by TLS --------------------------------------------------------------- */

static int run_layered(const kernel_input *input)
{
    mbedtls_cipher_context_t ctx;
    size_t size = input->len + input->tag_len;
    uint8_t *from = malloc(size + (size == 0));
    uint8_t *to = malloc(size + (size == 0));
    size_t written = 0;
    if (from == NULL || to == NULL) {
        abort();
    }
    memcpy(from, input->in, input->len);
    memcpy(from + input->len, input->tag, input->tag_len);
    mbedtls_cipher_init(&ctx);
    const mbedtls_cipher_info_t *info = input->algorithm == KERNEL_CHACHAPOLY
        ? mbedtls_cipher_info_from_type(MBEDTLS_CIPHER_CHACHA20_POLY1305)
        : mbedtls_cipher_info_from_values(MBEDTLS_CIPHER_ID_AES, (int) input->key_bits,
                                          input->algorithm == KERNEL_GCM ? MBEDTLS_MODE_GCM : MBEDTLS_MODE_CCM);
    int ret = mbedtls_cipher_setup(&ctx, info);
    if (ret == 0) {
        ret = mbedtls_cipher_setkey(&ctx, input->key, (int) input->key_bits,
                                    input->decrypt ? MBEDTLS_DECRYPT : MBEDTLS_ENCRYPT);
    }
    if (ret == 0) {
        ret = input->decrypt
            ? mbedtls_cipher_auth_decrypt_ext(&ctx, input->nonce, input->nonce_len, input->ad, input->ad_len, from,
                                              size, to, size, &written, input->tag_len)
            : mbedtls_cipher_auth_encrypt_ext(&ctx, input->nonce, input->nonce_len, input->ad, input->ad_len, from,
                                              input->len, to, size, &written, input->tag_len);
    }
    if (ret == 0) {
        memcpy(input->out, to, input->len);
        if (!input->decrypt) {
            memcpy(input->tag, to + input->len, input->tag_len);
        }
    } else {
        memset(input->out, 0, input->len);
    }
    mbedtls_cipher_free(&ctx);
    free(from);
    free(to);
    return ret;
}

int KERNEL(run)(const kernel_input *input)
{
    if (input->layered) {
        return run_layered(input);
    }
    /* On the heap, as the stack might align contexts better. */
    context_union *one = malloc(sizeof(context_union));
    context_union *other = malloc(sizeof(context_union));
    int ret = -1;
    if (one != NULL && other != NULL) {
        pieces p = { .state = input->pieces, .place = { one, other } };
        memset(one, 0xa5, sizeof(*one));
        ret = runs[input->algorithm](input, &p);
    }
    free(one);
    free(other);
    return ret;
}
