/**
 * \file checks.h
 * \brief What RFC 5280 and the Web PKI ask of each certificate of a path, and of the path as a whole.
 */
#ifndef PAGETLS_CHECKS_H
#define PAGETLS_CHECKS_H

#include "host/limits.h"
#include "verify/criteria.h"
#include "verify/problems.h"
#include "x509/certificate.h"

typedef struct {
    pagetls_certificate *certificate[PAGETLS_PATH_MAX]; /**< leaf first */
    size_t len;
    int anchored; /**< the last is a trust anchor */
} pagetls_path;

/**
 * Adds every problem of \p path but those of revocation.
 * \param[in,out] comparisons  of names with constraints: how many may be made, and are left
 */
void pagetls_check_path(const pagetls_path *path, const pagetls_criteria *criteria, size_t *comparisons,
                        pagetls_problems *problems);

/** Adds what keeps \p anchor from being the end of any path: its key and its form, not its dates. Depth 0. */
void pagetls_check_anchor(pagetls_certificate *anchor, const pagetls_criteria *criteria, pagetls_problems *problems);

/** 1 when \p issuer might sign at all: a CA, with keyCertSign, valid now. For choosing which paths to try first. */
int pagetls_check_may_issue(const pagetls_certificate *issuer, int64_t time);

#endif
