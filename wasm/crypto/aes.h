/**
 * \file aes.h
 * \brief AES: a single block (aes.c), eight counter blocks at a time (aes_batch.c), and the key schedule they share.
 *
 * Encryption only, which is all that GCM and CCM need.
 */
#ifndef PAGETLS_AES_H
#define PAGETLS_AES_H

#include <stdint.h>

#define PAGETLS_AES_ROUND_KEYS 15 /* of AES-256; AES-128 has 11, AES-192 has 13 */

/* --- a single block ---------------------------------------------------------------- */

/** Round keys for single blocks: plain bytes that may be copied with memcpy(). The owner zeroizes them. */
typedef struct {
    unsigned rounds;                                /**< 10, 12 or 14; 0 before a key is set */
    uint8_t round_keys[PAGETLS_AES_ROUND_KEYS][16]; /**< transformed by pagetls_aes_set_key() */
} pagetls_aes_key;

/** \param key  \p bits / 8 bytes. \return 0, or -1 unless \p bits is 128, 192 or 256. */
int pagetls_aes_set_key(pagetls_aes_key *out, const uint8_t *key, unsigned bits);

/** Encrypts one block. \p out may equal \p in. */
void pagetls_aes_encrypt(const pagetls_aes_key *key, const uint8_t in[16], uint8_t out[16]);

/**
 * The key schedule (FIPS 197, section 5.2).
 * \param[out] round_keys  the first rounds + 1 are written, in the byte order of FIPS 197.
 * \param key              \p bits / 8 bytes.
 * \return the number of rounds; 0 unless \p bits is 128, 192 or 256.
 */
unsigned pagetls_aes_expand_key(uint8_t round_keys[PAGETLS_AES_ROUND_KEYS][16], const uint8_t *key, unsigned bits);

/**
 * The constant that SubBytes adds (FIPS 197, section 5.1.1). MixColumns maps it to itself, so both implementations fold
 * it into the round keys.
 */
#define PAGETLS_AES_SUB_CONSTANT 0x63

/* --- eight blocks ------------------------------------------------------------------ */

#define PAGETLS_AES_BATCH_BYTES 128 /**< eight blocks */

/** Round keys for eight blocks at a time: each bit of a round key is expanded to a byte. */
typedef struct {
    unsigned rounds;
    uint8_t planes[PAGETLS_AES_ROUND_KEYS][8][16];
} pagetls_aes_batch_key;

/** \param key  \p bits / 8 bytes. \return 0, or -1 unless \p bits is 128, 192 or 256. */
int pagetls_aes_batch_set_key(pagetls_aes_batch_key *out, const uint8_t *key, unsigned bits);

/**
 * Encrypts eight counter blocks (NIST SP 800-38D, section 6.5).
 * \param[out] out  PAGETLS_AES_BATCH_BYTES bytes.
 * \param start     the first 12 bytes of each block.
 * \param counter   the last 4 bytes of the first block, big-endian; incremented modulo 2^32 from block to block.
 */
void pagetls_aes_batch_counters(const pagetls_aes_batch_key *key, uint8_t *out, const uint8_t start[12],
                                uint32_t counter);

/* --- the S-box for single blocks: aes.c, with its tables in aes_tables.c ---------------- */

/**
 * 16-byte tables for inversion in GF(2^8) by way of GF(2^4), derived in README.md. In tower form, a byte has i in its
 * upper half and k in its lower half, and j is i ^ k.
 */
typedef struct {
    uint8_t tower_low[16], tower_high[16]; /**< a byte's halves in tower form */
    uint8_t inverse[16];                   /**< 1/n; 1/0, infinity, is 128, an index for which look-ups yield 0 */
    uint8_t inverse_a[16];                 /**< a/n */
    uint8_t once_i[16], once_j[16];        /**< the S-box without its constant, in tower form */
    uint8_t twice_i[16], twice_j[16];      /**< 2 times that, in tower form */
    uint8_t sub_i[16], sub_j[16];          /**< the S-box without its constant, as bytes */
} pagetls_aes_table;

extern const pagetls_aes_table pagetls_aes_tables;

#endif
