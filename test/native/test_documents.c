/* What an input contains (wasm/x509/document.h): PEM, DER, PKCS#7 and everything else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "host/limits.h"
#include "native_host.h"
#include "x509/document.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A summary of the documents of an input: for each, its kind, its fault, its block and line, and its length. */
typedef struct {
    char text[4096];
    size_t len;
    int stop_after;
    uint32_t checksum; /* of all DER and labels */
} summary;

static int summarize(void *context, const pagetls_document *document)
{
    summary *s = context;
    const char *fault = pagetls_fault_name(document->fault);
    const size_t left = sizeof(s->text) - s->len;
    for (size_t i = 0; i < document->der.len; i++) {
        s->checksum = s->checksum * 31 + document->der.p[i];
    }
    for (size_t i = 0; i < document->label.len; i++) {
        s->checksum = s->checksum * 31 + document->label.p[i];
    }
    char place[40] = "";
    CHECK_INT(document->index, s->len == 0 ? 0 : document->index);
    if (document->block > 0) {
        snprintf(place, sizeof(place), "@%zu.%zu", document->block, document->line);
    }
    int n = snprintf(s->text + s->len, left, "%s%s%s%s%s", s->len == 0 ? "" : " ",
                     pagetls_document_kind_name(document->kind), fault == NULL ? "" : ":", fault == NULL ? "" : fault,
                     place);
    s->len += (size_t) n < left ? (size_t) n : 0;
    if (document->der.len > 0) {
        s->len += (size_t) snprintf(s->text + s->len, sizeof(s->text) - s->len, "(%zu)", document->der.len);
    }
    return --s->stop_after == 0 ? -99 : 0;
}

static void check_input(pagetls_slice input, const char *expected)
{
    summary s = { .text = "" };
    uint8_t *exact = check_exact_copy(input.p, input.len);
    check_context("%.*s", (int) (input.len < 60 ? input.len : 60), (const char *) input.p);
    CHECK_INT(pagetls_documents_walk(exact, input.len, summarize, &s), 0);
    CHECK_TEXT(s.text, expected);
    summary in_place = { .text = "" };
    CHECK_INT(pagetls_documents_walk_in_place(exact, input.len, summarize, &in_place), 0);
    CHECK_TEXT(in_place.text, expected);
    CHECK_INT(in_place.checksum, s.checksum);
    check_context("%s", "");
    free(exact);
}

/* --- PEM -------------------------------------------------------------------------- */

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"
#define BLOCK BEGIN "\nAAECAw==\n" END "\n"
/* Long enough for the middle of a line. */
#define DIGITS "MAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* Of the longest length. */
#define LABEL_MAX "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

typedef struct {
    pagetls_slice input;
    const char *expected;
} sample;

#define SAMPLE(literal, expected)                                                                                      \
    {                                                                                                                  \
        { (const uint8_t *) (literal), sizeof(literal) - 1 }, expected                                                 \
    }

static void check_samples(const sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_input(samples[i].input, samples[i].expected);
    }
}

