/**
 * \file path.h
 * \brief Finds a path from the leaf to a trust anchor (RFC 4158), and judges it.
 */
#ifndef PAGETLS_PATH_H
#define PAGETLS_PATH_H

#include "verify/checks.h"
#include "verify/crl.h"
#include "verify/signatures.h"

/**
 * What one search may spend, besides #PAGETLS_SIGNATURES_MAX: what a hostile chain can cost. A step is a look at a
 * candidate; long names and extensions cost more, and judging a path costs #PAGETLS_SEARCH_PATH_STEPS.
 */
#define PAGETLS_SEARCH_STEPS 20000
#define PAGETLS_SEARCH_PATH_STEPS 100

/** The most other paths that are told of. */
#define PAGETLS_OTHER_PATHS_MAX 8

/** A path that was tried, and what is wrong with it. */
typedef struct {
    pagetls_path path;              /**< its certificates are the attempt's own */
    pagetls_certificate certificates[PAGETLS_PATH_MAX];
    pagetls_problems problems;
    uint8_t revocation_checked[PAGETLS_PATH_MAX];
    size_t order;                   /**< how many were tried before */
} pagetls_attempt;

typedef struct {
    pagetls_attempt *best;          /**< the path that was chosen */
    pagetls_attempt *others[PAGETLS_OTHER_PATHS_MAX]; /**< the first of those that were not, in the order of trying */
    size_t others_count;
    size_t tried;                   /**< all that were tried, the best among them */
} pagetls_search_result;

/**
 * Looks for a path without a problem: through any of \p chain (leaf first, the others in any order) to any of \p
 * anchors. When there is none, the best is one that reaches an anchor with the fewest problems, else the longest.
 *
 * \param anchors      a list, or NULL
 * \param[out] result  for pagetls_search_free(), whatever is returned
 * \return 0, or MBEDTLS_ERR_X509_ALLOC_FAILED
 */
int pagetls_search(mbedtls_x509_crt *chain, mbedtls_x509_crt *anchors, const pagetls_crl *crls,
                   const pagetls_criteria *criteria, pagetls_search_result *result);
void pagetls_search_free(pagetls_search_result *result);

#endif
