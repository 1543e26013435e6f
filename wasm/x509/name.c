#include "x509/name.h"

#include <string.h>

#include "host/heap.h"
#include "x509/unicode.h"

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

size_t pagetls_character_width(uint8_t tag)
{
    return tag == DER_BMP_STRING ? 2 : tag == DER_UNIVERSAL_STRING ? 4 : 0;
}

int pagetls_name_is_well_formed(pagetls_slice name)
{
    pagetls_name_walk walk;
    pagetls_attribute attribute;
    int more = pagetls_name_walk_start(&walk, name) == 0 ? 1 : -1;
    while (more > 0 && (more = pagetls_name_walk_next(&walk, &attribute)) > 0) {
        size_t width = pagetls_character_width(attribute.value.tag);
        if (width != 0 && attribute.value.content.len % width != 0) {
            return 0;
        }
    }
    return more == 0;
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
    uint32_t code;
    for (size_t i = 0, n; i < len; i += n) {
        n = pagetls_utf8_decode(text + i, len - i, &code);
        if (n == 0) {
            return 0;
        }
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
    size_t width = pagetls_character_width(value->tag);
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