static void finds_every_block(void)
{
    static const sample samples[] = {
        SAMPLE(BLOCK, "certificate@1.1(4)"),
        SAMPLE("\xEF\xBB\xBF # a comment\n" BLOCK "between\r\n" BLOCK "after", "certificate@1.2(4) certificate@2.6(4)"),
        SAMPLE("\xEF\xBB\xBF" BLOCK, "certificate@1.1(4)"),
        SAMPLE(BEGIN "\r\nAAEC\r\nAw==\r\n" END "\r\n" BLOCK, "certificate@1.1(4) certificate@2.5(4)"),
        SAMPLE("\r" BEGIN "\rAAEC\rAw==\r" END, "certificate@1.2(4)"),
        SAMPLE("  \t" BEGIN " \t\n\tAAEC \n  Aw== \n   " END "  \n", "certificate@1.1(4)"),
        SAMPLE(BEGIN " \t\r\n\n A\tA\rE  C\n\nAw== \t\r\n" END, "certificate@1.1(4)"),
        SAMPLE(BEGIN "\nAAECAwQ=\n" END "\n" BEGIN "\nAAEC\n" END "\n", "certificate@1.1(5) certificate@2.4(3)"),
        SAMPLE(BEGIN "\n+/+/\nAA=\n=\n" END "\n", "certificate@1.1(4)"),
        SAMPLE(BEGIN "\nAAEC\n" END BLOCK, "certificate@1.1(3) certificate@2.3(4)"),
        SAMPLE("0 s:CN = as s_client -showcerts writes it\n" BLOCK, "certificate@1.2(4)"),
        SAMPLE("0\n" BLOCK, "certificate@1.2(4)"),
        SAMPLE("0" BLOCK, "file"),
        SAMPLE(END "\n" BLOCK END "\n", "certificate@1.2(4)"), /* nothing is lost */
        /* Octets that OpenSSL ignores: in comments, and at the ends of lines. */
        SAMPLE("a\0comment\0\n" BLOCK "\0\x1A", "certificate@1.2(4)"),
        SAMPLE(BEGIN "\0\n\v\fAAEC\0\x01\r\nAw==\xC2\xA0\n" END "\x1A", "certificate@1.1(4)"),
        /* On one line, and in a JSON string. */
        SAMPLE("CA=" BEGIN " " DIGITS " " END " " BEGIN DIGITS END, "certificate@1.1(48) certificate@2.1(48)"),
        SAMPLE("{\"ca\": \"" BEGIN "\\r\\n" DIGITS "\\n" DIGITS "\\n" END "\\n\"}", "certificate@1.1(96)"),
        /* Comments that mention the lines. */
        SAMPLE("# between " BEGIN " and " END "\n" BLOCK, "certificate@1.2(4)"),
        SAMPLE("# put " BEGIN " here:\n" BLOCK BEGIN " is what it starts with.\n", "certificate@1.2(4)"),
        SAMPLE("--- begin of the roots ---\n" BLOCK "--- end of the roots ---\n", "certificate@1.2(4)"),
        SAMPLE("-- the end of certificate 1\n---- BEGINNING CERTIFICATE\n" BLOCK, "certificate@1.3(4)"),
    };
    check_samples(samples, COUNT(samples));
}

static void knows_the_labels(void)
{
    static const struct {
        const char *label;
        const char *expected;
    } labels[] = {
        { "X509 CERTIFICATE", "certificate@1.1(3)" },
        { "X.509 CERTIFICATE", "certificate@1.1(3)" },
        { "X509 CRL", "crl@1.1(3)" },
        { "CRL", "crl@1.1(3)" },
        { "PKCS7", "pkcs7@1.1" },
        { "PKCS #7 SIGNED DATA", "pkcs7@1.1" },
        { "CMS", "pkcs7@1.1" },
        { "CERTIFICATE REQUEST", "block@1.1" },
        { "PRIVATE KEY", "block@1.1" },
        { "CERTIFCATE", "block@1.1" },
        { "certificate", "block@1.1" },
        { " CERTIFICATE", "block@1.1" },
    };
    for (size_t i = 0; i < COUNT(labels); i++) {
        char text[200];
        snprintf(text, sizeof(text), "-----BEGIN %s-----\nAAEC\n-----END %s-----\n", labels[i].label, labels[i].label);
        check_input((pagetls_slice) { (const uint8_t *) text, strlen(text) }, labels[i].expected);
    }
}

static void reads_every_digit(void)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t expected[48];
    uint8_t decoded[64];
    size_t len = 0;
    for (size_t i = 0; i < 48; i += 3) { /* the digits n to n + 3 encode three octets */
        const uint32_t n = (uint32_t) (i / 3 * 4);
        const uint32_t bits = n << 18 | (n + 1) << 12 | (n + 2) << 6 | (n + 3);
        expected[i] = (uint8_t) (bits >> 16);
        expected[i + 1] = (uint8_t) (bits >> 8);
        expected[i + 2] = (uint8_t) bits;
    }
    static const char *const ends[] = { "\n", "\r\n", "", " \t \n\n", "\0\n" };
    for (size_t i = 0; i < COUNT(ends); i++) {
        char body[200];
        const char *end = ends[i];
        snprintf(body, sizeof(body), "%s%.20s%s%s%s", end, digits, end, digits + 20, end);
        const pagetls_slice text = { (const uint8_t *) body, strlen(body) };
        CHECK_INT(pagetls_pem_decode(text, decoded, &len), PAGETLS_FAULT_NONE);
        CHECK(len == sizeof(expected) && memcmp(decoded, expected, len) == 0);
    }
    CHECK_INT(pagetls_pem_decode(OCTETS("AAE_"), decoded, &len), PAGETLS_FAULT_BASE64);
    CHECK_INT(pagetls_base64_decode(OCTETS("-_-_AA"), decoded, &len), 0);
    CHECK(len == 4 && memcmp(decoded, "\xFB\xFF\xBF\x00", 4) == 0);
    CHECK_INT(pagetls_base64_decode(OCTETS("-_-_A"), decoded, &len), -1);
}

