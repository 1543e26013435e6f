/**
 * \file algorithms.h
 * \brief The algorithms in certificates, by OID: hashes, curves and signature algorithms.
 *
 * The tables include algorithms that the core cannot verify, so that descriptions can name them.
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
    PAGETLS_SIGNATURE_ECDSA,
    PAGETLS_SIGNATURE_ED25519
} pagetls_signature_kind;

/** An AlgorithmIdentifier (RFC 5280, section 4.1.1.2) of a signature. */
typedef struct {
    pagetls_slice identifier; /**< content of the SEQUENCE: OID and parameters */
    pagetls_slice oid;        /**< content octets */
    pagetls_slice hash_oid;   /**< RSASSA-PSS: the OID of the hash in its parameters; p is NULL otherwise */
    pagetls_signature_kind kind;
    pagetls_hash hash;          /**< NONE: unknown, or the algorithm has no separate hash */
    pagetls_hash mgf1_hash;     /**< RSASSA-PSS: the hash of MGF1 */
    int salt_length;            /**< RSASSA-PSS: in octets */
    uint8_t invalid_parameters; /**< the parameters are invalid for the algorithm */
} pagetls_signature_algorithm;

/**
 * Reads an AlgorithmIdentifier from \p from. An unknown algorithm is not an error.
 * \return 0, or -1 with \p error set to \p field and the reason
 */
int pagetls_signature_algorithm_read(pagetls_signature_algorithm *algorithm, pagetls_slice *from, pagetls_field field,
                                     pagetls_read_error *error);

/** 1 if the core can verify such signatures. RSASSA-PSS must use the same hash for the message and for MGF1. */
int pagetls_signature_algorithm_is_supported(const pagetls_signature_algorithm *algorithm);

/** The curve with this OID (content octets); sets *bits to its size, or to 0 if the curve is unknown. */
pagetls_curve pagetls_curve_from_oid(pagetls_slice oid, size_t *bits);

#endif
