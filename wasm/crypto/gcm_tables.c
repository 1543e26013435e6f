#include "crypto/gcm_tables.h"

#include <string.h>

#include "host/zeroize.h"

enum { CACHE_SLOTS = 16 }; /* enough for eight active connections, which have two keys each */

static struct {
    uint64_t id; /* of the key; 0: free */
    pagetls_gcm_tables tables;
} cache[CACHE_SLOTS];

int pagetls_gcm_key_set(pagetls_gcm_key *out, const uint8_t *key, unsigned bits)
{
    static uint64_t id;
    pagetls_gcm_key_clear(out);
    if (bits != 128 && bits != 192 && bits != 256) {
        return -1;
    }
    memcpy(out->bytes, key, bits / 8);
    out->bits = bits;
    out->id = ++id;
    return 0;
}

const pagetls_gcm_tables *pagetls_gcm_tables_get(pagetls_gcm_key *key)
{
    static unsigned next_slot;
    pagetls_gcm_tables *tables = &cache[key->slot].tables;
    if (cache[key->slot].id == key->id) {
        return tables;
    }
    key->slot = next_slot;
    next_slot = (next_slot + 1) % CACHE_SLOTS;
    cache[key->slot].id = key->id;
    tables = &cache[key->slot].tables;
    if (pagetls_aes_batch_set_key(&tables->aes, key->bytes, key->bits) != 0) {
        pagetls_zeroize(tables, sizeof(*tables)); /* without a key: do not return the tables of another */
        return tables;
    }
    static const uint8_t zeros[12];
    uint8_t blocks[PAGETLS_AES_BATCH_BYTES]; /* the first one is the hash subkey */
    pagetls_aes_batch_counters(&tables->aes, blocks, zeros, 0);
    pagetls_ghash_set_key(&tables->ghash, blocks);
    pagetls_zeroize(blocks, sizeof(blocks));
    return tables;
}

void pagetls_gcm_key_clear(pagetls_gcm_key *key)
{
    if (key->id != 0 && cache[key->slot].id == key->id) {
        pagetls_zeroize(&cache[key->slot], sizeof(cache[0]));
    }
    pagetls_zeroize(key, sizeof(*key));
}
