/* Implements Mbed TLS's AES (MBEDTLS_AES_ALT) with our kernel: encryption of single blocks only. */
#include "mbedtls/aes.h"

#include <string.h>

#include "host/zeroize.h"

void mbedtls_aes_init(mbedtls_aes_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_aes_free(mbedtls_aes_context *ctx)
{
    if (ctx != NULL) {
        pagetls_zeroize(ctx, sizeof(*ctx));
    }
}

int mbedtls_aes_setkey_enc(mbedtls_aes_context *ctx, const unsigned char *key, unsigned int keybits)
{
    return pagetls_aes_set_key(ctx, key, keybits) == 0 ? 0 : MBEDTLS_ERR_AES_INVALID_KEY_LENGTH;
}

int mbedtls_aes_crypt_ecb(mbedtls_aes_context *ctx, int mode, const unsigned char input[16], unsigned char output[16])
{
    if (mode != MBEDTLS_AES_ENCRYPT) {
        return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    }
    pagetls_aes_encrypt(ctx, input, output);
    return 0;
}
