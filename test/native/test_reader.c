/* The reader of certificates and CRLs (wasm/x509): what it accepts and rejects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "x509/certificate.h"
#include "x509/crl.h"
#include "x509/document.h"
#include "x509/name.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* --- slices stay inside the input --------------------------------------------------------- */

static int inside(pagetls_slice part, pagetls_slice whole)
{
    return part.p == NULL ||
        (part.p >= whole.p && part.len <= whole.len && (size_t) (part.p - whole.p) <= whole.len - part.len);
}

static int is_inside(const pagetls_certificate *c)
{
    const pagetls_slice all[] = {
        c->tbs,
        c->serial,
        c->algorithm.identifier,
        c->algorithm.oid,
        c->algorithm.hash_oid,
        c->signature,
        c->issuer,
        c->subject,
        c->not_before.text,
        c->not_after.text,
        c->key.spki,
        c->key.oid,
        c->key.curve_oid,
        c->key.exponent,
        c->extensions,
        c->unknown_critical,
        c->duplicate,
        c->alternative_names,
        c->purposes,
        c->subject_key_id,
        c->authority_key_id,
        c->authority_issuer,
        c->authority_serial,
        c->permitted,
        c->excluded,
        c->policies,
        c->access_descriptions,
        c->crl_points,
    };
    int ok = 1;
    for (size_t i = 0; i < COUNT(all); i++) {
        ok &= inside(all[i], c->der);
    }
    for (size_t i = 0; i < PAGETLS_EXT_COUNT; i++) {
        ok &= inside(c->extension[i], c->der);
    }
    return ok;
}

/* 1 read, 0 rejected, -1 an inconsistent answer. */
static int read_exactly(const uint8_t *der, size_t len)
{
    pagetls_certificate certificate;
    pagetls_read_error error;
    uint8_t *exact = check_exact_copy(der, len);
    int ret = pagetls_certificate_read(&certificate, exact, len, &error);
    int consistent = ret == 0
        ? error.field == PAGETLS_FIELD_NONE && is_inside(&certificate)
        : ret == -1 && error.field > PAGETLS_FIELD_NONE && error.field <= PAGETLS_FIELD_SIGNATURE_VALUE &&
            error.reason > PAGETLS_REASON_NONE && error.reason <= PAGETLS_REASON_VALUE;
    free(exact);
    return consistent ? ret == 0 : -1;
}

static int read_crl_exactly(const uint8_t *der, size_t len)
{
    pagetls_crl crl;
    pagetls_crl_entry entry;
    pagetls_read_error error;
    uint8_t *exact = check_exact_copy(der, len);
    int ret = pagetls_crl_read(&crl, exact, len, &error);
    const pagetls_slice whole = { exact, len };
    int consistent = ret == 0 ? error.field == PAGETLS_FIELD_NONE && inside(crl.tbs, whole) &&
            inside(crl.signature, whole) && inside(crl.issuer, whole) && inside(crl.revoked, whole) &&
            inside(crl.scope, whole) && inside(crl.point.name, whole) && inside(crl.authority_key_id, whole) &&
            inside(crl.number, whole) && inside(crl.base_number, whole)
                              : ret == -1 && error.field > PAGETLS_FIELD_NONE && error.reason > PAGETLS_REASON_NONE;
    while (ret == 0 && crl.revoked.len > 0 && pagetls_crl_entry_next(&crl.revoked, &entry) == 0) {
        consistent &=
            inside(entry.serial, whole) && inside(entry.date.whole, whole) && inside(entry.issuer_names, whole);
        consistent &= entry.has_unusable_extension <= crl.has_unusable_extension;
    }
    free(exact);
    return consistent ? ret == 0 : -1;
}

static void truncate_everywhere(const uint8_t *der, size_t len, int (*read)(const uint8_t *, size_t))
{
    CHECK_INT(read(der, len), 1);
    for (size_t at = 0; at < len; at++) {
        CHECK_INT(read(der, at), 0);
    }
}