static void names_the_fault_of_a_damaged_block(void)
{
    static const struct {
        pagetls_slice body;
        pagetls_fault fault;
    } bodies[] = {
        { OCTETS("\nA*EC\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\n!AAEC\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAAECA\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAAECAw\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAAECAwQ\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAw=\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\n====\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nA===\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAw===\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAw==AAEC\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAAE=C\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAAEC\vAw==\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAAEC\0Aw==\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAAEC\\tAw==\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAAEC-\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nAA_C\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\nA\303\204EC\n"), PAGETLS_FAULT_BASE64 },
        { OCTETS("\n"), PAGETLS_FAULT_NO_CONTENT },
        { OCTETS(""), PAGETLS_FAULT_NO_CONTENT },
        { OCTETS("\nComment: a\n\nAAEC\n"), PAGETLS_FAULT_HEADER },
        { OCTETS("\nComment: a\nAAEC\n"), PAGETLS_FAULT_HEADER },
        { OCTETS("\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAEC\n"), PAGETLS_FAULT_ENCRYPTED },
    };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        uint8_t out[100];
        size_t len;
        uint8_t *exact = check_exact_copy(bodies[i].body.p, bodies[i].body.len);
        check_context("%s", (const char *) bodies[i].body.p);
        CHECK_INT(pagetls_pem_decode((pagetls_slice) { exact, bodies[i].body.len }, out, &len), bodies[i].fault);
        free(exact);
    }
    check_context("%s", "");
    static const sample samples[] = {
        SAMPLE(BEGIN "\n!AAEC\n" END "\n" BLOCK, "certificate:base64@1.1 certificate@2.4(4)"),
        SAMPLE(BEGIN "\nComment: a\n\nAAEC\n" END "\n" BLOCK, "certificate:header@1.1 certificate@2.6(4)"),
        SAMPLE(BLOCK BEGIN "\nAAEC", "certificate@1.1(4) certificate:end-line@2.4"),
        SAMPLE(BLOCK BEGIN, "certificate@1.1(4) certificate:end-line@2.4"),
        SAMPLE(BEGIN "\nAAEC\n" BLOCK, "certificate:end-line@1.1 certificate@2.3(4)"),
        SAMPLE(BEGIN "\nAAEC\n----END CERTIFICATE-----\n" BLOCK, "certificate:end-line@1.1 certificate@2.4(4)"),
        SAMPLE(BEGIN "\nAAEC\n-----END CERTIFICATE----\n" BLOCK, "certificate:label@1.1 certificate@2.4(4)"),
        SAMPLE(BEGIN "\nAAEC\n-----END X509 CRL-----\n" BLOCK, "certificate:label@1.1 certificate@2.4(4)"),
        SAMPLE(BEGIN BEGIN "\nAAEC\n" END, "certificate:end-line@1.1 certificate@2.1(3)"),
        SAMPLE(BEGIN END BLOCK, "certificate:no-content@1.1 certificate@2.1(4)"),
        SAMPLE(BEGIN " # the leaf\n" DIGITS "\n" END "\n" BLOCK, "certificate:base64@1.1 certificate@2.4(4)"),
        SAMPLE("\"" BEGIN "\\n!" DIGITS "\\n" END "\", \"" BEGIN "\\n" DIGITS "\\n" END "\"",
               "certificate:base64@1.1 certificate@2.1(48)"),
        /* Without a BEGIN line, or with a damaged one. */
        SAMPLE(DIGITS "\n" END "\n" BLOCK, "certificate:begin-line@1.2 certificate@2.3(4)"),
        SAMPLE("----BEGIN CERTIFICATE-----\n" DIGITS "\n" END "\n" BLOCK, "block:begin-line@1.1 certificate@2.4(4)"),
        SAMPLE("-----BEGIN CERTIFICATE----\n" DIGITS "\n" END "\n" BLOCK, "block:begin-line@1.1 certificate@2.4(4)"),
        SAMPLE("-----BEGIN CERTIFICATE\n" DIGITS "\n" BLOCK, "block:begin-line@1.1 certificate@2.3(4)"),
        SAMPLE("----- Begin Certificate -----\n" DIGITS "\n----- End Certificate -----\n" BLOCK,
               "block:begin-line@1.1 certificate@2.4(4)"),
        SAMPLE("\xE2\x80\x94\xE2\x80\x93"
               "BEGIN CERTIFICATE\xE2\x80\x94\n" DIGITS "\n" BLOCK,
               "block:begin-line@1.1 certificate@2.3(4)"),
        SAMPLE("---BEGIN CERTIFICATE\n" DIGITS "\n---BEGIN CERTIFICATE\n" DIGITS "\n" END "\n" END "\n",
               "block:begin-line@1.1 block:begin-line@2.3"),
        SAMPLE("-----BEGIN-----\n" DIGITS "\n" BLOCK, "block:begin-line@1.1 certificate@2.3(4)"),
        SAMPLE(DIGITS "\n-----END PRIVATE KEY-----\n", "block:begin-line@1.2"),
        SAMPLE("-----BEGIN " LABEL_MAX "X-----\n" DIGITS "\n" BLOCK, "block:begin-line@1.1 certificate@2.3(4)"),
        SAMPLE("-----BEGIN " LABEL_MAX "-----\n-----END " LABEL_MAX "-----\n" BLOCK, "block@1.1 certificate@2.3(4)"),
    };
    check_samples(samples, COUNT(samples));
    /* A block that is cut off is not read. */
    for (size_t len = 0; len < sizeof(BLOCK) - 2; len++) {
        summary s = { .text = "" };
        uint8_t *exact = check_exact_copy(BLOCK, len);
        CHECK_INT(pagetls_documents_walk(exact, len, summarize, &s), 0);
        CHECK(s.len > 0 && strchr(s.text, '(') == NULL);
        free(exact);
    }
}

