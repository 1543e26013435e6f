#include "verify/certificate.h"

#include <string.h>

#include "describe.h"

/* In the order of pagetls_extension. */
static const struct {
    uint8_t len;
    uint8_t oid[8];
} oids[PAGETLS_EXTENSIONS] = {
    { 3, { 0x55, 0x1D, 17 } }, { 3, { 0x55, 0x1D, 15 } }, { 3, { 0x55, 0x1D, 37 } },
    { 3, { 0x55, 0x1D, 19 } }, { 3, { 0x55, 0x1D, 14 } }, { 3, { 0x55, 0x1D, 35 } },
    { 3, { 0x55, 0x1D, 30 } }, { 3, { 0x55, 0x1D, 32 } }, { 3, { 0x55, 0x1D, 33 } },
    { 3, { 0x55, 0x1D, 36 } }, { 3, { 0x55, 0x1D, 54 } }, { 3, { 0x55, 0x1D, 18 } },
    { 3, { 0x55, 0x1D, 31 } }, { 8, { 0x2B, 6, 1, 5, 5, 7, 1, 1 } },
};

static int let_through(void *context, const mbedtls_x509_crt *crt, const mbedtls_x509_buf *oid, int critical,
                       const unsigned char *p, const unsigned char *end)
{
    (void) context, (void) crt, (void) oid, (void) critical, (void) p, (void) end;
    return 0;
}

int pagetls_certificate_parse(mbedtls_x509_crt *chain, const uint8_t *der, size_t len, int make_copy)
{
    if (pagetls_describe_can_read(der, len)) {
        return mbedtls_x509_crt_parse_der_with_ext_cb(chain, der, len, make_copy, let_through, NULL);
    }
    mbedtls_x509_crt apart; /* Mbed TLS may have a better word for what is wrong */
    mbedtls_x509_crt_init(&apart);
    int ret = mbedtls_x509_crt_parse_der_with_ext_cb(&apart, der, len, 0, let_through, NULL);
    mbedtls_x509_crt_free(&apart);
    return ret != 0 ? ret : MBEDTLS_ERR_X509_INVALID_FORMAT;
}

static void read_basic_constraints(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice fields;
    pagetls_slice field;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &fields) != 0 || value.len != 0) {
        certificate->bad_basic_constraints = 1;
        return;
    }
    if (pagetls_der_expect(&fields, DER_BOOLEAN, &field) == 0) {
        certificate->ca = field.len == 1 && field.p[0] != 0;
    }
    if (pagetls_der_expect(&fields, DER_INTEGER, &field) == 0 &&
        !pagetls_der_small(field, &certificate->path_length)) {
        certificate->bad_basic_constraints = 1;
    }
    certificate->bad_basic_constraints |= fields.len != 0;
}

static int read_aki(pagetls_certificate *certificate, pagetls_slice value)
{
    pagetls_slice fields;
    pagetls_element field;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &fields) != 0 || value.len != 0) {
        return -1;
    }
    while (fields.len > 0) {
        if (pagetls_der_next(&fields, &field) != 0) {
            return -1;
        }
        if (field.tag == DER_CONTEXT) {
            certificate->aki = field.content;
        } else {
            certificate->aki_other_fields = 1;
        }
    }
    return 0;
}

static int read_values(pagetls_certificate *certificate)
{
    pagetls_slice value = certificate->ext[PAGETLS_EXT_KEY_USAGE];
    pagetls_slice bits;
    if (value.p != NULL) {
        if (pagetls_der_expect(&value, DER_BIT_STRING, &bits) != 0 || value.len != 0 || bits.len < 1 || bits.p[0] > 7) {
            return -1;
        }
        if (bits.len > 1 && bits.p[bits.len - 1] & ((1 << bits.p[0]) - 1)) {
            certificate->malformed = 1; /* bits that are not used are zero (X.690, section 11.2.1) */
        }
        /* decipherOnly, in the octet after that, is asked for by nobody. */
        certificate->key_usage = (uint16_t) (bits.len > 1 ? bits.p[1] << 8 : 0);
    }
    if (pagetls_certificate_has(certificate, PAGETLS_EXT_BASIC_CONSTRAINTS)) {
        read_basic_constraints(certificate, certificate->ext[PAGETLS_EXT_BASIC_CONSTRAINTS]);
    }
    value = certificate->ext[PAGETLS_EXT_SKI];
    if (value.p != NULL && (pagetls_der_expect(&value, DER_OCTET_STRING, &certificate->ski) != 0 || value.len != 0)) {
        return -1;
    }
    return pagetls_certificate_has(certificate, PAGETLS_EXT_AKI)
        ? read_aki(certificate, certificate->ext[PAGETLS_EXT_AKI]) : 0;
}

