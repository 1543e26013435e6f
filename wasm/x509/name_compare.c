/* Compares Names by RFC 5280, section 7.1: strings of any type as Unicode, prepared as in RFC 4518 as far as it is
 * certain. What is not certain is incomparable, neither equal nor different. */
#include "host/limits.h"
#include "x509/name.h"
#include "x509/unicode.h"

/* --- strings ----------------------------------------------------------------------- */

typedef struct {
    const uint8_t *p;
    const uint8_t *end;
    uint8_t tag;
} string_reader;

typedef struct {
    uint32_t code;
    uint8_t plain; /* no preparation changes it: see pagetls_is_plain() */
} character;

/* Beyond all code points. */
#define END_OF_STRING UINT32_MAX
#define INVALID_OCTET 0x200000u

static uint32_t read_unit(string_reader *reader, size_t width)
{
    uint32_t unit = 0;
    for (size_t i = 0; i < width; i++) {
        unit = unit << 8 | *reader->p++;
    }
    return unit;
}

/* BMPString and UniversalString; their length is a multiple of \p width. Also reads surrogate pairs of UTF-16. */
static uint32_t read_wide(string_reader *reader, size_t width)
{
    uint32_t code = read_unit(reader, width);
    if (width == 2 && code >= 0xD800 && code <= 0xDBFF && reader->end - reader->p >= 2) {
        string_reader after = *reader;
        uint32_t low = read_unit(&after, 2);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *reader = after;
            return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return code;
}

static character read_character(string_reader *reader)
{
    character c = { END_OF_STRING, 1 };
    if (reader->p == reader->end) {
        return c;
    }
    const size_t left = (size_t) (reader->end - reader->p);
    const size_t width = pagetls_character_width(reader->tag);
    const size_t len = width == 0 ? pagetls_utf8_decode(reader->p, left, &c.code) : 0;
    if (width != 0 && left >= width) {
        c.code = read_wide(reader, width);
    } else if (len > 0) {
        reader->p += len;
    } else {
        /* Software writes Latin-1 into T61String and other types. In UTF8String it means nothing. */
        c.code = *reader->p++;
        c.code += reader->tag == DER_UTF8_STRING ? INVALID_OCTET : 0;
        c.plain = 0;
    }
    int defined = width != 0 || reader->tag == DER_UTF8_STRING || c.code < 0x80;
    c.plain &= (uint8_t) (defined && pagetls_is_plain(c.code));
    return c;
}

/* Returns one space for several, and none at the end (RFC 4518, section 2.6.1). */
static character next_character(string_reader *reader)
{
    character c = read_character(reader);
    if (c.code == END_OF_STRING || !pagetls_is_space(c.code)) {
        return c;
    }
    for (;;) {
        const uint8_t *before = reader->p;
        character next = read_character(reader);
        if (next.code == END_OF_STRING) {
            return next;
        }
        if (!pagetls_is_space(next.code)) {
            reader->p = before;
            return (character) { ' ', 1 };
        }
    }
}

static string_reader start_reading(const pagetls_element *value)
{
    string_reader reader = { value->content.p, value->content.p + value->content.len, value->tag };
    const uint8_t *before = reader.p;
    while (pagetls_is_space(read_character(&reader).code)) {
        before = reader.p;
    }
    reader.p = before;
    return reader;
}

static pagetls_comparison compare_strings(const pagetls_element *a, const pagetls_element *b, size_t *cost)
{
    string_reader one = start_reading(a);
    string_reader other = start_reading(b);
    for (;; ++*cost) {
        const character x = next_character(&one);
        const character y = next_character(&other);
        if (x.code != y.code && pagetls_fold_case(x.code) != pagetls_fold_case(y.code)) {
            /* A character that follows may combine with these. */
            int certain = x.plain && y.plain && next_character(&one).plain && next_character(&other).plain;
            return certain ? PAGETLS_DIFFERENT : PAGETLS_INCOMPARABLE;
        }
        if (x.code == END_OF_STRING) {
            return PAGETLS_EQUAL;
        }
    }
}

/* --- attributes ---------------------------------------------------------------------- */

static pagetls_comparison compare_attributes(pagetls_slice a, pagetls_slice b, size_t *cost)
{
    pagetls_slice oid_a;
    pagetls_slice oid_b;
    pagetls_element x;
    pagetls_element y;
    if (pagetls_slices_equal(a, b)) {
        return PAGETLS_EQUAL;
    }
    if (pagetls_der_expect(&a, DER_OID, &oid_a) != 0 || pagetls_der_expect(&b, DER_OID, &oid_b) != 0 ||
        pagetls_der_next(&a, &x) != 0 || pagetls_der_next(&b, &y) != 0) {
        return PAGETLS_INCOMPARABLE;
    }
    if (!pagetls_slices_equal(oid_a, oid_b)) {
        return PAGETLS_DIFFERENT;
    }
    if (pagetls_is_string(x.tag) && pagetls_is_string(y.tag)) {
        return compare_strings(&x, &y, cost);
    }
    /* DER has one encoding for a value of a simple type. */
    return pagetls_slices_equal(x.whole, y.whole)          ? PAGETLS_EQUAL
        : x.tag == y.tag && (x.tag & DER_CONSTRUCTED) == 0 ? PAGETLS_DIFFERENT
                                                           : PAGETLS_INCOMPARABLE;
}

/* Whether each attribute of \p a is in \p b. */
static pagetls_comparison find_attributes(pagetls_slice a, pagetls_slice b, size_t *cost)
{
    pagetls_comparison result = PAGETLS_EQUAL;
    pagetls_slice attribute;
    pagetls_slice candidate;
    while (result != PAGETLS_DIFFERENT && a.len > 0) {
        if (pagetls_der_expect(&a, DER_SEQUENCE, &attribute) != 0) {
            return PAGETLS_INCOMPARABLE;
        }
        pagetls_comparison found = PAGETLS_DIFFERENT;
        for (pagetls_slice rest = b; found != PAGETLS_EQUAL && rest.len > 0;) {
            if (pagetls_der_expect(&rest, DER_SEQUENCE, &candidate) != 0) {
                return PAGETLS_INCOMPARABLE;
            }
            pagetls_comparison one = compare_attributes(attribute, candidate, cost);
            found = one == PAGETLS_DIFFERENT ? found : one;
        }
        result = found == PAGETLS_EQUAL ? result : found;
    }
    return result;
}

/* The number of attributes; no more than one above the limit. */
static size_t count_attributes(pagetls_slice rdn)
{
    pagetls_slice attribute;
    size_t count = 0;
    while (count <= PAGETLS_RDN_ATTRIBUTES_MAX && pagetls_der_expect(&rdn, DER_SEQUENCE, &attribute) == 0) {
        count++;
    }
    return count;
}

/* Two SETs OF attributes. DER sorts them by their encoding, so another string type can mean another order. */
static pagetls_comparison compare_rdns(pagetls_slice a, pagetls_slice b, size_t *cost)
{
    if (pagetls_slices_equal(a, b)) {
        return PAGETLS_EQUAL;
    }
    size_t count = count_attributes(a);
    if (count != count_attributes(b)) {
        return PAGETLS_DIFFERENT;
    }
    if (count > PAGETLS_RDN_ATTRIBUTES_MAX) {
        return PAGETLS_INCOMPARABLE;
    }
    pagetls_comparison forwards = find_attributes(a, b, cost);
    if (forwards == PAGETLS_DIFFERENT || count == 1) {
        return forwards;
    }
    pagetls_comparison backwards = find_attributes(b, a, cost);
    return backwards == PAGETLS_EQUAL ? forwards : backwards;
}

/* --- names --------------------------------------------------------------------------- */

/** Comparing octets is that much faster than comparing characters. */
#define OCTETS_PER_CHARACTER 16

/* Compares two lists of RDNs, or only the first ones of \p a if \p b is a prefix. */
static pagetls_comparison compare_lists(pagetls_slice a, pagetls_slice b, int is_prefix, size_t *cost)
{
    pagetls_comparison result = PAGETLS_EQUAL;
    pagetls_slice rdn_a;
    pagetls_slice rdn_b;
    while (b.len > 0 || (a.len > 0 && !is_prefix)) {
        if (a.len == 0 || b.len == 0) {
            return PAGETLS_DIFFERENT;
        }
        if (pagetls_der_expect(&a, DER_SET, &rdn_a) != 0 || pagetls_der_expect(&b, DER_SET, &rdn_b) != 0) {
            return PAGETLS_INCOMPARABLE;
        }
        pagetls_comparison one = compare_rdns(rdn_a, rdn_b, cost);
        if (one == PAGETLS_DIFFERENT) {
            return one;
        }
        result = one == PAGETLS_EQUAL ? result : one;
        *cost += 1 + rdn_a.len / OCTETS_PER_CHARACTER;
    }
    return result;
}

static pagetls_comparison compare_names(pagetls_slice a, pagetls_slice b, int is_prefix, size_t *cost)
{
    pagetls_slice list_a;
    pagetls_slice list_b;
    return pagetls_der_expect(&a, DER_SEQUENCE, &list_a) == 0 && pagetls_der_expect(&b, DER_SEQUENCE, &list_b) == 0
        ? compare_lists(list_a, list_b, is_prefix, cost)
        : PAGETLS_INCOMPARABLE;
}

pagetls_comparison pagetls_name_compare_prefix(pagetls_slice name, pagetls_slice prefix, size_t *cost)
{
    return compare_names(name, prefix, 1, cost);
}

int pagetls_name_equal(pagetls_slice a, pagetls_slice b, size_t *cost)
{
    return pagetls_slices_equal(a, b) || compare_names(a, b, 0, cost) == PAGETLS_EQUAL;
}
