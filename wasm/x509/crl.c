#include "x509/crl.h"

#include <string.h>

#include "x509/certificate.h"

static int read_time(pagetls_time *time, pagetls_slice *tbs, pagetls_field field, pagetls_read_error *error)
{
    pagetls_element element;
    uint8_t tag = tbs->len > 0 && tbs->p[0] == DER_GENERALIZED_TIME ? DER_GENERALIZED_TIME : DER_UTC_TIME;
    if (pagetls_read_element(tbs, tag, &element, field, error) != 0) {
        return -1;
    }
    pagetls_time_read(time, &element);
    return time->readable ? 0 : pagetls_read_error_set(error, field, PAGETLS_REASON_VALUE);
}

static void read_extensions(pagetls_crl *crl, pagetls_slice list)
{
    static const uint8_t crl_number[] = { 0x55, 0x1D, 20 };
    static const uint8_t delta_crl_indicator[] = { 0x55, 0x1D, 27 };
    static const uint8_t issuing_distribution_point[] = { 0x55, 0x1D, 28 };
    pagetls_raw_extension extension;
    while (list.len > 0) {
        if (pagetls_extension_next(&list, &extension) != 0) {
            crl->has_unusable_extension = 1;
            return;
        }
        if (pagetls_slice_is(extension.oid, crl_number, sizeof(crl_number))) {
            crl->has_number = !extension.critical;
        } else if (pagetls_slice_is(extension.oid, issuing_distribution_point, sizeof(issuing_distribution_point))) {
            crl->issuing_point = extension.value;
        } else if (pagetls_extension_from_oid(extension.oid) == PAGETLS_EXT_AKI) {
            pagetls_slice fields;
            if (pagetls_der_expect(&extension.value, DER_SEQUENCE, &fields) == 0) {
                (void) pagetls_der_expect(&fields, DER_CONTEXT | 0, &crl->authority_key_id);
            }
        } else if (extension.critical ||
                   pagetls_slice_is(extension.oid, delta_crl_indicator, sizeof(delta_crl_indicator))) {
            crl->has_unusable_extension = 1;
        }
    }
}

static int read_tbs(pagetls_crl *crl, pagetls_slice tbs, pagetls_read_error *error)
{
    pagetls_slice version;
    pagetls_slice inner;
    pagetls_slice outer;
    pagetls_slice extensions;
    pagetls_element issuer;
    (void) pagetls_der_expect(&tbs, DER_INTEGER, &version);
    if (pagetls_read_content(&tbs, DER_SEQUENCE, &inner, PAGETLS_FIELD_SIGNATURE, error) != 0) {
        return -1;
    }
    if (!pagetls_slices_equal(inner, crl->algorithm.identifier)) { /* section 5.1.1.2 */
        return pagetls_read_error_set(error, PAGETLS_FIELD_SIGNATURE, PAGETLS_REASON_VALUE);
    }
    if (pagetls_read_element(&tbs, DER_SEQUENCE, &issuer, PAGETLS_FIELD_ISSUER, error) != 0 ||
        read_time(&crl->this_update, &tbs, PAGETLS_FIELD_THIS_UPDATE, error) != 0) {
        return -1;
    }
    crl->issuer = issuer.whole;
    if (tbs.len > 0 && pagetls_is_time(tbs.p[0])) {
        if (read_time(&crl->next_update, &tbs, PAGETLS_FIELD_NEXT_UPDATE, error) != 0) {
            return -1;
        }
        crl->has_next_update = 1;
    }
    if (tbs.len > 0 && tbs.p[0] == DER_SEQUENCE &&
        pagetls_read_content(&tbs, DER_SEQUENCE, &crl->revoked, PAGETLS_FIELD_REVOKED_CERTIFICATES, error) != 0) {
        return -1;
    }
    if (tbs.len > 0) {
        if (pagetls_read_content(&tbs, DER_CONTEXT | DER_CONSTRUCTED | 0, &outer, PAGETLS_FIELD_CRL_EXTENSIONS,
                                 error) != 0 ||
            pagetls_read_content(&outer, DER_SEQUENCE, &extensions, PAGETLS_FIELD_CRL_EXTENSIONS, error) != 0) {
            return -1;
        }
        if (outer.len != 0) {
            return pagetls_read_error_set(error, PAGETLS_FIELD_CRL_EXTENSIONS, PAGETLS_REASON_TRAILING);
        }
        read_extensions(crl, extensions);
    }
    return tbs.len == 0 ? 0 : pagetls_read_error_set(error, PAGETLS_FIELD_TBS_CERT_LIST, PAGETLS_REASON_TRAILING);
}

int pagetls_crl_read(pagetls_crl *crl, const uint8_t *der, size_t len, pagetls_read_error *error)
{
    pagetls_slice input = { der, len };
    pagetls_slice fields;
    pagetls_slice bits;
    pagetls_element tbs;
    memset(crl, 0, sizeof(*crl));
    *error = (pagetls_read_error) { PAGETLS_FIELD_NONE, PAGETLS_REASON_NONE };
    if (pagetls_read_content(&input, DER_SEQUENCE, &fields, PAGETLS_FIELD_CERTIFICATE_LIST, error) != 0) {
        return -1;
    }
    if (input.len != 0) {
        return pagetls_read_error_set(error, PAGETLS_FIELD_CERTIFICATE_LIST, PAGETLS_REASON_TRAILING);
    }
    if (pagetls_read_element(&fields, DER_SEQUENCE, &tbs, PAGETLS_FIELD_TBS_CERT_LIST, error) != 0 ||
        pagetls_signature_algorithm_read(&crl->algorithm, &fields, PAGETLS_FIELD_SIGNATURE_ALGORITHM, error) != 0 ||
        pagetls_read_content(&fields, DER_BIT_STRING, &bits, PAGETLS_FIELD_SIGNATURE_VALUE, error) != 0) {
        return -1;
    }
    if (bits.len < 2 || bits.p[0] != 0) { /* the number of unused bits */
        return pagetls_read_error_set(error, PAGETLS_FIELD_SIGNATURE_VALUE, PAGETLS_REASON_VALUE);
    }
    if (fields.len != 0) {
        return pagetls_read_error_set(error, PAGETLS_FIELD_CERTIFICATE_LIST, PAGETLS_REASON_TRAILING);
    }
    crl->tbs = tbs.whole;
    crl->signature = (pagetls_slice) { bits.p + 1, bits.len - 1 };
    return read_tbs(crl, tbs.content, error);
}

int pagetls_crl_entry_next(pagetls_slice *revoked, pagetls_crl_entry *entry)
{
    pagetls_slice fields;
    pagetls_slice extensions;
    pagetls_raw_extension extension;
    entry->has_unusable_extension = 0;
    if (pagetls_der_expect(revoked, DER_SEQUENCE, &fields) != 0 ||
        pagetls_der_expect(&fields, DER_INTEGER, &entry->serial) != 0 || pagetls_der_next(&fields, &entry->date) != 0) {
        return -1;
    }
    if (fields.len == 0) {
        return 0;
    }
    if (pagetls_der_expect(&fields, DER_SEQUENCE, &extensions) != 0) {
        return -1;
    }
    while (extensions.len > 0) {
        if (pagetls_extension_next(&extensions, &extension) != 0) {
            return -1;
        }
        entry->has_unusable_extension |= extension.critical != 0;
    }
    return 0;
}
