#include "crypto/gcm_tables.h"

#include <string.h>

#include "host/zeroize.h"

enum { KEPT = 16 }; /* eight connections at work take their turns without deriving anything */

static struct {
    uint64_t number; /* of the key; 0: of none */
    pagetls_gcm_tables tables;
} kept[KEPT];

int pagetls_gcm_key_set(pagetls_gcm_key *out, const uint8_t *key, unsigned bits)
{
    static uint64_t number;
    pagetls_gcm_key_forget(out);
    if (bits != 128 && bits != 192 && bits != 256) {
        return -1;
    }
    memcpy(out->bytes, key, bits / 8);
    out->bits = bits;
    out->number = ++number;
    return 0;
}

const pagetls_gcm_tables *pagetls_gcm_tables_of(pagetls_gcm_key *key)
{
    static unsigned next;
    pagetls_gcm_tables *tables = &kept[key->place].tables;
    if (kept[key->place].number == key->number) {
        return tables;
    }
    key->place = next;
    next = (next + 1) % KEPT;
    kept[key->place].number = key->number;
    tables = &kept[key->place].tables;
    if (pagetls_aes_batch_set_key(&tables->aes, key->bytes, key->bits) != 0) {
        pagetls_zeroize(tables, sizeof(*tables)); /* there is no key, nor shall it have another's */
        return tables;
    }
    static const uint8_t zeros[12];
    uint8_t blocks[PAGETLS_AES_BATCH]; /* the first of them is the hash subkey */
    pagetls_aes_batch_counters(&tables->aes, blocks, zeros, 0);
    pagetls_ghash_set_key(&tables->ghash, blocks);
    pagetls_zeroize(blocks, sizeof(blocks));
    return tables;
}

void pagetls_gcm_key_forget(pagetls_gcm_key *key)
{
    if (key->number != 0 && kept[key->place].number == key->number) {
        pagetls_zeroize(&kept[key->place], sizeof(kept[0]));
    }
    pagetls_zeroize(key, sizeof(*key));
}
