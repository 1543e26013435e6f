/**
 * \file path.h
 * \brief Finds and checks a path from the leaf to a trust anchor (RFC 4158).
 */
#ifndef PAGETLS_PATH_H
#define PAGETLS_PATH_H

#include "host/limits.h"
#include "verify/checks.h"
#include "verify/revocation.h"
#include "verify/stored_certificate.h"

/** A path that was tried, with its problems and warnings. */
typedef struct {
    pagetls_path path;                             /**< points into the chain and the anchors */
    uint8_t revocation_statuses[PAGETLS_PATH_MAX]; /**< a pagetls_revocation_status each */
    uint8_t signatures_verified;                   /**< all signatures of the path */
    const pagetls_profile *profile;                /**< that it was checked by */
    size_t order;                                  /**< number of paths tried before this one */
    size_t problems_count;
    size_t warnings_count;
    size_t more_problems; /**< that were not kept */
    size_t more_warnings;
    pagetls_problem problems[]; /**< the problems, then the warnings, each sorted by depth */
} pagetls_attempt;

static inline const pagetls_problem *pagetls_attempt_warnings(const pagetls_attempt *attempt)
{
    return attempt->problems + attempt->problems_count;
}

typedef struct {
    pagetls_attempt *best;                            /**< the chosen path */
    pagetls_attempt *others[PAGETLS_OTHER_PATHS_MAX]; /**< the first paths not chosen, in the order of trying */
    size_t others_count;
    size_t tried; /**< number of all paths tried, including the best */
} pagetls_search_result;

/**
 * Searches for a path without problems from the leaf through \p chain (leaf first, others in any order) to one of \p
 * anchors. If none exists, the best path is the one that reaches an anchor with the fewest problems, otherwise the
 * longest. The leaf must be readable; other unreadable certificates are ignored.
 *
 * \param anchors      a list, or NULL
 * \param[out] result  always to be freed with pagetls_search_free(); \p chain and \p anchors must live as long
 * \return 0, or -1 when out of memory
 */
int pagetls_search(pagetls_stored_certificate *chain, pagetls_stored_certificate *anchors,
                   const pagetls_stored_crl *crls, const pagetls_criteria *criteria, pagetls_search_result *result);
void pagetls_search_free(pagetls_search_result *result);

#endif
