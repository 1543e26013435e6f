/**
 * \file name_constraints.h
 * \brief Name constraints (RFC 5280, section 4.2.1.10).
 */
#ifndef PAGETLS_NAME_CONSTRAINTS_H
#define PAGETLS_NAME_CONSTRAINTS_H

#include "host/limits.h"
#include "verify/problems.h"
#include "x509/certificate.h"

/** Checks the form of \p ca's own constraints; adds what is wrong at \p depth. */
void pagetls_name_constraints_form(const pagetls_certificate *ca, size_t depth, pagetls_problems *problems);

/**
 * Checks every name of \p subject, at \p depth, against the constraints of \p ca above it.
 * \param[in,out] comparisons  how many may still be made; when they are used up, that is the problem added
 */
void pagetls_name_constraints_apply(const pagetls_certificate *ca, const pagetls_certificate *subject, size_t depth,
                                    size_t *comparisons, pagetls_problems *problems);

#endif