static void stops_when_told(void)
{
    summary s = { .stop_after = 2 };
    CHECK_INT(pagetls_documents_walk((const uint8_t *) BLOCK BLOCK BLOCK, 3 * sizeof(BLOCK) - 3, summarize, &s), -99);
    CHECK_TEXT(s.text, "certificate@1.1(4) certificate@2.4(4)");
}

static void reports_out_of_memory(void)
{
    for (long n = 0;; n++) {
        summary s = { .text = "" };
        native_host_fail_allocation(n);
        int ret = pagetls_documents_walk((const uint8_t *) BLOCK BLOCK, 2 * sizeof(BLOCK) - 2, summarize, &s);
        if (!native_host_allocation_failed()) {
            CHECK_INT(ret, 0);
            break;
        }
        CHECK_INT(ret, PAGETLS_DOCUMENTS_OUT_OF_MEMORY);
        CHECK_INT(s.len, 0);
    }
    native_host_fail_allocation(-1);
}

/* --- DER -------------------------------------------------------------------------- */

static pagetls_slice certificate(void)
{
    pagetls_slice parts[BUILD_PARTS];
    build_certificate_parts(parts);
    return build_certificate(parts);
}

static pagetls_slice named_certificate(const char *issuer, const char *subject)
{
    pagetls_slice parts[BUILD_PARTS];
    build_certificate_parts(parts);
    parts[BUILD_ISSUER] = build_name(DER_UTF8_STRING, (pagetls_slice) { (const uint8_t *) issuer, strlen(issuer) });
    parts[BUILD_SUBJECT] = build_name(DER_UTF8_STRING, (pagetls_slice) { (const uint8_t *) subject, strlen(subject) });
    return build_certificate(parts);
}

static pagetls_slice crl(void)
{
    pagetls_slice parts[BUILD_CRL_PARTS];
    build_crl_parts(parts);
    return build_crl(parts);
}

