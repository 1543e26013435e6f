/* Implements Mbed TLS's GCM (MBEDTLS_GCM_ALT) with our kernel, and returns the same errors as Mbed TLS's gcm.c. */
#include "mbedtls/gcm.h"

#include <string.h>

static int error_of(int result)
{
    switch (result) {
        case 0: return 0;
        case PAGETLS_GCM_AUTH_FAILED: return MBEDTLS_ERR_GCM_AUTH_FAILED;
        case PAGETLS_GCM_NO_KEY: return MBEDTLS_ERR_CIPHER_BAD_INPUT_DATA; /* from the cipher layer below gcm.c */
        default: return MBEDTLS_ERR_GCM_BAD_INPUT;
    }
}

static int is_valid_mode(int mode)
{
    return mode == MBEDTLS_GCM_ENCRYPT || mode == MBEDTLS_GCM_DECRYPT;
}

void mbedtls_gcm_init(mbedtls_gcm_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
}

void mbedtls_gcm_free(mbedtls_gcm_context *ctx)
{
    if (ctx != NULL) {
        pagetls_gcm_clear(ctx);
    }
}

int mbedtls_gcm_setkey(mbedtls_gcm_context *ctx, mbedtls_cipher_id_t cipher, const unsigned char *key,
                       unsigned int keybits)
{
    return error_of(cipher == MBEDTLS_CIPHER_ID_AES ? pagetls_gcm_set_key(ctx, key, keybits) : PAGETLS_GCM_BAD_INPUT);
}

/* --- multipart ------------------------------------------------------------------- */

int mbedtls_gcm_starts(mbedtls_gcm_context *ctx, int mode, const unsigned char *iv, size_t iv_len)
{
    return error_of(is_valid_mode(mode) ? pagetls_gcm_start(ctx, mode == MBEDTLS_GCM_DECRYPT, iv, iv_len)
                                        : PAGETLS_GCM_BAD_INPUT);
}

int mbedtls_gcm_update_ad(mbedtls_gcm_context *ctx, const unsigned char *add, size_t add_len)
{
    return error_of(pagetls_gcm_update_ad(ctx, add, add_len));
}

int mbedtls_gcm_update(mbedtls_gcm_context *ctx, const unsigned char *input, size_t input_length, unsigned char *output,
                       size_t output_size, size_t *output_length)
{
    if (output_size < input_length) {
        return MBEDTLS_ERR_GCM_BUFFER_TOO_SMALL;
    }
    *output_length = input_length;
    return error_of(pagetls_gcm_update(ctx, input, output, input_length));
}

int mbedtls_gcm_finish(mbedtls_gcm_context *ctx, unsigned char *output, size_t output_size, size_t *output_length,
                       unsigned char *tag, size_t tag_len)
{
    (void) output; /* mbedtls_gcm_update() has already written everything */
    (void) output_size;
    *output_length = 0;
    return error_of(pagetls_gcm_finish(ctx, tag, tag_len));
}

/* --- one-shot -------------------------------------------------------------------- */

int mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *ctx, int mode, size_t length, const unsigned char *iv, size_t iv_len,
                              const unsigned char *add, size_t add_len, const unsigned char *input,
                              unsigned char *output, size_t tag_len, unsigned char *tag)
{
    return error_of(is_valid_mode(mode) ? pagetls_gcm_crypt(ctx, mode == MBEDTLS_GCM_DECRYPT, iv, iv_len, add, add_len,
                                                            input, output, length, tag, tag_len)
                                        : PAGETLS_GCM_BAD_INPUT);
}

int mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *ctx, size_t length, const unsigned char *iv, size_t iv_len,
                             const unsigned char *add, size_t add_len, const unsigned char *tag, size_t tag_len,
                             const unsigned char *input, unsigned char *output)
{
    return error_of(pagetls_gcm_decrypt(ctx, iv, iv_len, add, add_len, input, output, length, tag, tag_len));
}
