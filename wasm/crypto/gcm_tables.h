/**
 * \file gcm_tables.h
 * \brief A cache of the tables that GCM derives from keys, for the most recently set up ones.
 *
 * Tables take 4 kB for each key, and a connection has two keys: more than everything else that an idle connection
 * holds. Deriving them takes 1 µs, as long as a record of 200 bytes. So contexts hold only the key, and this cache
 * holds the tables of a few keys.
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

/** A key: plain bytes that may be copied with memcpy(). All zeros: no key. */
typedef struct {
    uint8_t bytes[32];
    unsigned bits; /**< 0: no key */
    unsigned slot; /**< of its tables in the cache, unless they have been evicted */
    uint64_t id;   /**< unique for each call of pagetls_gcm_key_set() */
} pagetls_gcm_key;

/** \return 0, or -1 unless \p bits is 128, 192 or 256. */
int pagetls_gcm_key_set(pagetls_gcm_key *out, const uint8_t *key, unsigned bits);
/** Returns the key's tables, deriving them unless they are cached. Valid until the next call with another key. */
const pagetls_gcm_tables *pagetls_gcm_tables_get(pagetls_gcm_key *key);
/** Zeroizes the key and its tables. */
void pagetls_gcm_key_clear(pagetls_gcm_key *key);

#endif
