/* Why certificates and CRLs cannot be read: an input for each field and reason (wasm/x509/read_errors.def). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "x509/certificate.h"
#include "x509/crl.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A part of a certificate or CRL that is replaced. */
typedef struct {
    pagetls_field field;
    pagetls_reason reason;
    int part; /* BUILD_… */
    pagetls_slice with;
} fault;

#define FAULT(field, reason, part, literal)                                                                            \
    {                                                                                                                  \
        PAGETLS_FIELD_##field, PAGETLS_REASON_##reason, BUILD_##part,                                                  \
        {                                                                                                              \
            (const uint8_t *) literal, sizeof(literal) - 1                                                             \
        }                                                                                                              \
    }

static const fault certificate_faults[] = {
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\x05\x00"),
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xA0\x00"),
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xA4\x00"),
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\x82\x01\x00\x81\x01\x00"),
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\x81\x01\x00\x81\x01\x00"),
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xA3\x02\x30\x00\x81\x01\x00"),
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xA3\x02\x30\x00\xA3\x02\x30\x00"),
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\xE1\x00"), /* of another class */
    FAULT(TBS_CERTIFICATE, TRAILING, EXTENSIONS, "\x00"),
    FAULT(VERSION, MISSING, VERSION, "\xA0\x00"),
    FAULT(VERSION, TYPE, VERSION, "\xA0\x03\x04\x01\x02"),
    FAULT(VERSION, LENGTH, VERSION, "\xA0\x04\x02\x81\x01\x02"),
    FAULT(VERSION, TRUNCATED, VERSION, "\xA0\x03\x02\x02\x02"),
    FAULT(VERSION, TRAILING, VERSION, "\xA0\x05\x02\x01\x02\x05\x00"),
    FAULT(VERSION, VALUE, VERSION, "\xA0\x03\x02\x01\x80"),
    FAULT(VERSION, VALUE, VERSION, "\xA0\x02\x02\x00"),
    FAULT(VERSION, VALUE, VERSION, "\xA0\x0A\x02\x08\x01\x01\x01\x01\x01\x01\x01\x01"),
    /* Names: a SET in the SEQUENCE, a SEQUENCE in the SET, an OID in that, a value, no more, and whole characters. */
    FAULT(ISSUER, VALUE, ISSUER, "\x30\x02\x30\x00"),
    FAULT(ISSUER, VALUE, ISSUER, "\x30\x01\x31"),
    FAULT(SUBJECT, VALUE, SUBJECT, "\x30\x04\x31\x02\x31\x00"),
    FAULT(SUBJECT, VALUE, SUBJECT, "\x30\x04\x31\x02\x30\x00"),
    FAULT(SUBJECT, VALUE, SUBJECT, "\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03"),
    FAULT(SUBJECT, VALUE, SUBJECT, "\x30\x0D\x31\x0B\x30\x09\x06\x03\x55\x04\x03\x0C\x00\x05\x00"),
    FAULT(SUBJECT, VALUE, SUBJECT, "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x1E\x01\x41"),
    FAULT(SUBJECT, VALUE, SUBJECT, "\x30\x0E\x31\x0C\x30\x0A\x06\x03\x55\x04\x03\x1C\x03\x00\x00\x41"),
    FAULT(VALIDITY, MISSING, VALIDITY, "\x30\x00"),
    FAULT(VALIDITY, MISSING, VALIDITY, "\x30\x0F\x17\r240101000000Z"),
    FAULT(VALIDITY, TRAILING, VALIDITY, "\x30\x20\x17\r240101000000Z\x17\r240101000000Z\x05\x00"),
    FAULT(SUBJECT_PUBLIC_KEY_INFO, MISSING, PUBLIC_KEY, "\x30\x00"),
    FAULT(SUBJECT_PUBLIC_KEY_INFO, MISSING, PUBLIC_KEY, "\x30\x02\x30\x00"),
    FAULT(SUBJECT_PUBLIC_KEY_INFO, TYPE, PUBLIC_KEY, "\x30\x04\x30\x02\x05\x00"),
    FAULT(SUBJECT_PUBLIC_KEY_INFO, VALUE, PUBLIC_KEY, "\x30\x07\x30\x05\x06\x03\x2B\x65\x70"),
    FAULT(SUBJECT_PUBLIC_KEY_INFO, VALUE, PUBLIC_KEY, "\x30\x09\x30\x05\x06\x03\x2B\x65\x70\x03\x00"),
    FAULT(SUBJECT_PUBLIC_KEY_INFO, VALUE, PUBLIC_KEY, "\x30\x0B\x30\x05\x06\x03\x2B\x65\x70\x03\x02\x01\x00"),
    FAULT(SUBJECT_PUBLIC_KEY_INFO, TRAILING, PUBLIC_KEY, "\x30\x0D\x30\x05\x06\x03\x2B\x65\x70\x03\x02\x00\x01\x05\x00"),
    FAULT(UNIQUE_ID, LENGTH, EXTENSIONS, "\x81\x80\x00\x00"),
    FAULT(UNIQUE_ID, TRUNCATED, EXTENSIONS, "\x82\x02\x00"),
    FAULT(UNIQUE_ID, TRUNCATED, EXTENSIONS, "\x81"),
    FAULT(EXTENSIONS, TYPE, EXTENSIONS, "\x83\x02\x30\x00"),
    FAULT(EXTENSIONS, TYPE, EXTENSIONS, "\xA3\x02\x31\x00"),
    FAULT(EXTENSIONS, LENGTH, EXTENSIONS, "\xA3\x80\x30\x00\x00\x00"),
    FAULT(EXTENSIONS, TRUNCATED, EXTENSIONS, "\xA3\x03\x30\x00"),
    FAULT(EXTENSIONS, MISSING, EXTENSIONS, "\xA3\x00"),
    FAULT(EXTENSIONS, TRAILING, EXTENSIONS, "\xA3\x04\x30\x00\x05\x00"),
    FAULT(EXTENSIONS, VALUE, EXTENSIONS, "\xA3\x04\x30\x02\x30\x00"),
    FAULT(EXTENSIONS, VALUE, EXTENSIONS, "\xA3\x0C\x30\x0A\x30\x08\x06\x01\x2A\x04\x00\x05\x01\x00"),
    FAULT(EXTENSIONS, VALUE, EXTENSIONS, "\xA3\x0A\x30\x08\x30\x05\x06\x01\x2A\x04\x00\x30"),
    /* Beside what is signed. */
    FAULT(SIGNATURE_ALGORITHM, MISSING, ALGORITHM, "\x30\x00"),
    FAULT(SIGNATURE_ALGORITHM, TYPE, ALGORITHM, "\x30\x02\x05\x00"),
    FAULT(SIGNATURE_ALGORITHM, TRUNCATED, ALGORITHM, "\x30\x03\x06\x02\x2A"),
    FAULT(SIGNATURE_ALGORITHM, LENGTH, ALGORITHM, "\x30\x04\x06\x81\x01\x2A"),
    FAULT(SIGNATURE_ALGORITHM, VALUE, ALGORITHM, "\x30\x04\x06\x01\x2A\x05"),
    FAULT(SIGNATURE_ALGORITHM, VALUE, ALGORITHM, "\x30\x06\x06\x01\x2A\x04\x02\x00"),
    FAULT(SIGNATURE_ALGORITHM, TRAILING, ALGORITHM, "\x30\x07\x06\x01\x2A\x05\x00\x05\x00"),
    FAULT(SIGNATURE_VALUE, VALUE, SIGNATURE, "\x03\x00"),
    FAULT(SIGNATURE_VALUE, VALUE, SIGNATURE, "\x03\x02\x01\x80"),
    FAULT(CERTIFICATE, TRAILING, AFTER, "\x05\x00"),
    FAULT(CERTIFICATE, TRAILING, AFTER, "\x00"),
};

