#include "describe/describe.h"
#include "x509/oid.h"

/* Writes a decoded extension as the value of \p key. If it returns non-zero, its output is discarded. */
typedef int extension_writer(pagetls_json *json, const char *key, const pagetls_certificate *c);

static int describe_general_names(pagetls_json *json, const char *key, pagetls_slice names)
{
    int ret = 0;
    pagetls_element name;
    pagetls_json_array(json, key);
    while (ret == 0 && names.len > 0) {
        ret = pagetls_der_next(&names, &name);
        ret = ret == 0 ? pagetls_describe_general_name(json, &name) : ret;
    }
    pagetls_json_end_array(json);
    return ret;
}

static int write_subject_alt_name(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    return describe_general_names(json, key, c->alternative_names);
}

static int write_key_usage(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    static const char *const names[PAGETLS_KU_BITS] = {
        "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
        "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly",
    };
    pagetls_json_array(json, key);
    for (size_t i = 0; i < PAGETLS_KU_BITS; i++) {
        if (c->key_usage & (0x8000 >> i)) {
            pagetls_json_string(json, NULL, names[i]);
        }
    }
    pagetls_json_end_array(json);
    return 0;
}

static int write_extended_key_usage(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    pagetls_slice purposes = c->purposes;
    pagetls_slice oid;
    pagetls_json_array(json, key);
    while (pagetls_der_expect(&purposes, DER_OID, &oid) == 0) {
        pagetls_describe_oid(json, NULL, oid);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    return 0;
}

static int write_basic_constraints(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    pagetls_json_object(json, key);
    pagetls_json_bool(json, "ca", c->ca);
    if (c->path_length < 0) {
        pagetls_json_null(json, "pathLength");
    } else {
        pagetls_json_int(json, "pathLength", c->path_length);
    }
    pagetls_json_end_object(json);
    return 0;
}

static int write_subject_key_identifier(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    pagetls_json_hex(json, key, c->subject_key_id.p, c->subject_key_id.len);
    return 0;
}

static int write_authority_key_identifier(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    int ret = 0;
    pagetls_json_object(json, key);
    if (c->authority_key_id.p != NULL) {
        pagetls_json_hex(json, "keyIdentifier", c->authority_key_id.p, c->authority_key_id.len);
    } else {
        pagetls_json_null(json, "keyIdentifier");
    }
    if (c->authority_issuer.p != NULL) {
        ret = describe_general_names(json, "issuer", c->authority_issuer);
    }
    if (c->authority_serial.p != NULL) {
        pagetls_json_hex(json, "serialNumber", c->authority_serial.p, c->authority_serial.len);
    }
    pagetls_json_end_object(json);
    return ret;
}

static int describe_qualifier(pagetls_json *json, pagetls_slice qualifier)
{
    static const uint8_t cps[] = { 0x2B, 6, 1, 5, 5, 7, 2, 1 };
    pagetls_slice oid;
    pagetls_element value;
    if (pagetls_der_expect(&qualifier, DER_OID, &oid) != 0 || pagetls_der_next(&qualifier, &value) != 0) {
        return -1;
    }
    char dotted[PAGETLS_OID_TEXT_SIZE];
    pagetls_oid_text(dotted, oid);
    pagetls_json_object(json, NULL);
    pagetls_json_string(json, "oid", dotted);
    if (pagetls_slice_is(oid, cps, sizeof(cps))) {
        pagetls_json_text(json, "cps", value.content.p, value.content.len);
    } else {
        pagetls_json_base64(json, "value", value.whole.p, value.whole.len);
    }
    pagetls_json_end_object(json);
    return 0;
}

static int write_certificate_policies(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    pagetls_slice policies = c->policies;
    pagetls_slice policy;
    int ret = 0;
    pagetls_json_array(json, key);
    while (ret == 0 && pagetls_der_expect(&policies, DER_SEQUENCE, &policy) == 0) {
        pagetls_slice oid;
        pagetls_slice qualifier;
        pagetls_slice qualifiers = { NULL, 0 };
        (void) pagetls_der_expect(&policy, DER_OID, &oid);
        (void) pagetls_der_expect(&policy, DER_SEQUENCE, &qualifiers);
        pagetls_describe_oid(json, NULL, oid);
        pagetls_json_array(json, "qualifiers");
        while (ret == 0 && qualifiers.len > 0) {
            ret = pagetls_der_expect(&qualifiers, DER_SEQUENCE, &qualifier);
            ret = ret == 0 ? describe_qualifier(json, qualifier) : ret;
        }
        pagetls_json_end_array(json);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    return ret;
}

static int write_authority_info_access(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    pagetls_slice list = c->access_descriptions;
    pagetls_slice description;
    int ret = 0;
    pagetls_json_array(json, key);
    while (ret == 0 && pagetls_der_expect(&list, DER_SEQUENCE, &description) == 0) {
        pagetls_slice oid;
        pagetls_element location;
        (void) pagetls_der_expect(&description, DER_OID, &oid);
        pagetls_describe_oid(json, NULL, oid);
        pagetls_json_array(json, "location");
        ret = pagetls_der_next(&description, &location) != 0 ? -1 : pagetls_describe_general_name(json, &location);
        pagetls_json_end_array(json);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    return ret;
}

/* RFC 5280, section 4.2.1.13: only fullName is decoded; the raw extension has the rest. */
static int write_crl_distribution_points(pagetls_json *json, const char *key, const pagetls_certificate *c)
{
    pagetls_slice points = c->crl_points;
    pagetls_slice point;
    int ret = 0;
    pagetls_json_array(json, key);
    while (ret == 0 && pagetls_der_expect(&points, DER_SEQUENCE, &point) == 0) {
        pagetls_slice name;
        pagetls_slice full = { NULL, 0 };
        if (pagetls_der_expect(&point, DER_CONTEXT | DER_CONSTRUCTED | 0, &name) == 0) {
            (void) pagetls_der_expect(&name, DER_CONTEXT | DER_CONSTRUCTED | 0, &full);
        }
        pagetls_json_object(json, NULL);
        ret = describe_general_names(json, "fullName", full);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    return ret;
}

static const struct {
    pagetls_extension extension;
    const char *key;
    extension_writer *write;
} writers[] = {
    { PAGETLS_EXT_SAN, "subjectAltName", write_subject_alt_name },
    { PAGETLS_EXT_KEY_USAGE, "keyUsage", write_key_usage },
    { PAGETLS_EXT_EKU, "extendedKeyUsage", write_extended_key_usage },
    { PAGETLS_EXT_BASIC_CONSTRAINTS, "basicConstraints", write_basic_constraints },
    { PAGETLS_EXT_SKI, "subjectKeyIdentifier", write_subject_key_identifier },
    { PAGETLS_EXT_AKI, "authorityKeyIdentifier", write_authority_key_identifier },
    { PAGETLS_EXT_POLICIES, "certificatePolicies", write_certificate_policies },
    { PAGETLS_EXT_AIA, "authorityInfoAccess", write_authority_info_access },
    { PAGETLS_EXT_CRL_POINTS, "crlDistributionPoints", write_crl_distribution_points },
};
#define WRITERS (sizeof(writers) / sizeof(writers[0]))

/* Writes the decoded extension, or null and returns 0 if it is malformed. */
static int describe_extension(pagetls_json *json, size_t which, const pagetls_certificate *c)
{
    pagetls_json before = *json;
    if (!pagetls_certificate_malformed(c, writers[which].extension) &&
        writers[which].write(json, writers[which].key, c) == 0) {
        return 1;
    }
    json->len = before.len;
    json->needs_comma = before.needs_comma;
    pagetls_json_null(json, writers[which].key);
    return 0;
}

static void describe_raw(pagetls_json *json, const pagetls_raw_extension *extension, uint32_t malformed)
{
    pagetls_extension known = pagetls_extension_from_oid(extension->oid);
    pagetls_describe_oid(json, NULL, extension->oid);
    pagetls_json_bool(json, "critical", extension->critical);
    if (known < PAGETLS_EXT_COUNT && (malformed >> known & 1)) {
        pagetls_json_bool(json, "malformed", 1);
    }
    pagetls_json_base64(json, "value", extension->value.p, extension->value.len);
    pagetls_json_end_object(json);
}

void pagetls_describe_extensions(pagetls_json *json, const pagetls_certificate *c)
{
    uint32_t malformed = c->malformed;
    pagetls_raw_extension extension;
    for (size_t which = 0; which < WRITERS; which++) {
        if (!pagetls_certificate_has(c, writers[which].extension)) {
            pagetls_json_null(json, writers[which].key);
        } else if (!describe_extension(json, which, c)) {
            malformed |= 1u << writers[which].extension;
        }
    }
    pagetls_json_array(json, "extensions");
    for (pagetls_slice list = c->extensions; list.len > 0 && pagetls_extension_next(&list, &extension) == 0;) {
        describe_raw(json, &extension, malformed);
    }
    pagetls_json_end_array(json);
}
