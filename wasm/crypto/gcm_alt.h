/**
 * \file gcm_alt.h
 * \brief The context of our GCM, where mbedtls/gcm.h looks for it (MBEDTLS_GCM_ALT).
 */
#ifndef PAGETLS_GCM_ALT_H
#define PAGETLS_GCM_ALT_H

#include <stddef.h>
#include <stdint.h>

#include "gcm_tables.h"

typedef struct mbedtls_gcm_context {
    pagetls_gcm_key key;
    const pagetls_gcm_tables *tables; /**< of the key, within a call */
    uint64_t add_len, len; /**< bytes of additional data, and of data, so far */
    uint8_t start[12];     /**< what all counter blocks begin with */
    uint32_t counter;      /**< of the next block of keystream to be made */
    uint8_t keystream[PAGETLS_AES_BATCH];
    size_t used;          /**< bytes of the keystream that are spent */
    uint8_t tag_mask[16]; /**< the pre-counter block, encrypted */
    uint8_t y[16];        /**< GHASH of all that is not in `pending` */
    uint8_t pending[16 * PAGETLS_GHASH_GROUP];
    size_t pending_len;
    int mode; /**< MBEDTLS_GCM_ENCRYPT or MBEDTLS_GCM_DECRYPT */
} mbedtls_gcm_context;

#endif
