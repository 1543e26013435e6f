/**
 * \file chacha20_alt.h
 * \brief The context of our ChaCha20, where mbedtls/chacha20.h looks for it (MBEDTLS_CHACHA20_ALT).
 */
#ifndef PAGETLS_CHACHA20_ALT_H
#define PAGETLS_CHACHA20_ALT_H

#include <stddef.h>
#include <stdint.h>

/** Bytes of four blocks, which are made at a time. */
#define PAGETLS_CHACHA20_STRIDE 256

typedef struct mbedtls_chacha20_context {
    uint32_t state[16]; /**< RFC 8439, section 2.3; the counter is that of the next block to be made */
    uint8_t keystream[PAGETLS_CHACHA20_STRIDE];
    size_t used; /**< bytes of the keystream that are spent: all of them when there is none */
} mbedtls_chacha20_context;

#endif
