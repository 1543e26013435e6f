/* One-shot ChaCha20-Poly1305, with the host's cipher for long records. The linker's --wrap redirects calls to here. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* chacha20_ctx, for the key */
#include "mbedtls/chachapoly.h"

#include "crypto/host_aead.h"

int __real_mbedtls_chachapoly_encrypt_and_tag(mbedtls_chachapoly_context *ctx, size_t length,
                                              const unsigned char nonce[12], const unsigned char *aad, size_t aad_len,
                                              const unsigned char *input, unsigned char *output, unsigned char tag[16]);
int __real_mbedtls_chachapoly_auth_decrypt(mbedtls_chachapoly_context *ctx, size_t length, const unsigned char nonce[12],
                                           const unsigned char *aad, size_t aad_len, const unsigned char tag[16],
                                           const unsigned char *input, unsigned char *output);
int __wrap_mbedtls_chachapoly_encrypt_and_tag(mbedtls_chachapoly_context *ctx, size_t length,
                                              const unsigned char nonce[12], const unsigned char *aad, size_t aad_len,
                                              const unsigned char *input, unsigned char *output, unsigned char tag[16]);
int __wrap_mbedtls_chachapoly_auth_decrypt(mbedtls_chachapoly_context *ctx, size_t length, const unsigned char nonce[12],
                                           const unsigned char *aad, size_t aad_len, const unsigned char tag[16],
                                           const unsigned char *input, unsigned char *output);

static int try_host(const mbedtls_chachapoly_context *ctx, int decrypt, size_t length, const uint8_t nonce[12],
                    const uint8_t *aad, size_t aad_len, const uint8_t *input, uint8_t *output, uint8_t tag[16])
{
    const uint8_t *key = pagetls_chacha20_key(&ctx->chacha20_ctx);
    return length >= PAGETLS_HOST_CHACHAPOLY_MIN_BYTES &&
        pagetls_host_aead(PAGETLS_CHACHA20_POLY1305, decrypt, key, nonce, aad, aad_len, input, length, output, tag) == 0;
}

int __wrap_mbedtls_chachapoly_encrypt_and_tag(mbedtls_chachapoly_context *ctx, size_t length,
                                              const unsigned char nonce[12], const unsigned char *aad, size_t aad_len,
                                              const unsigned char *input, unsigned char *output, unsigned char tag[16])
{
    return try_host(ctx, 0, length, nonce, aad, aad_len, input, output, tag)
        ? 0
        : __real_mbedtls_chachapoly_encrypt_and_tag(ctx, length, nonce, aad, aad_len, input, output, tag);
}

int __wrap_mbedtls_chachapoly_auth_decrypt(mbedtls_chachapoly_context *ctx, size_t length, const unsigned char nonce[12],
                                           const unsigned char *aad, size_t aad_len, const unsigned char tag[16],
                                           const unsigned char *input, unsigned char *output)
{
    return try_host(ctx, 1, length, nonce, aad, aad_len, input, output, (uint8_t *) tag)
        ? 0
        : __real_mbedtls_chachapoly_auth_decrypt(ctx, length, nonce, aad, aad_len, tag, input, output);
}
