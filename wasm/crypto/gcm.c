/* GCM (NIST SP 800-38D) with AES. */
#include "crypto/gcm.h"

#include "crypto/secret.h"
#include "crypto/simd.h"
#include "host/zeroize.h"

#ifdef PAGETLS_HOST_AEAD
#include "crypto/host_aead.h"
#endif

enum { BATCH = PAGETLS_AES_BATCH, BLOCK = 16 };

#define MAX_LEN UINT64_C(0xfffffffe0) /* of data: 2^39 - 256 bits (section 5.2.1.1) */

int pagetls_gcm_set_key(pagetls_gcm *gcm, const uint8_t *key, unsigned bits)
{
    if (pagetls_gcm_key_set(&gcm->key, key, bits) != 0) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    gcm->used = BATCH; /* there is no keystream */
    return 0;
}

void pagetls_gcm_clear(pagetls_gcm *gcm)
{
    pagetls_gcm_key_forget(&gcm->key);
    pagetls_zeroize(gcm, sizeof(*gcm));
}

/* --- the two halves of GCM: GHASH and counter mode ------------------------------- */

static void hash(pagetls_gcm *gcm, const uint8_t *data, size_t len)
{
    if (len == 0) {
        return;
    }
    if (gcm->pending_len > 0) {
        size_t room = sizeof(gcm->pending) - gcm->pending_len;
        size_t part = room < len ? room : len;
        memcpy(gcm->pending + gcm->pending_len, data, part);
        gcm->pending_len += part;
        if (part < room) {
            return;
        }
        pagetls_ghash_update(&gcm->tables->ghash, gcm->y, gcm->pending, sizeof(gcm->pending) / BLOCK);
        data += part;
        len -= part;
    }
    gcm->pending_len = len % sizeof(gcm->pending);
    pagetls_ghash_update(&gcm->tables->ghash, gcm->y, data, (len - gcm->pending_len) / BLOCK);
    memcpy(gcm->pending, data + len - gcm->pending_len, gcm->pending_len);
}

/* Fills the last block up with zeros. */
static void hash_padding(pagetls_gcm *gcm)
{
    while (gcm->pending_len % BLOCK != 0) {
        gcm->pending[gcm->pending_len++] = 0;
    }
}

static void hash_pending(pagetls_gcm *gcm)
{
    hash_padding(gcm);
    pagetls_ghash_update(&gcm->tables->ghash, gcm->y, gcm->pending, gcm->pending_len / BLOCK);
    gcm->pending_len = 0;
}

/* The last block of all: two lengths in bytes, which become bits. */
static void hash_lengths(pagetls_gcm *gcm, uint64_t first, uint64_t second)
{
    uint8_t lengths[BLOCK];
    for (unsigned i = 0; i < 8; i++) {
        lengths[i] = (uint8_t) (first * 8 >> (56 - 8 * i));
        lengths[8 + i] = (uint8_t) (second * 8 >> (56 - 8 * i));
    }
    hash_padding(gcm);
    hash(gcm, lengths, sizeof(lengths));
    hash_pending(gcm);
}

static void make_keystream(pagetls_gcm *gcm)
{
    pagetls_aes_batch_counters(&gcm->tables->aes, gcm->keystream, gcm->start, gcm->counter);
    gcm->counter += BATCH / BLOCK; /* modulo 2^32, as section 6.2 has it */
    gcm->used = 0;
}

static void apply_keystream(pagetls_gcm *gcm, const uint8_t *in, uint8_t *out, size_t len)
{
    while (len > 0) {
        if (gcm->used == BATCH) {
            make_keystream(gcm);
        }
        size_t part = BATCH - gcm->used < len ? BATCH - gcm->used : len;
        simd_xor(out, in, gcm->keystream + gcm->used, part);
        gcm->used += part;
        len -= part;
        in += part;
        out += part;
    }
}

/* --- in steps -------------------------------------------------------------------- */

int pagetls_gcm_start(pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len)
{
    if (nonce_len == 0 || (uint64_t) nonce_len >> 61 != 0) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    if (gcm->key.bits == 0) {
        return PAGETLS_GCM_NO_KEY;
    }
    gcm->tables = pagetls_gcm_tables_of(&gcm->key);
    gcm->decrypt = decrypt;
    gcm->add_len = 0;
    gcm->len = 0;
    gcm->pending_len = 0;
    memset(gcm->y, 0, sizeof(gcm->y));

    /* the pre-counter block (section 7.1, step 2) */
    if (nonce_len == sizeof(gcm->start)) {
        memcpy(gcm->start, nonce, nonce_len);
        gcm->counter = 1;
    } else {
        hash(gcm, nonce, nonce_len);
        hash_lengths(gcm, 0, nonce_len);
        const uint8_t *y = gcm->y;
        memcpy(gcm->start, y, sizeof(gcm->start));
        gcm->counter = (uint32_t) y[12] << 24 | (uint32_t) y[13] << 16 | (uint32_t) y[14] << 8 | y[15];
        memset(gcm->y, 0, sizeof(gcm->y));
    }
    make_keystream(gcm);
    gcm->used = BLOCK; /* the first block masks the tag */
    memcpy(gcm->tag_mask, gcm->keystream, BLOCK);
    return 0;
}

