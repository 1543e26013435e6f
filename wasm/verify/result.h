/**
 * \file result.h
 * \brief What was found out about a chain, as data. describe/ turns it into JSON.
 */
#ifndef PAGETLS_RESULT_H
#define PAGETLS_RESULT_H

#include "verify/path.h"

typedef enum {
    PAGETLS_NOT_VERIFIED, /**< not yet, or the leaf cannot be read: then that is the only problem */
    PAGETLS_GOOD,         /**< a path without a problem, every signature verified */
    PAGETLS_BAD,
    PAGETLS_INCOMPLETE /**< memory ran out: nothing is known */
} pagetls_outcome;

typedef struct {
    pagetls_outcome outcome;
    uint32_t flags;               /**< PAGETLS_FLAG_… of all problems */
    int64_t time;                 /**< that it was judged at, in seconds since 1970 */
    pagetls_search_result search; /**< the chosen path and the others; its certificates are the chain's and the anchors' */
} pagetls_result;

/** Frees what it holds, and forgets it. */
void pagetls_result_clear(pagetls_result *result);

#endif
