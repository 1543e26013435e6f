/**
 * \file name_constraints.h
 * \brief Name constraints (RFC 5280, section 4.2.1.10).
 */
#ifndef PAGETLS_NAME_CONSTRAINTS_H
#define PAGETLS_NAME_CONSTRAINTS_H

#include "verify/certificate.h"
#include "verify/rules.h"

/** Comparisons of a name with a constraint that one judgement may take. */
#define PAGETLS_NC_COMPARISONS 100000

/**
 * 1 when \p name is a Name (RFC 5280, section 4.1.2.4), in DER throughout, as comparing it needs: Mbed TLS takes lengths
 * that are not in their shortest form as well.
 */
int pagetls_is_directory_name(pagetls_slice name);

/** Checks the form of \p ca's own constraints; notes what is wrong at \p depth. */
void pagetls_name_constraints_form(const pagetls_certificate *ca, size_t depth, pagetls_problems *problems);

/**
 * Checks every name of \p subject, at \p depth, against the constraints of \p ca above it.
 * \param[in,out] comparisons  how many may still be made; when they are used up, that is the problem noted
 */
void pagetls_name_constraints_apply(const pagetls_certificate *ca, const pagetls_certificate *subject, size_t depth,
                                    size_t *comparisons, pagetls_problems *problems);

#endif