static pagetls_slice join(pagetls_slice a, pagetls_slice b, pagetls_slice c)
{
    const pagetls_slice parts[] = { a, b, c };
    return build_join(parts, COUNT(parts));
}

static void check_sizes(pagetls_slice input, const char *format, size_t a, size_t b)
{
    char expected[200];
    snprintf(expected, sizeof(expected), format, a, b);
    check_input(input, expected);
}

static void reads_der(void)
{
    const pagetls_slice one = certificate();
    const pagetls_slice list = crl();
    check_sizes(one, "certificate(%zu)", one.len, 0);
    check_sizes(list, "crl(%zu)", list.len, 0);
    check_sizes(join(one, OCTETS("\r\n"), EMPTY), "certificate(%zu)", one.len, 0);
    check_sizes(join(one, OCTETS(" \t\n"), list), "certificate(%zu) crl(%zu)", one.len, list.len);
    check_sizes(join(one, one, OCTETS("\n")), "certificate(%zu) certificate(%zu)", one.len, one.len);
    /* With anything else after it, it is left to the reader of certificates, which rejects trailing data. */
    check_sizes(join(one, OCTETS("\0"), EMPTY), "certificate(%zu)", one.len + 1, 0);
    check_sizes(join(one, OCTETS("text"), EMPTY), "certificate(%zu)", one.len + 4, 0);
    check_sizes((pagetls_slice) { one.p, one.len - 1 }, "der(%zu)", one.len - 1, 0);
    check_sizes(OCTETS("\x30\x80"), "der(%zu)", 2, 0);
    check_sizes(OCTETS("\x30\x82\xFF\xFF\0"), "der(%zu)", 5, 0);
    build_free();
}

static void reads_bare_base64(void)
{
    const pagetls_slice one = certificate();
    char text[4096];
    size_t at = 0;
    for (size_t i = 0; i < one.len; i += 3) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        const uint32_t bits = (uint32_t) one.p[i] << 16 | (i + 1 < one.len ? (uint32_t) one.p[i + 1] << 8 : 0) |
            (i + 2 < one.len ? one.p[i + 2] : 0);
        for (unsigned d = 0; d < (one.len - i < 3 ? one.len - i + 1 : 4); d++) {
            text[at++] = digits[bits >> (18 - 6 * d) & 63];
        }
        if (i % 48 == 45) {
            text[at++] = '\n';
        }
    }
    check_sizes((pagetls_slice) { (const uint8_t *) text, at }, "certificate(%zu)", one.len, 0);
    check_input(OCTETS("nothing"), "file");
    check_input(OCTETS("MAA="), "file");
    build_free();
}

static void recognizes_structures(void)
{
    const pagetls_slice oid = OCTETS("\x06\x03\x2A\x03\x04");
    const pagetls_slice algorithm = BUILD_SEQUENCE(oid);
    const pagetls_slice integer = OCTETS("\x02\x01\x00");
    const pagetls_slice octets = OCTETS("\x04\x01\x00");
    const pagetls_slice bits = OCTETS("\x03\x02\x00\x01");
    const pagetls_slice empty = OCTETS("\x30\x00");
    const struct {
        pagetls_slice der;
        const char *expected;
    } structures[] = {
        { BUILD_SEQUENCE(integer, algorithm, octets), "private-key" },                  /* PKCS#8 */
        { BUILD_SEQUENCE(integer, integer, integer, integer, integer), "private-key" }, /* PKCS#1 */
        { BUILD_SEQUENCE(integer, octets), "private-key" },                             /* SEC 1 */
        { BUILD_SEQUENCE(algorithm, octets), "encrypted-private-key" },                 /* PKCS#8 */
        { BUILD_SEQUENCE(algorithm, bits), "public-key" },                              /* SubjectPublicKeyInfo */
        { BUILD_SEQUENCE(OCTETS("\x02\x01\x03"), BUILD_SEQUENCE(oid), empty), "pkcs12" },
        { BUILD_SEQUENCE(BUILD_SEQUENCE(integer, empty, empty, OCTETS("\xA0\x00")), algorithm, bits),
          "certificate-request" },
        { BUILD_SEQUENCE(OCTETS("\x0A\x01\x00"), OCTETS("\xA0\x00")), "ocsp-response" },
        { BUILD_SEQUENCE(OCTETS("\x0A\x01\x06")), "ocsp-response" },
        { BUILD_SEQUENCE(oid, OCTETS("\xA0\x00")), "pkcs7" },
        { OCTETS("\x30\x80\x02\x01\x03\x30\x80\x06\x01\x2A\0\0\0\0"), "pkcs12" }, /* BER */
    };
    for (size_t i = 0; i < COUNT(structures); i++) {
        check_input(structures[i].der, structures[i].expected);
    }
    check_sizes(BUILD_SEQUENCE(integer, integer), "der(%zu)", 8, 0);
    /* In a PEM block the label counts where the structure is unknown, and must not hide a certificate. */
    check_input(OCTETS("-----BEGIN CERTIFCATE-----\nMAcwADAAAwEA\n-----END CERTIFCATE-----\n"), "wrong-label@1.1");
    check_input(OCTETS("-----BEGIN MY KEY-----\nMAcwADAAAwEA\n-----END MY KEY-----\n"), "block@1.1");
    check_input(OCTETS(BEGIN "\nMAYCAQACAQA=\n" END), "certificate@1.1(8)");
    check_input(OCTETS(BEGIN "\nMBECAQAwBwYDKgMEBQAEAQEEAQA=\n" END), "private-key@1.1");
    build_free();
}

