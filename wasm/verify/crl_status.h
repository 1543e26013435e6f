/**
 * \file crl_status.h
 * \brief What the CRLs of its issuer say about a certificate (RFC 5280, section 6.3).
 */
#ifndef PAGETLS_CRL_STATUS_H
#define PAGETLS_CRL_STATUS_H

#include "verify/rules.h"
#include "verify/signatures.h"
#include "verify/stored_crls.h"
#include "x509/certificate.h"

/** Whether the revocation of a certificate was checked, and if not, why. */
typedef enum {
    PAGETLS_NOT_CHECKED_NO_CRL,
    PAGETLS_NOT_CHECKED_OTHER_SCOPE,  /**< the CRLs are about other certificates of the issuer */
    PAGETLS_NOT_CHECKED_ONLY_DELTA,   /**< there is a delta CRL, but none that it applies to */
    PAGETLS_NOT_CHECKED_SOME_REASONS, /**< the CRLs are about some revocation reasons only */
    PAGETLS_NOT_CHECKED_CRL_PROBLEM,  /**< a problem with the CRL says why */
    PAGETLS_REVOCATION_CHECKED
} pagetls_revocation_status;

/** A violated rule, and the CRL that violates it, or that revokes the certificate. */
typedef struct {
    pagetls_rule rule;
    const pagetls_crl *crl;
} pagetls_crl_finding;

enum { PAGETLS_CRL_FINDINGS_MAX = 6 };

typedef struct {
    pagetls_revocation_status status;
    pagetls_crl_finding findings[PAGETLS_CRL_FINDINGS_MAX];
    size_t findings_count;
    pagetls_element since; /**< of PAGETLS_RULE_REVOKED: the date of the entry */
} pagetls_crl_status;

/** The input of pagetls_crl_status_find() that is the same for all certificates of a search. */
typedef struct {
    const pagetls_stored_crl *crls;
    const pagetls_criteria *criteria;
    pagetls_signatures signatures; /**< of CRLs */
    size_t comparisons;            /**< remaining budget for comparing names of distribution points */
} pagetls_crl_context;

/**
 * Reads the status of \p certificate from the CRLs of \p issuer. An entry in any CRL that the issuer signed revokes the
 * certificate. Otherwise it is not revoked if a complete CRL covers it; what is wrong with the others does not count.
 */
void pagetls_crl_status_find(pagetls_crl_context *context, const pagetls_certificate *certificate,
                             pagetls_certificate *issuer, pagetls_crl_status *status);

#endif
