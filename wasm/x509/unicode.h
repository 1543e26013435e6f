/**
 * \file unicode.h
 * \brief What comparing names needs to know of Unicode.
 */
#ifndef PAGETLS_UNICODE_H
#define PAGETLS_UNICODE_H

#include <stddef.h>
#include <stdint.h>

/** The simple case folding of a code point (CaseFolding.txt of Unicode). */
uint32_t pagetls_fold_case(uint32_t code);
/**
 * 1 if the preparation of RFC 4518 (mapping, full case folding, normalization) leaves the character as it is, apart
 * from its case, and never combines it with the one before it. 0 is the safe answer: not all such characters are known.
 */
int pagetls_is_plain(uint32_t code);
/** 1 for the characters that RFC 4518, section 2.2, maps to a space. */
int pagetls_is_space(uint32_t code);
/**
 * Decodes one character of UTF-8 (RFC 3629).
 * \return its length in octets; 0 if \p text does not begin with a well-formed character
 */
size_t pagetls_utf8_decode(const uint8_t *text, size_t len, uint32_t *code);

#endif