/* Changes each octet in turn; many of them are lengths. */
static void change_each_octet(const uint8_t *der, size_t len, int (*read)(const uint8_t *, size_t))
{
    uint8_t *copy = check_exact_copy(der, len);
    for (size_t at = 0; at < len; at++) {
        for (unsigned change = 0; change < 11; change++) {
            uint8_t octet = copy[at];
            copy[at] = (uint8_t) (change < 8        ? octet ^ 1u << change
                                      : change == 8 ? 0xFFu
                                      : change == 9 ? octet + 1u
                                                    : octet - 1u);
            check_context("octet %zu is 0x%02X", at, copy[at]);
            CHECK(read(copy, len) >= 0);
            copy[at] = octet;
        }
    }
    check_context("%s", "");
    free(copy);
}

static const char *const samples[] = { "good-p256",        "good-rich", "good-rsa-pss", "good-name-constraints",
                                       "good-ed25519-key", "good-2050" };

static void survives_damaged_certificates(void)
{
    pagetls_slice parts[BUILD_PARTS];
    build_certificate_parts(parts);
    pagetls_slice built = build_certificate(parts);
    truncate_everywhere(built.p, built.len, read_exactly);
    change_each_octet(built.p, built.len, read_exactly);
    for (size_t i = 0; i < COUNT(samples); i++) {
        for (int place = 0; place < 2; place++) {
            size_t len;
            uint8_t *der = check_cert_der(samples[i], "chain.pem", place, &len);
            REQUIRE(der != NULL);
            truncate_everywhere(der, len, read_exactly);
            change_each_octet(der, len, read_exactly);
            free(der);
        }
    }
    build_free();
}

static int truncate_and_change_crl(void *context, const pagetls_document *document)
{
    (void) context;
    truncate_everywhere(document->der.p, document->der.len, read_crl_exactly);
    change_each_octet(document->der.p, document->der.len, read_crl_exactly);
    return 0;
}

static void survives_damaged_crls(void)
{
    static const char *const cases[] = { "good-crl", "good-crl-part", "good-crl-indirect", "revoked-delta" };
    pagetls_slice parts[BUILD_CRL_PARTS];
    build_crl_parts(parts);
    const pagetls_document built = { .der = build_crl(parts) };
    (void) truncate_and_change_crl(NULL, &built);
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len;
        uint8_t *pem = check_cert_file(cases[i], "crl.pem", &len);
        REQUIRE(pem != NULL);
        CHECK(pagetls_documents_walk(pem, len, truncate_and_change_crl, NULL) == 0);
        free(pem);
    }
    build_free();
}

static void reads_ordinary_certificate(void)
{
    pagetls_slice parts[BUILD_PARTS];
    pagetls_certificate c;
    pagetls_read_error error;
    build_certificate_parts(parts);
    const pagetls_slice der = build_certificate(parts);
    CHECK_INT(pagetls_certificate_read(&c, der.p, der.len, &error), 0);
    CHECK(pagetls_slices_equal(c.der, der));
    CHECK(c.tbs.p == der.p + 3 + (der.p[1] == 0x82) && c.tbs.p[0] == DER_SEQUENCE);
    CHECK_INT(c.version, 3);
    CHECK(pagetls_slice_is(c.serial, "\x01", 1));
    CHECK(c.algorithm.kind == PAGETLS_SIGNATURE_ECDSA && c.algorithm.hash == PAGETLS_HASH_SHA256 &&
          !c.algorithm.invalid_parameters);
    CHECK(!c.algorithms_differ && !c.self_issued && !c.has_unique_id);
    CHECK(pagetls_slices_equal(c.issuer, parts[BUILD_ISSUER]) && pagetls_slices_equal(c.subject, parts[BUILD_SUBJECT]));
    CHECK_INT(c.not_before.seconds, 1704067200);
    CHECK_INT(c.not_after.seconds, 2524608000);
    CHECK(pagetls_slices_equal(c.key.spki, parts[BUILD_PUBLIC_KEY]));
    CHECK(c.signature.len == 8 && c.signature.p[0] == DER_SEQUENCE);
    CHECK(pagetls_certificate_has(&c, PAGETLS_EXT_BASIC_CONSTRAINTS) &&
          pagetls_certificate_critical(&c, PAGETLS_EXT_BASIC_CONSTRAINTS));
    CHECK(!pagetls_certificate_has(&c, PAGETLS_EXT_SAN) && c.malformed == 0);
    CHECK(c.path_length == -1 && c.require_explicit_policy == -1 && !c.ca);
    build_free();
}

