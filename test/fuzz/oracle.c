#define _DEFAULT_SOURCE              /* timegm() */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* sig_md, sig_pk, sig, ca_istrue, max_pathlen and key_usage of a certificate */
#include "oracle.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crypto/ed25519.h"
#include "mbedtls/asn1.h"
#include "mbedtls/md.h"
#include "mbedtls/oid.h"
#include "mbedtls/pk.h"
#include "mbedtls/platform.h"
#include "mbedtls/x509_crl.h"
#include "mbedtls/x509_crt.h"
#include "x509_internal.h"

/* --- a certificate, read with Mbed TLS's ASN.1 functions ------------------------------------------------------------- */

#define SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
#define CONTEXT(number) (MBEDTLS_ASN1_CONTEXT_SPECIFIC | (number))

/* Contents, without their headers; but tbs, issuer, subject and key include theirs. */
typedef struct {
    mbedtls_x509_buf tbs;
    mbedtls_x509_buf serial, issuer, not_before, not_after, subject, key;
    mbedtls_x509_buf extensions;     /* p is NULL without extensions */
    mbedtls_x509_buf identifiers[2]; /* of the signature algorithm: in the signed part, and next to the signature */
    mbedtls_x509_buf algorithm, parameters, signature;
} parts;

/* Reads an element with any tag at *p, and moves *p behind it. */
static int next_buf(unsigned char **p, const unsigned char *end, mbedtls_x509_buf *content, mbedtls_x509_buf *whole)
{
    unsigned char *start = *p;
    size_t len;
    if (end - start < 1) {
        return -1;
    }
    ++*p;
    if (mbedtls_asn1_get_len(p, end, &len) != 0) {
        return -1;
    }
    *content = (mbedtls_x509_buf) { start[0], len, *p };
    *p += len;
    if (whole != NULL) {
        *whole = (mbedtls_x509_buf) { start[0], (size_t) (*p - start), start };
    }
    return 0;
}

static void expect_next(unsigned char **p, const unsigned char *end, int tag, mbedtls_x509_buf *content,
                        mbedtls_x509_buf *whole)
{
    FUZZ_ASSERT(next_buf(p, end, content, whole) == 0 && (tag == 0 || content->tag == tag));
}

/* Our parser has read the certificate, so each part must exist. */
static void read_parts(parts *out, pagetls_slice der)
{
    mbedtls_x509_buf part;
    mbedtls_x509_buf inner;
    unsigned char *p = (unsigned char *) (uintptr_t) der.p; /* not written to */
    memset(out, 0, sizeof(*out));
    expect_next(&p, p + der.len, SEQUENCE, &part, NULL);
    FUZZ_ASSERT(p == der.p + der.len);
    p = part.p;
    const unsigned char *end = p + part.len;
    expect_next(&p, end, SEQUENCE, &inner, &out->tbs);
    expect_next(&p, end, SEQUENCE, &part, NULL);
    out->identifiers[1] = part;
    FUZZ_ASSERT(mbedtls_asn1_get_bitstring_null(&p, end, &out->signature.len) == 0);
    out->signature.p = p;
    FUZZ_ASSERT(p + out->signature.len == end);
    p = part.p;
    expect_next(&p, part.p + part.len, MBEDTLS_ASN1_OID, &out->algorithm, NULL);
    if (p < part.p + part.len) {
        expect_next(&p, part.p + part.len, 0, &out->parameters, NULL);
    }
    p = inner.p;
    end = p + inner.len;
    if (p < end && *p == CONTEXT(MBEDTLS_ASN1_CONSTRUCTED)) {
        expect_next(&p, end, 0, &part, NULL);
    }
    expect_next(&p, end, MBEDTLS_ASN1_INTEGER, &out->serial, NULL);
    expect_next(&p, end, SEQUENCE, &out->identifiers[0], NULL);
    expect_next(&p, end, SEQUENCE, &part, &out->issuer);
    expect_next(&p, end, SEQUENCE, &part, NULL);
    unsigned char *times = part.p;
    expect_next(&times, part.p + part.len, 0, &out->not_before, NULL);
    expect_next(&times, part.p + part.len, 0, &out->not_after, NULL);
    expect_next(&p, end, SEQUENCE, &part, &out->subject);
    expect_next(&p, end, SEQUENCE, &part, &out->key);
    while (p < end) {
        expect_next(&p, end, 0, &part, NULL);
        if (part.tag == CONTEXT(MBEDTLS_ASN1_CONSTRUCTED | 3)) {
            expect_next(&part.p, part.p + part.len, SEQUENCE, &out->extensions, NULL);
        }
    }
}

