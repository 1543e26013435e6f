/**
 * \file result.h
 * \brief The result of a verification, as data. describe/ turns it into JSON.
 */
#ifndef PAGETLS_RESULT_H
#define PAGETLS_RESULT_H

#include "verify/path.h"

typedef enum {
    PAGETLS_NOT_VERIFIED, /**< not yet; or the leaf cannot be read, which then is the only problem */
    PAGETLS_GOOD,         /**< valid: a path without a problem, with every signature verified */
    PAGETLS_BAD,          /**< invalid: no such path */
    PAGETLS_INCOMPLETE    /**< out of memory: neither valid nor invalid */
} pagetls_outcome;

typedef struct {
    pagetls_outcome outcome;
    uint32_t flags;               /**< PAGETLS_FLAG_… of all problems */
    int64_t time;                 /**< of the verification, in seconds since 1970 */
    pagetls_search_result search; /**< the chosen path and others; they point into the chain and the anchors */
} pagetls_result;

/** Frees the paths and sets all fields to 0. */
void pagetls_result_clear(pagetls_result *result);

#endif
