/**
 * \file wnaf.h
 * \brief The width-w non-adjacent form of a public number, for multiplying points. In variable time.
 */
#ifndef PAGETLS_WNAF_H
#define PAGETLS_WNAF_H

#include <stddef.h>
#include <stdint.h>

/**
 * Writes the digits of a number, least significant first. Nonzero digits are odd, have an absolute value below
 * 2^(width - 1), and are followed by at least width - 1 zeros.
 * \param[out] digit  bytes * 8 + 1 digits.
 * \param number      big-endian, \p bytes long.
 * \param width       from 2 to 8.
 */
void pagetls_wnaf_digits(int8_t *digit, const uint8_t *number, size_t bytes, int width);

#endif
