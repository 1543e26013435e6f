/**
 * \file aes_inverse.h
 * \brief Decryption of one block by AES. Written to be small; no address depends on a secret.
 */
#ifndef PAGETLS_AES_INVERSE_H
#define PAGETLS_AES_INVERSE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    unsigned rounds;
    uint8_t round_keys[15][16];
} pagetls_aes_inverse_key;

/** \param len  of the key: 16, 24 or 32 octets */
void pagetls_aes_inverse_set_key(pagetls_aes_inverse_key *out, const uint8_t *key, size_t len);
/** In place. */
void pagetls_aes_inverse_decrypt(const pagetls_aes_inverse_key *key, uint8_t block[16]);

#endif
