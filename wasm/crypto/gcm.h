/**
 * \file gcm.h
 * \brief AES-GCM (NIST SP 800-38D): incremental or one-shot.
 */
#ifndef PAGETLS_GCM_H
#define PAGETLS_GCM_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/gcm_tables.h"

/** Plain bytes that may be copied with memcpy(). All zeros: no key. */
typedef struct {
    pagetls_gcm_key key;
    const pagetls_gcm_tables *tables; /**< of the key; valid only during a call */
    uint64_t add_len, len;            /**< bytes of additional data and of data so far */
    uint8_t start[12];                /**< the first 12 bytes of all counter blocks */
    uint32_t counter;                 /**< of the next keystream block */
    uint8_t keystream[PAGETLS_AES_BATCH_BYTES];
    size_t used;          /**< bytes of the keystream already used */
    uint8_t tag_mask[16]; /**< the pre-counter block, encrypted */
    uint8_t y[16];        /**< GHASH of everything except `pending` */
    uint8_t pending[16 * PAGETLS_GHASH_BATCH_BLOCKS];
    size_t pending_len;
    int decrypt;
} pagetls_gcm;

/** Errors; success is 0. */
enum {
    PAGETLS_GCM_BAD_INPUT = -1, /**< a length out of range, or an output that begins inside the input */
    PAGETLS_GCM_NO_KEY = -2,
    PAGETLS_GCM_AUTH_FAILED = -3, /**< the tag does not match */
};

/** \param key  \p bits / 8 bytes. \return PAGETLS_GCM_BAD_INPUT unless \p bits is 128, 192 or 256. */
int pagetls_gcm_set_key(pagetls_gcm *gcm, const uint8_t *key, unsigned bits);
/** Zeroizes everything, including the key's tables. */
void pagetls_gcm_clear(pagetls_gcm *gcm);

/* --- incremental: start, additional data, data, tag --------------------------------- */

/** \param nonce  at least one byte; never reused with the same key (section 8). */
int pagetls_gcm_start(pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len);
/** Adds the next piece of additional data, before any data. */
int pagetls_gcm_update_ad(pagetls_gcm *gcm, const uint8_t *ad, size_t ad_len);
/** Encrypts or decrypts the next piece of data. \param[out] out  \p len bytes; may equal \p in or begin before it. */
int pagetls_gcm_update(pagetls_gcm *gcm, const uint8_t *in, uint8_t *out, size_t len);
/** \param tag_len  4 to 16 bytes. */
int pagetls_gcm_finish(pagetls_gcm *gcm, uint8_t *tag, size_t tag_len);

/* --- one-shot: builds with PAGETLS_HOST_AEAD offer long messages to the host first ------- */

/** Encrypts, or decrypts without checking a tag, and writes the tag. Parameters as above. */
int pagetls_gcm_crypt(pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, uint8_t *out, size_t len, uint8_t *tag, size_t tag_len);
/** Decrypts. If the tag does not match, zeroizes \p out and returns PAGETLS_GCM_AUTH_FAILED. */
int pagetls_gcm_decrypt(pagetls_gcm *gcm, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad, size_t ad_len,
                        const uint8_t *in, uint8_t *out, size_t len, const uint8_t *tag, size_t tag_len);

#endif
