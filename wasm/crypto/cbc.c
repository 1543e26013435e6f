#include "crypto/cbc.h"

#include <string.h>

#include "crypto/aes_inverse.h"
#include "crypto/des.h"
#include "crypto/rc2.h"
#include "host/zeroize.h"

typedef union {
    pagetls_aes_inverse_key aes;
    pagetls_des_key des;
    pagetls_rc2_key rc2;
} round_keys;

static void set_key(round_keys *keys, pagetls_cbc_cipher cipher, const uint8_t *key, size_t len)
{
    switch (cipher) {
        case PAGETLS_CBC_AES: pagetls_aes_inverse_set_key(&keys->aes, key, len); break;
        case PAGETLS_CBC_DES_EDE: pagetls_des_set_key(&keys->des, key, len); break;
        default: pagetls_rc2_set_key(&keys->rc2, key, len);
    }
}

static void decrypt_block(const round_keys *keys, pagetls_cbc_cipher cipher, uint8_t *block)
{
    switch (cipher) {
        case PAGETLS_CBC_AES: pagetls_aes_inverse_decrypt(&keys->aes, block); break;
        case PAGETLS_CBC_DES_EDE: pagetls_des_decrypt(&keys->des, block); break;
        default: pagetls_rc2_decrypt(&keys->rc2, block);
    }
}

/* Whether all of the last octets are what the last one says. Reads a whole block, whatever it says. */
static int has_padding(const uint8_t *end, size_t block)
{
    const uint32_t padding = end[-1];
    uint32_t wrong = (padding - 1) | (uint32_t) (block - padding); /* negative: 0, or more than a block */
    wrong >>= 8;
    for (uint32_t i = 1; i <= block; i++) {
        wrong |= (end[-(ptrdiff_t) i] ^ padding) & ~((padding - i) >> 8); /* all ones if i > padding, hence ignored */
    }
    return wrong == 0;
}

int pagetls_cbc_decrypt(pagetls_cbc_cipher cipher, const uint8_t *key, size_t key_len, const uint8_t *iv, uint8_t *data,
                        size_t *len)
{
    const size_t size = pagetls_cbc_block(cipher);
    round_keys keys;
    uint8_t before[PAGETLS_CBC_BLOCK_MAX];
    if (*len == 0 || *len % size != 0) {
        return -1;
    }
    memcpy(before, iv, size);
    set_key(&keys, cipher, key, key_len);
    for (uint8_t *block = data; block < data + *len; block += size) {
        uint8_t encrypted[PAGETLS_CBC_BLOCK_MAX];
        memcpy(encrypted, block, size);
        decrypt_block(&keys, cipher, block);
        for (size_t i = 0; i < size; i++) {
            block[i] ^= before[i];
        }
        memcpy(before, encrypted, size);
    }
    pagetls_zeroize(&keys, sizeof(keys));
    if (!has_padding(data + *len, size)) {
        return -1;
    }
    *len -= data[*len - 1];
    return 0;
}
