/**
 * \file der.h
 * \brief Reads DER (X.690): slices of the input, nothing copied.
 */
#ifndef PAGETLS_DER_H
#define PAGETLS_DER_H

#include <stddef.h>
#include <stdint.h>

/** What is left of some DER content. */
typedef struct {
    const uint8_t *p;
    size_t len;
} pagetls_slice;

enum {
    DER_BOOLEAN = 0x01, DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05, DER_OID = 0x06, DER_UTF8_STRING = 0x0C, DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17, DER_GENERALIZED_TIME = 0x18, DER_UNIVERSAL_STRING = 0x1C,
    DER_BMP_STRING = 0x1E, DER_SEQUENCE = 0x30, DER_SET = 0x31,
    DER_CONTEXT = 0x80, DER_CONSTRUCTED = 0x20
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
/** An Extension of a certificate, a list or an entry of one (RFC 5280, section 4.1). */
typedef struct {
    pagetls_slice oid;   /**< its content octets */
    int critical;
    pagetls_slice value; /**< the DER inside */
} pagetls_extension_fields;

/** Takes the next Extension off \p list. 0 or -1. `critical` may be written out though FALSE, as many do. */
int pagetls_der_extension(pagetls_slice *list, pagetls_extension_fields *extension);
/** 1 when the content octets of an INTEGER are a small non-negative number, put in *value. */
int pagetls_der_small(pagetls_slice integer, int64_t *value);
/** 1 when \p slice holds exactly the octets of \p text. */
int pagetls_slice_equal(pagetls_slice slice, const void *bytes, size_t len);

/** ASCII in lower case; every other octet as it is. */
static inline uint8_t pagetls_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t) (c - 'A' + 'a') : c;
}

#endif
