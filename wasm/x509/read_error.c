#include "x509/read_error.h"

#include <stddef.h>

static const char *const fields[] = {
    NULL,
#define FIELD(id, name) name,
#include "x509/read_errors.def"
#undef FIELD
};

static const struct {
    const char *name;
    const char *text;
} reasons[] = {
    { NULL, NULL },
#define REASON(id, name, text) { name, text },
#include "x509/read_errors.def"
#undef REASON
};

const char *pagetls_field_name(pagetls_field field)
{
    return fields[field];
}

const char *pagetls_reason_name(pagetls_reason reason)
{
    return reasons[reason].name;
}

const char *pagetls_reason_text(pagetls_reason reason)
{
    return reasons[reason].text;
}

int pagetls_read_error_set(pagetls_read_error *error, pagetls_field field, pagetls_reason reason)
{
    *error = (pagetls_read_error) { field, reason };
    return -1;
}

/* Why pagetls_der_next() returned -1 for \p from. */
static pagetls_reason der_failure(pagetls_slice from)
{
    if (from.len == 0) {
        return PAGETLS_REASON_MISSING;
    }
    if (from.len < 2) {
        return PAGETLS_REASON_TRUNCATED;
    }
    if ((from.p[0] & 0x1F) == 0x1F) {
        return PAGETLS_REASON_TYPE;
    }
    size_t octets = from.p[1] >= 0x80 ? from.p[1] & 0x7Fu : 0;
    if (octets > PAGETLS_DER_LENGTH_OCTETS_MAX || from.p[1] == 0x80) {
        return PAGETLS_REASON_LENGTH;
    }
    if (from.len < 2 + octets) {
        return PAGETLS_REASON_TRUNCATED;
    }
    size_t len = octets == 0 ? from.p[1] : 0;
    for (size_t i = 0; i < octets; i++) {
        len = len << 8 | from.p[2 + i];
    }
    return len > from.len - 2 - octets ? PAGETLS_REASON_TRUNCATED : PAGETLS_REASON_LENGTH;
}

int pagetls_read_element(pagetls_slice *from, uint8_t tag, pagetls_element *element, pagetls_field field,
                         pagetls_read_error *error)
{
    pagetls_slice rest = *from;
    if (pagetls_der_next(&rest, element) != 0) {
        return pagetls_read_error_set(error, field, der_failure(*from));
    }
    if (element->tag != tag) {
        return pagetls_read_error_set(error, field, PAGETLS_REASON_TYPE);
    }
    *from = rest;
    return 0;
}

int pagetls_read_content(pagetls_slice *from, uint8_t tag, pagetls_slice *content, pagetls_field field,
                         pagetls_read_error *error)
{
    pagetls_element element;
    if (pagetls_read_element(from, tag, &element, field, error) != 0) {
        return -1;
    }
    *content = element.content;
    return 0;
}
