#include <string.h>

#include "describe.h"
#include "oid_names.h"

/* A decoder writes the value of its key; what it wrote is taken back when it returns non-zero. */
typedef int decoder(pagetls_json *json, const char *key, pagetls_slice value);

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

static int subject_alt_name(pagetls_json *json, const char *key, pagetls_slice value)
{
    pagetls_slice names;
    return pagetls_der_expect(&value, DER_SEQUENCE, &names) != 0 || value.len != 0
        ? -1 : describe_general_names(json, key, names);
}

static int key_usage(pagetls_json *json, const char *key, pagetls_slice value)
{
    static const char *const names[] = {
        "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
        "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"
    };
    pagetls_slice bits;
    if (pagetls_der_expect(&value, DER_BIT_STRING, &bits) != 0 || value.len != 0 || bits.len < 1 || bits.p[0] > 7) {
        return -1;
    }
    pagetls_json_array(json, key);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (1 + i / 8 < bits.len && (bits.p[1 + i / 8] & (0x80 >> i % 8))) {
            pagetls_json_string(json, NULL, names[i]);
        }
    }
    pagetls_json_end_array(json);
    return 0;
}

static int extended_key_usage(pagetls_json *json, const char *key, pagetls_slice value)
{
    pagetls_slice purposes;
    pagetls_slice oid;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &purposes) != 0 || value.len != 0) {
        return -1;
    }
    int ret = 0;
    pagetls_json_array(json, key);
    while (ret == 0 && purposes.len > 0) {
        ret = pagetls_der_expect(&purposes, DER_OID, &oid);
        if (ret == 0) {
            pagetls_describe_oid(json, NULL, oid);
            pagetls_json_end_object(json);
        }
    }
    pagetls_json_end_array(json);
    return ret;
}

static int basic_constraints(pagetls_json *json, const char *key, pagetls_slice value)
{
    pagetls_slice fields;
    pagetls_slice field;
    int64_t length = -1;
    int ca = 0;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &fields) != 0 || value.len != 0) {
        return -1;
    }
    if (pagetls_der_expect(&fields, DER_BOOLEAN, &field) == 0) {
        if (field.len != 1) {
            return -1;
        }
        ca = field.p[0] != 0;
    }
    if (pagetls_der_expect(&fields, DER_INTEGER, &field) == 0 && !pagetls_der_small(field, &length)) {
        return -1;
    }
    pagetls_json_object(json, key);
    pagetls_json_bool(json, "ca", ca);
    if (length < 0) {
        pagetls_json_null(json, "pathLength");
    } else {
        pagetls_json_int(json, "pathLength", length);
    }
    pagetls_json_end_object(json);
    return fields.len == 0 ? 0 : -1;
}

static int subject_key_identifier(pagetls_json *json, const char *key, pagetls_slice value)
{
    pagetls_slice id;
    if (pagetls_der_expect(&value, DER_OCTET_STRING, &id) != 0 || value.len != 0) {
        return -1;
    }
    pagetls_json_hex(json, key, id.p, id.len);
    return 0;
}

static int authority_key_identifier(pagetls_json *json, const char *key, pagetls_slice value)
{
    pagetls_slice fields;
    pagetls_slice field;
    int ret = 0;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &fields) != 0 || value.len != 0) {
        return -1;
    }
    pagetls_json_object(json, key);
    if (pagetls_der_expect(&fields, DER_CONTEXT | 0, &field) == 0) {
        pagetls_json_hex(json, "keyIdentifier", field.p, field.len);
    } else {
        pagetls_json_null(json, "keyIdentifier");
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 1, &field) == 0) {
        ret = describe_general_names(json, "issuer", field);
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | 2, &field) == 0) {
        pagetls_json_hex(json, "serialNumber", field.p, field.len);
    }
    pagetls_json_end_object(json);
    return ret != 0 || fields.len != 0 ? -1 : 0;
}

static int describe_qualifier(pagetls_json *json, pagetls_slice qualifier)
{
    static const uint8_t cps[] = { 0x2B, 6, 1, 5, 5, 7, 2, 1 };
    pagetls_slice oid;
    pagetls_element value;
    if (pagetls_der_expect(&qualifier, DER_OID, &oid) != 0 || pagetls_der_next(&qualifier, &value) != 0) {
        return -1;
    }
    char dotted[PAGETLS_OID_TEXT];
    pagetls_oid_text(dotted, oid);
    pagetls_json_object(json, NULL);
    pagetls_json_string(json, "oid", dotted);
    if (pagetls_slice_equal(oid, cps, sizeof(cps))) {
        pagetls_json_text(json, "cps", value.content.p, value.content.len);
    } else {
        pagetls_json_base64(json, "value", value.whole.p, value.whole.len);
    }
    pagetls_json_end_object(json);
    return 0;
}

static int certificate_policies(pagetls_json *json, const char *key, pagetls_slice value)
{
    pagetls_slice policies;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &policies) != 0 || value.len != 0) {
        return -1;
    }
    int ret = 0;
    pagetls_json_array(json, key);
    while (ret == 0 && policies.len > 0) {
        pagetls_slice policy;
        pagetls_slice oid;
        pagetls_slice qualifiers = { NULL, 0 };
        if (pagetls_der_expect(&policies, DER_SEQUENCE, &policy) != 0 ||
            pagetls_der_expect(&policy, DER_OID, &oid) != 0 ||
            (policy.len > 0 && pagetls_der_expect(&policy, DER_SEQUENCE, &qualifiers) != 0)) {
            ret = -1;
            break;
        }
        pagetls_describe_oid(json, NULL, oid);
        pagetls_json_array(json, "qualifiers");
        while (ret == 0 && qualifiers.len > 0) {
            pagetls_slice qualifier;
            ret = pagetls_der_expect(&qualifiers, DER_SEQUENCE, &qualifier);
            ret = ret == 0 ? describe_qualifier(json, qualifier) : ret;
        }
        pagetls_json_end_array(json);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    return ret;
}

