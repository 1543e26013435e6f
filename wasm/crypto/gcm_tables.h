/**
 * \file gcm_tables.h
 * \brief What GCM derives from a key, for the keys that were used last.
 *
 * 4 kB for each key, and a connection has two: more than all else that it holds while it is idle. Deriving them takes
 * 1 µs, as long as a record of 200 bytes. So the contexts have the key alone, and these are kept for a few of them.
 */
#ifndef PAGETLS_GCM_TABLES_H
#define PAGETLS_GCM_TABLES_H

#include <stdint.h>

#include "crypto/aes.h"
#include "crypto/ghash.h"

typedef struct {
    pagetls_aes_batch_key aes;
    pagetls_ghash_key ghash;
} pagetls_gcm_tables;

/** A key, free to be copied; zeros are none. */
typedef struct {
    uint8_t bytes[32];
    unsigned bits;   /**< 0 without a key */
    unsigned place;  /**< of its tables, if they are still there */
    uint64_t number; /**< its own: no two keys that are set have the same */
} pagetls_gcm_key;

/** \return 0, or -1 when \p bits is none of 128, 192 and 256. */
int pagetls_gcm_key_set(pagetls_gcm_key *out, const uint8_t *key, unsigned bits);
/** The key's tables: valid until this is called with another key. */
const pagetls_gcm_tables *pagetls_gcm_tables_of(pagetls_gcm_key *key);
/** Zeroizes the key and its tables. */
void pagetls_gcm_key_forget(pagetls_gcm_key *key);

#endif