/* Certificates that break a rule, but are readable. */
static void reads_odd_certificates(void)
{
    static const struct {
        int part;
        pagetls_slice with;
    } odd[] = {
        { BUILD_VERSION, { NULL, 0 } },                                     /* version 1 by default */
        { BUILD_VERSION, { (const uint8_t *) "\xA0\x03\x02\x01\x00", 5 } }, /* version 1 encoded */
        { BUILD_VERSION, { (const uint8_t *) "\xA0\x03\x02\x01\x7F", 5 } },
        { BUILD_SERIAL, { (const uint8_t *) "\x02\x00", 2 } },
        { BUILD_SERIAL, { (const uint8_t *) "\x02\x02\xFF\xFF", 4 } },
        { BUILD_INNER_ALGORITHM, { (const uint8_t *) "\x30\x00", 2 } },
        { BUILD_ISSUER, { (const uint8_t *) "\x30\x00", 2 } },
        { BUILD_SUBJECT, { (const uint8_t *) "\x30\x00", 2 } },
        { BUILD_SUBJECT, { (const uint8_t *) "\x30\x02\x31\x00", 4 } },
        { BUILD_SUBJECT, { (const uint8_t *) "\x30\x0C\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x02\x01\x01", 14 } },
        { BUILD_VALIDITY, { (const uint8_t *) "\x30\x04\x17\x00\x18\x00", 6 } },
        { BUILD_VALIDITY, { (const uint8_t *) "\x30\x04\x0C\x00\x05\x00", 6 } },
        { BUILD_PUBLIC_KEY, { (const uint8_t *) "\x30\x08\x30\x03\x06\x01\x2A\x03\x01\x00", 10 } },
        { BUILD_EXTENSIONS, { NULL, 0 } },
        { BUILD_EXTENSIONS, { (const uint8_t *) "\x81\x01\x00", 3 } },
        { BUILD_EXTENSIONS, { (const uint8_t *) "\xA1\x00\x82\x00\xA3\x02\x30\x00", 8 } },
        { BUILD_ALGORITHM, { (const uint8_t *) "\x30\x03\x06\x01\x2A", 5 } },
        { BUILD_ALGORITHM, { (const uint8_t *) "\x30\x02\x06\x00", 4 } },
        { BUILD_SIGNATURE, { (const uint8_t *) "\x03\x01\x00", 3 } },
    };
    for (size_t i = 0; i < COUNT(odd); i++) {
        pagetls_slice parts[BUILD_PARTS];
        build_certificate_parts(parts);
        parts[odd[i].part] = odd[i].with;
        pagetls_slice der = build_certificate(parts);
        check_context("certificate %zu", i);
        CHECK_INT(read_exactly(der.p, der.len), 1);
    }
    check_context("%s", "");
    build_free();
}

const native_test reader_tests[] = {
    { "an ordinary certificate is read into its fields", reads_ordinary_certificate },
    { "a certificate that breaks rules but is readable is read", reads_odd_certificates },
    { "a truncated certificate is rejected, and no changed octet makes the reader access other memory",
      survives_damaged_certificates },
    { "a truncated CRL is rejected, and no changed octet makes the reader access other memory", survives_damaged_crls },
    { NULL, NULL },
};
