/**
 * \file format.h
 * \brief The part of snprintf() that is used here; libc's own brings floating point, 7 KB of it.
 */
#ifndef PAGETLS_FORMAT_H
#define PAGETLS_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/**
 * Formats as snprintf() does: writes at most \p size bytes, the closing NUL among them.
 *
 * Knows %s, %c, %d, %u, %x, %X and %%, a precision for %s (also `.*`), zero padding, and the lengths ll and z.
 * Anything else ends the text there.
 *
 * \return the length of the whole text without its NUL, also when it did not fit
 */
int pagetls_format(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** The same as vsnprintf(). */
int pagetls_vformat(char *text, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
