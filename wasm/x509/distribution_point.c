#include "x509/distribution_point.h"

enum { FIELD_NAME, FIELD_USERS, FIELD_CAS, FIELD_REASONS, FIELD_INDIRECT, FIELD_ATTRIBUTE, ISSUING_POINT_FIELDS };

enum { REASON_FLAGS = 9 };

/* The content of ReasonFlags. */
static int read_reasons(pagetls_slice bits, uint16_t *reasons)
{
    if (bits.len == 0 || bits.p[0] > 7 || (bits.len == 1 && bits.p[0] != 0)) {
        return -1;
    }
    const size_t count = (bits.len - 1) * 8 - bits.p[0];
    unsigned mask = 0;
    for (size_t bit = 0; bit < REASON_FLAGS && bit < count; bit++) {
        mask |= (unsigned) (bits.p[1 + bit / 8] >> (7 - bit % 8) & 1) << bit;
    }
    *reasons = (uint16_t) (mask & PAGETLS_ALL_REASONS);
    return 0;
}

/* The content of the explicitly tagged DistributionPointName: a choice of two constructed elements. */
static int read_name(pagetls_slice content, pagetls_slice *name)
{
    pagetls_element choice;
    *name = content;
    return pagetls_der_next(&content, &choice) == 0 && content.len == 0 &&
            (choice.tag & ~1) == (DER_CONTEXT | DER_CONSTRUCTED)
        ? 0
        : -1;
}

int pagetls_distribution_point_next(pagetls_slice *list, pagetls_distribution_point *point)
{
    pagetls_slice fields;
    pagetls_slice content;
    *point = (pagetls_distribution_point) { .reasons = PAGETLS_ALL_REASONS };
    if (pagetls_der_expect(list, DER_SEQUENCE, &fields) != 0) {
        return -1;
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 0, &content) == 0 &&
        read_name(content, &point->name) != 0) {
        return -1;
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | 1, &content) == 0 && read_reasons(content, &point->reasons) != 0) {
        return -1;
    }
    (void) pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 2, &point->crl_issuer);
    return fields.len == 0 ? 0 : -1;
}

static int read_boolean(const pagetls_element *field, uint8_t *value)
{
    *value = field->content.len == 1 && field->content.p[0] != 0;
    return field->content.len == 1 ? 0 : -1;
}

int pagetls_issuing_point_read(pagetls_issuing_point *point, pagetls_slice value)
{
    static const uint8_t tags[ISSUING_POINT_FIELDS] = {
        [FIELD_NAME] = DER_CONTEXT | DER_CONSTRUCTED | FIELD_NAME,
        [FIELD_USERS] = DER_CONTEXT | FIELD_USERS,
        [FIELD_CAS] = DER_CONTEXT | FIELD_CAS,
        [FIELD_REASONS] = DER_CONTEXT | FIELD_REASONS,
        [FIELD_INDIRECT] = DER_CONTEXT | FIELD_INDIRECT,
        [FIELD_ATTRIBUTE] = DER_CONTEXT | FIELD_ATTRIBUTE,
    };
    pagetls_slice fields;
    pagetls_element field;
    unsigned next = 0; /* each field at most once, in this order */
    *point = (pagetls_issuing_point) { .reasons = PAGETLS_ALL_REASONS };
    if (pagetls_der_expect(&value, DER_SEQUENCE, &fields) != 0 || value.len != 0) {
        return -1;
    }
    while (fields.len > 0) {
        int ret = -1;
        if (pagetls_der_next(&fields, &field) != 0) {
            return -1;
        }
        while (next < ISSUING_POINT_FIELDS && field.tag != tags[next]) {
            next++;
        }
        switch (next++) {
            case FIELD_NAME: ret = read_name(field.content, &point->name); break;
            case FIELD_USERS: ret = read_boolean(&field, &point->only_users); break;
            case FIELD_CAS: ret = read_boolean(&field, &point->only_cas); break;
            case FIELD_REASONS: ret = read_reasons(field.content, &point->reasons); break;
            case FIELD_INDIRECT: ret = read_boolean(&field, &point->indirect); break;
            case FIELD_ATTRIBUTE: ret = read_boolean(&field, &point->only_attribute); break;
            default: break;
        }
        if (ret != 0) {
            return -1;
        }
    }
    return 0;
}

pagetls_slice pagetls_distribution_point_full_name(pagetls_slice name)
{
    pagetls_slice names = { NULL, 0 };
    (void) pagetls_der_expect(&name, DER_CONTEXT | DER_CONSTRUCTED | 0, &names);
    return names;
}
