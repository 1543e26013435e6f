/* Unreadable certificates and CRLs: an input for each field and reason (wasm/x509/read_errors.def). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "x509/certificate.h"
#include "x509/crl.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Replaces a part of a certificate or CRL, which gives this error. */
typedef struct {
    pagetls_field field;
    pagetls_reason reason;
    int part; /* BUILD_… */
    pagetls_slice with;
} mutation;

#define MUTATION(field, reason, part, literal)                                                                         \
    {                                                                                                                  \
        PAGETLS_FIELD_##field, PAGETLS_REASON_##reason, BUILD_##part,                                                  \
        {                                                                                                              \
            (const uint8_t *) literal, sizeof(literal) - 1                                                             \
        }                                                                                                              \
    }

static const mutation certificate_mutations[] = {
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\x05\x00"),
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xA0\x00"),
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xA4\x00"),
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\x82\x01\x00\x81\x01\x00"),
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\x81\x01\x00\x81\x01\x00"),
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xA3\x02\x30\x00\x81\x01\x00"),
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xA3\x02\x30\x00\xA3\x02\x30\x00"),
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xE1\x00"), /* another tag class */
    MUTATION(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\x00"),
    MUTATION(VERSION, MISSING, VERSION, "\xA0\x00"),
    MUTATION(VERSION, TYPE, VERSION, "\xA0\x03\x04\x01\x02"),
    MUTATION(VERSION, LENGTH, VERSION, "\xA0\x04\x02\x81\x01\x02"),
    MUTATION(VERSION, TRUNCATED, VERSION, "\xA0\x03\x02\x02\x02"),
    MUTATION(VERSION, TRAILING, VERSION, "\xA0\x05\x02\x01\x02\x05\x00"),
    MUTATION(VERSION, VALUE, VERSION, "\xA0\x03\x02\x01\x80"),
    MUTATION(VERSION, VALUE, VERSION, "\xA0\x02\x02\x00"),
    MUTATION(VERSION, VALUE, VERSION, "\xA0\x0A\x02\x08\x01\x01\x01\x01\x01\x01\x01\x01"),
    /* Names: no SET, no SEQUENCE in it, no OID, no value, trailing data, partial characters. */
    MUTATION(ISSUER, VALUE, ISSUER, "\x30\x02\x30\x00"),
    MUTATION(ISSUER, VALUE, ISSUER, "\x30\x01\x31"),
    MUTATION(SUBJECT, VALUE, SUBJECT, "\x30\x04\x31\x02\x31\x00"),
    MUTATION(SUBJECT, VALUE, SUBJECT, "\x30\x04\x31\x02\x30\x00"),
    MUTATION(SUBJECT, VALUE, SUBJECT, "\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03"),
    MUTATION(SUBJECT, VALUE, SUBJECT, "\x30\x0D\x31\x0B\x30\x09\x06\x03\x55\x04\x03\x0C\x00\x05\x00"),
    MUTATION(SUBJECT, VALUE, SUBJECT, "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x1E\x01\x41"),
    MUTATION(SUBJECT, VALUE, SUBJECT, "\x30\x0E\x31\x0C\x30\x0A\x06\x03\x55\x04\x03\x1C\x03\x00\x00\x41"),
    MUTATION(VALIDITY, MISSING, VALIDITY, "\x30\x00"),
    MUTATION(VALIDITY, MISSING, VALIDITY, "\x30\x0F\x17\r240101000000Z"),
    MUTATION(VALIDITY, TRAILING, VALIDITY, "\x30\x20\x17\r240101000000Z\x17\r240101000000Z\x05\x00"),
    MUTATION(SUBJECT_PUBLIC_KEY_INFO, MISSING, PUBLIC_KEY, "\x30\x00"),
    MUTATION(SUBJECT_PUBLIC_KEY_INFO, MISSING, PUBLIC_KEY, "\x30\x02\x30\x00"),
    MUTATION(SUBJECT_PUBLIC_KEY_INFO, TYPE, PUBLIC_KEY, "\x30\x04\x30\x02\x05\x00"),
    MUTATION(SUBJECT_PUBLIC_KEY_INFO, VALUE, PUBLIC_KEY, "\x30\x07\x30\x05\x06\x03\x2B\x65\x70"),
    MUTATION(SUBJECT_PUBLIC_KEY_INFO, VALUE, PUBLIC_KEY, "\x30\x09\x30\x05\x06\x03\x2B\x65\x70\x03\x00"),
    MUTATION(SUBJECT_PUBLIC_KEY_INFO, VALUE, PUBLIC_KEY, "\x30\x0B\x30\x05\x06\x03\x2B\x65\x70\x03\x02\x01\x00"),
    MUTATION(SUBJECT_PUBLIC_KEY_INFO, TRAILING, PUBLIC_KEY,
             "\x30\x0D\x30\x05\x06\x03\x2B\x65\x70\x03\x02\x00\x01\x05\x00"),
    MUTATION(UNIQUE_ID, LENGTH, EXTENSIONS, "\x81\x80\x00\x00"),
    MUTATION(UNIQUE_ID, TRUNCATED, EXTENSIONS, "\x82\x02\x00"),
    MUTATION(UNIQUE_ID, TRUNCATED, EXTENSIONS, "\x81"),
    MUTATION(EXTENSIONS, TYPE, EXTENSIONS, "\x83\x02\x30\x00"),
    MUTATION(EXTENSIONS, TYPE, EXTENSIONS, "\xA3\x02\x31\x00"),
    MUTATION(EXTENSIONS, LENGTH, EXTENSIONS, "\xA3\x80\x30\x00\x00\x00"),
    MUTATION(EXTENSIONS, TRUNCATED, EXTENSIONS, "\xA3\x03\x30\x00"),
    MUTATION(EXTENSIONS, MISSING, EXTENSIONS, "\xA3\x00"),
    MUTATION(EXTENSIONS, TRAILING, EXTENSIONS, "\xA3\x04\x30\x00\x05\x00"),
    MUTATION(EXTENSIONS, VALUE, EXTENSIONS, "\xA3\x04\x30\x02\x30\x00"),
    MUTATION(EXTENSIONS, VALUE, EXTENSIONS, "\xA3\x0C\x30\x0A\x30\x08\x06\x01\x2A\x04\x00\x05\x01\x00"),
    MUTATION(EXTENSIONS, VALUE, EXTENSIONS, "\xA3\x0A\x30\x08\x30\x05\x06\x01\x2A\x04\x00\x30"),
    /* Outside the signed part. */
    MUTATION(SIGNATURE_ALGORITHM, MISSING, ALGORITHM, "\x30\x00"),
    MUTATION(SIGNATURE_ALGORITHM, TYPE, ALGORITHM, "\x30\x02\x05\x00"),
    MUTATION(SIGNATURE_ALGORITHM, TRUNCATED, ALGORITHM, "\x30\x03\x06\x02\x2A"),
    MUTATION(SIGNATURE_ALGORITHM, LENGTH, ALGORITHM, "\x30\x04\x06\x81\x01\x2A"),
    MUTATION(SIGNATURE_ALGORITHM, VALUE, ALGORITHM, "\x30\x04\x06\x01\x2A\x05"),
    MUTATION(SIGNATURE_ALGORITHM, VALUE, ALGORITHM, "\x30\x06\x06\x01\x2A\x04\x02\x00"),
    MUTATION(SIGNATURE_ALGORITHM, TRAILING, ALGORITHM, "\x30\x07\x06\x01\x2A\x05\x00\x05\x00"),
    MUTATION(SIGNATURE_VALUE, VALUE, SIGNATURE, "\x03\x00"),
    MUTATION(SIGNATURE_VALUE, VALUE, SIGNATURE, "\x03\x02\x01\x80"),
    MUTATION(CERTIFICATE, TRAILING, TRAILING, "\x05\x00"),
    MUTATION(CERTIFICATE, TRAILING, TRAILING, "\x00"),
};

static const mutation crl_mutations[] = {
    MUTATION(SIGNATURE, VALUE, CRL_INNER_ALGORITHM, "\x30\x03\x06\x01\x2A"), /* differs from signatureAlgorithm */
    MUTATION(THIS_UPDATE, VALUE, CRL_THIS_UPDATE, "\x17\r241301000000Z"),
    MUTATION(THIS_UPDATE, VALUE, CRL_THIS_UPDATE, "\x18\x00"),
    MUTATION(NEXT_UPDATE, VALUE, CRL_NEXT_UPDATE, "\x17\r240230000000Z"),
    MUTATION(NEXT_UPDATE, LENGTH, CRL_NEXT_UPDATE, "\x17\x80\x00\x00"),
    MUTATION(NEXT_UPDATE, TRUNCATED, CRL_NEXT_UPDATE, "\x18\x83\x01\x00\x00"),
    MUTATION(REVOKED_CERTIFICATES, LENGTH, CRL_REVOKED, "\x30\x80\x00\x00"),
    MUTATION(REVOKED_CERTIFICATES, TRUNCATED, CRL_REVOKED, "\x30\x83\x01\x00\x00"),
    MUTATION(CRL_EXTENSIONS, TYPE, CRL_EXTENSIONS, "\x05\x00"),
    MUTATION(CRL_EXTENSIONS, TYPE, CRL_EXTENSIONS, "\xA0\x02\x31\x00"),
    MUTATION(CRL_EXTENSIONS, MISSING, CRL_EXTENSIONS, "\xA0\x00"),
    MUTATION(CRL_EXTENSIONS, LENGTH, CRL_EXTENSIONS, "\xA0\x80\x00\x00"),
    MUTATION(CRL_EXTENSIONS, TRUNCATED, CRL_EXTENSIONS, "\xA0\x03\x30\x00"),
    MUTATION(CRL_EXTENSIONS, TRAILING, CRL_EXTENSIONS, "\xA0\x04\x30\x00\x05\x00"),
    MUTATION(TBS_CERT_LIST, TRAILING, CRL_EXTENSIONS, "\xA0\x02\x30\x00\x05\x00"),
    /* Outside the signed part. */
    MUTATION(SIGNATURE_VALUE, VALUE, CRL_SIGNATURE, "\x03\x00"),
    MUTATION(SIGNATURE_VALUE, VALUE, CRL_SIGNATURE, "\x03\x02\x01\x80"),
    MUTATION(CERTIFICATE_LIST, TRAILING, CRL_TRAILING, "\x05\x00"),
};

/* Errors in the outer elements: complete inputs, the same for certificates and CRLs. */
static const mutation outer_errors[] = {
    MUTATION(CERTIFICATE, MISSING, VERSION, ""),
    MUTATION(CERTIFICATE, TRUNCATED, VERSION, "\x30"),
    MUTATION(CERTIFICATE, TRUNCATED, VERSION, "\x30\x82\x01"),
    MUTATION(CERTIFICATE, TRUNCATED, VERSION, "\x30\x03\x30\x00"),
    MUTATION(CERTIFICATE, LENGTH, VERSION, "\x30\x80\x00\x00"),
    MUTATION(CERTIFICATE, TYPE, VERSION, "\x31\x00"),
    MUTATION(CERTIFICATE, TRAILING, VERSION, "\x30\x00\x00"),
    MUTATION(TBS_CERTIFICATE, MISSING, VERSION, "\x30\x00"),
    MUTATION(TBS_CERTIFICATE, TYPE, VERSION, "\x30\x02\x31\x00"),
    MUTATION(TBS_CERTIFICATE, LENGTH, VERSION, "\x30\x04\x30\x81\x01\x00"),
    MUTATION(TBS_CERTIFICATE, TRUNCATED, VERSION, "\x30\x03\x30\x02\x00"),
};

/* Malformed encodings of any element, without its tag. */
static const struct {
    pagetls_reason reason;
    pagetls_slice after_tag;
    int last; /* it must be the last element of the structure */
} elements[] = {
#define ELEMENT(reason, literal, last)                                                                                 \
    {                                                                                                                  \
        PAGETLS_REASON_##reason, { (const uint8_t *) literal, sizeof(literal) - 1 }, last                              \
    }
    ELEMENT(TRUNCATED, "", 1),
    ELEMENT(LENGTH, "\x80\x00\x00", 0), /* indefinite */
    ELEMENT(LENGTH, "\x81\x01\x00", 0), /* not the shortest form */
    ELEMENT(LENGTH, "\x84\x00\x00\x00\x01\x00", 0),
    ELEMENT(TRUNCATED, "\x82\x01", 1),
    ELEMENT(TRUNCATED, "\x83\x01\x00\x00", 0),
};

/* A field with a fixed tag. */
typedef struct {
    pagetls_field field;
    int part;
    uint8_t tag;
} tagged;

static const tagged certificate_fields[] = {
    { PAGETLS_FIELD_SERIAL_NUMBER, BUILD_SERIAL, DER_INTEGER },
    { PAGETLS_FIELD_SIGNATURE, BUILD_INNER_ALGORITHM, DER_SEQUENCE },
    { PAGETLS_FIELD_ISSUER, BUILD_ISSUER, DER_SEQUENCE },
    { PAGETLS_FIELD_VALIDITY, BUILD_VALIDITY, DER_SEQUENCE },
    { PAGETLS_FIELD_SUBJECT, BUILD_SUBJECT, DER_SEQUENCE },
    { PAGETLS_FIELD_SUBJECT_PUBLIC_KEY_INFO, BUILD_PUBLIC_KEY, DER_SEQUENCE },
    { PAGETLS_FIELD_SIGNATURE_ALGORITHM, BUILD_ALGORITHM, DER_SEQUENCE },
    { PAGETLS_FIELD_SIGNATURE_VALUE, BUILD_SIGNATURE, DER_BIT_STRING },
};

static const tagged crl_fields[] = {
    { PAGETLS_FIELD_SIGNATURE, BUILD_CRL_INNER_ALGORITHM, DER_SEQUENCE },
    { PAGETLS_FIELD_ISSUER, BUILD_CRL_ISSUER, DER_SEQUENCE },
    { PAGETLS_FIELD_THIS_UPDATE, BUILD_CRL_THIS_UPDATE, DER_UTC_TIME },
    { PAGETLS_FIELD_SIGNATURE_ALGORITHM, BUILD_CRL_ALGORITHM, DER_SEQUENCE },
    { PAGETLS_FIELD_SIGNATURE_VALUE, BUILD_CRL_SIGNATURE, DER_BIT_STRING },
};

/* The reasons that each field can have; no input gives any other. */
static const struct {
    pagetls_field field;
    const char *reasons; /* Missing, tYpe, Length, Truncated, trAiling, Value */
} possible_reasons[] = {
    { PAGETLS_FIELD_CERTIFICATE, "MYLTA" },
    { PAGETLS_FIELD_TBS_CERTIFICATE, "MYLTA" },
    { PAGETLS_FIELD_VERSION, "MYLTAV" },
    { PAGETLS_FIELD_SERIAL_NUMBER, "MYLT" },
    { PAGETLS_FIELD_SIGNATURE, "MYLTV" },
    { PAGETLS_FIELD_ISSUER, "MYLTV" },
    { PAGETLS_FIELD_VALIDITY, "MYLTA" },
    { PAGETLS_FIELD_SUBJECT, "MYLTV" },
    { PAGETLS_FIELD_SUBJECT_PUBLIC_KEY_INFO, "MYLTAV" },
    { PAGETLS_FIELD_UNIQUE_ID, "LT" },
    { PAGETLS_FIELD_EXTENSIONS, "MYLTAV" },
    { PAGETLS_FIELD_SIGNATURE_ALGORITHM, "MYLTAV" },
    { PAGETLS_FIELD_SIGNATURE_VALUE, "MYLTV" },
    { PAGETLS_FIELD_CERTIFICATE_LIST, "MYLTA" },
    { PAGETLS_FIELD_TBS_CERT_LIST, "MYLTA" },
    { PAGETLS_FIELD_THIS_UPDATE, "MYLTV" },
    { PAGETLS_FIELD_NEXT_UPDATE, "LTV" },
    { PAGETLS_FIELD_REVOKED_CERTIFICATES, "LT" },
    { PAGETLS_FIELD_CRL_EXTENSIONS, "MYLTA" }, /* malformed extensions are no error, but has_unusable_extension */
};
#define FIELDS (sizeof(possible_reasons) / sizeof(possible_reasons[0]))
static const char letters[] = "?MYLTAV"; /* in the order of pagetls_reason */

static uint8_t seen_reasons[FIELDS + 1][sizeof(letters)];

static void check_error(int ret, pagetls_read_error error, pagetls_field field, pagetls_reason reason)
{
    CHECK_INT(ret, -1);
    CHECK_INT(error.field, field);
    CHECK_INT(error.reason, reason);
    if (error.field <= FIELDS && error.reason < sizeof(letters)) {
        seen_reasons[error.field][error.reason] = 1;
    }
}

static void check_certificate(pagetls_slice der, pagetls_field field, pagetls_reason reason)
{
    pagetls_certificate certificate;
    pagetls_read_error error;
    uint8_t *exact = check_exact_copy(der.p, der.len);
    const int ret = pagetls_certificate_read(&certificate, exact, der.len, &error);
    check_error(ret, error, field, reason);
    free(exact);
}

static void check_crl(pagetls_slice der, pagetls_field field, pagetls_reason reason)
{
    pagetls_crl crl;
    pagetls_read_error error;
    uint8_t *exact = check_exact_copy(der.p, der.len);
    const int ret = pagetls_crl_read(&crl, exact, der.len, &error);
    check_error(ret, error, field, reason);
    free(exact);
}

/* Checks a structure with one part replaced, without the parts after it if \p last. */
static void check_part(int is_crl, int part, pagetls_slice with, int last, pagetls_field field, pagetls_reason reason)
{
    pagetls_slice parts[(size_t) BUILD_PARTS + BUILD_CRL_PARTS]; /* enough for either */
    const int signed_end = is_crl ? BUILD_CRL_ALGORITHM : BUILD_ALGORITHM;
    const int end = part < signed_end ? signed_end : is_crl ? BUILD_CRL_PARTS : BUILD_PARTS;
    if (is_crl) {
        build_crl_parts(parts);
    } else {
        build_certificate_parts(parts);
    }
    parts[part] = with;
    for (int i = part + 1; last && i < end; i++) {
        parts[i] = EMPTY;
    }
    check_context("%s %s", pagetls_field_name(field), pagetls_reason_name(reason));
    if (is_crl) {
        check_crl(build_crl(parts), field, reason);
    } else {
        check_certificate(build_certificate(parts), field, reason);
    }
    check_context("%s", "");
}

static void check_tagged(int is_crl, const tagged *t)
{
    check_part(is_crl, t->part, EMPTY, 1, t->field, PAGETLS_REASON_MISSING);
    check_part(is_crl, t->part, OCTETS("\x05\x00"), 0, t->field, PAGETLS_REASON_TYPE);
    check_part(is_crl, t->part, OCTETS("\x3F\x81\x00\x00"), 0, t->field, PAGETLS_REASON_TYPE); /* a high tag number */
    for (size_t i = 0; i < COUNT(elements); i++) {
        const pagetls_slice element[] = { { &t->tag, 1 }, elements[i].after_tag };
        check_part(is_crl, t->part, build_join(element, 2), elements[i].last, t->field, elements[i].reason);
    }
}

static void names_field_and_reason(void)
{
    for (size_t i = 0; i < COUNT(certificate_mutations); i++) {
        const mutation *m = &certificate_mutations[i];
        check_part(0, m->part, m->with, 0, m->field, m->reason);
    }
    for (size_t i = 0; i < COUNT(crl_mutations); i++) {
        const mutation *m = &crl_mutations[i];
        check_part(1, m->part, m->with, 0, m->field, m->reason);
    }
    for (size_t i = 0; i < COUNT(certificate_fields); i++) {
        check_tagged(0, &certificate_fields[i]);
    }
    for (size_t i = 0; i < COUNT(crl_fields); i++) {
        check_tagged(1, &crl_fields[i]);
    }
    for (size_t i = 0; i < COUNT(outer_errors); i++) {
        const int outer = outer_errors[i].field == PAGETLS_FIELD_CERTIFICATE;
        check_context("input %zu", i);
        check_certificate(outer_errors[i].with, outer_errors[i].field, outer_errors[i].reason);
        check_crl(outer_errors[i].with, outer ? PAGETLS_FIELD_CERTIFICATE_LIST : PAGETLS_FIELD_TBS_CERT_LIST,
                  outer_errors[i].reason);
    }
    build_free();
}

/* Must run after the test above: each possible pair was seen, and no other. */
static void covers_every_reason(void)
{
    for (size_t i = 0; i < FIELDS; i++) {
        CHECK_INT(possible_reasons[i].field, i + 1);
        CHECK(strlen(pagetls_field_name(possible_reasons[i].field)) > 0);
        for (size_t reason = 1; letters[reason] != '\0'; reason++) {
            check_context("%s %s", pagetls_field_name(possible_reasons[i].field),
                          pagetls_reason_name((pagetls_reason) reason));
            CHECK_INT(seen_reasons[possible_reasons[i].field][reason],
                      strchr(possible_reasons[i].reasons, letters[reason]) != NULL);
            CHECK(strlen(pagetls_reason_text((pagetls_reason) reason)) > 0);
        }
    }
    check_context("%s", "");
}

const native_test read_errors_tests[] = {
    { "an unreadable field is named with the reason", names_field_and_reason },
    { "every field was named with every reason that it can have", covers_every_reason },
    { NULL, NULL },
};
