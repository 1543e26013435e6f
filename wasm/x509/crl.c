#include "x509/crl.h"

#include <string.h>

#include "x509/certificate.h"
#include "x509/general_name.h"
#include "x509/name.h"

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

/* The extensions of a CRL and of an entry: id-ce and the last arc. */
enum {
    ID_CRL_NUMBER = 20,
    ID_REASON_CODE = 21,
    ID_DELTA_CRL_INDICATOR = 27,
    ID_ISSUING_DISTRIBUTION_POINT = 28,
    ID_CERTIFICATE_ISSUER = 29,
    ID_AUTHORITY_KEY_IDENTIFIER = 35
};

/* The last arc of an OID id-ce (2.5.29) with one more; 0 for any other. */
static uint8_t id_of(pagetls_slice oid)
{
    return oid.len == 3 && oid.p[0] == 0x55 && oid.p[1] == 0x1D && !(oid.p[2] & 0x80) ? oid.p[2] : 0;
}

/* Adds an id to the set of those seen. Returns 1 if it was there; ids that are not decoded can be there twice. */
static int has_been_seen(uint64_t *seen, uint8_t id)
{
    const uint64_t bit = id < 64 ? (uint64_t) 1 << id : 0;
    const int before = id != 0 && (*seen & bit) != 0;
    *seen |= bit;
    return before;
}

/* RFC 5280, section 5.2.3, allows CRL numbers of 20 octets. */
enum { NUMBER_OCTETS_MAX = 64 };

/* The content octets of the only element, an INTEGER; p is NULL if it is something else, or too long. */
static pagetls_slice read_number(pagetls_slice value)
{
    pagetls_slice number;
    return pagetls_der_expect(&value, DER_INTEGER, &number) == 0 && value.len == 0 && number.len > 0 &&
            number.len <= NUMBER_OCTETS_MAX
        ? number
        : (pagetls_slice) { NULL, 0 };
}

static void read_extension(pagetls_crl *crl, const pagetls_raw_extension *extension)
{
    pagetls_slice fields;
    pagetls_slice value = extension->value;
    switch (id_of(extension->oid)) {
        case ID_CRL_NUMBER: crl->number = extension->critical ? (pagetls_slice) { NULL, 0 } : read_number(value); break;
        case ID_DELTA_CRL_INDICATOR:
            crl->is_delta = 1;
            crl->base_number = read_number(value);
            crl->has_unusable_extension |= crl->base_number.p == NULL;
            break;
        case ID_ISSUING_DISTRIBUTION_POINT:
            crl->scope = value;
            if (pagetls_issuing_point_read(&crl->point, value) != 0) {
                crl->point = (pagetls_issuing_point) { .reasons = PAGETLS_ALL_REASONS };
                crl->has_unusable_extension = 1;
            }
            break;
        case ID_AUTHORITY_KEY_IDENTIFIER:
            if (pagetls_der_expect(&value, DER_SEQUENCE, &fields) == 0) {
                (void) pagetls_der_expect(&fields, DER_CONTEXT | 0, &crl->authority_key_id);
            }
            break;
        default: crl->has_unusable_extension |= extension->critical != 0; break;
    }
}

static void read_extensions(pagetls_crl *crl, pagetls_slice list)
{
    pagetls_raw_extension extension;
    uint64_t seen = 0;
    while (list.len > 0) {
        if (pagetls_extension_next(&list, &extension) != 0) {
            crl->has_unusable_extension = 1;
            return;
        }
        crl->has_unusable_extension |= has_been_seen(&seen, id_of(extension.oid)) != 0;
        read_extension(crl, &extension);
    }
}

static void check_entries(pagetls_crl *crl)
{
    pagetls_slice list = crl->revoked;
    pagetls_crl_entry entry;
    while (list.len > 0) {
        if (pagetls_crl_entry_next(&list, &entry) != 0) {
            crl->has_unusable_extension = 1;
            return;
        }
        crl->has_other_issuers |= entry.issuer_names.p != NULL;
        crl->has_unusable_extension |= entry.has_unusable_extension;
    }
    crl->has_unusable_extension |= crl->has_other_issuers && !crl->point.indirect;
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
    if (tbs.len != 0) {
        return pagetls_read_error_set(error, PAGETLS_FIELD_TBS_CERT_LIST, PAGETLS_REASON_TRAILING);
    }
    check_entries(crl);
    return 0;
}

