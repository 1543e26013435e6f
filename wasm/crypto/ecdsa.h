/**
 * \file ecdsa.h
 * \brief The verification of ECDSA (FIPS 186-5, section 6.4) on the curves of curve.h. Nothing is secret.
 */
#ifndef PAGETLS_ECDSA_H
#define PAGETLS_ECDSA_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/curve.h"

/** What pagetls_ecdsa_verify() returns that does not return 0. */
enum {
    PAGETLS_ECDSA_BAD_INPUT = -1, /**< the key is not on the curve, or the signature is none */
    PAGETLS_ECDSA_FORGED = -2,    /**< the signature is not the key's for this hash */
};

/**
 * \param key        the public key: 2 * \p curve->bytes bytes, x and then y.
 * \param signature  DER (RFC 3279, section 2.2.3), with nothing after it; no other form is taken.
 * \return 0 when the signature is good.
 */
int pagetls_ecdsa_verify(const pagetls_curve *curve, const uint8_t *key, const uint8_t *hash, size_t hash_len,
                         const uint8_t *signature, size_t signature_len);

#endif
