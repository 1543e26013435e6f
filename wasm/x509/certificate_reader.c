/* Reads certificates into the type of certificate.h, which is a separate header because extensions.c needs it too. */
#include "x509/certificate.h"

#include <string.h>

#include "x509/extensions.h"
#include "x509/name.h"

/* Version ::= INTEGER, explicitly tagged; version 1 if absent. */
static int read_version(int64_t *version, pagetls_slice *tbs, pagetls_read_error *error)
{
    pagetls_slice explicit;
    pagetls_slice integer;
    *version = 1;
    if (pagetls_der_expect(tbs, DER_CONTEXT | DER_CONSTRUCTED | 0, &explicit) != 0) {
        return 0;
    }
    if (pagetls_read_content(&explicit, DER_INTEGER, &integer, PAGETLS_FIELD_VERSION, error) != 0) {
        return -1;
    }
    if (explicit.len != 0) {
        return pagetls_read_error_set(error, PAGETLS_FIELD_VERSION, PAGETLS_REASON_TRAILING);
    }
    if (!pagetls_der_small_uint(integer, version)) {
        return pagetls_read_error_set(error, PAGETLS_FIELD_VERSION, PAGETLS_REASON_VALUE);
    }
    *version += 1;
    return 0;
}

static int read_name(pagetls_slice *name, pagetls_slice *tbs, pagetls_field field, pagetls_read_error *error)
{
    pagetls_element element;
    if (pagetls_read_element(tbs, DER_SEQUENCE, &element, field, error) != 0) {
        return -1;
    }
    if (!pagetls_name_is_well_formed(element.whole)) {
        return pagetls_read_error_set(error, field, PAGETLS_REASON_VALUE);
    }
    *name = element.whole;
    return 0;
}

static int read_validity(pagetls_certificate *certificate, pagetls_slice *tbs, pagetls_read_error *error)
{
    pagetls_slice validity;
    pagetls_time *times[] = { &certificate->not_before, &certificate->not_after };
    if (pagetls_read_content(tbs, DER_SEQUENCE, &validity, PAGETLS_FIELD_VALIDITY, error) != 0) {
        return -1;
    }
    for (size_t i = 0; i < 2; i++) {
        pagetls_element time;
        uint8_t tag = validity.len > 0 ? validity.p[0] : DER_UTC_TIME; /* another type gives an unreadable time */
        if (pagetls_read_element(&validity, tag, &time, PAGETLS_FIELD_VALIDITY, error) != 0) {
            return -1;
        }
        pagetls_time_read(times[i], &time);
    }
    return validity.len == 0 ? 0 : pagetls_read_error_set(error, PAGETLS_FIELD_VALIDITY, PAGETLS_REASON_TRAILING);
}

/* Optional fields after the key: issuerUniqueID [1], subjectUniqueID [2], extensions [3], each once, in this order. */
static int read_optional_fields(pagetls_certificate *certificate, pagetls_slice *tbs, pagetls_read_error *error)
{
    unsigned last = 0;
    while (tbs->len > 0) {
        pagetls_element element;
        unsigned choice = tbs->p[0] & 0x1Fu;
        pagetls_field field = choice == 3 ? PAGETLS_FIELD_EXTENSIONS : PAGETLS_FIELD_UNIQUE_ID;
        if ((tbs->p[0] & 0xC0) != DER_CONTEXT || choice <= last || choice > 3) {
            return pagetls_read_error_set(error, PAGETLS_FIELD_TBS_CERTIFICATE, PAGETLS_REASON_TRAILING);
        }
        last = choice;
        uint8_t tag = choice == 3 ? DER_CONTEXT | DER_CONSTRUCTED | 3 : tbs->p[0];
        if (pagetls_read_element(tbs, tag, &element, field, error) != 0) {
            return -1;
        }
        if (choice < 3) {
            certificate->has_unique_id = 1;
        } else if (pagetls_read_content(&element.content, DER_SEQUENCE, &certificate->extensions, field, error) != 0) {
            return -1;
        } else if (element.content.len != 0) {
            return pagetls_read_error_set(error, field, PAGETLS_REASON_TRAILING);
        }
    }
    return 0;
}

