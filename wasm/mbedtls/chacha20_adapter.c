/* Implements Mbed TLS's ChaCha20 (MBEDTLS_CHACHA20_ALT) with our kernel. */
#include "mbedtls/chacha20.h"

#include "host/zeroize.h"

void mbedtls_chacha20_init(mbedtls_chacha20_context *ctx)
{
    pagetls_chacha20_init(ctx);
}

void mbedtls_chacha20_free(mbedtls_chacha20_context *ctx)
{
    if (ctx != NULL) {
        pagetls_zeroize(ctx, sizeof(*ctx));
    }
}

int mbedtls_chacha20_setkey(mbedtls_chacha20_context *ctx, const unsigned char key[32])
{
    pagetls_chacha20_set_key(ctx, key);
    return 0;
}

int mbedtls_chacha20_starts(mbedtls_chacha20_context *ctx, const unsigned char nonce[12], uint32_t counter)
{
    pagetls_chacha20_set_nonce(ctx, nonce, counter);
    return 0;
}

int mbedtls_chacha20_update(mbedtls_chacha20_context *ctx, size_t size, const unsigned char *input,
                            unsigned char *output)
{
    pagetls_chacha20_crypt(ctx, input, output, size);
    return 0;
}

int mbedtls_chacha20_crypt(const unsigned char key[32], const unsigned char nonce[12], uint32_t counter,
                           size_t data_len, const unsigned char *input, unsigned char *output)
{
    mbedtls_chacha20_context ctx;
    pagetls_chacha20_init(&ctx);
    pagetls_chacha20_set_key(&ctx, key);
    pagetls_chacha20_set_nonce(&ctx, nonce, counter);
    pagetls_chacha20_crypt(&ctx, input, output, data_len);
    mbedtls_chacha20_free(&ctx);
    return 0;
}
