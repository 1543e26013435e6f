#include "x509/extensions.h"

#include "x509/general_name.h"

/* In the order of pagetls_extension. */
static const struct {
    uint8_t len;
    uint8_t oid[8];
} oids[PAGETLS_EXT_COUNT] = {
    { 3, { 0x55, 0x1D, 17 } }, { 3, { 0x55, 0x1D, 15 } },
    { 3, { 0x55, 0x1D, 37 } }, { 3, { 0x55, 0x1D, 19 } },
    { 3, { 0x55, 0x1D, 14 } }, { 3, { 0x55, 0x1D, 35 } },
    { 3, { 0x55, 0x1D, 30 } }, { 3, { 0x55, 0x1D, 32 } },
    { 3, { 0x55, 0x1D, 33 } }, { 3, { 0x55, 0x1D, 36 } },
    { 3, { 0x55, 0x1D, 54 } }, { 3, { 0x55, 0x1D, 18 } },
    { 3, { 0x55, 0x1D, 31 } }, { 8, { 0x2B, 6, 1, 5, 5, 7, 1, 1 } },
};

pagetls_extension pagetls_extension_from_oid(pagetls_slice oid)
{
    unsigned i = 0;
    while (i < PAGETLS_EXT_COUNT && !pagetls_slice_is(oid, oids[i].oid, oids[i].len)) {
        i++;
    }
    return (pagetls_extension) i;
}

int pagetls_extension_next(pagetls_slice *list, pagetls_raw_extension *extension)
{
    pagetls_slice fields;
    pagetls_slice boolean = { NULL, 0 };
    if (pagetls_der_expect(list, DER_SEQUENCE, &fields) != 0 ||
        pagetls_der_expect(&fields, DER_OID, &extension->oid) != 0) {
        return -1;
    }
    if (pagetls_der_expect(&fields, DER_BOOLEAN, &boolean) == 0 && boolean.len != 1) {
        return -1;
    }
    extension->critical = boolean.len == 1 && boolean.p[0] != 0;
    return pagetls_der_expect(&fields, DER_OCTET_STRING, &extension->value) != 0 || fields.len != 0 ? -1 : 0;
}

/* --- values: each function decodes one extnValue, and returns -1 if it is malformed ------- */

typedef int value_reader(pagetls_certificate *certificate, pagetls_slice value);

static int read_sequence(pagetls_slice value, pagetls_slice *content)
{
    return pagetls_der_expect(&value, DER_SEQUENCE, content) != 0 || value.len != 0 ? -1 : 0;
}

static int are_general_names(pagetls_slice names)
{
    pagetls_element name;
    while (names.len > 0) {
        if (pagetls_der_next(&names, &name) != 0 || !pagetls_is_general_name(name.tag)) {
            return 0;
        }
    }
    return 1;
}

static int read_alternative_names(pagetls_certificate *certificate, pagetls_slice value)
{
    return read_sequence(value, &certificate->alternative_names);
}

static int read_key_usage(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice bits;
    if (pagetls_der_expect(&value, DER_BIT_STRING, &bits) != 0 || value.len != 0 || bits.len < 1 || bits.p[0] > 7) {
        return -1;
    }
    for (size_t i = 1; i < bits.len && i < 3; i++) {
        certificate->key_usage |= (uint16_t) (bits.p[i] << (i == 1 ? 8 : 0));
    }
    /* Unused bits are zero (X.690, section 11.2.1). */
    return bits.len > 1 && bits.p[bits.len - 1] & ((1 << bits.p[0]) - 1) ? -1 : 0;
}

static int read_purposes(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice list;
    pagetls_slice oid;
    if (read_sequence(value, &list) != 0) {
        return -1;
    }
    certificate->purposes = list;
    while (list.len > 0) {
        if (pagetls_der_expect(&list, DER_OID, &oid) != 0) {
            return -1;
        }
    }
    return 0;
}

static int read_basic_constraints(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice fields;
    pagetls_slice field;
    if (read_sequence(value, &fields) != 0) {
        return -1;
    }
    int malformed = 0;
    if (pagetls_der_expect(&fields, DER_BOOLEAN, &field) == 0) {
        malformed = field.len != 1;
        certificate->ca = !malformed && field.p[0] != 0;
    }
    if (pagetls_der_expect(&fields, DER_INTEGER, &field) == 0 &&
        !pagetls_der_small_uint(field, &certificate->path_length)) {
        malformed = 1;
    }
    return malformed || fields.len != 0 ? -1 : 0;
}

static int read_subject_key_id(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice id;
    if (pagetls_der_expect(&value, DER_OCTET_STRING, &id) != 0 || value.len != 0) {
        return -1;
    }
    certificate->subject_key_id = id;
    return 0;
}

static int read_authority_key_id(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice fields;
    pagetls_element field;
    if (read_sequence(value, &fields) != 0) {
        return -1;
    }
    int malformed = 0;
    unsigned next = 0;
    while (!malformed && fields.len > 0) {
        malformed = pagetls_der_next(&fields, &field) != 0 || (field.tag & 0x1Fu) < next;
        if (malformed) {
            break;
        }
        next = (field.tag & 0x1Fu) + 1;
        switch (field.tag) {
            case DER_CONTEXT | 0: certificate->authority_key_id = field.content; break;
            case DER_CONTEXT | DER_CONSTRUCTED | 1:
                certificate->authority_issuer = field.content;
                malformed = !are_general_names(field.content);
                break;
            case DER_CONTEXT | 2: certificate->authority_serial = field.content; break;
            default: malformed = 1; break;
        }
    }
    return malformed ? -1 : 0;
}