/* --- PKCS#7 ----------------------------------------------------------------------- */

#define SIGNED_DATA "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"
#define DATA "\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"

static pagetls_slice signed_data(pagetls_slice certificates, pagetls_slice crls)
{
    const pagetls_slice set = certificates.len > 0 ? BUILD(0xA0, certificates) : EMPTY;
    const pagetls_slice list = crls.len > 0 ? BUILD(0xA1, crls) : EMPTY;
    const pagetls_slice fields =
        BUILD_SEQUENCE(OCTETS("\x02\x01\x01\x31\x00"), OCTETS(DATA), set, list, OCTETS("\x31\x00"));
    return BUILD_SEQUENCE(OCTETS(SIGNED_DATA), BUILD(0xA0, fields));
}

static pagetls_slice indefinite(uint8_t tag, pagetls_slice content)
{
    const uint8_t header[] = { tag, 0x80 };
    return join((pagetls_slice) { header, 2 }, content, OCTETS("\0\0"));
}

static void reads_pkcs7(void)
{
    const pagetls_slice one = certificate();
    const pagetls_slice list = crl();
    check_sizes(signed_data(one, EMPTY), "certificate(%zu)", one.len, 0);
    check_sizes(signed_data(one, list), "certificate(%zu) crl(%zu)", one.len, list.len);
    check_sizes(signed_data(EMPTY, list), "crl(%zu)", list.len, 0);
    check_input(signed_data(EMPTY, EMPTY), "pkcs7");
    /* An attribute certificate (RFC 5652, section 10.2.2) is named, and a damaged element is left to the reader. */
    check_sizes(signed_data(join(one, OCTETS("\xA1\x00"), EMPTY), EMPTY), "certificate(%zu) pkcs7", one.len, 0);
    check_sizes(signed_data(join(one, OCTETS("\x30\x05"), EMPTY), EMPTY), "certificate(%zu) der(%zu)", one.len, 2);
    /* BER with indefinite lengths, as old tools write it. */
    const pagetls_slice set = indefinite(0xA0, join(one, one, EMPTY));
    const pagetls_slice data = indefinite(0x30, join(OCTETS("\x02\x01\x01\x31\x00" DATA), set, OCTETS("\x31\x00")));
    const pagetls_slice info = indefinite(0x30, join(OCTETS(SIGNED_DATA), indefinite(0xA0, data), EMPTY));
    check_sizes(info, "certificate(%zu) certificate(%zu)", one.len, one.len);
    for (size_t len = 2; len < info.len; len++) {
        summary s = { .text = "" };
        uint8_t *exact = check_exact_copy(info.p, len);
        CHECK_INT(pagetls_documents_walk(exact, len, summarize, &s), 0);
        CHECK(strncmp(s.text, "der(", 4) == 0);
        free(exact);
    }
    build_free();
}

