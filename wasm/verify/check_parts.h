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

/**
 * A self-issued certificate of version 1 has no extensions to say that it is a CA. As a trust anchor it can be one, by
 * the user's decision (RFC 5280, section 6.1.1 (d)).
 */
static inline int pagetls_is_version_1_anchor(const pagetls_certificate *anchor)
{
    return anchor->version == 1 && anchor->extensions.p == NULL && anchor->self_issued;
}

/** check_form.c: the serial number. */
void pagetls_check_serial(const pagetls_check_target *target);
/** check_form.c: which extensions exist, and the encoding of each. */
void pagetls_check_extensions(const pagetls_check_target *target);
/** check_form.c: the authority key identifier, which must be the issuer's subject key identifier. */
void pagetls_check_key_identifier(const pagetls_check_target *target, const pagetls_certificate *issuer);
/** check_form.c: version, serial number, names, times, extensions, key identifiers. */
void pagetls_check_form(const pagetls_check_target *target);

/** check_names.c: 1 if an alternative name is a DNS name or an IP address. */
int pagetls_has_host_name(const pagetls_certificate *certificate);
/** check_names.c: an alternative name must match the host of the criteria. */
void pagetls_check_host_name(const pagetls_check_target *target);
/** check_names.c: the encoding of the alternative names, and how the common name repeats them. */
void pagetls_check_alternative_names(const pagetls_check_target *target);

#endif