/* The value of the extension 2.5.29.last_arc; p is NULL if it is missing. */
static mbedtls_x509_buf find_extension(const parts *certificate, unsigned char last_arc)
{
    const unsigned char oid[] = { 0x55, 0x1D, last_arc };
    unsigned char *p = certificate->extensions.p;
    const unsigned char *end = p == NULL ? NULL : p + certificate->extensions.len;
    mbedtls_x509_buf extension;
    mbedtls_x509_buf id;
    mbedtls_x509_buf value = { 0, 0, NULL };
    while (p != end) {
        expect_next(&p, end, SEQUENCE, &extension, NULL);
        unsigned char *field = extension.p;
        expect_next(&field, extension.p + extension.len, MBEDTLS_ASN1_OID, &id, NULL);
        if (id.len == sizeof(oid) && memcmp(id.p, oid, sizeof(oid)) == 0) {
            expect_next(&field, extension.p + extension.len, 0, &value, NULL);
            if (value.tag == MBEDTLS_ASN1_BOOLEAN) {
                expect_next(&field, extension.p + extension.len, 0, &value, NULL);
            }
            return value;
        }
    }
    return value;
}

/* --- time ------------------------------------------------------------------------------------------------------------ */

static long long to_number(const unsigned char *digits, size_t count)
{
    long long number = 0;
    for (size_t i = 0; i < count; i++) {
        FUZZ_ASSERT(isdigit(digits[i]));
        number = number * 10 + (digits[i] - '0');
    }
    return number;
}

/* Seconds since 1970 of a time that our parser has read. */
static long long to_seconds(const mbedtls_x509_buf *time)
{
    const size_t year_len = time->tag == MBEDTLS_ASN1_UTC_TIME ? 2 : 4;
    const unsigned char *p = time->p + year_len;
    const unsigned char *end = time->p + time->len;
    FUZZ_ASSERT(time->len >= year_len + 8);
    long long year = to_number(time->p, year_len);
    struct tm date = { .tm_mon = (int) to_number(p, 2) - 1,
                       .tm_mday = (int) to_number(p + 2, 2),
                       .tm_hour = (int) to_number(p + 4, 2),
                       .tm_min = (int) to_number(p + 6, 2) };
    date.tm_year = (int) (year_len == 4 ? year - 1900 : year < 50 ? year + 100 : year);
    p += 8;
    if (end - p >= 2 && isdigit(*p)) {
        date.tm_sec = (int) to_number(p, 2);
        p += 2;
    }
    struct tm normal = date;
    long long seconds = timegm(&normal);
    FUZZ_ASSERT(normal.tm_mon == date.tm_mon && normal.tm_mday == date.tm_mday && normal.tm_hour == date.tm_hour &&
                normal.tm_min == date.tm_min && normal.tm_sec == date.tm_sec); /* the date exists */
    if (end - p >= 5 && (end[-5] == '+' || end[-5] == '-')) {
        long long offset = to_number(end - 4, 2) * 3600 + to_number(end - 2, 2) * 60;
        seconds += end[-5] == '+' ? -offset : offset;
    }
    return seconds;
}

/* --- names ------------------------------------------------------------------------------------------------------------ */

static int equals_ignoring_case(const uint8_t *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (tolower(a[i]) != b[i]) {
            return 0;
        }
    }
    return 1;
}

