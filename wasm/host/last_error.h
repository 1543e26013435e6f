/**
 * \file last_error.h
 * \brief What the last call that failed has to say beyond its code.
 */
#ifndef PAGETLS_LAST_ERROR_H
#define PAGETLS_LAST_ERROR_H

/**
 * Keeps both until the next error.
 * \param native  Mbed TLS's number, or 0
 * \param format  as of pagetls_format()
 */
void pagetls_last_error_set(int native, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
