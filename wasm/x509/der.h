/**
 * \file der.h
 * \brief Reads DER (X.690): slices of the input, nothing copied.
 */
#ifndef PAGETLS_DER_H
#define PAGETLS_DER_H

#include <stddef.h>
#include <stdint.h>

/** Part of an input: octets that belong to somebody else. */
typedef struct {
    const uint8_t *p;
    size_t len;
} pagetls_slice;

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8_STRING = 0x0C,
    DER_IA5_STRING = 0x16,
    DER_NUMERIC_STRING = 0x12,
    DER_PRINTABLE_STRING = 0x13,
    DER_T61_STRING = 0x14,
    DER_VISIBLE_STRING = 0x1A,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_UNIVERSAL_STRING = 0x1C,
    DER_BMP_STRING = 0x1E,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0x80,
    DER_CONSTRUCTED = 0x20
};

/** One element: its tag octet, its content, and the whole of it. */
typedef struct {
    uint8_t tag;
    pagetls_slice content;
    pagetls_slice whole;
} pagetls_element;

/** Takes the next element off \p from. 0, or -1: none left, not DER, or it runs over the end. */
int pagetls_der_next(pagetls_slice *from, pagetls_element *element);
/** Takes the next element's content if its tag is \p tag; -1, with nothing taken, if not. */
int pagetls_der_expect(pagetls_slice *from, uint8_t tag, pagetls_slice *content);
/** 1 when the content octets of an INTEGER are a small non-negative number, put in *value. */
int pagetls_der_small_uint(pagetls_slice integer, int64_t *value);
/** Takes the next element, a BIT STRING without unused bits, as octets. 0 or -1. */
int pagetls_der_expect_bit_string(pagetls_slice *from, pagetls_slice *octets);
/** The bits of a non-negative INTEGER's content octets, leading zeros not counted. */
size_t pagetls_der_bit_length(pagetls_slice integer);
/** 1 when \p slice holds exactly these \p len octets. */
int pagetls_slice_is(pagetls_slice slice, const void *bytes, size_t len);
/** 1 when both hold the same octets. */
int pagetls_slices_equal(pagetls_slice a, pagetls_slice b);

/** ASCII in lower case; every other octet as it is. */
static inline uint8_t pagetls_ascii_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t) (c - 'A' + 'a') : c;
}

#endif