static void nests_indefinite_lengths_to_a_limit(void)
{
    pagetls_slice nested = OCTETS("\x05\x00");
    for (int depth = 0; depth <= PAGETLS_BER_DEPTH_MAX + 1; depth++) {
        pagetls_slice from = nested;
        pagetls_element element;
        CHECK_INT(pagetls_ber_next(&from, &element), depth <= PAGETLS_BER_DEPTH_MAX ? 0 : -1);
        nested = indefinite(0x30, nested);
    }
    build_free();
}

/* The first document. */
typedef struct {
    pagetls_slice der;
    size_t count;
} first_document;

static int keep_first(void *context, const pagetls_document *document)
{
    first_document *first = context;
    CHECK_INT(document->index, first->count);
    if (first->count++ == 0) {
        first->der = document->der;
    }
    return 0;
}

static void puts_the_leaf_of_a_bundle_first(void)
{
    const pagetls_slice root = named_certificate("root", "root");
    const pagetls_slice other = named_certificate("other", "other");
    const pagetls_slice issuer = named_certificate("root", "issuer");
    const pagetls_slice leaf = named_certificate("issuer", "leaf");
    const struct {
        pagetls_slice certificates;
        pagetls_slice first;
        size_t count;
    } bundles[] = {
        { join(root, issuer, leaf), leaf, 3 },         { join(other, leaf, issuer), leaf, 3 },
        { join(leaf, issuer, root), leaf, 3 },         { join(issuer, root, EMPTY), issuer, 2 },
        { join(other, root, EMPTY), other, 2 },        { join(OCTETS("\x30\x00"), root, leaf), leaf, 3 },
        { OCTETS("\x30\x00"), OCTETS("\x30\x00"), 1 },
    };
    for (size_t i = 0; i < COUNT(bundles); i++) {
        const pagetls_slice input = signed_data(bundles[i].certificates, EMPTY);
        first_document first = { .count = 0 };
        check_context("bundle %zu", i);
        CHECK_INT(pagetls_documents_walk(input.p, input.len, keep_first, &first), 0);
        CHECK_INT(first.count, bundles[i].count);
        CHECK(pagetls_slices_equal(first.der, bundles[i].first));
    }
    /* Beyond the limit, a bundle keeps its order. */
    for (size_t count = PAGETLS_BUNDLE_ORDER_MAX; count <= PAGETLS_BUNDLE_ORDER_MAX + 1; count++) {
        pagetls_slice all = root;
        for (size_t i = 2; i < count; i++) {
            all = join(all, issuer, EMPTY);
        }
        const pagetls_slice input = signed_data(join(all, leaf, EMPTY), EMPTY);
        first_document first = { .count = 0 };
        check_context("%zu certificates", count);
        CHECK_INT(pagetls_documents_walk(input.p, input.len, keep_first, &first), 0);
        CHECK_INT(first.count, count);
        CHECK(pagetls_slices_equal(first.der, count <= PAGETLS_BUNDLE_ORDER_MAX ? leaf : root));
    }
    check_context("%s", "");
    build_free();
}

/* --- TRUSTED CERTIFICATE ---------------------------------------------------------- */

static int keep_document(void *context, const pagetls_document *document)
{
    *(pagetls_document *) context = *document;
    return 0;
}

#define SERVER_AUTH "\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x01"
#define CLIENT_AUTH "\x06\x08\x2B\x06\x01\x05\x05\x07\x03\x02"
#define ANY_PURPOSE "\x06\x04\x55\x1D\x25\x00"

