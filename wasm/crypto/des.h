/**
 * \file des.h
 * \brief Decryption of one block by Triple DES. Written to be small; no address depends on a secret.
 */
#ifndef PAGETLS_DES_H
#define PAGETLS_DES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t round_keys[3][16];
} pagetls_des_key;

/**
 * \param len  of the key: 24 octets, or 16 for K1 K2 K1 (NIST SP 800-67). The parity of the octets does not matter.
 */
void pagetls_des_set_key(pagetls_des_key *out, const uint8_t *key, size_t len);
/** In place. */
void pagetls_des_decrypt(const pagetls_des_key *key, uint8_t block[8]);

#endif
