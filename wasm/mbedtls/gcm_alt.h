/**
 * \file gcm_alt.h
 * \brief The context of our GCM, where Mbed TLS's gcm.h looks for it (MBEDTLS_GCM_ALT).
 */
#ifndef PAGETLS_GCM_ALT_H
#define PAGETLS_GCM_ALT_H

#include "crypto/gcm.h"

typedef pagetls_gcm mbedtls_gcm_context;

#endif
