/**
 * \file digest_mbedtls.h
 * \brief crypto/digest.h for a hash that Mbed TLS has begun.
 */
#ifndef PAGETLS_DIGEST_MBEDTLS_H
#define PAGETLS_DIGEST_MBEDTLS_H

#include "crypto/digest.h"
#include "mbedtls/md.h"

/** Moves \p from, which is empty afterwards. NULL, with \p from unchanged, when out of memory. */
pagetls_begun_digest *pagetls_begun_digest_take(mbedtls_md_context_t *from);

#endif
