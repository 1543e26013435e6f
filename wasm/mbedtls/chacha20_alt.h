/**
 * \file chacha20_alt.h
 * \brief The context of our ChaCha20, where Mbed TLS's chacha20.h looks for it (MBEDTLS_CHACHA20_ALT).
 */
#ifndef PAGETLS_CHACHA20_ALT_H
#define PAGETLS_CHACHA20_ALT_H

#include "crypto/chacha20.h"

typedef pagetls_chacha20 mbedtls_chacha20_context;

#endif
