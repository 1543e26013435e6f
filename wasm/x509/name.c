#include "x509/name.h"

#include <string.h>

#include "host/heap.h"

/* --- walking ----------------------------------------------------------------------- */

int pagetls_name_walk_start(pagetls_name_walk *walk, pagetls_slice name)
{
    walk->set = (pagetls_slice) { NULL, 0 };
    return pagetls_der_expect(&name, DER_SEQUENCE, &walk->rdns) != 0 || name.len != 0 ? -1 : 0;
}

int pagetls_name_walk_next(pagetls_name_walk *walk, pagetls_attribute *attribute)
{
    pagetls_slice fields;
    attribute->starts_rdn = 0;
    while (walk->set.len == 0) {
        if (walk->rdns.len == 0) {
            return 0;
        }
        if (pagetls_der_expect(&walk->rdns, DER_SET, &walk->set) != 0) {
            return -1;
        }
        attribute->starts_rdn = 1;
    }
    return pagetls_der_expect(&walk->set, DER_SEQUENCE, &fields) != 0 ||
            pagetls_der_expect(&fields, DER_OID, &attribute->oid) != 0 ||
            pagetls_der_next(&fields, &attribute->value) != 0 || fields.len != 0
        ? -1
        : 1;
}

/* Octets per character, for the types in which it is fixed; otherwise 0. */
static size_t character_width(uint8_t tag)
{
    return tag == DER_BMP_STRING ? 2 : tag == DER_UNIVERSAL_STRING ? 4 : 0;
}

int pagetls_name_is_well_formed(pagetls_slice name)
{
    pagetls_name_walk walk;
    pagetls_attribute attribute;
    int more = pagetls_name_walk_start(&walk, name) == 0 ? 1 : -1;
    while (more > 0 && (more = pagetls_name_walk_next(&walk, &attribute)) > 0) {
        size_t width = character_width(attribute.value.tag);
        if (width != 0 && attribute.value.content.len % width != 0) {
            return 0;
        }
    }
    return more == 0;
}

/* --- comparing --------------------------------------------------------------------- */

/* Types that are compared as text. */
static int is_comparable(uint8_t tag)
{
    return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING || tag == DER_T61_STRING;
}

/* RFC 5280, section 7.1: ignores case and outer spaces, and treats a run of inner spaces as one space. */
static int strings_equal(pagetls_slice a, pagetls_slice b)
{
    size_t i = 0;
    size_t j = 0;
    while (i < a.len && a.p[i] == ' ') {
        i++;
    }
    while (j < b.len && b.p[j] == ' ') {
        j++;
    }
    while (a.len > i && a.p[a.len - 1] == ' ') {
        a.len--;
    }
    while (b.len > j && b.p[b.len - 1] == ' ') {
        b.len--;
    }
    while (i < a.len && j < b.len) {
        if (a.p[i] == ' ' && b.p[j] == ' ') {
            while (a.p[i] == ' ') {
                i++;
            }
            while (b.p[j] == ' ') {
                j++;
            }
            continue;
        }
        if (pagetls_ascii_lower(a.p[i++]) != pagetls_ascii_lower(b.p[j++])) {
            return 0;
        }
    }
    return i == a.len && j == b.len;
}

static int attributes_equal(pagetls_slice a, pagetls_slice b)
{
    pagetls_slice oid_a;
    pagetls_slice oid_b;
    pagetls_element value_a;
    pagetls_element value_b;
    if (pagetls_der_expect(&a, DER_OID, &oid_a) != 0 || pagetls_der_expect(&b, DER_OID, &oid_b) != 0 ||
        !pagetls_slices_equal(oid_a, oid_b) || pagetls_der_next(&a, &value_a) != 0 ||
        pagetls_der_next(&b, &value_b) != 0) {
        return 0;
    }
    if (is_comparable(value_a.tag) && is_comparable(value_b.tag)) {
        return strings_equal(value_a.content, value_b.content);
    }
    return pagetls_slices_equal(value_a.whole, value_b.whole);
}