int fuzz_names_match(const uint8_t *names, size_t len, const pagetls_hostname *host)
{
    const char *parent = strchr(host->text, '.');
    unsigned char *at = (unsigned char *) (uintptr_t) names; /* not written to */
    const unsigned char *end = names + len;
    mbedtls_x509_buf name;
    while (at != end && next_buf(&at, end, &name, NULL) == 0) {
        const uint8_t *p = name.p;
        if (name.tag == 0x87 && host->ip_len > 0 && name.len == host->ip_len && memcmp(p, host->ip, name.len) == 0) {
            return 1;
        }
        if (name.tag != 0x82 || host->ip_len > 0) {
            continue;
        }
        if (name.len == strlen(host->text) && equals_ignoring_case(p, host->text, name.len)) {
            return 1;
        }
        if (name.len > 2 && p[0] == '*' && parent != NULL && strchr(parent + 1, '.') != NULL &&
            name.len - 1 == strlen(parent) && equals_ignoring_case(p + 1, parent, name.len - 1)) {
            return 1;
        }
    }
    return 0;
}

static int is_for_host(const parts *leaf, const pagetls_hostname *host)
{
    mbedtls_x509_buf value = find_extension(leaf, 17);
    mbedtls_x509_buf names;
    unsigned char *p = value.p;
    if (p == NULL) {
        return 0;
    }
    expect_next(&p, p + value.len, SEQUENCE, &names, NULL);
    return fuzz_names_match(names.p, names.len, host);
}

/* --- comparing parsers ------------------------------------------------------------------------------------------------- */

static int equals(const mbedtls_x509_buf *theirs, pagetls_slice ours)
{
    return theirs->len == ours.len && (ours.len == 0 || memcmp(theirs->p, ours.p, ours.len) == 0);
}

static int accept_extension(void *context, const mbedtls_x509_crt *crt, const mbedtls_x509_buf *oid, int critical,
                            const unsigned char *p, const unsigned char *end)
{
    (void) context, (void) crt, (void) oid, (void) critical, (void) p, (void) end;
    return 0;
}

/* Makes Mbed TLS accept unknown extensions, as our parser does. 0 on success. */
static int parse(mbedtls_x509_crt *crt, const uint8_t *der, size_t len)
{
    mbedtls_x509_crt_init(crt);
    return mbedtls_x509_crt_parse_der_with_ext_cb(crt, der, len, 1, accept_extension, NULL);
}

static long long seconds_of(const mbedtls_x509_time *time)
{
    struct tm date = { .tm_year = time->year - 1900,
                       .tm_mon = time->mon - 1,
                       .tm_mday = time->day,
                       .tm_hour = time->hour,
                       .tm_min = time->min,
                       .tm_sec = time->sec };
    return timegm(&date);
}

/* 1 when all elements, including nested ones, have minimal lengths. Mbed TLS accepts other lengths. */
static int has_minimal_lengths(unsigned char *p, const unsigned char *end)
{
    mbedtls_x509_buf content;
    mbedtls_x509_buf whole;
    while (p != end) {
        if (next_buf(&p, end, &content, &whole) != 0) {
            return 1; /* not a list of elements */
        }
        const size_t shortest = content.len < 0x80 ? 2 : content.len < 0x100 ? 3 : content.len < 0x10000 ? 4 : 5;
        if (whole.len - content.len != shortest) {
            return 0;
        }
        const size_t skipped = content.tag == MBEDTLS_ASN1_BIT_STRING && content.len > 0; /* the count of unused bits */
        if ((skipped || (content.tag & MBEDTLS_ASN1_CONSTRUCTED)) &&
            !has_minimal_lengths(content.p + skipped, content.p + content.len)) {
            return 0;
        }
    }
    return 1;
}

