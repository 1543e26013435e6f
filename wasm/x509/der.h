/**
 * \file der.h
 * \brief Reads DER (X.690) into slices of the input, without copying.
 */
#ifndef PAGETLS_DER_H
#define PAGETLS_DER_H

#include <stddef.h>
#include <stdint.h>

/** A part of an input, which it does not own. */
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
    DER_ENUMERATED = 0x0A,
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

/** Maximum number of octets in a long-form length: those of a size_t in WebAssembly. Large CRLs have 16 MiB and more. */
#define PAGETLS_DER_LENGTH_OCTETS_MAX 4

/** One element; `whole` includes its header. */
typedef struct {
    uint8_t tag;
    pagetls_slice content;
    pagetls_slice whole;
} pagetls_element;

/** Reads the next element from \p from. Returns 0, or -1 if there is none, it is not DER, or it is truncated. */
int pagetls_der_next(pagetls_slice *from, pagetls_element *element);
/** Maximum nesting of indefinite lengths. */
#define PAGETLS_BER_DEPTH_MAX 10
/**
 * Like pagetls_der_next(), but also accepts the indefinite lengths of BER (X.690, section 8.1.3.6), in which old tools
 * write PKCS#7 and PKCS#12. The content of such an element excludes its end.
 */
int pagetls_ber_next(pagetls_slice *from, pagetls_element *element);
/** Reads the next element if it has \p tag, and gives its content. Otherwise returns -1 and leaves \p from as it is. */
int pagetls_der_expect(pagetls_slice *from, uint8_t tag, pagetls_slice *content);
/** Converts the content octets of a non-negative INTEGER of at most 7 octets. Returns 1, or 0 for any other. */
int pagetls_der_small_uint(pagetls_slice integer, int64_t *value);
/** The same INTEGER (content octets) without redundant leading octets: two of them are equal if these octets are. */
pagetls_slice pagetls_der_integer_shortest(pagetls_slice integer);
/** Compares two INTEGERs (content octets): negative, zero or positive, like memcmp(). */
int pagetls_der_integer_compare(pagetls_slice a, pagetls_slice b);
/** Reads the next element, a BIT STRING without unused bits, as octets. Returns 0 or -1. */
int pagetls_der_expect_bit_string(pagetls_slice *from, pagetls_slice *octets);
/** The number of bits of a non-negative INTEGER (content octets), without leading zeros. */
size_t pagetls_der_bit_length(pagetls_slice integer);
/** Reads the next element by pagetls_ber_next() if it has \p tag. Otherwise returns -1 and leaves \p from as it is. */
int pagetls_ber_expect(pagetls_slice *from, uint8_t tag, pagetls_slice *content);
/** 1 if \p slice holds exactly these \p len octets. */
int pagetls_slice_is(pagetls_slice slice, const void *bytes, size_t len);
/** 1 if both hold the same octets. */
int pagetls_slices_equal(pagetls_slice a, pagetls_slice b);

/** Converts an ASCII letter to lower case; returns any other octet unchanged. */
static inline uint8_t pagetls_ascii_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t) (c - 'A' + 'a') : c;
}

#endif
