/**
 * \file aes_alt.h
 * \brief The context of our AES, where Mbed TLS's aes.h looks for it (MBEDTLS_AES_ALT).
 */
#ifndef PAGETLS_AES_ALT_H
#define PAGETLS_AES_ALT_H

#include "crypto/aes.h"

typedef pagetls_aes_key mbedtls_aes_context;

#endif
