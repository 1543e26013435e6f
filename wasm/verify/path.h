/**
 * \file path.h
 * \brief Finds a path from the leaf to a trust anchor (RFC 4158), and judges it.
 */
#ifndef PAGETLS_PATH_H
#define PAGETLS_PATH_H

#include "host/limits.h"
#include "verify/checks.h"
#include "verify/revocation.h"
#include "verify/stored_certificate.h"

/** A path that was tried, and what is wrong with it. */
typedef struct {
    pagetls_path path; /**< its certificates are the chain's and the anchors' */
    uint8_t revocation_checked[PAGETLS_PATH_MAX];
    uint8_t proven; /**< every signature on it was verified */
    size_t order;   /**< how many were tried before */
    size_t problems_count;
    pagetls_problem problems[]; /**< by depth */
} pagetls_attempt;

typedef struct {
    pagetls_attempt *best;                            /**< the path that was chosen */
    pagetls_attempt *others[PAGETLS_OTHER_PATHS_MAX]; /**< the first of those that were not, in the order of trying */
    size_t others_count;
    size_t tried; /**< all that were tried, the best among them */
} pagetls_search_result;

/**
 * Looks for a path without a problem: through any of \p chain (leaf first, the others in any order) to any of \p
 * anchors. When there is none, the best is one that reaches an anchor with the fewest problems, else the longest. The
 * leaf must be readable; others that are not are passed over.
 *
 * \param anchors      a list, or NULL
 * \param[out] result  for pagetls_search_free(), whatever is returned; \p chain and \p anchors must live as long
 * \return 0, or -1: memory ran out
 */
int pagetls_search(pagetls_stored_certificate *chain, pagetls_stored_certificate *anchors,
                   const pagetls_stored_crl *crls, const pagetls_criteria *criteria, pagetls_search_result *result);
void pagetls_search_free(pagetls_search_result *result);

#endif
