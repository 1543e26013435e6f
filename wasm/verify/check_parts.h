/**
 * \file check_parts.h
 * \brief What the files of the checks share: a certificate at its place in a path.
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
} pagetls_subject;

static inline pagetls_problem *pagetls_subject_add(const pagetls_subject *subject, pagetls_rule rule)
{
    return pagetls_problems_add(subject->problems, rule, subject->depth);
}

static inline void pagetls_subject_add_if(const pagetls_subject *subject, int condition, pagetls_rule rule)
{
    if (condition) {
        (void) pagetls_subject_add(subject, rule);
    }
}

/** check_form.c: its serial number. */
void pagetls_check_serial(const pagetls_subject *subject);
/** check_form.c: the list of its extensions, and the form of each. */
void pagetls_check_extensions(const pagetls_subject *subject);
/** check_form.c: its authority key identifier against the issuer's key identifier. */
void pagetls_check_key_identifier(const pagetls_subject *subject, const pagetls_certificate *issuer);
/** check_form.c: version, serial number, names, times, extensions, identifiers. */
void pagetls_check_form(const pagetls_subject *subject);

/** check_names.c: whether it names the host asked for. */
void pagetls_check_host_name(const pagetls_subject *subject);
/** check_names.c: the form of its alternative names, and of its common name beside them. */
void pagetls_check_alternative_names(const pagetls_subject *subject);

#endif