static void compare_extensions(const mbedtls_x509_crt *theirs, const pagetls_certificate *ours)
{
    if (theirs->version != 3 || ours->duplicate.p != NULL || ours->too_many_extensions) {
        return; /* Mbed TLS does not read extensions of other versions */
    }
    const pagetls_slice constraints = ours->extension[PAGETLS_EXT_BASIC_CONSTRAINTS];
    if (mbedtls_x509_crt_has_ext_type(theirs, MBEDTLS_X509_EXT_BASIC_CONSTRAINTS) &&
        !pagetls_certificate_malformed(ours, PAGETLS_EXT_BASIC_CONSTRAINTS) &&
        (constraints.len == 2 || constraints.p[2] == MBEDTLS_ASN1_BOOLEAN)) { /* Mbed TLS also accepts an INTEGER */
        FUZZ_ASSERT(!theirs->ca_istrue == !ours->ca);
        FUZZ_ASSERT(!ours->ca || ours->path_length == theirs->max_pathlen - 1);
    }
    if (mbedtls_x509_crt_has_ext_type(theirs, MBEDTLS_X509_EXT_KEY_USAGE)) {
        const unsigned usage = theirs->key_usage;
        FUZZ_ASSERT(pagetls_certificate_malformed(ours, PAGETLS_EXT_KEY_USAGE) ||
                    ours->key_usage == ((usage & 0xFF) << 8 | (usage >> 8 & 0xFF)));
    }
    FUZZ_ASSERT(pagetls_certificate_has(ours, PAGETLS_EXT_BASIC_CONSTRAINTS) ==
                !!mbedtls_x509_crt_has_ext_type(theirs, MBEDTLS_X509_EXT_BASIC_CONSTRAINTS));
    FUZZ_ASSERT(pagetls_certificate_has(ours, PAGETLS_EXT_KEY_USAGE) ==
                !!mbedtls_x509_crt_has_ext_type(theirs, MBEDTLS_X509_EXT_KEY_USAGE));
    FUZZ_ASSERT(pagetls_certificate_has(ours, PAGETLS_EXT_EKU) ==
                !!mbedtls_x509_crt_has_ext_type(theirs, MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE));
    FUZZ_ASSERT(pagetls_certificate_has(ours, PAGETLS_EXT_SAN) ==
                !!mbedtls_x509_crt_has_ext_type(theirs, MBEDTLS_X509_EXT_SUBJECT_ALT_NAME));
}

void fuzz_compare_parsers(const uint8_t *der, size_t len)
{
    pagetls_certificate ours;
    pagetls_read_error error;
    parts all;
    mbedtls_x509_crt theirs;
    if (pagetls_certificate_read(&ours, der, len, &error) != 0) {
        FUZZ_ASSERT(error.field != PAGETLS_FIELD_NONE && error.reason != PAGETLS_REASON_NONE);
        return;
    }
    FUZZ_ASSERT(error.field == PAGETLS_FIELD_NONE);
    read_parts(&all, ours.der);
    FUZZ_ASSERT(equals(&all.tbs, ours.tbs) && equals(&all.serial, ours.serial) && equals(&all.issuer, ours.issuer));
    FUZZ_ASSERT(equals(&all.subject, ours.subject) && equals(&all.key, ours.key.spki) &&
                equals(&all.signature, ours.signature));
    FUZZ_ASSERT(equals(&all.algorithm, ours.algorithm.oid) && equals(&all.extensions, ours.extensions));
    FUZZ_ASSERT(ours.algorithms_differ ==
                (all.identifiers[0].len != all.identifiers[1].len ||
                 memcmp(all.identifiers[0].p, all.identifiers[1].p, all.identifiers[0].len) != 0));
    FUZZ_ASSERT(!ours.not_before.readable || ours.not_before.seconds == to_seconds(&all.not_before));
    FUZZ_ASSERT(!ours.not_after.readable || ours.not_after.seconds == to_seconds(&all.not_after));
    if (parse(&theirs, der, len) == 0) {
        FUZZ_ASSERT(ours.version == theirs.version && equals(&theirs.serial, ours.serial) &&
                    equals(&theirs.tbs, ours.tbs));
        FUZZ_ASSERT(equals(&theirs.issuer_raw, ours.issuer) && equals(&theirs.subject_raw, ours.subject));
        FUZZ_ASSERT(equals(&theirs.pk_raw, ours.key.spki) && equals(&theirs.sig, ours.signature));
        FUZZ_ASSERT(ours.not_before.readable && ours.not_before.seconds == seconds_of(&theirs.valid_from));
        FUZZ_ASSERT(ours.not_after.readable && ours.not_after.seconds == seconds_of(&theirs.valid_to));
        FUZZ_ASSERT(!ours.key.malformed || !has_minimal_lengths(theirs.pk_raw.p, theirs.pk_raw.p + theirs.pk_raw.len));
        FUZZ_ASSERT(!ours.algorithm.invalid_parameters || theirs.sig_pk == MBEDTLS_PK_RSASSA_PSS);
        FUZZ_ASSERT(ours.key.bits == 0 || ours.key.bits == mbedtls_pk_get_bitlen(&theirs.pk));
        FUZZ_ASSERT(ours.has_unique_id >= (theirs.issuer_id.p != NULL || theirs.subject_id.p != NULL));
        compare_extensions(&theirs, &ours);
    }
    mbedtls_x509_crt_free(&theirs);
}

