/**
 * \file rc2.h
 * \brief Decryption of one block by RC2. Written to be small; no address depends on a secret.
 */
#ifndef PAGETLS_RC2_H
#define PAGETLS_RC2_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t expanded[128];
} pagetls_rc2_key;

/** \param len  of the key: 1 to 127 octets, all of whose bits are effective */
void pagetls_rc2_set_key(pagetls_rc2_key *out, const uint8_t *key, size_t len);
/** In place. */
void pagetls_rc2_decrypt(const pagetls_rc2_key *key, uint8_t block[8]);

#endif