static const fault crl_faults[] = {
    FAULT(SIGNATURE, VALUE, CRL_INNER_ALGORITHM, "\x30\x03\x06\x01\x2A"), /* not that beside it */
    FAULT(THIS_UPDATE, VALUE, CRL_THIS_UPDATE, "\x17\r241301000000Z"),
    FAULT(THIS_UPDATE, VALUE, CRL_THIS_UPDATE, "\x18\x00"),
    FAULT(NEXT_UPDATE, VALUE, CRL_NEXT_UPDATE, "\x17\r240230000000Z"),
    FAULT(NEXT_UPDATE, LENGTH, CRL_NEXT_UPDATE, "\x17\x80\x00\x00"),
    FAULT(NEXT_UPDATE, TRUNCATED, CRL_NEXT_UPDATE, "\x18\x83\x01\x00\x00"),
    FAULT(REVOKED_CERTIFICATES, LENGTH, CRL_REVOKED, "\x30\x80\x00\x00"),
    FAULT(REVOKED_CERTIFICATES, TRUNCATED, CRL_REVOKED, "\x30\x83\x01\x00\x00"),
    FAULT(CRL_EXTENSIONS, TYPE, CRL_EXTENSIONS, "\x05\x00"),
    FAULT(CRL_EXTENSIONS, TYPE, CRL_EXTENSIONS, "\xA0\x02\x31\x00"),
    FAULT(CRL_EXTENSIONS, MISSING, CRL_EXTENSIONS, "\xA0\x00"),
    FAULT(CRL_EXTENSIONS, LENGTH, CRL_EXTENSIONS, "\xA0\x80\x00\x00"),
    FAULT(CRL_EXTENSIONS, TRUNCATED, CRL_EXTENSIONS, "\xA0\x03\x30\x00"),
    FAULT(CRL_EXTENSIONS, TRAILING, CRL_EXTENSIONS, "\xA0\x04\x30\x00\x05\x00"),
    FAULT(TBS_CERT_LIST, TRAILING, CRL_EXTENSIONS, "\xA0\x02\x30\x00\x05\x00"),
    /* Beside what is signed. */
    FAULT(SIGNATURE_VALUE, VALUE, CRL_SIGNATURE, "\x03\x00"),
    FAULT(SIGNATURE_VALUE, VALUE, CRL_SIGNATURE, "\x03\x02\x01\x80"),
    FAULT(CERTIFICATE_LIST, TRAILING, CRL_AFTER, "\x05\x00"),
};