/* --- a valid path --------------------------------------------------------------------------------------------------------- */

static int verifies_signature(const mbedtls_x509_buf *oid, const mbedtls_x509_buf *parameters,
                              const mbedtls_x509_buf *tbs, const mbedtls_x509_buf *signature,
                              const mbedtls_x509_buf *issuer_key)
{
    uint8_t hash[MBEDTLS_MD_MAX_SIZE];
    mbedtls_md_type_t md = MBEDTLS_MD_NONE;
    mbedtls_pk_type_t pk = MBEDTLS_PK_NONE;
    void *options = NULL;
    mbedtls_pk_context key;
    unsigned char *p = issuer_key->p;
    if (oid->len == 3 && memcmp(oid->p, "\x2B\x65\x70", 3) == 0) { /* Ed25519: only our kernel can verify it */
        static const uint8_t header[] = { 0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0 };
        return parameters->len == 0 && issuer_key->len == sizeof(header) + PAGETLS_ED25519_KEY_BYTES &&
            memcmp(issuer_key->p, header, sizeof(header)) == 0 &&
            pagetls_ed25519_verify(issuer_key->p + sizeof(header), tbs->p, tbs->len, signature->p, signature->len) == 0;
    }
    mbedtls_pk_init(&key);
    const mbedtls_md_info_t *info =
        mbedtls_x509_get_sig_alg(oid, parameters, &md, &pk, &options) == 0 ? mbedtls_md_info_from_type(md) : NULL;
    int valid = info != NULL && mbedtls_md(info, tbs->p, tbs->len, hash) == 0 &&
        mbedtls_pk_parse_subpubkey(&p, p + issuer_key->len, &key) == 0 && mbedtls_pk_can_do(&key, pk) &&
        mbedtls_pk_verify_ext(pk, options, &key, md, hash, mbedtls_md_get_size(info), signature->p, signature->len) == 0;
    mbedtls_pk_free(&key);
    mbedtls_free(options);
    return valid;
}

