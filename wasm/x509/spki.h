/**
 * \file spki.h
 * \brief A SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), read into typed fields. Accepts keys of any algorithm.
 */
#ifndef PAGETLS_SPKI_H
#define PAGETLS_SPKI_H

#include "host/limits.h"
#include "x509/algorithms.h"

typedef enum {
    PAGETLS_KEY_UNKNOWN,
    PAGETLS_KEY_RSA,
    PAGETLS_KEY_RSA_PSS,
    PAGETLS_KEY_EC,
    PAGETLS_KEY_DSA,
    PAGETLS_KEY_DH,
    PAGETLS_KEY_ED25519,
    PAGETLS_KEY_OTHER /**< a known algorithm of a fixed size, such as Ed448 */
} pagetls_key_type;

/** Whether the core can verify signatures with a key; set by pagetls_public_key_is_usable(). */
typedef enum { PAGETLS_KEY_UNTESTED, PAGETLS_KEY_USABLE, PAGETLS_KEY_UNUSABLE } pagetls_key_state;

typedef struct {
    pagetls_slice spki; /**< with its header */
    pagetls_slice oid;  /**< of the algorithm */
    pagetls_key_type type;
    pagetls_curve curve;     /**< of an EC key */
    pagetls_slice curve_oid; /**< p is NULL if the curve has no name (explicit parameters) */
    size_t bits; /**< of the modulus (RSA), the prime (DSA, DH) or the curve; 0: unknown, or not applicable */
    pagetls_slice exponent; /**< RSA: content octets of publicExponent */
    uint8_t malformed;      /**< the key is invalid for its algorithm */
    uint8_t state;          /**< a pagetls_key_state, set by pagetls_public_key_is_usable() */
} pagetls_public_key;

/** Reads a SubjectPublicKeyInfo from \p from. Returns 0, or -1 with \p error set. */
int pagetls_public_key_read(pagetls_public_key *key, pagetls_slice *from, pagetls_read_error *error);
/** 1 if the core can verify signatures with this algorithm and curve or modulus size. */
int pagetls_public_key_is_supported(const pagetls_public_key *key);
/** The 32 octets of an Ed25519 key that is not malformed (RFC 8410, section 4). */
const uint8_t *pagetls_public_key_ed25519(const pagetls_public_key *key);
/** Size of an RSA key's public exponent in bits; 0 for any other key. */
size_t pagetls_public_key_exponent_bits(const pagetls_public_key *key);

#endif