/* A SET OF attributes, usually of one. DER sorts them, so they are compared in order. */
static int rdns_equal(pagetls_slice a, pagetls_slice b)
{
    pagetls_slice attribute_a;
    pagetls_slice attribute_b;
    while (a.len > 0 && b.len > 0) {
        if (pagetls_der_expect(&a, DER_SEQUENCE, &attribute_a) != 0 ||
            pagetls_der_expect(&b, DER_SEQUENCE, &attribute_b) != 0 || !attributes_equal(attribute_a, attribute_b)) {
            return 0;
        }
    }
    return a.len == 0 && b.len == 0;
}

int pagetls_name_starts_with(pagetls_slice name, pagetls_slice prefix)
{
    pagetls_slice rdn_a;
    pagetls_slice rdn_b;
    while (prefix.len > 0) {
        if (pagetls_der_expect(&name, DER_SET, &rdn_a) != 0 || pagetls_der_expect(&prefix, DER_SET, &rdn_b) != 0 ||
            !rdns_equal(rdn_a, rdn_b)) {
            return 0;
        }
    }
    return 1;
}

int pagetls_name_equal(pagetls_slice a, pagetls_slice b)
{
    pagetls_slice list_a;
    pagetls_slice list_b;
    if (pagetls_slices_equal(a, b)) {
        return 1;
    }
    return pagetls_der_expect(&a, DER_SEQUENCE, &list_a) == 0 && pagetls_der_expect(&b, DER_SEQUENCE, &list_b) == 0 &&
        pagetls_name_starts_with(list_a, list_b) && pagetls_name_starts_with(list_b, list_a);
}

/* --- text -------------------------------------------------------------------------- */

void pagetls_text_free(pagetls_text *text)
{
    pagetls_heap_free(text->p);
    memset(text, 0, sizeof(*text));
}

enum { REPLACEMENT_CHARACTER = 0xFFFD, MAX_CODE_POINT = 0x10FFFF };

static void append_byte(pagetls_text *out, uint8_t byte)
{
    if (out->len == out->capacity && !out->failed) {
        size_t capacity = out->capacity * 2 + 128;
        uint8_t *p = pagetls_heap_calloc(1, capacity);
        if (p == NULL) {
            out->failed = 1;
            return;
        }
        if (out->len > 0) {
            memcpy(p, out->p, out->len);
        }
        pagetls_heap_free(out->p);
        out->p = p;
        out->capacity = capacity;
    }
    if (!out->failed) {
        out->p[out->len++] = byte;
    }
}

static void append_string(pagetls_text *out, const char *text)
{
    while (*text != '\0') {
        append_byte(out, (uint8_t) *text++);
    }
}

static void append_hex(pagetls_text *out, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    append_byte(out, (uint8_t) digits[byte >> 4]);
    append_byte(out, (uint8_t) digits[byte & 15]);
}

static void append_code_point(pagetls_text *out, uint32_t c)
{
    static const uint8_t lead[] = { 0, 0xC0, 0xE0, 0xF0 };
    if (c > MAX_CODE_POINT || (c >= 0xD800 && c <= 0xDFFF)) {
        c = REPLACEMENT_CHARACTER;
    }
    unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    append_byte(out, (uint8_t) (lead[more] | c >> (6 * more)));
    while (more-- > 0) {
        append_byte(out, (uint8_t) (0x80 | (c >> (6 * more) & 0x3F)));
    }
}

