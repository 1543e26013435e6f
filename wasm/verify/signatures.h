/**
 * \file signatures.h
 * \brief Signatures of certificates and CRLs, each checked once, and not more than a fixed number of them.
 */
#ifndef PAGETLS_SIGNATURES_H
#define PAGETLS_SIGNATURES_H

#include "host/limits.h"
#include "verify/criteria.h"
#include "x509/certificate.h"

typedef struct {
    struct {
        const uint8_t *document; /**< where what is signed lies says which document it is */
        const pagetls_public_key *key;
        int good;
    } known[PAGETLS_SIGNATURES_MAX];
    size_t count;
    size_t spent;
    int exhausted; /**< one more was asked for */
} pagetls_signatures;

/**
 * 1 when \p key made the signature of \p tbs, 0 when not or when no more may be checked.
 * What \p tbs and \p key point to must live as long as \p signatures.
 */
int pagetls_signatures_check(pagetls_signatures *signatures, const pagetls_signature_algorithm *algorithm,
                             pagetls_slice tbs, pagetls_slice signature, pagetls_public_key *key);

/* Why signatures by an algorithm are not acceptable, whoever made them. */
enum {
    PAGETLS_ALGORITHM_UNSUPPORTED = 1, /**< not known here, or its parameters are not what they must be */
    PAGETLS_ALGORITHM_BAD_HASH = 2,    /**< the profile does not have its hash */
    PAGETLS_ALGORITHM_BAD_KIND = 4     /**< the profile does not have signatures of its kind */
};
/** Bits of the above; 0 when it is acceptable. */
unsigned pagetls_algorithm_check(const pagetls_signature_algorithm *algorithm, const pagetls_profile *profile);

#endif
