/**
 * \file name_constraints.h
 * \brief Name constraints (RFC 5280, section 4.2.1.10).
 */
#ifndef PAGETLS_NAME_CONSTRAINTS_H
#define PAGETLS_NAME_CONSTRAINTS_H

#include "host/limits.h"
#include "verify/problems.h"
#include "x509/certificate.h"

/** Checks the encoding of the name constraints in \p ca itself, which is at \p depth. */
void pagetls_name_constraints_form(const pagetls_certificate *ca, size_t depth, pagetls_problems *problems);

/**
 * Checks every name of \p certificate, at \p depth, against the constraints of \p ca above it.
 * \param[in,out] comparisons  remaining comparisons; at 0, adds the problem PAGETLS_RULE_NC_TOO_MANY
 */
void pagetls_name_constraints_apply(const pagetls_certificate *ca, const pagetls_certificate *certificate, size_t depth,
                                    size_t *comparisons, pagetls_problems *problems);

#endif