static int authority_info_access(pagetls_json *json, const char *key, pagetls_slice value)
{
    pagetls_slice list;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &list) != 0 || value.len != 0) {
        return -1;
    }
    int ret = 0;
    pagetls_json_array(json, key);
    while (ret == 0 && list.len > 0) {
        pagetls_slice description;
        pagetls_slice oid;
        pagetls_element location;
        if (pagetls_der_expect(&list, DER_SEQUENCE, &description) != 0 ||
            pagetls_der_expect(&description, DER_OID, &oid) != 0 ||
            pagetls_der_next(&description, &location) != 0 || description.len != 0) {
            ret = -1;
            break;
        }
        pagetls_describe_oid(json, NULL, oid);
        pagetls_json_array(json, "location");
        ret = pagetls_describe_general_name(json, &location);
        pagetls_json_end_array(json);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    return ret;
}

/* RFC 5280, section 4.2.1.13: only fullName is spelled out; the rest stays in the raw extension. */
static int crl_distribution_points(pagetls_json *json, const char *key, pagetls_slice value)
{
    pagetls_slice points;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &points) != 0 || value.len != 0) {
        return -1;
    }
    int ret = 0;
    pagetls_json_array(json, key);
    while (ret == 0 && points.len > 0) {
        pagetls_slice point;
        pagetls_slice name;
        pagetls_slice full = { NULL, 0 };
        ret = pagetls_der_expect(&points, DER_SEQUENCE, &point);
        if (ret == 0 && pagetls_der_expect(&point, DER_CONTEXT | DER_CONSTRUCTED | 0, &name) == 0) {
            (void) pagetls_der_expect(&name, DER_CONTEXT | DER_CONSTRUCTED | 0, &full);
        }
        if (ret == 0) {
            pagetls_json_object(json, NULL);
            ret = describe_general_names(json, "fullName", full);
            pagetls_json_end_object(json);
        }
    }
    pagetls_json_end_array(json);
    return ret;
}

static const struct {
    const char *oid;
    const char *key;
    decoder *decode;
} decoders[] = {
    { "2.5.29.17", "subjectAltName", subject_alt_name },
    { "2.5.29.15", "keyUsage", key_usage },
    { "2.5.29.37", "extendedKeyUsage", extended_key_usage },
    { "2.5.29.19", "basicConstraints", basic_constraints },
    { "2.5.29.14", "subjectKeyIdentifier", subject_key_identifier },
    { "2.5.29.35", "authorityKeyIdentifier", authority_key_identifier },
    { "2.5.29.32", "certificatePolicies", certificate_policies },
    { "1.3.6.1.5.5.7.1.1", "authorityInfoAccess", authority_info_access },
    { "2.5.29.31", "crlDistributionPoints", crl_distribution_points },
};
#define DECODERS (sizeof(decoders) / sizeof(decoders[0]))

typedef struct {
    char oid[PAGETLS_OID_TEXT];
    pagetls_extension_fields fields;
} extension;

static int next_extension(pagetls_slice *list, extension *out)
{
    if (pagetls_der_extension(list, &out->fields) != 0) {
        return -1;
    }
    pagetls_oid_text(out->oid, out->fields.oid);
    return 0;
}

/* Writes the decoded value or null. 0 when the extension is there but malformed. */
static int describe_one(pagetls_json *json, size_t which, const extension *found)
{
    pagetls_json before = *json;
    if (decoders[which].decode(json, decoders[which].key, found->fields.value) == 0) {
        return 1;
    }
    json->len = before.len;
    json->comma = before.comma;
    pagetls_json_null(json, decoders[which].key);
    return 0;
}

int pagetls_describe_extensions(pagetls_json *json, pagetls_slice extensions)
{
    unsigned malformed = 0;
    extension item;
    pagetls_slice list;
    for (size_t which = 0; which < DECODERS; which++) {
        int found = 0;
        list = extensions;
        while (!found && list.len > 0) {
            if (next_extension(&list, &item) != 0) {
                return -1;
            }
            found = strcmp(item.oid, decoders[which].oid) == 0;
        }
        if (!found) {
            pagetls_json_null(json, decoders[which].key);
        } else if (!describe_one(json, which, &item)) {
            malformed |= 1u << which;
        }
    }
    pagetls_json_array(json, "extensions");
    for (list = extensions; list.len > 0;) {
        if (next_extension(&list, &item) != 0) {
            return -1;
        }
        int bad = 0;
        for (size_t which = 0; which < DECODERS; which++) {
            bad |= (malformed >> which & 1) && strcmp(item.oid, decoders[which].oid) == 0;
        }
        pagetls_json_object(json, NULL);
        pagetls_json_string(json, "oid", item.oid);
        pagetls_json_string(json, "name", pagetls_oid_name(item.oid));
        pagetls_json_bool(json, "critical", item.fields.critical);
        if (bad) {
            pagetls_json_bool(json, "malformed", 1);
        }
        pagetls_json_base64(json, "value", item.fields.value.p, item.fields.value.len);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    return 0;
}
