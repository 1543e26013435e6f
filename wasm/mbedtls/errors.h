/**
 * \file errors.h
 * \brief Converts Mbed TLS's error numbers to codes of errors.def. Only this folder depends on the numbers.
 */
#ifndef PAGETLS_MBEDTLS_ERRORS_H
#define PAGETLS_MBEDTLS_ERRORS_H

/** The code for a PSA status of the start. */
int pagetls_error_from_psa(int status);
/**
 * The code for \p native, whose number and text become those of the last error (pagetls_error_native(), …_detail()).
 * \param fallback  the PAGETLS_ERR_… of numbers without a code
 */
int pagetls_error_from_native(int native, int fallback);
/** 1 when \p native means out of memory: as the high-level error, or as the low-level error added to it (error.h). */
int pagetls_error_is_out_of_memory(int native);
/** Sets the last error to \p code, with the number and text of \p native (if not 0). */
void pagetls_error_record(int code, int native);

#endif
