/**
 * \file criteria.h
 * \brief What a path is judged by.
 */
#ifndef PAGETLS_CRITERIA_H
#define PAGETLS_CRITERIA_H

#include "verify/rules.h"
#include "x509/algorithms.h"
#include "x509/hostname.h"
#include "x509/spki.h"

/** Which keys and signatures are acceptable, and which rules are in force. */
typedef struct {
    pagetls_level level;
    uint8_t hashes; /**< a bit for each pagetls_hash */
    uint8_t curves; /**< a bit for each pagetls_curve */
    uint8_t rsa;    /**< whether RSA keys and signatures are acceptable */
    uint16_t rsa_min_bits;
} pagetls_profile;

/** The profile that PAGETLS_PROFILE_… (pagetls.h) stands for; NULL if it stands for none. */
const pagetls_profile *pagetls_profile_get(int number);

typedef struct {
    const pagetls_hostname *hostname; /**< empty text: no name is asked for */
    const pagetls_profile *profile;
    int max_depth; /**< intermediates at the most; -1: no limit of the caller's */
    int64_t time;  /**< seconds since 1970 */
} pagetls_criteria;

#endif
