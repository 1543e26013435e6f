/**
 * \file crl.h
 * \brief Revocation lists that the caller passed in (RFC 5280, sections 5 and 6.3).
 */
#ifndef PAGETLS_CRL_H
#define PAGETLS_CRL_H

#include "verify/checks.h"
#include "verify/signatures.h"

typedef struct pagetls_crl {
    uint8_t *der; /**< a copy, owned */
    size_t len;
    struct pagetls_crl *next;
} pagetls_crl;

/** Appends a copy of \p der if it reads as a CRL. 0 or a negative Mbed TLS code. */
int pagetls_crl_add(pagetls_crl **list, const uint8_t *der, size_t len);
void pagetls_crl_free(pagetls_crl **list);

/**
 * Looks every certificate of \p path up in the lists of its issuer, and notes what is wrong.
 * \param signatures    the budget for theirs
 * \param[out] checked  for each certificate but the last: 1 when a list covered it; else it was not checked
 */
void pagetls_crl_check(const pagetls_crl *list, const pagetls_path *path, const pagetls_criteria *criteria,
                       pagetls_signatures *signatures, pagetls_problems *problems, uint8_t checked[PAGETLS_PATH_MAX]);

#endif