static int read_tbs(pagetls_certificate *certificate, pagetls_slice tbs, pagetls_read_error *error)
{
    pagetls_slice inner;
    size_t cost = 0;
    if (read_version(&certificate->version, &tbs, error) != 0 ||
        pagetls_read_content(&tbs, DER_INTEGER, &certificate->serial, PAGETLS_FIELD_SERIAL_NUMBER, error) != 0) {
        return -1;
    }
    if (pagetls_read_content(&tbs, DER_SEQUENCE, &inner, PAGETLS_FIELD_SIGNATURE, error) != 0 ||
        read_name(&certificate->issuer, &tbs, PAGETLS_FIELD_ISSUER, error) != 0 ||
        read_validity(certificate, &tbs, error) != 0 ||
        read_name(&certificate->subject, &tbs, PAGETLS_FIELD_SUBJECT, error) != 0 ||
        pagetls_public_key_read(&certificate->key, &tbs, error) != 0 ||
        read_optional_fields(certificate, &tbs, error) != 0) {
        return -1;
    }
    certificate->algorithms_differ = !pagetls_slices_equal(inner, certificate->algorithm.identifier);
    certificate->self_issued = pagetls_name_equal(certificate->subject, certificate->issuer, &cost) != 0;
    return 0;
}

static int read_fields(pagetls_certificate *certificate, pagetls_slice input, pagetls_read_error *error)
{
    pagetls_slice fields;
    pagetls_slice bits;
    pagetls_element tbs;
    if (pagetls_read_content(&input, DER_SEQUENCE, &fields, PAGETLS_FIELD_CERTIFICATE, error) != 0) {
        return -1;
    }
    if (input.len != 0) {
        return pagetls_read_error_set(error, PAGETLS_FIELD_CERTIFICATE, PAGETLS_REASON_TRAILING);
    }
    if (pagetls_read_element(&fields, DER_SEQUENCE, &tbs, PAGETLS_FIELD_TBS_CERTIFICATE, error) != 0 ||
        pagetls_signature_algorithm_read(&certificate->algorithm, &fields, PAGETLS_FIELD_SIGNATURE_ALGORITHM, error) !=
            0 ||
        pagetls_read_content(&fields, DER_BIT_STRING, &bits, PAGETLS_FIELD_SIGNATURE_VALUE, error) != 0) {
        return -1;
    }
    if (bits.len == 0 || bits.p[0] != 0) { /* the number of unused bits */
        return pagetls_read_error_set(error, PAGETLS_FIELD_SIGNATURE_VALUE, PAGETLS_REASON_VALUE);
    }
    if (fields.len != 0) {
        return pagetls_read_error_set(error, PAGETLS_FIELD_CERTIFICATE, PAGETLS_REASON_TRAILING);
    }
    certificate->tbs = tbs.whole;
    certificate->signature = (pagetls_slice) { bits.p + 1, bits.len - 1 };
    return read_tbs(certificate, tbs.content, error);
}

/* signatureAlgorithm as it is within, which read_tbs() compares with the outer one. */
static int read_inner_algorithm(pagetls_certificate *certificate, pagetls_slice tbs, pagetls_read_error *error)
{
    pagetls_slice serial;
    int64_t version;
    if (read_version(&version, &tbs, error) != 0 ||
        pagetls_read_content(&tbs, DER_INTEGER, &serial, PAGETLS_FIELD_SERIAL_NUMBER, error) != 0) {
        return -1;
    }
    return pagetls_signature_algorithm_read(&certificate->algorithm, &tbs, PAGETLS_FIELD_SIGNATURE, error);
}

static void reset(pagetls_certificate *certificate, pagetls_read_error *error)
{
    memset(certificate, 0, sizeof(*certificate));
    *error = (pagetls_read_error) { PAGETLS_FIELD_NONE, PAGETLS_REASON_NONE };
}

int pagetls_certificate_read_tbs(pagetls_certificate *certificate, const uint8_t *tbs, size_t len,
                                 pagetls_read_error *error)
{
    pagetls_slice input = { tbs, len };
    pagetls_slice fields;
    reset(certificate, error);
    certificate->tbs = input;
    if (pagetls_read_content(&input, DER_SEQUENCE, &fields, PAGETLS_FIELD_TBS_CERTIFICATE, error) != 0) {
        return -1;
    }
    if (input.len != 0) {
        return pagetls_read_error_set(error, PAGETLS_FIELD_TBS_CERTIFICATE, PAGETLS_REASON_TRAILING);
    }
    if (read_inner_algorithm(certificate, fields, error) != 0 || read_tbs(certificate, fields, error) != 0) {
        return -1;
    }
    return pagetls_extensions_read(certificate, error);
}

int pagetls_certificate_read(pagetls_certificate *certificate, const uint8_t *der, size_t len, pagetls_read_error *error)
{
    reset(certificate, error);
    certificate->der = (pagetls_slice) { der, len };
    if (read_fields(certificate, certificate->der, error) != 0) {
        return -1;
    }
    return pagetls_extensions_read(certificate, error);
}