int pagetls_gcm_update_ad(pagetls_gcm *gcm, const uint8_t *ad, size_t ad_len)
{
    uint64_t total = gcm->add_len + ad_len;
    if (total < ad_len || total >> 61 != 0) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    gcm->add_len = total;
    gcm->tables = pagetls_gcm_tables_of(&gcm->key);
    hash(gcm, ad, ad_len);
    return 0;
}

/* An output that begins before the input may overlap it: no byte is read after one was written there. */
static int overlaps_badly(const uint8_t *in, const uint8_t *out, size_t len)
{
    return (uintptr_t) out > (uintptr_t) in && (uintptr_t) out - (uintptr_t) in < len;
}

int pagetls_gcm_update(pagetls_gcm *gcm, const uint8_t *in, uint8_t *out, size_t len)
{
    if (len == 0) {
        return 0;
    }
    uint64_t total = gcm->len + len;
    if (overlaps_badly(in, out, len) || total < len || total > MAX_LEN) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    if (gcm->key.bits == 0) {
        return PAGETLS_GCM_NO_KEY;
    }
    gcm->tables = pagetls_gcm_tables_of(&gcm->key);
    if (gcm->len == 0) {
        hash_pending(gcm); /* the additional data ends with a whole block */
    }
    gcm->len = total;
    if (gcm->decrypt) {
        hash(gcm, in, len);
    }
    apply_keystream(gcm, in, out, len);
    if (!gcm->decrypt) {
        hash(gcm, out, len);
    }
    return 0;
}

int pagetls_gcm_finish(pagetls_gcm *gcm, uint8_t *tag, size_t tag_len)
{
    if (tag_len < 4 || tag_len > BLOCK) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    gcm->tables = pagetls_gcm_tables_of(&gcm->key);
    hash_lengths(gcm, gcm->add_len, gcm->len);
    simd_xor(tag, gcm->tag_mask, gcm->y, tag_len);
    return 0;
}

/* --- all at once ----------------------------------------------------------------- */

#ifdef PAGETLS_HOST_AEAD
/* Whether the host has done it. It is asked for what our own code would take, too, in the form that TLS has. */
static int done_by_host(const pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad,
                        size_t ad_len, const uint8_t *in, uint8_t *out, size_t len, uint8_t *tag, size_t tag_len)
{
    if (len < PAGETLS_HOST_GCM_MIN || nonce_len != 12 || tag_len != BLOCK || overlaps_badly(in, out, len)) {
        return 0;
    }
    int cipher = gcm->key.bits == 128 ? PAGETLS_AES_128_GCM : PAGETLS_AES_256_GCM;
    return (gcm->key.bits == 128 || gcm->key.bits == 256) &&
        pagetls_host_aead(cipher, decrypt, gcm->key.bytes, nonce, ad, ad_len, in, len, out, tag) == 0;
}
#else
#define done_by_host(...) 0
#endif

int pagetls_gcm_crypt(pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, uint8_t *out, size_t len, uint8_t *tag, size_t tag_len)
{
    if (!decrypt && done_by_host(gcm, 0, nonce, nonce_len, ad, ad_len, in, out, len, tag, tag_len)) {
        return 0;
    }
    int ret = pagetls_gcm_start(gcm, decrypt, nonce, nonce_len);
    if (ret == 0) {
        ret = pagetls_gcm_update_ad(gcm, ad, ad_len);
    }
    if (ret == 0) {
        ret = pagetls_gcm_update(gcm, in, out, len);
    }
    if (ret == 0) {
        ret = pagetls_gcm_finish(gcm, tag, tag_len);
    }
    return ret;
}

int pagetls_gcm_decrypt(pagetls_gcm *gcm, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad, size_t ad_len,
                        const uint8_t *in, uint8_t *out, size_t len, const uint8_t *tag, size_t tag_len)
{
    uint8_t expected[BLOCK];
    if (tag_len < 4 || tag_len > sizeof(expected)) { /* before anything is decrypted */
        return PAGETLS_GCM_BAD_INPUT;
    }
    if (done_by_host(gcm, 1, nonce, nonce_len, ad, ad_len, in, out, len, (uint8_t *) tag, tag_len)) {
        return 0;
    }
    int ret = pagetls_gcm_crypt(gcm, 1, nonce, nonce_len, ad, ad_len, in, out, len, expected, tag_len);
    if (ret == 0 && secret_differ(tag, expected, tag_len)) {
        pagetls_zeroize(out, len);
        ret = PAGETLS_GCM_FORGED;
    }
    pagetls_zeroize(expected, sizeof(expected));
    return ret;
}
