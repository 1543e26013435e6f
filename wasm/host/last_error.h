/**
 * \file last_error.h
 * \brief Details of the last error, beyond its code.
 */
#ifndef PAGETLS_LAST_ERROR_H
#define PAGETLS_LAST_ERROR_H

/** Maximum size of a detail in bytes, with its NUL; a longer one is cut. */
#define PAGETLS_ERROR_DETAIL_SIZE 160

/**
 * Sets the details, which stay until the next error.
 * \param code    the PAGETLS_ERR_… that the call returns
 * \param native  the Mbed TLS error number, or 0
 * \param format  as for pagetls_format()
 */
void pagetls_last_error_set(int code, int native, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
