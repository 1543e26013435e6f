/**
 * \file algorithms.h
 * \brief The algorithms of certificates, by OID: hashes, curves, kinds of keys and signatures.
 *
 * The tables also have algorithms that nothing here can verify with: a reader names them all.
 */
#ifndef PAGETLS_ALGORITHMS_H
#define PAGETLS_ALGORITHMS_H

#include "x509/read_error.h"

typedef enum {
    PAGETLS_HASH_NONE,
    PAGETLS_HASH_MD5,
    PAGETLS_HASH_SHA1,
    PAGETLS_HASH_SHA224,
    PAGETLS_HASH_SHA256,
    PAGETLS_HASH_SHA384,
    PAGETLS_HASH_SHA512
} pagetls_hash;

typedef enum {
    PAGETLS_CURVE_UNKNOWN,
    PAGETLS_CURVE_P256,
    PAGETLS_CURVE_P384,
    PAGETLS_CURVE_P521,
    PAGETLS_CURVE_OTHER
} pagetls_curve;

typedef enum {
    PAGETLS_SIGNATURE_UNKNOWN,
    PAGETLS_SIGNATURE_RSA_PKCS1,
    PAGETLS_SIGNATURE_RSA_PSS,
    PAGETLS_SIGNATURE_ECDSA
} pagetls_signature_kind;

/** An AlgorithmIdentifier (RFC 5280, section 4.1.1.2) of a signature. */
typedef struct {
    pagetls_slice identifier; /**< its content: OID and parameters */
    pagetls_slice oid;        /**< content octets */
    pagetls_slice hash_oid;   /**< of RSASSA-PSS, where its parameters name the hash; p is NULL otherwise */
    pagetls_signature_kind kind;
    pagetls_hash hash;      /**< NONE: not known here, or the algorithm has none of its own */
    pagetls_hash mgf1_hash; /**< of RSASSA-PSS: MGF1's */
    int salt_length;        /**< of RSASSA-PSS, in octets */
    uint8_t bad_parameters; /**< they are not what the algorithm asks for */
} pagetls_signature_algorithm;

/**
 * Takes an AlgorithmIdentifier off \p from. An unknown algorithm is no error.
 * \return 0, or -1 with \p error set to \p field and the reason
 */
int pagetls_signature_algorithm_read(pagetls_signature_algorithm *algorithm, pagetls_slice *from, pagetls_field field,
                                     pagetls_read_error *error);

/** 1 when signatures by it can be verified here. RSASSA-PSS is, with one hash for the message and for MGF1. */
int pagetls_signature_algorithm_is_supported(const pagetls_signature_algorithm *algorithm);

/** The curve with this OID (content octets); *bits is its length, or 0 if it is not known. */
pagetls_curve pagetls_curve_from_oid(pagetls_slice oid, size_t *bits);

#endif
