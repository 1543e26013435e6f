/**
 * \file checks.h
 * \brief What RFC 5280 and the Web PKI ask of each certificate of a path, and of the path as a whole.
 */
#ifndef PAGETLS_CHECKS_H
#define PAGETLS_CHECKS_H

#include "hostname.h"
#include "verify/certificate.h"
#include "verify/rules.h"

/** The most certificates of a path: a leaf, intermediates and an anchor. */
#define PAGETLS_PATH_MAX 20

typedef struct {
    const pagetls_certificate *certificate[PAGETLS_PATH_MAX]; /**< leaf first */
    size_t len;
    int anchored; /**< the last is a trust anchor */
} pagetls_path;

/** What a path is judged by. */
typedef struct {
    const pagetls_hostname *hostname;       /**< empty text: none is asked for */
    const mbedtls_x509_crt_profile *profile;
    int webpki;                             /**< the rules of that level as well */
    int max_depth;                          /**< intermediates at the most; -1: no limit of the caller's */
    int64_t time;                           /**< seconds since 1970 */
} pagetls_criteria;

/**
 * Notes every problem of \p path but those of revocation.
 * \param[in,out] comparisons  of names with constraints: how many may be made, and are left
 */
void pagetls_check_path(const pagetls_path *path, const pagetls_criteria *criteria, size_t *comparisons,
                        pagetls_problems *problems);

/** Notes what keeps \p anchor from being the end of any path: its key and its form, not its dates. Depth 0. */
void pagetls_check_anchor(const pagetls_certificate *anchor, const pagetls_criteria *criteria, pagetls_problems *problems);

/** Says a time, after \p before, and then the time that is judged by. */
void pagetls_check_say_time(const pagetls_criteria *criteria, pagetls_problem *problem, const char *before,
                            const mbedtls_x509_time *time);

/** 1 when \p issuer might sign at all: a CA, with keyCertSign, valid now. For choosing which paths to try first. */
int pagetls_check_may_issue(const pagetls_certificate *issuer);

#endif
