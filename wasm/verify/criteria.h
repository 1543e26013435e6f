/**
 * \file criteria.h
 * \brief The criteria of a verification: host name, profile, depth and time.
 */
#ifndef PAGETLS_CRITERIA_H
#define PAGETLS_CRITERIA_H

#include "verify/rules.h"
#include "x509/algorithms.h"
#include "x509/hostname.h"
#include "x509/spki.h"

/** Which keys and signatures are acceptable, and which rules apply. */
typedef struct {
    const char *name; /**< as in JS */
    pagetls_rule_set rules;
    uint8_t hashes; /**< one bit per pagetls_hash */
    uint8_t curves; /**< one bit per pagetls_curve */
    uint8_t rsa;    /**< 1 when RSA keys and signatures are acceptable */
    uint16_t rsa_min_bits;
    uint8_t ed25519; /**< 1 when Ed25519 keys and signatures are acceptable */
} pagetls_profile;

/**
 * The profile of PAGETLS_PROFILE_… (pagetls.h) for a path that ends at one of Mozilla's anchors (\p from_mozilla), at one
 * that the user added, or at none; NULL for any other number.
 */
const pagetls_profile *pagetls_profile_get(int number, int from_mozilla);

typedef struct {
    const pagetls_hostname *hostname;       /**< with an empty text, names are not checked */
    int hostname_optional;                  /**< 1: a leaf without the name is a warning, not a problem */
    int below_public_suffix;                /**< 1: the host is directly below a public suffix, such as co.uk */
    const pagetls_profile *profile;         /**< of paths that end at an anchor of the user, or at none */
    const pagetls_profile *mozilla_profile; /**< of paths that end at an anchor of Mozilla's list */
    int max_depth;                          /**< maximum number of intermediates; -1: the caller sets no limit */
    int64_t time;                           /**< seconds since 1970 */
} pagetls_criteria;

#endif
