#include "x509/document_kind.h"

#include <string.h>

static const char *const kinds[] = {
    NULL,
#define KIND(id, name) name,
#include "x509/documents.def"
#undef KIND
};

const char *pagetls_document_kind_name(pagetls_document_kind kind)
{
    return kinds[kind];
}

/* RFC 7468, and OpenSSL's <openssl/pem.h>. */
static const char *const labels[] = {
    "CERTIFICATE", "X509 CERTIFICATE",    "X.509 CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CRL", "CRL", "PKCS7",
    "CMS",         "PKCS #7 SIGNED DATA",
};
enum { FIRST_CRL_LABEL = 4, FIRST_PKCS7_LABEL = 6 };

pagetls_document_kind pagetls_document_kind_of_label(pagetls_slice label)
{
    size_t i = 0;
    while (i < sizeof(labels) / sizeof(labels[0]) && !pagetls_slice_is(label, labels[i], strlen(labels[i]))) {
        i++;
    }
    return i < FIRST_CRL_LABEL                   ? PAGETLS_DOCUMENT_CERTIFICATE
        : i < FIRST_PKCS7_LABEL                  ? PAGETLS_DOCUMENT_CRL
        : i < sizeof(labels) / sizeof(labels[0]) ? PAGETLS_DOCUMENT_PKCS7
                                                 : PAGETLS_DOCUMENT_BLOCK;
}

/* Enough to tell the structures apart. */
enum { TAGS_MAX = 7 };

/* The tags of the first elements. */
typedef struct {
    uint8_t tag[TAGS_MAX + 1]; /* NUL-terminated */
    size_t count;
    pagetls_slice content[2]; /* of the first two */
} shape;

static shape shape_of(pagetls_slice content)
{
    shape s = { .count = 0 };
    pagetls_element element;
    while (s.count < TAGS_MAX && content.len > 0 && pagetls_ber_next(&content, &element) == 0) {
        if (s.count < 2) {
            s.content[s.count] = element.content;
        }
        s.tag[s.count++] = element.tag;
    }
    return s;
}

static int begins(const shape *s, const char *tags)
{
    return strncmp((const char *) s->tag, tags, strlen(tags)) == 0;
}

static int is(const shape *s, const char *tags)
{
    return strcmp((const char *) s->tag, tags) == 0;
}

/* Something signed: a SEQUENCE, its algorithm, a BIT STRING. */
static pagetls_document_kind signed_kind(pagetls_slice content)
{
    const shape tbs = shape_of(content);
    if (begins(&tbs, "\x30\x30\x17") || begins(&tbs, "\x30\x30\x18") || begins(&tbs, "\x02\x30\x30\x17") ||
        begins(&tbs, "\x02\x30\x30\x18")) {
        return PAGETLS_DOCUMENT_CRL; /* RFC 5280, section 5.1 */
    }
    if (is(&tbs, "\x02\x30\x30\xA0") || is(&tbs, "\x02\x30\x30")) {
        return PAGETLS_DOCUMENT_REQUEST; /* RFC 2986, section 4.1 */
    }
    return PAGETLS_DOCUMENT_CERTIFICATE;
}

pagetls_document_kind pagetls_document_kind_of_der(pagetls_slice content)
{
    const shape outer = shape_of(content);
    const shape first = shape_of(outer.content[0]);
    const shape second = shape_of(outer.content[1]);
    if (begins(&outer, "\x30\x30\x03")) {
        return signed_kind(outer.content[0]);
    }
    if (begins(&outer, "\x06\xA0")) { /* ContentInfo */
        return PAGETLS_DOCUMENT_PKCS7;
    }
    if (begins(&outer, "\x02\x30") && begins(&second, "\x06")) { /* version 3: RFC 7292, section 4; 0 or 1: RFC 5958 */
        return pagetls_slice_is(outer.content[0], "\x03", 1) ? PAGETLS_DOCUMENT_PKCS12 : PAGETLS_DOCUMENT_PRIVATE_KEY;
    }
    if (begins(&outer, "\x02\x02\x02\x02") || begins(&outer, "\x02\x04")) { /* RFC 8017, A.1.2; RFC 5915 */
        return PAGETLS_DOCUMENT_PRIVATE_KEY;
    }
    if (is(&outer, "\x30\x04") && begins(&first, "\x06")) { /* RFC 5958, section 3 */
        return PAGETLS_DOCUMENT_ENCRYPTED_KEY;
    }
    if (is(&outer, "\x30\x03") && begins(&first, "\x06")) {
        return PAGETLS_DOCUMENT_PUBLIC_KEY;
    }
    if (is(&outer, "\x0A") || is(&outer, "\x0A\xA0")) { /* RFC 6960, section 4.2.1 */
        return PAGETLS_DOCUMENT_OCSP_RESPONSE;
    }
    return PAGETLS_DOCUMENT_DER;
}

int pagetls_signed_data_read(pagetls_slice content, pagetls_slice *certificates, pagetls_slice *crls)
{
    static const uint8_t signed_data[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2 };
    pagetls_slice oid;
    pagetls_slice explicit;
    pagetls_slice fields;
    pagetls_element element;
    *certificates = *crls = (pagetls_slice) { NULL, 0 };
    if (pagetls_ber_expect(&content, DER_OID, &oid) != 0 || !pagetls_slice_is(oid, signed_data, sizeof(signed_data)) ||
        pagetls_ber_expect(&content, DER_CONTEXT | DER_CONSTRUCTED | 0, &explicit) != 0 ||
        pagetls_ber_expect(&explicit, DER_SEQUENCE, &fields) != 0) {
        return -1;
    }
    while (fields.len > 0 && pagetls_ber_next(&fields, &element) == 0) {
        if (element.tag == (DER_CONTEXT | DER_CONSTRUCTED | 0)) {
            *certificates = element.content;
        } else if (element.tag == (DER_CONTEXT | DER_CONSTRUCTED | 1)) {
            *crls = element.content;
        }
    }
    return certificates->len + crls->len > 0 ? 0 : -1;
}
