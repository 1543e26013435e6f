/**
 * \file format.h
 * \brief A subset of snprintf(). libc's own pulls in floating-point formatting: 7 KB.
 */
#ifndef PAGETLS_FORMAT_H
#define PAGETLS_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/**
 * Formats like snprintf(): writes at most \p size bytes, including the terminating NUL.
 *
 * Supports %s, %c, %d, %u, %x, %X and %%, a precision for %s (also `.*`), zero padding, and the lengths l, ll and z.
 * Formatting stops at any other conversion.
 *
 * \return the length of the complete text without its NUL, even if it did not fit
 */
int pagetls_format(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** The counterpart of vsnprintf(). */
int pagetls_vformat(char *text, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
