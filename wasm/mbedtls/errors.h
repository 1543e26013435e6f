/**
 * \file errors.h
 * \brief Mbed TLS's numbers as codes of errors.def. Nothing beyond this folder decides by such a number.
 */
#ifndef PAGETLS_MBEDTLS_ERRORS_H
#define PAGETLS_MBEDTLS_ERRORS_H

/** PSA's, when starting. */
int pagetls_error_from_psa(int status);
/**
 * The code for \p native. Number and words of it become the last error's (pagetls_error_native(), …_detail()).
 * \param fallback  a PAGETLS_ERR_… for numbers that have no code of their own
 */
int pagetls_error_from_native(int native, int fallback);
/** 1 when \p native tells of a lack of memory: as a module's own number, or as that of a module below, added to it (error.h). */
int pagetls_error_is_out_of_memory(int native);
/** Makes \p native, if it is not 0, what the last error, \p code, has to say. */
void pagetls_error_record(int code, int native);

#endif
