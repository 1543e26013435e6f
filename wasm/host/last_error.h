/**
 * \file last_error.h
 * \brief What the last call that failed has to say beyond its code.
 */
#ifndef PAGETLS_LAST_ERROR_H
#define PAGETLS_LAST_ERROR_H

/**
 * Keeps them until the next error.
 * \param code    the PAGETLS_ERR_… that the call returns
 * \param native  Mbed TLS's number, or 0
 * \param format  as of pagetls_format()
 */
void pagetls_last_error_set(int code, int native, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
