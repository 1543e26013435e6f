/**
 * \file checks.h
 * \brief Requirements of RFC 5280 and the Web PKI for each certificate of a path, and for the path as a whole.
 */
#ifndef PAGETLS_CHECKS_H
#define PAGETLS_CHECKS_H

#include "host/limits.h"
#include "verify/criteria.h"
#include "verify/problems.h"
#include "verify/stored_certificate.h"

typedef struct {
    pagetls_certificate *certificate[PAGETLS_PATH_MAX]; /**< leaf first */
    size_t len;
    const pagetls_stored_certificate *anchor; /**< what the last one is in the trust store; NULL: it is no anchor */
} pagetls_path;

/**
 * Adds every problem of \p path except those of revocation.
 * \param[in,out] comparisons  remaining budget for comparing names with name constraints
 */
void pagetls_check_path(const pagetls_path *path, const pagetls_criteria *criteria, size_t *comparisons,
                        pagetls_problems *problems);

/** Adds, at depth 0, the problems that keep \p anchor from ending any path: of its key and its form, not its dates. */
void pagetls_check_anchor(pagetls_stored_certificate *anchor, const pagetls_criteria *criteria,
                          pagetls_problems *problems);

/** 1 when \p issuer may issue certificates: a CA with keyCertSign, valid at \p time. Used to try likely paths first. */
int pagetls_check_may_issue(const pagetls_certificate *issuer, int is_anchor, int64_t time);

#endif
