/**
 * \file aes.h
 * \brief What the files of our AES share: the key schedule, and eight blocks at a time.
 *
 * A single block goes through aes.c; many of one key go through aes_batch.c. Encryption only: neither GCM nor CCM needs
 * more.
 */
#ifndef PAGETLS_AES_H
#define PAGETLS_AES_H

#include <stdint.h>

#define PAGETLS_AES_ROUND_KEYS 15 /* of AES-256; the shorter keys have 11 and 13 */

/* --- a single block ---------------------------------------------------------------- */

/** The round keys for a block at a time: plain bytes, free to be copied. To be zeroized by their owner. */
typedef struct {
    unsigned rounds;                                /**< 10, 12 or 14; 0 without a key */
    uint8_t round_keys[PAGETLS_AES_ROUND_KEYS][16]; /**< in the form that aes.c says */
} pagetls_aes_key;

/** From a key of \p bits / 8 bytes. \return 0, or -1 when \p bits is none of 128, 192 and 256. */
int pagetls_aes_set_key(pagetls_aes_key *out, const uint8_t *key, unsigned bits);

/** Encrypts a block. \p out may be \p in. */
void pagetls_aes_encrypt(const pagetls_aes_key *key, const uint8_t in[16], uint8_t out[16]);

/**
 * The key schedule (FIPS 197, section 5.2).
 * \param[out] round_keys  the first rounds + 1 are written, as FIPS 197 has them.
 * \param key              of \p bits / 8 bytes.
 * \return the number of rounds; 0 when \p bits is none of 128, 192 and 256.
 */
unsigned pagetls_aes_expand_key(uint8_t round_keys[PAGETLS_AES_ROUND_KEYS][16], const uint8_t *key, unsigned bits);

/** SubBytes adds it (FIPS 197, section 5.1.1). MixColumns leaves it as it is, so both makes add it to the round keys. */
#define PAGETLS_AES_SUB_CONSTANT 0x63

/* --- eight blocks ------------------------------------------------------------------ */

#define PAGETLS_AES_BATCH 128 /**< bytes of eight blocks */

/** The round keys for eight blocks at a time: each bit of a round key fills a byte. */
typedef struct {
    unsigned rounds;
    uint8_t planes[PAGETLS_AES_ROUND_KEYS][8][16];
} pagetls_aes_batch_key;

/** From a key of \p bits / 8 bytes. \return 0, or -1 when \p bits is none of 128, 192 and 256. */
int pagetls_aes_batch_set_key(pagetls_aes_batch_key *out, const uint8_t *key, unsigned bits);

/**
 * Encrypts eight counter blocks (NIST SP 800-38D, section 6.5).
 * \param[out] out  PAGETLS_AES_BATCH bytes.
 * \param start     the first 12 bytes of each block.
 * \param counter   the last 4 bytes of the first block, big-endian; counts modulo 2^32 to the next.
 */
void pagetls_aes_batch_counters(const pagetls_aes_batch_key *key, uint8_t *out, const uint8_t start[12],
                                uint32_t counter);

/* --- the S-box of a single block: aes.c, and its tables in aes_tables.c ---------------- */

/**
 * Tables of 16 bytes, for inverting in GF(2^8) by way of GF(2^4); README.md derives them. In the form that they
 * work in, a byte has i in its upper half and k in its lower half, and j is i ^ k.
 */
typedef struct {
    uint8_t form_low[16], form_high[16]; /**< to that form, from the halves of a byte */
    uint8_t inverse[16];                 /**< 1/n; infinity, for n = 0, is 128, an index that finds nothing */
    uint8_t inverse_a[16];               /**< a/n */
    uint8_t once_i[16], once_j[16];      /**< the S-box without its constant, in that form */
    uint8_t twice_i[16], twice_j[16];    /**< its double, in that form */
    uint8_t sub_i[16], sub_j[16];        /**< the S-box without its constant, as bytes */
} pagetls_aes_table;

extern const pagetls_aes_table pagetls_aes_tables;

#endif
