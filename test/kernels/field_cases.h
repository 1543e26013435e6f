/**
 * \file field_cases.h
 * \brief Random cases for the field arithmetic of the public-key kernels, compared with Mbed TLS's big numbers.
 *
 * The field functions of the NIST curves are static, so field_p….c include the kernels' files. field_cases.inc follows.
 */
#ifndef PAGETLS_KERNELS_FIELD_CASES_H
#define PAGETLS_KERNELS_FIELD_CASES_H

#include <stdlib.h>

#include "random.h"

/** For calls that cannot fail while generating a case. */
#define MUST(call) ((call) == 0 ? (void) 0 : abort())

/** Compares one case in the field. \return NULL, or what differed. */
typedef const char *field_case(random_source *from);
field_case field_case_p256;
field_case field_case_p384;
field_case field_case_p521;
field_case field_case_25519;

/** The same for inverses modulo a curve's order, and for products modulo numbers of any length. */
field_case modulus_case;

#endif
