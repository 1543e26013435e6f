/**
 * \file revocation.h
 * \brief Checks the certificates of a path against the caller's CRLs (RFC 5280, sections 5 and 6.3).
 */
#ifndef PAGETLS_REVOCATION_H
#define PAGETLS_REVOCATION_H

#include "verify/checks.h"
#include "verify/signatures.h"
#include "x509/crl.h"

typedef struct pagetls_stored_crl {
    struct pagetls_stored_crl *next;
    pagetls_crl crl; /**< points into the copy of the DER behind this struct */
} pagetls_stored_crl;

/** Appends a copy of \p der. Returns 0, PAGETLS_ERR_CRL or PAGETLS_ERR_OUT_OF_MEMORY. */
int pagetls_stored_crl_add(pagetls_stored_crl **list, const uint8_t *der, size_t len);
/** Frees the whole list. */
void pagetls_stored_crl_free(pagetls_stored_crl **list);

/**
 * Looks up every certificate of \p path in the CRLs of its issuer, and adds the problems found.
 * \param signatures    the budget for signatures of CRLs
 * \param[out] checked  per certificate except the last: 1 when a CRL covered it, 0 when it was not checked
 */
void pagetls_revocation_check(const pagetls_stored_crl *list, const pagetls_path *path,
                              const pagetls_criteria *criteria, pagetls_signatures *signatures,
                              pagetls_problems *problems, uint8_t checked[PAGETLS_PATH_MAX]);

#endif
