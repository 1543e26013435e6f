/**
 * \file ghash.h
 * \brief GHASH (NIST SP 800-38D, section 6.4), four blocks at a time.
 */
#ifndef PAGETLS_GHASH_H
#define PAGETLS_GHASH_H

#include <stddef.h>
#include <stdint.h>

#define PAGETLS_GHASH_BATCH_BLOCKS 4
#define PAGETLS_GHASH_PRODUCT_BYTES 17 /* of a block times half a byte */

/**
 * products[n][p][half] holds byte n of the products of H^(p + 1) with the 16 values of the upper (0) or lower (1) half
 * of a byte.
 */
typedef struct {
    uint8_t products[PAGETLS_GHASH_PRODUCT_BYTES][PAGETLS_GHASH_BATCH_BLOCKS][2][16];
} pagetls_ghash_key;

/** \param h  the hash subkey H: the zero block, encrypted. */
void pagetls_ghash_set_key(pagetls_ghash_key *out, const uint8_t h[16]);

/** Hashes \p blocks blocks of 16 bytes into \p y, which is initially all zeros. */
void pagetls_ghash_update(const pagetls_ghash_key *key, uint8_t y[16], const uint8_t *data, size_t blocks);

#endif
