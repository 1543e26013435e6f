/**
 * \file ecdsa.h
 * \brief ECDSA verification (FIPS 186-5, section 6.4) on the curves of curve.h. In variable time: all input is public.
 */
#ifndef PAGETLS_ECDSA_H
#define PAGETLS_ECDSA_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/curve.h"

/** Errors of pagetls_ecdsa_verify(). */
enum {
    PAGETLS_ECDSA_BAD_INPUT = -1,     /**< the key is not on the curve, or the signature is malformed */
    PAGETLS_ECDSA_VERIFY_FAILED = -2, /**< the signature does not match this key and hash */
};

/**
 * \param key        the public key: 2 * \p curve->bytes bytes, x followed by y.
 * \param signature  DER (RFC 3279, section 2.2.3); BER and trailing bytes are rejected.
 * \return 0 if the signature is valid.
 */
int pagetls_ecdsa_verify(const pagetls_curve *curve, const uint8_t *key, const uint8_t *hash, size_t hash_len,
                         const uint8_t *signature, size_t signature_len);

#endif