int pagetls_is_utf8(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint8_t c = text[i];
        size_t n = c < 0x80 ? 1 : c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
        if (n == 0 || n > len - i) {
            return 0;
        }
        for (size_t k = 1; k < n; k++) {
            if ((text[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        /* Overlong forms, surrogates, and code points beyond U+10FFFF. */
        uint8_t second = n > 1 ? text[i + 1] : 0;
        if ((c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F) || (c == 0xF0 && second < 0x90) ||
            (c == 0xF4 && second > 0x8F)) {
            return 0;
        }
        i += n;
    }
    return 1;
}

int pagetls_is_string(uint8_t tag)
{
    switch (tag) {
        case DER_UTF8_STRING:
        case DER_NUMERIC_STRING:
        case DER_PRINTABLE_STRING:
        case DER_T61_STRING:
        case DER_IA5_STRING:
        case DER_VISIBLE_STRING:
        case DER_UNIVERSAL_STRING:
        case DER_BMP_STRING:
        case 0x15: /* VideotexString */
        case 0x19: /* GraphicString */
        case 0x1B: /* GeneralString */ return 1;
        default: return 0;
    }
}

static uint32_t code_unit_at(const uint8_t *p, size_t width)
{
    uint32_t c = 0;
    for (size_t i = 0; i < width; i++) {
        c = c << 8 | p[i];
    }
    return c;
}

/* RFC 4514, section 2.4: "#" and the DER of the value. */
static void append_der(pagetls_text *text, const pagetls_element *value)
{
    append_byte(text, '#');
    for (size_t i = 0; i < value->whole.len; i++) {
        append_hex(text, value->whole.p[i]);
    }
}

void pagetls_text_append_value(pagetls_text *text, const pagetls_element *value)
{
    const pagetls_slice s = value->content;
    size_t width = character_width(value->tag);
    if (!pagetls_is_string(value->tag)) {
        append_der(text, value);
    } else if (width != 0) {
        for (size_t i = 0; i + width <= s.len; i += width) {
            uint32_t c = code_unit_at(s.p + i, width);
            if (width == 2 && c >= 0xD800 && c <= 0xDBFF && i + 4 <= s.len) {
                uint32_t low = code_unit_at(s.p + i + 2, 2);
                if (low >= 0xDC00 && low <= 0xDFFF) {
                    c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                    i += 2;
                }
            }
            append_code_point(text, c);
        }
    } else {
        int utf8 = pagetls_is_utf8(s.p, s.len);
        for (size_t i = 0; i < s.len; i++) {
            if (utf8) {
                append_byte(text, s.p[i]);
            } else {
                append_code_point(text, s.p[i]);
            }
        }
    }
}

/* Escapes as in RFC 4514, section 2.4; control characters as two hexadecimal digits. */
static void append_escaped(pagetls_text *out, const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t c = text[i];
        int edge = (i == 0 && (c == ' ' || c == '#')) || (i == len - 1 && c == ' ');
        if (c < 0x20 || c == 0x7F) {
            append_byte(out, '\\');
            append_hex(out, c);
            continue;
        }
        if (edge || (c < 0x80 && strchr("\"+,;<>\\", c) != NULL)) {
            append_byte(out, '\\');
        }
        append_byte(out, c);
    }
}

void pagetls_text_append_name(pagetls_text *text, pagetls_slice name)
{
    pagetls_name_walk walk;
    pagetls_attribute attribute;
    size_t start = text->len;
    if (pagetls_name_walk_start(&walk, name) != 0) {
        return;
    }
    while (pagetls_name_walk_next(&walk, &attribute) > 0) {
        char dotted[PAGETLS_OID_TEXT_SIZE];
        pagetls_oid_text(dotted, attribute.oid);
        const char *known = pagetls_oid_name(dotted);
        if (text->len > start) {
            append_string(text, attribute.starts_rdn ? ", " : "+");
        }
        append_string(text, known != NULL ? known : dotted);
        append_byte(text, '=');
        if (known == NULL || !pagetls_is_string(attribute.value.tag)) {
            append_der(text, &attribute.value);
            continue;
        }
        pagetls_text value = { 0 };
        pagetls_text_append_value(&value, &attribute.value);
        append_escaped(text, value.p, value.len);
        text->failed |= value.failed;
        pagetls_text_free(&value);
    }
}