static void honours_trust_settings(void)
{
    static const struct {
        pagetls_slice settings;
        int rejects_servers;
        pagetls_fault fault;
    } cases[] = {
        { OCTETS(""), 0, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x00"), 0, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x0C\x30\x0A" SERVER_AUTH), 0, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x08\x30\x06" ANY_PURPOSE), 0, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x16\x30\x14" CLIENT_AUTH SERVER_AUTH), 0, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x0C\x30\x0A" CLIENT_AUTH), 1, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x02\x30\x00"), 1, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x0C\xA0\x0A" SERVER_AUTH), 1, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x0C\xA0\x0A" CLIENT_AUTH), 0, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x18\x30\x0A" SERVER_AUTH "\xA0\x0A" SERVER_AUTH), 1, PAGETLS_FAULT_NONE },
        { OCTETS("\x30\x03\x0C\x01"
                 "a"),
          0, PAGETLS_FAULT_NONE }, /* an alias */
        { OCTETS("\x31\x00"), 0, PAGETLS_FAULT_TRUST_SETTINGS },
        { OCTETS("\x30\x00\x05\x00"), 0, PAGETLS_FAULT_TRUST_SETTINGS },
        { OCTETS("\x30\x05"), 0, PAGETLS_FAULT_TRUST_SETTINGS },
    };
    const pagetls_slice one = certificate();
    for (size_t i = 0; i < COUNT(cases); i++) {
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        char text[4096] = "-----BEGIN TRUSTED CERTIFICATE-----\n";
        pagetls_slice whole = join(one, cases[i].settings, EMPTY);
        for (size_t at = 0; at < whole.len; at += 3) {
            const uint32_t bits = (uint32_t) whole.p[at] << 16 |
                (at + 1 < whole.len ? (uint32_t) whole.p[at + 1] << 8 : 0) | (at + 2 < whole.len ? whole.p[at + 2] : 0);
            const char group[] = { digits[bits >> 18], digits[bits >> 12 & 63],
                                   at + 1 < whole.len ? digits[bits >> 6 & 63] : '=',
                                   at + 2 < whole.len ? digits[bits & 63] : '=', '\0' };
            strcat(text, group);
        }
        strcat(text, "\n-----END TRUSTED CERTIFICATE-----\n");
        pagetls_document document;
        check_context("settings %zu", i);
        CHECK_INT(pagetls_documents_walk((const uint8_t *) text, strlen(text), keep_document, &document), 0);
        CHECK_INT(document.kind, PAGETLS_DOCUMENT_CERTIFICATE);
        CHECK_INT(document.fault, cases[i].fault);
        CHECK_INT(document.rejects_servers, cases[i].rejects_servers);
        CHECK_INT(document.der.len, cases[i].fault == PAGETLS_FAULT_NONE ? one.len : 0);
    }
    check_context("%s", "");
    build_free();
}

/* --- everything else -------------------------------------------------------------- */

static void gives_the_start_of_other_files(void)
{
    static const char *const texts[] = {
        "", " \r\n", "hello", "0", "0 is a digit", "0\xEF\xBF\xBD\x01\x02", "0\xC2\x82"
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        pagetls_document document;
        check_input((pagetls_slice) { (const uint8_t *) texts[i], strlen(texts[i]) }, "file");
        CHECK_INT(pagetls_documents_walk((const uint8_t *) texts[i], strlen(texts[i]), keep_document, &document), 0);
        CHECK(pagetls_slice_is(document.label, texts[i], strlen(texts[i])));
    }
    pagetls_document document;
    const pagetls_slice zeros = build_fill(0, 1000);
    CHECK_INT(pagetls_documents_walk(zeros.p, zeros.len, keep_document, &document), 0);
    CHECK_INT(document.kind, PAGETLS_DOCUMENT_FILE);
    CHECK_INT(document.label.len, PAGETLS_PEM_LABEL_MAX);
    build_free();
}

const native_test documents_tests[] = {
    { "every PEM block is found, with its line, in any text and with any line ending", finds_every_block },
    { "a PEM block is what its label says", knows_the_labels },
    { "every base64 digit is decoded, with any line ending", reads_every_digit },
    { "a damaged PEM block is found, and its fault named", names_the_fault_of_a_damaged_block },
    { "a visitor can stop", stops_when_told },
    { "a failed allocation is reported as out of memory", reports_out_of_memory },
    { "DER is read, also with white space or more DER after it", reads_der },
    { "base64 without a PEM block is read, in either alphabet", reads_bare_base64 },
    { "keys, requests and other structures are recognized", recognizes_structures },
    { "PKCS#7 is read as its certificates and CRLs, in DER or BER", reads_pkcs7 },
    { "indefinite lengths are nested to a limit", nests_indefinite_lengths_to_a_limit },
    { "the leaf of a PKCS#7 bundle comes first", puts_the_leaf_of_a_bundle_first },
    { "the trust settings of a TRUSTED CERTIFICATE are honoured", honours_trust_settings },
    { "of another file, the first octets are given", gives_the_start_of_other_files },
    { NULL, NULL },
};
