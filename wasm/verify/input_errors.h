/**
 * \file input_errors.h
 * \brief Codes of pagetls.h for inputs that cannot be read, with their details.
 */
#ifndef PAGETLS_INPUT_ERRORS_H
#define PAGETLS_INPUT_ERRORS_H

#include "x509/read_error.h"

/** Sets the detail that pagetls_error_detail() gives to field and reason, and returns \p code. */
int pagetls_unreadable(int code, const pagetls_read_error *error);
/** The result of pagetls_pem_walk(), in codes of pagetls.h. */
int pagetls_pem_result(int result);

#endif