static void take_extension(pagetls_certificate *certificate, const pagetls_extension_fields *extension,
                           pagetls_slice others)
{
    for (unsigned i = 0; i < PAGETLS_EXTENSIONS; i++) {
        if (pagetls_slice_equal(extension->oid, oids[i].oid, oids[i].len)) {
            if (certificate->ext[i].p != NULL) {
                certificate->duplicate = extension->oid;
            }
            certificate->ext[i] = extension->value;
            certificate->critical |= (uint32_t) (extension->critical != 0) << i;
            return;
        }
    }
    if (extension->critical && certificate->unknown_critical.p == NULL) {
        certificate->unknown_critical = extension->oid;
    }
    pagetls_extension_fields other;
    while (others.len > 0 && pagetls_der_extension(&others, &other) == 0) {
        if (pagetls_slice_equal(other.oid, extension->oid.p, extension->oid.len)) {
            certificate->duplicate = extension->oid;
        }
    }
}

void pagetls_certificate_read(pagetls_certificate *certificate, mbedtls_x509_crt *crt)
{
    pagetls_slice outer = { crt->v3_ext.p, crt->v3_ext.len };
    pagetls_slice list = { NULL, 0 };
    pagetls_extension_fields extension;
    memset(certificate, 0, sizeof(*certificate));
    certificate->crt = crt;
    certificate->path_length = -1;
    certificate->has_extensions = crt->v3_ext.len > 0;
    certificate->self_issued = pagetls_name_equal((pagetls_slice) { crt->subject_raw.p, crt->subject_raw.len },
                                                  (pagetls_slice) { crt->issuer_raw.p, crt->issuer_raw.len }) != 0;
    if (certificate->has_extensions && pagetls_der_expect(&outer, DER_SEQUENCE, &list) != 0) {
        certificate->malformed = 1;
    }
    for (size_t count = 0; list.len > 0 && !certificate->malformed; count++) {
        certificate->malformed = count == PAGETLS_EXTENSIONS_MAX || pagetls_der_extension(&list, &extension) != 0;
        if (!certificate->malformed) {
            take_extension(certificate, &extension, list);
        }
    }
    if (read_values(certificate) != 0) {
        certificate->malformed = 1;
    }
}

/* --- names ----------------------------------------------------------------------- */

static int is_string(uint8_t tag)
{
    return tag == 0x0C || tag == 0x13 || tag == 0x16 || tag == 0x14; /* UTF8, Printable, IA5, T61 */
}

/* RFC 5280, section 7.1: without regard to case, and to white space but for one space within. */
static int strings_equal(pagetls_slice a, pagetls_slice b)
{
    size_t i = 0;
    size_t j = 0;
    while (i < a.len && a.p[i] == ' ') i++;
    while (j < b.len && b.p[j] == ' ') j++;
    while (a.len > i && a.p[a.len - 1] == ' ') a.len--;
    while (b.len > j && b.p[b.len - 1] == ' ') b.len--;
    while (i < a.len && j < b.len) {
        if (a.p[i] == ' ' && b.p[j] == ' ') {
            while (a.p[i] == ' ') i++;
            while (b.p[j] == ' ') j++;
            continue;
        }
        if (pagetls_lower(a.p[i++]) != pagetls_lower(b.p[j++])) {
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
        !pagetls_slice_equal(oid_a, oid_b.p, oid_b.len) ||
        pagetls_der_next(&a, &value_a) != 0 || pagetls_der_next(&b, &value_b) != 0) {
        return 0;
    }
    if (is_string(value_a.tag) && is_string(value_b.tag)) {
        return strings_equal(value_a.content, value_b.content);
    }
    return pagetls_slice_equal(value_a.whole, value_b.whole.p, value_b.whole.len);
}

/* A SET OF attributes, as a rule of one. DER sorts them, so they are compared in order. */
static int rdns_equal(pagetls_slice a, pagetls_slice b)
{
    pagetls_slice attribute_a;
    pagetls_slice attribute_b;
    while (a.len > 0 && b.len > 0) {
        if (pagetls_der_expect(&a, DER_SEQUENCE, &attribute_a) != 0 ||
            pagetls_der_expect(&b, DER_SEQUENCE, &attribute_b) != 0 ||
            !attributes_equal(attribute_a, attribute_b)) {
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
    if (pagetls_slice_equal(a, b.p, b.len)) {
        return 1;
    }
    return pagetls_der_expect(&a, DER_SEQUENCE, &list_a) == 0 && pagetls_der_expect(&b, DER_SEQUENCE, &list_b) == 0 &&
        pagetls_name_starts_with(list_a, list_b) && pagetls_name_starts_with(list_b, list_a);
}
