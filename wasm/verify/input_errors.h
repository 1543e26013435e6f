/**
 * \file input_errors.h
 * \brief Error codes and details for inputs that cannot be read.
 */
#ifndef PAGETLS_INPUT_ERRORS_H
#define PAGETLS_INPUT_ERRORS_H

#include "x509/read_error.h"

/** Makes field and reason of \p error the text of pagetls_error_detail(). Returns \p code. */
int pagetls_input_error_set(int code, const pagetls_read_error *error);

#endif
