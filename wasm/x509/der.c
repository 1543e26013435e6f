#include "x509/der.h"

#include <string.h>

int pagetls_der_next(pagetls_slice *from, pagetls_element *element)
{
    const uint8_t *p = from->p;
    size_t left = from->len;
    if (left < 2 || (p[0] & 0x1F) == 0x1F) { /* X.509 uses no tag numbers above 30 */
        return -1;
    }
    size_t header = 2;
    size_t len = p[1];
    if (len >= 0x80) {
        size_t octets = len & 0x7F;
        if (octets == 0 || octets > PAGETLS_DER_LENGTH_OCTETS_MAX || left < 2 + octets) {
            return -1;
        }
        len = 0;
        for (size_t i = 0; i < octets; i++) {
            len = len << 8 | p[2 + i];
        }
        header += octets;
        if (len < 0x80 || len >> (8 * (octets - 1)) == 0) { /* not the shortest form */
            return -1;
        }
    }
    if (len > left - header) {
        return -1;
    }
    element->tag = p[0];
    element->content = (pagetls_slice) { p + header, len };
    element->whole = (pagetls_slice) { p, header + len };
    from->p += header + len;
    from->len -= header + len;
    return 0;
}

static int ber_next(pagetls_slice *from, pagetls_element *element, unsigned depth)
{
    if (from->len < 2 || !(from->p[0] & DER_CONSTRUCTED) || from->p[1] != 0x80) {
        return pagetls_der_next(from, element);
    }
    const uint8_t *start = from->p;
    pagetls_slice rest = { start + 2, from->len - 2 };
    pagetls_element inner;
    while (!(rest.len >= 2 && rest.p[0] == 0 && rest.p[1] == 0)) {
        if (depth == 0 || ber_next(&rest, &inner, depth - 1) != 0) {
            return -1;
        }
    }
    element->tag = start[0];
    element->content = (pagetls_slice) { start + 2, (size_t) (rest.p - start) - 2 };
    element->whole = (pagetls_slice) { start, (size_t) (rest.p - start) + 2 };
    *from = (pagetls_slice) { rest.p + 2, rest.len - 2 };
    return 0;
}

int pagetls_ber_next(pagetls_slice *from, pagetls_element *element)
{
    return ber_next(from, element, PAGETLS_BER_DEPTH_MAX);
}

int pagetls_ber_expect(pagetls_slice *from, uint8_t tag, pagetls_slice *content)
{
    pagetls_slice rest = *from;
    pagetls_element element;
    if (pagetls_ber_next(&rest, &element) != 0 || element.tag != tag) {
        return -1;
    }
    *from = rest;
    *content = element.content;
    return 0;
}

int pagetls_der_expect(pagetls_slice *from, uint8_t tag, pagetls_slice *content)
{
    pagetls_slice rest = *from;
    pagetls_element element;
    if (pagetls_der_next(&rest, &element) != 0 || element.tag != tag) {
        return -1;
    }
    *from = rest;
    *content = element.content;
    return 0;
}

enum { SMALL_UINT_OCTETS_MAX = 7 }; /* so that the value fits into an int64_t */

int pagetls_der_small_uint(pagetls_slice integer, int64_t *value)
{
    if (integer.len == 0 || integer.len > SMALL_UINT_OCTETS_MAX || (integer.p[0] & 0x80)) {
        return 0;
    }
    *value = 0;
    for (size_t i = 0; i < integer.len; i++) {
        *value = *value << 8 | integer.p[i];
    }
    return 1;
}

int pagetls_slice_is(pagetls_slice slice, const void *bytes, size_t len)
{
    return slice.len == len && (len == 0 || memcmp(slice.p, bytes, len) == 0);
}

int pagetls_slices_equal(pagetls_slice a, pagetls_slice b)
{
    return pagetls_slice_is(a, b.p, b.len);
}

int pagetls_der_expect_bit_string(pagetls_slice *from, pagetls_slice *octets)
{
    pagetls_slice rest = *from;
    pagetls_slice bits;
    if (pagetls_der_expect(&rest, DER_BIT_STRING, &bits) != 0 || bits.len == 0 || bits.p[0] != 0) {
        return -1;
    }
    *from = rest;
    *octets = (pagetls_slice) { bits.p + 1, bits.len - 1 };
    return 0;
}

size_t pagetls_der_bit_length(pagetls_slice integer)
{
    while (integer.len > 0 && integer.p[0] == 0) {
        integer.p++;
        integer.len--;
    }
    size_t bits = integer.len * 8;
    for (unsigned top = integer.len > 0 ? integer.p[0] : 0x80; !(top & 0x80); top <<= 1) {
        bits--;
    }
    return bits;
}

pagetls_slice pagetls_der_integer_shortest(pagetls_slice integer)
{
    while (integer.len > 1 &&
           ((integer.p[0] == 0x00 && integer.p[1] < 0x80) || (integer.p[0] == 0xFF && integer.p[1] >= 0x80))) {
        integer.p++;
        integer.len--;
    }
    return integer;
}

int pagetls_der_integer_compare(pagetls_slice a, pagetls_slice b)
{
    a = pagetls_der_integer_shortest(a);
    b = pagetls_der_integer_shortest(b);
    const int negative_a = a.len > 0 && a.p[0] >= 0x80;
    const int negative_b = b.len > 0 && b.p[0] >= 0x80;
    if (negative_a != negative_b) {
        return negative_b - negative_a;
    }
    if (a.len != b.len) {
        return (a.len > b.len) != negative_a ? 1 : -1;
    }
    return a.len == 0 ? 0 : memcmp(a.p, b.p, a.len);
}
