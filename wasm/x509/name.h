/**
 * \file name.h
 * \brief Names (RFC 5280, section 4.1.2.4): their form, comparing them, and their text.
 */
#ifndef PAGETLS_NAME_H
#define PAGETLS_NAME_H

#include "x509/der.h"
#include "x509/oid.h"

/** 1 when \p name, with its header, is a Name in DER whose strings have whole characters. It may be empty. */
int pagetls_name_is_well_formed(pagetls_slice name);
/** Compares two Names, with their headers (RFC 5280, section 7.1): case and inner white space of strings do not count. */
int pagetls_name_equal(pagetls_slice a, pagetls_slice b);
/** 1 when the first RDNs of \p name are those of \p prefix. Both are the content of a Name's SEQUENCE. */
int pagetls_name_starts_with(pagetls_slice name, pagetls_slice prefix);

/** An AttributeTypeAndValue. */
typedef struct {
    pagetls_slice oid;
    pagetls_element value;
    int starts_rdn; /**< the first of its RelativeDistinguishedName */
} pagetls_attribute;

/** Goes through the attributes of a Name, in the order of the encoding. */
typedef struct {
    pagetls_slice rdns; /**< those not begun */
    pagetls_slice set;  /**< what is left of the one that is begun */
} pagetls_name_walk;

/** \p name is a Name with its header. 0, or -1: it is none. */
int pagetls_name_walk_start(pagetls_name_walk *walk, pagetls_slice name);
/** 1 with *attribute set, 0 at the end, -1 where it is malformed. */
int pagetls_name_walk_next(pagetls_name_walk *walk, pagetls_attribute *attribute);

/** A growing text in UTF-8. All zeros is an empty one; pagetls_text_free() when done. */
typedef struct {
    uint8_t *p;
    size_t len;
    size_t capacity;
    int failed; /**< memory ran out: what was appended since is missing */
} pagetls_text;

void pagetls_text_free(pagetls_text *text);
/** 1 when \p value is of a string type. */
int pagetls_is_string(uint8_t tag);
/** 1 when \p len octets are well-formed UTF-8 (RFC 3629). */
int pagetls_is_utf8(const uint8_t *text, size_t len);
/**
 * Appends a string of any type as UTF-8: BMPString as UTF-16, UniversalString as UTF-32, all others as UTF-8 if they are
 * that, else as Latin-1. A value that is no string becomes "#" and the hexadecimal of its DER (RFC 4514, section 2.4).
 */
void pagetls_text_append_value(pagetls_text *text, const pagetls_element *value);
/** Appends the text of a Name in the order of the encoding, attributes as in RFC 4514, section 2.3. */
void pagetls_text_append_name(pagetls_text *text, pagetls_slice name);

#endif
