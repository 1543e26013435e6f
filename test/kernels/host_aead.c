#include "host_aead.h"

#include <stdlib.h>
#include <string.h>

#include "adapter.h"
#include "host/host.h"

kernel_aead *kernel_host_aead;

int kernel_reference_host_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t *nonce, const uint8_t *ad,
                               size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag)
{
    uint8_t made_tag[16];
    uint8_t *made = malloc(len);
    if (made == NULL) {
        abort();
    }
    memcpy(made_tag, tag, sizeof(made_tag));
    kernel_input input = {
        .algorithm = cipher == PAGETLS_CHACHA20_POLY1305 ? KERNEL_CHACHAPOLY : KERNEL_GCM,
        .decrypt = decrypt,
        .key = key,
        .key_bits = cipher == PAGETLS_AES_128_GCM ? 128 : 256,
        .nonce = nonce,
        .nonce_len = 12,
        .ad = ad,
        .ad_len = ad_len,
        .in = in,
        .len = len,
        .out = made,
        .tag = made_tag,
        .tag_len = sizeof(made_tag),
    };
    int ret = kernel_reference_run(&input);
    if (ret == 0) { /* write only after success */
        memcpy(out, made, len);
        memcpy(tag, made_tag, decrypt ? 0 : sizeof(made_tag));
    }
    free(made);
    return ret;
}

int pagetls_host_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t nonce[12], const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag)
{
    return kernel_host_aead == NULL ? 1 : kernel_host_aead(cipher, decrypt, key, nonce, ad, ad_len, in, len, out, tag);
}