int pagetls_crl_read(pagetls_crl *crl, const uint8_t *der, size_t len, pagetls_read_error *error)
{
    pagetls_slice input = { der, len };
    pagetls_slice fields;
    pagetls_slice bits;
    pagetls_element tbs;
    memset(crl, 0, sizeof(*crl));
    crl->point.reasons = PAGETLS_ALL_REASONS;
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

static void read_entry_extension(pagetls_crl_entry *entry, const pagetls_raw_extension *extension)
{
    pagetls_slice value = extension->value;
    pagetls_element reason;
    switch (id_of(extension->oid)) {
        case ID_REASON_CODE:
            if (pagetls_der_next(&value, &reason) == 0 && reason.tag == DER_ENUMERATED && reason.content.len == 1) {
                entry->reason = reason.content.p[0];
            }
            break;
        case ID_CERTIFICATE_ISSUER:
            if (pagetls_der_expect(&value, DER_SEQUENCE, &entry->issuer_names) != 0) {
                entry->has_unusable_extension = 1;
            }
            break;
        default: entry->has_unusable_extension |= extension->critical != 0; break;
    }
}

/* Returns -1 if it is malformed. */
static int read_entry(pagetls_crl_entry *entry, pagetls_slice fields)
{
    pagetls_slice extensions;
    pagetls_raw_extension extension;
    uint64_t seen = 0;
    if (pagetls_der_expect(&fields, DER_INTEGER, &entry->serial) != 0 || entry->serial.len == 0 ||
        pagetls_der_next(&fields, &entry->date) != 0) {
        return -1;
    }
    if (fields.len == 0) {
        return 0;
    }
    if (pagetls_der_expect(&fields, DER_SEQUENCE, &extensions) != 0 || fields.len != 0) {
        return -1;
    }
    while (extensions.len > 0) {
        if (pagetls_extension_next(&extensions, &extension) != 0 || has_been_seen(&seen, id_of(extension.oid))) {
            entry->reason = PAGETLS_REASON_CODE_NONE;
            return -1;
        }
        read_entry_extension(entry, &extension);
    }
    return 0;
}

int pagetls_crl_entry_next(pagetls_slice *revoked, pagetls_crl_entry *entry)
{
    pagetls_slice fields;
    memset(entry, 0, sizeof(*entry));
    if (pagetls_der_expect(revoked, DER_SEQUENCE, &fields) != 0) {
        return -1;
    }
    entry->has_unusable_extension |= read_entry(entry, fields) != 0;
    return 0;
}

static int names_issuer(pagetls_slice names, pagetls_slice issuer)
{
    pagetls_element name;
    size_t cost = 0;
    while (pagetls_der_next(&names, &name) == 0) {
        if (name.tag == (DER_CONTEXT | DER_CONSTRUCTED | PAGETLS_NAME_DIRECTORY) &&
            pagetls_name_equal(name.content, issuer, &cost)) {
            return 1;
        }
    }
    return 0;
}

/* Of two entries for one certificate, the one with the higher rank counts. */
static int rank_of(uint8_t reason)
{
    return reason == PAGETLS_REASON_CODE_REMOVE ? 1 : reason == PAGETLS_REASON_CODE_HOLD ? 2 : 3;
}

/* Moves *list to its first entry with this serial number, or to its end. Most of the time that a CRL takes is spent here. */
static void skip_other_serials(pagetls_slice *list, pagetls_slice serial)
{
    for (pagetls_slice rest = *list; list->len > 0; *list = rest) {
        pagetls_slice fields;
        pagetls_slice other;
        if (pagetls_der_expect(&rest, DER_SEQUENCE, &fields) != 0) {
            list->len = 0;
            return;
        }
        if (pagetls_der_expect(&fields, DER_INTEGER, &other) == 0 &&
            pagetls_slices_equal(pagetls_der_integer_shortest(other), serial)) {
            return;
        }
    }
}

int pagetls_crl_find(const pagetls_crl *crl, pagetls_slice serial, pagetls_slice issuer, pagetls_crl_entry *found)
{
    const pagetls_slice shortest = pagetls_der_integer_shortest(serial);
    pagetls_slice list = crl->revoked;
    pagetls_crl_entry entry;
    int is_of_issuer = 1; /* an entry without an issuer has that of the entry before it; the first, the CRL's */
    int rank = 0;
    for (;;) {
        if (!crl->has_other_issuers) {
            skip_other_serials(&list, shortest);
        }
        if (pagetls_crl_entry_next(&list, &entry) != 0) {
            return rank > 0;
        }
        if (entry.issuer_names.p != NULL && crl->point.indirect) {
            is_of_issuer = names_issuer(entry.issuer_names, issuer);
        }
        if (is_of_issuer && rank_of(entry.reason) > rank && entry.serial.p != NULL &&
            pagetls_slices_equal(pagetls_der_integer_shortest(entry.serial), shortest)) {
            rank = rank_of(entry.reason);
            *found = entry;
        }
    }
}