/* The outer elements: whole inputs, of a certificate, and in the same form of a CRL. */
static const fault wholes[] = {
    FAULT(CERTIFICATE, MISSING, VERSION, ""),
    FAULT(CERTIFICATE, TRUNCATED, VERSION, "\x30"),
    FAULT(CERTIFICATE, TRUNCATED, VERSION, "\x30\x82\x01"),
    FAULT(CERTIFICATE, TRUNCATED, VERSION, "\x30\x03\x30\x00"),
    FAULT(CERTIFICATE, LENGTH, VERSION, "\x30\x80\x00\x00"),
    FAULT(CERTIFICATE, TYPE, VERSION, "\x31\x00"),
    FAULT(CERTIFICATE, TRAILING, VERSION, "\x30\x00\x00"),
    FAULT(TBS_CERTIFICATE, MISSING, VERSION, "\x30\x00"),
    FAULT(TBS_CERTIFICATE, TYPE, VERSION, "\x30\x02\x31\x00"),
    FAULT(TBS_CERTIFICATE, LENGTH, VERSION, "\x30\x04\x30\x81\x01\x00"),
    FAULT(TBS_CERTIFICATE, TRUNCATED, VERSION, "\x30\x03\x30\x02\x00"),
};

/* Elements that are found wanting at once, where a field is read by its tag: the tag comes before each. */
static const struct {
    pagetls_reason reason;
    pagetls_slice behind_tag;
    int last; /* nothing of the structure follows it */
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

/* The fields that are read by their tag. */
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

/* Which reasons a field can have; others cannot come about. */
static const struct {
    pagetls_field field;
    const char *reasons; /* Missing, tYpe, Length, Truncated, trAiling, Value */
} possible[] = {
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
    { PAGETLS_FIELD_CRL_EXTENSIONS, "MYLTA" }, /* in a list that is none, no extension is understood */
};
#define FIELDS (sizeof(possible) / sizeof(possible[0]))
static const char letters[] = "?MYLTAV"; /* in the order of pagetls_reason */

static uint8_t seen[FIELDS + 1][sizeof(letters)];

static void check_error(pagetls_read_error error, int ret, pagetls_field field, pagetls_reason reason)
{
    CHECK_INT(ret, -1);
    CHECK_INT(error.field, field);
    CHECK_INT(error.reason, reason);
    if (error.field <= FIELDS && error.reason < sizeof(letters)) {
        seen[error.field][error.reason] = 1;
    }
}

static void check_certificate(pagetls_slice der, pagetls_field field, pagetls_reason reason)
{
    pagetls_certificate certificate;
    pagetls_read_error error;
    uint8_t *exact = check_exact(der.p, der.len);
    check_error(error, pagetls_certificate_read(&certificate, exact, der.len, &error), field, reason);
    free(exact);
}

static void check_crl(pagetls_slice der, pagetls_field field, pagetls_reason reason)
{
    pagetls_crl crl;
    pagetls_read_error error;
    uint8_t *exact = check_exact(der.p, der.len);
    check_error(error, pagetls_crl_read(&crl, exact, der.len, &error), field, reason);
    free(exact);
}

/* A structure with a part replaced, and what follows it dropped if that is the last. */
static void try_part(int is_crl, int part, pagetls_slice with, int last, pagetls_field field, pagetls_reason reason)
{
    pagetls_slice parts[(size_t) BUILD_PARTS + BUILD_CRL_PARTS]; /* room for either */
    const int signed_end = is_crl ? BUILD_CRL_ALGORITHM : BUILD_ALGORITHM;
    const int end = part < signed_end ? signed_end : is_crl ? BUILD_CRL_PARTS : BUILD_PARTS;
    if (is_crl) {
        build_crl_parts(parts);
    } else {
        build_certificate_parts(parts);
    }
    parts[part] = with;
    for (int i = part + 1; last && i < end; i++) {
        parts[i] = NOTHING;
    }
    check_about("%s %s", pagetls_field_name(field), pagetls_reason_name(reason));
    if (is_crl) {
        check_crl(build_crl(parts), field, reason);
    } else {
        check_certificate(build_certificate(parts), field, reason);
    }
    check_about("%s", "");
}

static void try_tagged(int is_crl, const tagged *t)
{
    try_part(is_crl, t->part, NOTHING, 1, t->field, PAGETLS_REASON_MISSING);
    try_part(is_crl, t->part, OCTETS("\x05\x00"), 0, t->field, PAGETLS_REASON_TYPE);
    try_part(is_crl, t->part, OCTETS("\x3F\x81\x00\x00"), 0, t->field, PAGETLS_REASON_TYPE); /* a high tag number */
    for (size_t i = 0; i < COUNT(elements); i++) {
        const pagetls_slice element[] = { { &t->tag, 1 }, elements[i].behind_tag };
        try_part(is_crl, t->part, build_join(element, 2), elements[i].last, t->field, elements[i].reason);
    }
}

static void says_what_cannot_be_read(void)
{
    for (size_t i = 0; i < COUNT(certificate_faults); i++) {
        const fault *f = &certificate_faults[i];
        try_part(0, f->part, f->with, 0, f->field, f->reason);
    }
    for (size_t i = 0; i < COUNT(crl_faults); i++) {
        const fault *f = &crl_faults[i];
        try_part(1, f->part, f->with, 0, f->field, f->reason);
    }
    for (size_t i = 0; i < COUNT(certificate_fields); i++) {
        try_tagged(0, &certificate_fields[i]);
    }
    for (size_t i = 0; i < COUNT(crl_fields); i++) {
        try_tagged(1, &crl_fields[i]);
    }
    for (size_t i = 0; i < COUNT(wholes); i++) {
        const int outer = wholes[i].field == PAGETLS_FIELD_CERTIFICATE;
        check_about("whole %zu", i);
        check_certificate(wholes[i].with, wholes[i].field, wholes[i].reason);
        check_crl(wholes[i].with, outer ? PAGETLS_FIELD_CERTIFICATE_LIST : PAGETLS_FIELD_TBS_CERT_LIST,
                  wholes[i].reason);
    }
    build_free();
}

/* After the test before: each pair has been seen, or cannot be. */
static void has_said_everything(void)
{
    for (size_t i = 0; i < FIELDS; i++) {
        CHECK_INT(possible[i].field, i + 1);
        CHECK(strlen(pagetls_field_name(possible[i].field)) > 0);
        for (size_t reason = 1; letters[reason] != '\0'; reason++) {
            check_about("%s %s", pagetls_field_name(possible[i].field), pagetls_reason_name((pagetls_reason) reason));
            CHECK_INT(seen[possible[i].field][reason], strchr(possible[i].reasons, letters[reason]) != NULL);
            CHECK(strlen(pagetls_reason_text((pagetls_reason) reason)) > 0);
        }
    }
    check_about("%s", "");
}

const native_test read_errors_tests[] = {
    { "every field that cannot be read is named with the reason", says_what_cannot_be_read },
    { "every field has been named with every reason that it can have", has_said_everything },
    { NULL, NULL },
};
