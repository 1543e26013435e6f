/**
 * \file crl_scope.h
 * \brief Which certificates a CRL is about (RFC 5280, section 6.3.3, b to d).
 */
#ifndef PAGETLS_CRL_SCOPE_H
#define PAGETLS_CRL_SCOPE_H

#include "x509/certificate.h"
#include "x509/crl.h"

/**
 * The revocation reasons for which \p crl tells the status of \p certificate, which the CRL's issuer issued: a mask of
 * ReasonFlags; 0 if the CRL is about other certificates. A name relative to the CRL's issuer equals only the same one.
 * \param[in,out] comparisons  remaining budget for comparing names; when it is used up, they are different
 */
unsigned pagetls_crl_reasons_for(const pagetls_crl *crl, const pagetls_certificate *certificate, size_t *comparisons);

/** 1 if both CRLs of one issuer are about the same certificates and reasons, and by the same key. */
int pagetls_crl_scopes_equal(const pagetls_crl *a, const pagetls_crl *b);

#endif
