/**
 * \file name.h
 * \brief Names (RFC 5280, section 4.1.2.4): checks their form, compares them, and writes them as text.
 */
#ifndef PAGETLS_NAME_H
#define PAGETLS_NAME_H

#include "x509/der.h"
#include "x509/oid.h"

/** 1 if \p name, with its header, is a Name in DER with no partial character in its strings. It may be empty. */
int pagetls_name_is_well_formed(pagetls_slice name);

typedef enum {
    PAGETLS_DIFFERENT,
    PAGETLS_EQUAL,
    PAGETLS_INCOMPARABLE /**< strings that RFC 4518 may prepare to be equal, values of other types, or malformed */
} pagetls_comparison;

/**
 * 1 if two Names, with their headers, are certainly equal by RFC 5280, section 7.1: as Unicode whatever their string
 * types, regardless of case and of repeated spaces.
 * \param[in,out] cost  adds about the number of characters compared
 */
int pagetls_name_equal(pagetls_slice a, pagetls_slice b, size_t *cost);
/** Whether \p name begins with the RDNs of \p prefix, compared as above. Both are Names with their headers. */
pagetls_comparison pagetls_name_compare_prefix(pagetls_slice name, pagetls_slice prefix, size_t *cost);

/** An AttributeTypeAndValue. */
typedef struct {
    pagetls_slice oid;
    pagetls_element value;
    int starts_rdn; /**< first attribute of its RelativeDistinguishedName */
} pagetls_attribute;

/** Iterates over the attributes of a Name, in the order of the encoding. */
typedef struct {
    pagetls_slice rdns; /**< not visited yet */
    pagetls_slice set;  /**< the rest of the current one */
} pagetls_name_walk;

/** Starts at \p name, which includes its header. Returns 0, or -1 if it is not a SEQUENCE. */
int pagetls_name_walk_start(pagetls_name_walk *walk, pagetls_slice name);
/** Returns 1 with *attribute set, 0 at the end, or -1 if the Name is malformed there. */
int pagetls_name_walk_next(pagetls_name_walk *walk, pagetls_attribute *attribute);

/** A growing UTF-8 text. Initialize it with zeros, and free it with pagetls_text_free(). */
typedef struct {
    uint8_t *p;
    size_t len;
    size_t capacity;
    int failed; /**< out of memory: later text is missing */
} pagetls_text;

void pagetls_text_free(pagetls_text *text);
/** Octets per character of the string types in which it is fixed; 0 for any other. */
size_t pagetls_character_width(uint8_t tag);
/** 1 if \p tag is that of a string type. */
int pagetls_is_string(uint8_t tag);
/** 1 if the \p len octets are well-formed UTF-8 (RFC 3629). */
int pagetls_is_utf8(const uint8_t *text, size_t len);
/**
 * Appends a string of any type as UTF-8. It is read as UTF-16 (BMPString), as UTF-32 (UniversalString), or
 * else as UTF-8 if it is well formed and as Latin-1 if not. Any other value becomes "#" and its DER in hexadecimal
 * (RFC 4514, section 2.4).
 */
void pagetls_text_append_value(pagetls_text *text, const pagetls_element *value);
/**
 * Appends a Name as text: RDNs in the order of the encoding, each after a comma and a space; attributes as in RFC 4514,
 * sections 2.2 to 2.4. Control characters are escaped too. The value of an attribute without a short name is its DER.
 */
void pagetls_text_append_name(pagetls_text *text, pagetls_slice name);

#endif
