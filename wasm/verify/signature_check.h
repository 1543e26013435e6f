/**
 * \file signature_check.h
 * \brief The cryptography of a verification. Implemented in mbedtls/signature.c.
 */
#ifndef PAGETLS_SIGNATURE_CHECK_H
#define PAGETLS_SIGNATURE_CHECK_H

#include "x509/algorithms.h"
#include "x509/spki.h"

/**
 * Verifies \p signature over \p tbs with \p key.
 * \return 1 when it is valid; 0 when it is not, or when the key or the algorithm is not supported
 */
int pagetls_signature_verify(const pagetls_signature_algorithm *algorithm, pagetls_slice tbs, pagetls_slice signature,
                             pagetls_public_key *key);

/**
 * Whether \p key can verify signatures: it is supported and valid (a point on its curve, an odd modulus …). The answer
 * is kept in key->state. Returns 0 when out of memory.
 */
int pagetls_public_key_is_usable(pagetls_public_key *key);

#endif