static int has_octets(const fuzz_record *record, const void *octets, size_t len)
{
    for (size_t i = 0; i + len <= record->len; i++) {
        if (memcmp(record->p + i, octets, len) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Whether a delta CRL may take back entries. Text is not decoded. */
static int has_delta(const fuzz_case *input)
{
    for (size_t i = 0; i < input->count; i++) {
        const fuzz_record *record = &input->record[i];
        if (record->type == FUZZ_CRL &&
            (has_octets(record, "\x06\x03\x55\x1D\x1B", 5) || record->len == 0 || record->p[0] != 0x30)) {
            return 1;
        }
    }
    return 0;
}

/* Aborts if a CRL of the issuer, read by Mbed TLS, lists the certificate. Skipped: CRLs that our parser rejects (Mbed
 * TLS accepts lengths that are not DER), CRLs with a scope, CRLs signed by another key, and entries that a newer CRL may
 * take back. Mbed TLS itself rejects critical extensions. */
static void assert_not_revoked(const fuzz_case *input, const fuzz_record *record, const parts *subject,
                               const mbedtls_x509_buf *issuer_key)
{
    pagetls_crl accepted;
    pagetls_read_error error;
    if (pagetls_crl_read(&accepted, record->p, record->len, &error) != 0) {
        return;
    }
    mbedtls_x509_crl list;
    mbedtls_x509_crl_init(&list);
    const int is_scoped = has_octets(record, "\x06\x03\x55\x1D\x1C", 5);
    const int has_hold = has_octets(record, "\x0A\x01\x06", 3);
    if (!is_scoped && !has_hold && !has_delta(input) &&
        mbedtls_x509_crl_parse_der(&list, record->p, record->len) == 0 && list.issuer_raw.len == subject->issuer.len &&
        memcmp(list.issuer_raw.p, subject->issuer.p, subject->issuer.len) == 0) {
        unsigned char *p = list.tbs.p + list.tbs.len; /* the algorithm's parameters, which Mbed TLS does not keep */
        mbedtls_x509_buf part;
        mbedtls_x509_buf oid;
        mbedtls_x509_buf parameters = { 0, 0, NULL };
        expect_next(&p, list.raw.p + list.raw.len, SEQUENCE, &part, NULL);
        p = part.p;
        expect_next(&p, part.p + part.len, MBEDTLS_ASN1_OID, &oid, NULL);
        if (p < part.p + part.len) {
            expect_next(&p, part.p + part.len, 0, &parameters, NULL);
        }
        if (verifies_signature(&oid, &parameters, &list.tbs, &list.sig, issuer_key)) {
            const mbedtls_x509_crt certificate = { .serial = subject->serial };
            FUZZ_ASSERT(!mbedtls_x509_crt_is_revoked(&certificate, &list));
        }
    }
    mbedtls_x509_crl_free(&list);
}

static int is_ca(const parts *certificate)
{
    mbedtls_x509_buf value = find_extension(certificate, 19);
    mbedtls_x509_buf fields;
    int ca = 0;
    unsigned char *p = value.p;
    if (p == NULL) {
        return 0;
    }
    expect_next(&p, p + value.len, SEQUENCE, &fields, NULL);
    p = fields.p;
    return mbedtls_asn1_get_bool(&p, fields.p + fields.len, &ca) == 0 && ca;
}

static int has_name_warning(const pagetls_attempt *attempt)
{
    const pagetls_problem *warnings = pagetls_attempt_warnings(attempt);
    for (size_t i = 0; i < attempt->warnings_count; i++) {
        if (warnings[i].rule == PAGETLS_RULE_HOST_NAME) {
            return 1;
        }
    }
    return attempt->more_warnings > 0;
}

void fuzz_check_valid_chain(const pagetls_verification *v, const pagetls_trust_store *trust, const fuzz_case *input,
                            unsigned variant)
{
    const pagetls_result *result = &v->result;
    const pagetls_attempt *best = result->search.best;
    parts child = { .tbs = { .p = NULL } };
    int anchored = 0;
    FUZZ_ASSERT(result->outcome == PAGETLS_GOOD && result->flags == 0 && result->search.tried > 0);
    FUZZ_ASSERT(best->problems_count == 0 && best->path.anchor != NULL && best->signatures_verified &&
                best->path.len > 0);
    FUZZ_ASSERT(pagetls_slices_equal(best->path.certificate[0]->der, v->chain->certificate.der));
    const pagetls_slice last = best->path.certificate[best->path.len - 1]->der;
    for (const pagetls_stored_certificate *anchor = trust->first; anchor != NULL; anchor = anchor->next) {
        anchored |= pagetls_slices_equal(anchor->certificate.der, last);
    }
    FUZZ_ASSERT(anchored);
    for (size_t depth = 0; depth < best->path.len; depth++) {
        const pagetls_slice der = best->path.certificate[depth]->der;
        parts certificate;
        int error = 0;
        char *text = pagetls_describe_certificate(der.p, der.len, &error);
        FUZZ_ASSERT(text != NULL && error == 0);
        pagetls_free(text);
        fuzz_compare_parsers(der.p, der.len);
        read_parts(&certificate, der);
        FUZZ_ASSERT(to_seconds(&certificate.not_before) <= result->time &&
                    result->time <= to_seconds(&certificate.not_after));
        FUZZ_ASSERT(depth > 0 || v->hostname.text[0] == '\0' || is_for_host(&certificate, &v->hostname) ||
                    (v->hostname_optional && has_name_warning(best)));
        if (depth > 0) {
            /* The profile private accepts anchors of version 1. */
            FUZZ_ASSERT(is_ca(&certificate) ||
                        (v->profile >= PAGETLS_PROFILE_PRIVATE && depth + 1 == best->path.len &&
                         certificate.extensions.p == NULL));
            FUZZ_ASSERT(verifies_signature(&child.algorithm, &child.parameters, &child.tbs, &child.signature,
                                           &certificate.key));
            for (size_t i = 0; i < input->count && !(variant & (FUZZ_LENIENT | FUZZ_NO_CRLS)); i++) {
                if (input->record[i].type == FUZZ_CRL) {
                    assert_not_revoked(input, &input->record[i], &child, &certificate.key);
                }
            }
        }
        child = certificate;
    }
}
