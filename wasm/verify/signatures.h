/**
 * \file signatures.h
 * \brief Verifies signatures of certificates and CRLs: each only once, and at most a fixed number of them.
 */
#ifndef PAGETLS_SIGNATURES_H
#define PAGETLS_SIGNATURES_H

#include "host/limits.h"
#include "verify/criteria.h"
#include "x509/certificate.h"

typedef struct {
    struct {
        const uint8_t *tbs; /**< its address identifies the signed certificate or CRL */
        const pagetls_public_key *key;
        int valid;
    } known[PAGETLS_SIGNATURES_MAX];
    size_t count;
    size_t spent;
    int exhausted; /**< a check was denied because the budget is spent */
} pagetls_signatures;

/**
 * 1 when \p key made the signature of \p tbs; 0 when it did not, or when the budget is exhausted.
 * The memory of \p tbs and \p key must live as long as \p signatures.
 */
int pagetls_signatures_check(pagetls_signatures *signatures, const pagetls_signature_algorithm *algorithm,
                             pagetls_slice tbs, pagetls_slice signature, pagetls_public_key *key);

/* Why a signature algorithm is not acceptable, with any key. */
enum {
    PAGETLS_ALGORITHM_UNSUPPORTED = 1, /**< unknown, or with invalid parameters */
    PAGETLS_ALGORITHM_BAD_HASH = 2,    /**< the profile does not allow its hash */
    PAGETLS_ALGORITHM_BAD_KIND = 4     /**< the profile does not allow signatures of this kind */
};
/** Returns bits of the above; 0 when the algorithm is acceptable. */
unsigned pagetls_algorithm_check(const pagetls_signature_algorithm *algorithm, const pagetls_profile *profile);

#endif
