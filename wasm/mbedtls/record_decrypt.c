#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the version of a transform */
#include "mbedtls/record_decrypt.h"
#undef mbedtls_cipher_auth_decrypt_ext

#include "mbedtls/protocol_hooks.h"

int pagetls_record_decrypt(const mbedtls_ssl_transform *transform, uint8_t type, mbedtls_cipher_context_t *ctx,
                           const unsigned char *iv, size_t iv_len, const unsigned char *ad, size_t ad_len,
                           const unsigned char *input, size_t ilen, unsigned char *output, size_t output_len,
                           size_t *olen, size_t tag_len)
{
    int ret =
        mbedtls_cipher_auth_decrypt_ext(ctx, iv, iv_len, ad, ad_len, input, ilen, output, output_len, olen, tag_len);
    return ret != 0 || pagetls_protocol_active() == NULL
        ? ret
        : pagetls_protocol_fail_if(
              pagetls_record_check_plaintext(pagetls_protocol_protection(transform), type, output, *olen));
}
