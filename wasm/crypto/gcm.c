/* AES-GCM (NIST SP 800-38D). */
#include "crypto/gcm.h"

#include "crypto/secret.h"
#include "crypto/simd.h"
#include "host/zeroize.h"

#ifdef PAGETLS_HOST_AEAD
#include "crypto/host_aead.h"
#endif

enum { BATCH = PAGETLS_AES_BATCH_BYTES, BLOCK = 16 };

#define MAX_LEN UINT64_C(0xfffffffe0) /* data in bytes: 2^39 - 256 bits (section 5.2.1.1) */
#define MIN_TAG_LEN 4                 /* bytes: 32 bits (section 5.2.1.2) */
#define AD_LEN_WIDTH 61               /* of a length in bytes: additional data and nonces have at most 2^64 - 1 bits */

int pagetls_gcm_set_key(pagetls_gcm *gcm, const uint8_t *key, unsigned bits)
{
    if (pagetls_gcm_key_set(&gcm->key, key, bits) != 0) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    gcm->used = BATCH; /* no keystream yet */
    return 0;
}

void pagetls_gcm_clear(pagetls_gcm *gcm)
{
    pagetls_gcm_key_clear(&gcm->key);
    pagetls_zeroize(gcm, sizeof(*gcm));
}

/* --- GHASH and counter mode ------------------------------------------------------ */

static void hash(pagetls_gcm *gcm, const uint8_t *data, size_t len)
{
    if (len == 0) {
        return;
    }
    if (gcm->pending_len > 0) {
        size_t space = sizeof(gcm->pending) - gcm->pending_len;
        size_t part = space < len ? space : len;
        memcpy(gcm->pending + gcm->pending_len, data, part);
        gcm->pending_len += part;
        if (part < space) {
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

/* Pads the last block with zeros. */
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

/* Hashes the final block, which holds two lengths in bits. The arguments are in bytes. */
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

static void generate_keystream(pagetls_gcm *gcm)
{
    pagetls_aes_batch_counters(&gcm->tables->aes, gcm->keystream, gcm->start, gcm->counter);
    gcm->counter += BATCH / BLOCK; /* modulo 2^32 (section 6.2) */
    gcm->used = 0;
}

static void apply_keystream(pagetls_gcm *gcm, const uint8_t *in, uint8_t *out, size_t len)
{
    while (len > 0) {
        if (gcm->used == BATCH) {
            generate_keystream(gcm);
        }
        size_t part = BATCH - gcm->used < len ? BATCH - gcm->used : len;
        simd_xor(out, in, gcm->keystream + gcm->used, part);
        gcm->used += part;
        len -= part;
        in += part;
        out += part;
    }
}

/* --- incremental ----------------------------------------------------------------- */

int pagetls_gcm_start(pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len)
{
    if (nonce_len == 0 || (uint64_t) nonce_len >> AD_LEN_WIDTH != 0) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    if (gcm->key.bits == 0) {
        return PAGETLS_GCM_NO_KEY;
    }
    gcm->tables = pagetls_gcm_tables_get(&gcm->key);
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
    generate_keystream(gcm);
    gcm->used = BLOCK; /* the first block masks the tag */
    memcpy(gcm->tag_mask, gcm->keystream, BLOCK);
    return 0;
}

int pagetls_gcm_update_ad(pagetls_gcm *gcm, const uint8_t *ad, size_t ad_len)
{
    uint64_t total = gcm->add_len + ad_len;
    if (total < ad_len || total >> AD_LEN_WIDTH != 0) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    gcm->add_len = total;
    gcm->tables = pagetls_gcm_tables_get(&gcm->key);
    hash(gcm, ad, ad_len);
    return 0;
}

/* An output may overlap the input only if it begins before it: then no byte is overwritten before it is read. */
static int overlap_is_invalid(const uint8_t *in, const uint8_t *out, size_t len)
{
    return (uintptr_t) out > (uintptr_t) in && (uintptr_t) out - (uintptr_t) in < len;
}

int pagetls_gcm_update(pagetls_gcm *gcm, const uint8_t *in, uint8_t *out, size_t len)
{
    if (len == 0) {
        return 0;
    }
    uint64_t total = gcm->len + len;
    if (overlap_is_invalid(in, out, len) || total < len || total > MAX_LEN) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    if (gcm->key.bits == 0) {
        return PAGETLS_GCM_NO_KEY;
    }
    gcm->tables = pagetls_gcm_tables_get(&gcm->key);
    if (gcm->len == 0) {
        hash_pending(gcm); /* pads the additional data to whole blocks */
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
    if (tag_len < MIN_TAG_LEN || tag_len > BLOCK) {
        return PAGETLS_GCM_BAD_INPUT;
    }
    gcm->tables = pagetls_gcm_tables_get(&gcm->key);
    hash_lengths(gcm, gcm->add_len, gcm->len);
    simd_xor(tag, gcm->tag_mask, gcm->y, tag_len);
    return 0;
}

/* --- one-shot -------------------------------------------------------------------- */

#ifdef PAGETLS_HOST_AEAD
/* Whether the host did it. Offers it only input that our own code accepts, with the nonces, tags and keys of TLS. */
static int try_host(const pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad,
                    size_t ad_len, const uint8_t *in, uint8_t *out, size_t len, uint8_t *tag, size_t tag_len)
{
    if (len < PAGETLS_HOST_GCM_MIN_BYTES || nonce_len != 12 || tag_len != BLOCK || overlap_is_invalid(in, out, len)) {
        return 0;
    }
    int cipher = gcm->key.bits == 128 ? PAGETLS_AES_128_GCM : PAGETLS_AES_256_GCM;
    return (gcm->key.bits == 128 || gcm->key.bits == 256) &&
        pagetls_host_aead(cipher, decrypt, gcm->key.bytes, nonce, ad, ad_len, in, len, out, tag) == 0;
}
#else
#define try_host(...) 0
#endif

int pagetls_gcm_crypt(pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, uint8_t *out, size_t len, uint8_t *tag, size_t tag_len)
{
    if (!decrypt && try_host(gcm, 0, nonce, nonce_len, ad, ad_len, in, out, len, tag, tag_len)) {
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
    if (tag_len < MIN_TAG_LEN || tag_len > sizeof(expected)) { /* before decrypting anything */
        return PAGETLS_GCM_BAD_INPUT;
    }
    if (try_host(gcm, 1, nonce, nonce_len, ad, ad_len, in, out, len, (uint8_t *) tag, tag_len)) {
        return 0;
    }
    int ret = pagetls_gcm_crypt(gcm, 1, nonce, nonce_len, ad, ad_len, in, out, len, expected, tag_len);
    if (ret == 0 && secrets_differ(tag, expected, tag_len)) {
        pagetls_zeroize(out, len);
        ret = PAGETLS_GCM_AUTH_FAILED;
    }
    pagetls_zeroize(expected, sizeof(expected));
    return ret;
}
