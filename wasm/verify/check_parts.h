/**
 * \file check_parts.h
 * \brief Shared by the files of the checks: one certificate of a path, with its role and its depth.
 */
#ifndef PAGETLS_CHECK_PARTS_H
#define PAGETLS_CHECK_PARTS_H

#include "verify/criteria.h"
#include "verify/problems.h"
#include "x509/certificate.h"

typedef enum { PAGETLS_ROLE_LEAF, PAGETLS_ROLE_INTERMEDIATE, PAGETLS_ROLE_ANCHOR } pagetls_role;

typedef struct {
    pagetls_certificate *certificate;
    const pagetls_criteria *criteria;
    pagetls_problems *problems;
    size_t depth;
    pagetls_role role;
} pagetls_check_target;

static inline pagetls_problem *pagetls_target_add_problem(const pagetls_check_target *target, pagetls_rule rule)
{
    return pagetls_problems_add(target->problems, rule, target->depth);
}

static inline void pagetls_target_add_problem_if(const pagetls_check_target *target, int condition, pagetls_rule rule)
{
    if (condition) {
        (void) pagetls_target_add_problem(target, rule);
    }
}

/** check_form.c: the serial number. */
void pagetls_check_serial(const pagetls_check_target *target);
/** check_form.c: which extensions exist, and the encoding of each. */
void pagetls_check_extensions(const pagetls_check_target *target);
/** check_form.c: the authority key identifier, which must be the issuer's subject key identifier. */
void pagetls_check_key_identifier(const pagetls_check_target *target, const pagetls_certificate *issuer);
/** check_form.c: version, serial number, names, times, extensions, key identifiers. */
void pagetls_check_form(const pagetls_check_target *target);

/** check_names.c: an alternative name must match the host of the criteria. */
void pagetls_check_host_name(const pagetls_check_target *target);
/** check_names.c: the encoding of the alternative names, and how the common name repeats them. */
void pagetls_check_alternative_names(const pagetls_check_target *target);

#endif
