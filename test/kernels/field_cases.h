/**
 * \file field_cases.h
 * \brief Random cases of the arithmetic that is below the public-key kernels, compared with Mbed TLS's numbers.
 *
 * The fields' functions are not to be seen from outside, so field_….c compile the kernels' files once more, with
 * field_cases.inc after them.
 */
#ifndef PAGETLS_KERNELS_FIELD_CASES_H
#define PAGETLS_KERNELS_FIELD_CASES_H

#include <stdlib.h>

#include "random.h"

/** What makes a case does not fail. */
#define MUST(call) ((call) == 0 ? (void) 0 : abort())

/** A case of each field. NULL, or what differed. */
typedef const char *field_case(random_source *from);
field_case field_case_p256;
field_case field_case_p384;
field_case field_case_p521;
field_case field_case_x25519;

/** The same for the inverse modulo a curve's order, and for products modulo numbers of any length. */
field_case modulus_case;

#endif
