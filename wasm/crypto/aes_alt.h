/**
 * \file aes_alt.h
 * \brief The context of our AES, where mbedtls/aes.h looks for it (MBEDTLS_AES_ALT).
 */
#ifndef PAGETLS_AES_ALT_H
#define PAGETLS_AES_ALT_H

#include <stdint.h>

#define PAGETLS_AES_ROUND_KEYS 15 /* of AES-256; the shorter keys have 11 and 13 */

typedef struct mbedtls_aes_context {
    unsigned rounds;                                /**< 10, 12 or 14; 0 without a key */
    uint8_t round_keys[PAGETLS_AES_ROUND_KEYS][16]; /**< in the form that aes.c says */
} mbedtls_aes_context;

#endif