static int read_name_constraints(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice fields;
    if (read_sequence(value, &fields) != 0) {
        return -1;
    }
    (void) pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 0, &certificate->permitted);
    (void) pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 1, &certificate->excluded);
    if (fields.len != 0) {
        certificate->permitted = certificate->excluded = (pagetls_slice) { NULL, 0 };
        return -1;
    }
    return 0;
}

static int read_policies(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice list;
    if (read_sequence(value, &list) != 0) {
        return -1;
    }
    certificate->policies = list;
    while (list.len > 0) {
        pagetls_slice policy;
        pagetls_slice part;
        if (pagetls_der_expect(&list, DER_SEQUENCE, &policy) != 0 || pagetls_der_expect(&policy, DER_OID, &part) != 0 ||
            (policy.len > 0 && pagetls_der_expect(&policy, DER_SEQUENCE, &part) != 0) || policy.len != 0) {
            return -1;
        }
    }
    return 0;
}

/* PolicyConstraints (section 4.2.1.11): requireExplicitPolicy, inhibitPolicyMapping, or both. */
static int read_policy_constraints(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice fields;
    pagetls_slice number;
    int64_t mapping = 0;
    if (read_sequence(value, &fields) != 0 || fields.len == 0) {
        return -1;
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | 0, &number) == 0 &&
        !pagetls_der_small_uint(number, &certificate->require_explicit_policy)) {
        return -1;
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | 1, &number) == 0 && !pagetls_der_small_uint(number, &mapping)) {
        return -1;
    }
    return fields.len == 0 ? 0 : -1;
}

static int read_crl_points(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice list;
    pagetls_slice point;
    if (read_sequence(value, &list) != 0) {
        return -1;
    }
    certificate->crl_points = list;
    while (list.len > 0) {
        if (pagetls_der_expect(&list, DER_SEQUENCE, &point) != 0) {
            return -1;
        }
    }
    return 0;
}

/* AuthorityInfoAccessSyntax (section 4.2.2.1): a sequence of method and location. */
static int read_access_descriptions(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice list;
    pagetls_slice description;
    pagetls_slice oid;
    pagetls_element location;
    if (read_sequence(value, &list) != 0 || list.len == 0) {
        return -1;
    }
    certificate->access_descriptions = list;
    while (list.len > 0) {
        if (pagetls_der_expect(&list, DER_SEQUENCE, &description) != 0 ||
            pagetls_der_expect(&description, DER_OID, &oid) != 0 || pagetls_der_next(&description, &location) != 0 ||
            description.len != 0 || (location.tag & 0xC0) != DER_CONTEXT) {
            return -1;
        }
    }
    return 0;
}

static value_reader *const readers[PAGETLS_EXT_COUNT] = {
    [PAGETLS_EXT_SAN] = read_alternative_names,
    [PAGETLS_EXT_KEY_USAGE] = read_key_usage,
    [PAGETLS_EXT_EKU] = read_purposes,
    [PAGETLS_EXT_BASIC_CONSTRAINTS] = read_basic_constraints,
    [PAGETLS_EXT_SKI] = read_subject_key_id,
    [PAGETLS_EXT_AKI] = read_authority_key_id,
    [PAGETLS_EXT_NAME_CONSTRAINTS] = read_name_constraints,
    [PAGETLS_EXT_POLICIES] = read_policies,
    [PAGETLS_EXT_POLICY_CONSTRAINTS] = read_policy_constraints,
    [PAGETLS_EXT_CRL_POINTS] = read_crl_points,
    [PAGETLS_EXT_AIA] = read_access_descriptions,
};

static int contains_oid(pagetls_slice list, pagetls_slice oid)
{
    pagetls_raw_extension other;
    while (list.len > 0 && pagetls_extension_next(&list, &other) == 0) {
        if (pagetls_slices_equal(other.oid, oid)) {
            return 1;
        }
    }
    return 0;
}

/* \p rest: the extensions that follow it. */
static void add_extension(pagetls_certificate *certificate, const pagetls_raw_extension *extension, pagetls_slice rest)
{
    pagetls_extension known = pagetls_extension_from_oid(extension->oid);
    if (known < PAGETLS_EXT_COUNT) {
        if (certificate->extension[known].p != NULL) { /* the first one is used */
            certificate->duplicate = extension->oid;
            return;
        }
        certificate->extension[known] = extension->value;
        certificate->critical |= (uint32_t) (extension->critical != 0) << known;
        return;
    }
    if (extension->critical && certificate->unknown_critical.p == NULL) {
        certificate->unknown_critical = extension->oid;
    }
    if (contains_oid(rest, extension->oid)) {
        certificate->duplicate = extension->oid;
    }
}

int pagetls_extensions_read(pagetls_certificate *certificate, pagetls_read_error *error)
{
    pagetls_slice list = certificate->extensions;
    pagetls_raw_extension extension;
    certificate->path_length = certificate->require_explicit_policy = -1;
    for (size_t count = 0; list.len > 0; count++) {
        if (pagetls_extension_next(&list, &extension) != 0) {
            return pagetls_read_error_set(error, PAGETLS_FIELD_EXTENSIONS, PAGETLS_REASON_VALUE);
        }
        if (count < PAGETLS_EXTENSIONS_MAX) {
            add_extension(certificate, &extension, list);
        } else {
            certificate->too_many_extensions = 1;
        }
    }
    for (unsigned i = 0; i < PAGETLS_EXT_COUNT; i++) {
        if (certificate->extension[i].p != NULL && readers[i] != NULL &&
            readers[i](certificate, certificate->extension[i]) != 0) {
            certificate->malformed |= 1u << i;
        }
    }
    return 0;
}
