/**
 * \file signature_check.h
 * \brief The arithmetic that judging needs. Implemented in mbedtls/signature.c.
 */
#ifndef PAGETLS_SIGNATURE_CHECK_H
#define PAGETLS_SIGNATURE_CHECK_H

#include "x509/algorithms.h"
#include "x509/spki.h"

/**
 * Verifies \p signature over \p tbs with \p key.
 * \return 1 when it is good, 0 when it is not, or key or algorithm are not supported
 */
int pagetls_signature_verify(const pagetls_signature_algorithm *algorithm, pagetls_slice tbs, pagetls_slice signature,
                             pagetls_public_key *key);

/**
 * Whether \p key can be used to verify: supported, and a key (a point on its curve, a modulus that is odd …). Found out
 * once, and kept in key->state. A lack of memory counts as no.
 */
int pagetls_key_usable(pagetls_public_key *key);

#endif
