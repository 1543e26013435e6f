/**
 * \file spki.h
 * \brief A SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), read into typed fields. Keys of every algorithm are read.
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
    PAGETLS_KEY_OTHER /**< an algorithm with a name and nothing more to tell, such as Ed25519 or ML-DSA */
} pagetls_key_type;

/** Whether a key can verify signatures; found out by pagetls_key_usable(). */
typedef enum { PAGETLS_KEY_UNTESTED, PAGETLS_KEY_USABLE, PAGETLS_KEY_UNUSABLE } pagetls_key_state;

typedef struct {
    pagetls_slice spki; /**< the whole of it */
    pagetls_slice oid;  /**< of the algorithm */
    pagetls_key_type type;
    pagetls_curve curve;     /**< of an EC key */
    pagetls_slice curve_oid; /**< p is NULL when the curve has no name (explicit parameters) */
    size_t bits; /**< of the modulus (RSA), the prime (DSA, DH) or the curve; 0: not known, or there are none */
    pagetls_slice exponent; /**< of an RSA key: content octets of its INTEGER */
    uint8_t malformed;      /**< the key is not what its algorithm asks for */
    uint8_t state;          /**< a pagetls_key_state, kept by pagetls_key_usable() */
} pagetls_public_key;

/** Takes a SubjectPublicKeyInfo off \p from. 0, or -1 with \p error set. */
int pagetls_public_key_read(pagetls_public_key *key, pagetls_slice *from, pagetls_read_error *error);
/** 1 when the algorithm, and the curve or the length, are among those that signatures can be verified with here. */
int pagetls_public_key_is_supported(const pagetls_public_key *key);
/** The bits of an RSA key's public exponent; 0 for any other key. */
size_t pagetls_public_key_exponent_bits(const pagetls_public_key *key);

#endif
