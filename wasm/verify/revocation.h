/**
 * \file revocation.h
 * \brief Checks the certificates of paths against the caller's CRLs (RFC 5280, sections 5 and 6.3).
 */
#ifndef PAGETLS_REVOCATION_H
#define PAGETLS_REVOCATION_H

#include "verify/checks.h"
#include "verify/crl_status.h"

/** The status of a certificate by the CRLs that one key signed, in one profile. */
typedef struct {
    const pagetls_profile *profile;
    const pagetls_certificate *certificate;
    const pagetls_public_key *key;
    int may_sign_crls;
    pagetls_crl_status status;
} pagetls_known_status;

/** What the paths of one search share: each certificate is looked up once for each key of its issuer and profile. */
typedef struct {
    pagetls_crl_context context;
    pagetls_known_status known[4 * PAGETLS_SIGNATURES_MAX]; /* every key has signed a certificate; two profiles */
    size_t known_count;
} pagetls_revocation;

/** \p crls must live as long. */
void pagetls_revocation_init(pagetls_revocation *revocation, const pagetls_stored_crl *crls);
/**
 * Looks up every certificate of \p path in the CRLs of its issuer, and adds the problems found.
 * \param[out] statuses  a pagetls_revocation_status for each certificate except the last
 */
void pagetls_revocation_check(pagetls_revocation *revocation, const pagetls_path *path, const pagetls_criteria *criteria,
                              pagetls_problems *problems, uint8_t statuses[PAGETLS_PATH_MAX]);

#endif
