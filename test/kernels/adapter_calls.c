/* Compiled twice, like adapter.c: invalid calls, and calls to be measured. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include "adapter.h"
#include "mbedtls/aes.h"
#include "mbedtls/ccm.h"
#include "mbedtls/chacha20.h"
#include "mbedtls/chachapoly.h"
#include "mbedtls/gcm.h"

/* --- invalid calls ------------------------------------------------------------------ */

/* Makes the calls of a GCM operation, one of which is invalid. */
static int gcm_misuse(mbedtls_gcm_context *ctx, int which)
{
    uint8_t bytes[64] = { 1, 2, 3 };
    uint8_t tag[16];
    size_t written = 0;
    switch (which) {
        case 0: return mbedtls_gcm_starts(ctx, MBEDTLS_GCM_ENCRYPT, bytes, 12); /* no key */
        case 1: return mbedtls_gcm_update(ctx, bytes, 16, bytes, 16, &written);
        case 2: return mbedtls_gcm_setkey(ctx, MBEDTLS_CIPHER_ID_AES, bytes, 0);
        case 3: return mbedtls_gcm_setkey(ctx, MBEDTLS_CIPHER_ID_AES, bytes, 160);
        case 4: return mbedtls_gcm_setkey(ctx, MBEDTLS_CIPHER_ID_CAMELLIA, bytes, 128);
        default: break;
    }
    int ret = mbedtls_gcm_setkey(ctx, MBEDTLS_CIPHER_ID_AES, bytes, 192);
    if (ret == 0) {
        ret = mbedtls_gcm_starts(ctx, MBEDTLS_GCM_ENCRYPT, bytes, which == 5 ? 0 : 13);
    }
    if (ret != 0) {
        return ret;
    }
    switch (which) {
        case 6: return mbedtls_gcm_update(ctx, bytes, 16, bytes, 15, &written);
        case 7: return mbedtls_gcm_update(ctx, bytes, 32, bytes + 1, 32, &written);
        case 8: return mbedtls_gcm_update(ctx, bytes, 32, bytes + 31, 32, &written);
        case 9: return mbedtls_gcm_finish(ctx, NULL, 0, &written, tag, 3);
        case 10: return mbedtls_gcm_finish(ctx, NULL, 0, &written, tag, 17);
        case 11: /* one byte more than the limit */
            ctx->len = UINT64_C(0xfffffffe0) - 15;
            return mbedtls_gcm_update(ctx, bytes, 16, bytes, 16, &written);
        case 12: /* exactly the limit */
            ctx->len = UINT64_C(0xfffffffe0) - 16;
            return mbedtls_gcm_update(ctx, bytes, 16, bytes, 16, &written);
        case 13: ctx->add_len = (UINT64_C(1) << 61) - 1; return mbedtls_gcm_update_ad(ctx, bytes, 1);
        default: return mbedtls_gcm_finish(ctx, bytes, sizeof(bytes), &written, tag, 16) | (int) written;
    }
}

int KERNEL(misuse)(int which)
{
    mbedtls_gcm_context ctx;
    mbedtls_gcm_init(&ctx);
    int ret = gcm_misuse(&ctx, which);
    mbedtls_gcm_free(&ctx);
    mbedtls_gcm_free(NULL);
    return ret;
}

/* --- for measuring ---------------------------------------------------------------- */

unsigned KERNEL(repeat)(int algorithm, unsigned key_bits, size_t len, unsigned times)
{
    static uint8_t record[16384 + 16];
    static union {
        mbedtls_aes_context aes;
        mbedtls_chacha20_context chacha20;
        mbedtls_chachapoly_context chachapoly;
        mbedtls_gcm_context gcm;
        mbedtls_ccm_context ccm;
    } ctx;
    static const uint8_t key[32] = { 1, 2, 3 };
    uint8_t nonce[12] = { 4, 5, 6 };
    const uint8_t header[5] = { 23, 3, 3, (uint8_t) (len >> 8), (uint8_t) len };
    uint8_t *tag = record + len;
    switch (algorithm) {
        case KERNEL_CHACHA20: mbedtls_chacha20_init(&ctx.chacha20); break;
        case KERNEL_CHACHAPOLY: mbedtls_chachapoly_init(&ctx.chachapoly); break;
        case KERNEL_AES: mbedtls_aes_init(&ctx.aes); break;
        case KERNEL_GCM: mbedtls_gcm_init(&ctx.gcm); break;
        default: mbedtls_ccm_init(&ctx.ccm); break;
    }
    int ret = algorithm == KERNEL_CHACHA20 ? mbedtls_chacha20_setkey(&ctx.chacha20, key)
        : algorithm == KERNEL_CHACHAPOLY   ? mbedtls_chachapoly_setkey(&ctx.chachapoly, key)
        : algorithm == KERNEL_AES          ? mbedtls_aes_setkey_enc(&ctx.aes, key, key_bits)
        : algorithm == KERNEL_GCM          ? mbedtls_gcm_setkey(&ctx.gcm, MBEDTLS_CIPHER_ID_AES, key, key_bits)
                                           : mbedtls_ccm_setkey(&ctx.ccm, MBEDTLS_CIPHER_ID_AES, key, key_bits);
    for (unsigned i = 0; i < times; i++) {
        nonce[11] = (uint8_t) i;
        switch (algorithm) {
            case KERNEL_CHACHA20:
                ret |= mbedtls_chacha20_starts(&ctx.chacha20, nonce, 1);
                ret |= mbedtls_chacha20_update(&ctx.chacha20, len, record, record);
                break;
            case KERNEL_CHACHAPOLY:
                ret |= mbedtls_chachapoly_encrypt_and_tag(&ctx.chachapoly, len, nonce, header, sizeof(header), record,
                                                          record, tag);
                break;
            case KERNEL_AES: /* each block depends on the previous one, as in CBC-MAC */
                for (size_t at = 0; at + 16 <= len; at += 16) {
                    ret |= mbedtls_aes_crypt_ecb(&ctx.aes, MBEDTLS_AES_ENCRYPT, record, record);
                }
                break;
            case KERNEL_GCM:
                ret |= mbedtls_gcm_crypt_and_tag(&ctx.gcm, MBEDTLS_GCM_ENCRYPT, len, nonce, sizeof(nonce), header,
                                                 sizeof(header), record, record, 16, tag);
                break;
            default:
                ret |= mbedtls_ccm_encrypt_and_tag(&ctx.ccm, len, nonce, sizeof(nonce), header, sizeof(header), record,
                                                   record, tag, 16);
                break;
        }
    }
    switch (algorithm) {
        case KERNEL_CHACHA20: mbedtls_chacha20_free(&ctx.chacha20); break;
        case KERNEL_CHACHAPOLY: mbedtls_chachapoly_free(&ctx.chachapoly); break;
        case KERNEL_AES: mbedtls_aes_free(&ctx.aes); break;
        case KERNEL_GCM: mbedtls_gcm_free(&ctx.gcm); break;
        default: mbedtls_ccm_free(&ctx.ccm); break;
    }
    return ret == 0 ? record[0] | (unsigned) tag[0] << 8 : ~0u;
}
