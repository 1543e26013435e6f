/**
 * \file path.h
 * \brief Finds a path from the leaf to a trust anchor (RFC 4158), and judges it.
 */
#ifndef PAGETLS_PATH_H
#define PAGETLS_PATH_H

#include "verify/checks.h"
#include "verify/crl.h"

/** Signatures that one search may check, and candidates that it may look at: what a hostile chain can cost. */
#define PAGETLS_SEARCH_SIGNATURES 24
#define PAGETLS_SEARCH_STEPS 20000

typedef struct {
    pagetls_path path;              /**< the path that was chosen; its certificates are the result's own */
    pagetls_certificate certificates[PAGETLS_PATH_MAX];
    pagetls_problems problems;
    uint8_t revocation_checked[PAGETLS_PATH_MAX];
    size_t tried;                   /**< paths to an anchor that were judged */
} pagetls_search_result;

/**
 * Looks for a path without a problem: through any of \p chain (leaf first, the others in any order) to any of \p
 * anchors. When there is none, the result is the best that was found: one that reaches an anchor with the fewest
 * problems, else the longest.
 *
 * \param anchors  a list, or NULL
 * \return 0, or MBEDTLS_ERR_X509_ALLOC_FAILED
 */
int pagetls_search(mbedtls_x509_crt *chain, mbedtls_x509_crt *anchors, const pagetls_crl *crls,
                   const pagetls_criteria *criteria, pagetls_search_result *result);

#endif
