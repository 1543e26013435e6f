/**
 * \file gcm.h
 * \brief GCM (NIST SP 800-38D) with AES: in steps, or all at once.
 */
#ifndef PAGETLS_GCM_H
#define PAGETLS_GCM_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/gcm_tables.h"

/** Plain bytes, free to be copied. Zeros: without a key. */
typedef struct {
    pagetls_gcm_key key;
    const pagetls_gcm_tables *tables; /**< of the key, within a call */
    uint64_t add_len, len;            /**< bytes of additional data, and of data, so far */
    uint8_t start[12];                /**< what all counter blocks begin with */
    uint32_t counter;                 /**< of the next block of keystream to be made */
    uint8_t keystream[PAGETLS_AES_BATCH];
    size_t used;          /**< bytes of the keystream that are spent */
    uint8_t tag_mask[16]; /**< the pre-counter block, encrypted */
    uint8_t y[16];        /**< GHASH of all that is not in `pending` */
    uint8_t pending[16 * PAGETLS_GHASH_GROUP];
    size_t pending_len;
    int decrypt;
} pagetls_gcm;

/** What the functions return that do not return 0. */
enum {
    PAGETLS_GCM_BAD_INPUT = -1, /**< a length that is not allowed, or buffers that overlap in the wrong way */
    PAGETLS_GCM_NO_KEY = -2,
    PAGETLS_GCM_FORGED = -3, /**< the tag is not the right one */
};

/** \param key  of \p bits / 8 bytes. PAGETLS_GCM_BAD_INPUT when \p bits is none of 128, 192 and 256. */
int pagetls_gcm_set_key(pagetls_gcm *gcm, const uint8_t *key, unsigned bits);
/** Zeroizes everything, the key's tables included. */
void pagetls_gcm_clear(pagetls_gcm *gcm);

/* --- in steps: start, additional data, data, the tag -------------------------------- */

/** \param nonce  of at least one byte; a nonce is for one message (section 8). */
int pagetls_gcm_start(pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len);
/** The next piece of additional data, before any data. */
int pagetls_gcm_update_ad(pagetls_gcm *gcm, const uint8_t *ad, size_t ad_len);
/** The next piece of data. \param[out] out  \p len bytes; may be \p in, or lie before it. */
int pagetls_gcm_update(pagetls_gcm *gcm, const uint8_t *in, uint8_t *out, size_t len);
/** \param tag_len  from 4 to 16 bytes. */
int pagetls_gcm_finish(pagetls_gcm *gcm, uint8_t *tag, size_t tag_len);

/* --- all at once: in a build with PAGETLS_HOST_AEAD by the host, if it can and it is worth it -- */

/** Encrypts, or decrypts without looking at a tag, and makes the tag. Parameters as above. */
int pagetls_gcm_crypt(pagetls_gcm *gcm, int decrypt, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, uint8_t *out, size_t len, uint8_t *tag, size_t tag_len);
/** Decrypts. Where the tag is not the right one, \p out is zeros and PAGETLS_GCM_FORGED is returned. */
int pagetls_gcm_decrypt(pagetls_gcm *gcm, const uint8_t *nonce, size_t nonce_len, const uint8_t *ad, size_t ad_len,
                        const uint8_t *in, uint8_t *out, size_t len, const uint8_t *tag, size_t tag_len);

#endif
