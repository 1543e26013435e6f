/**
 * \file cbc.h
 * \brief Decryption of private keys and certificates in files: AES, Triple DES and RC2 in CBC mode.
 *
 * Written to be small. No branch and no address depends on a key or on what is decrypted.
 */
#ifndef PAGETLS_CBC_H
#define PAGETLS_CBC_H

#include <stddef.h>
#include <stdint.h>

typedef enum { PAGETLS_CBC_NONE, PAGETLS_CBC_AES, PAGETLS_CBC_DES_EDE, PAGETLS_CBC_RC2 } pagetls_cbc_cipher;

#define PAGETLS_CBC_KEY_MAX 32
#define PAGETLS_CBC_BLOCK_MAX 16

/** Octets of a block, and of the initialization vector. */
static inline size_t pagetls_cbc_block(pagetls_cbc_cipher cipher)
{
    return cipher == PAGETLS_CBC_AES ? 16 : 8;
}

/**
 * Decrypts in place, and removes the padding (RFC 8018, section 6.1.1).
 * \param key          16, 24 or 32 octets for AES; 16 or 24 for Triple DES; 1 to 32 for RC2, all of whose bits count
 * \param iv           pagetls_cbc_block() octets
 * \param[in,out] len  of \p data
 * \return 0, or -1 if \p data has no padding: the key is wrong, or it was altered; then \p data is worthless
 */
int pagetls_cbc_decrypt(pagetls_cbc_cipher cipher, const uint8_t *key, size_t key_len, const uint8_t *iv, uint8_t *data,
                        size_t *len);

#endif
