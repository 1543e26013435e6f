/* Host names, matching them with certificates, and name constraints. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "pagetls.h"
#include "verify/host_match.h"
#include "verify/name_constraints.h"
#include "x509/hostname.h"

static int read_name(pagetls_hostname *host, const char *text, size_t len)
{
    uint8_t *exact = check_exact_copy(text, len);
    int ret = pagetls_hostname_read(host, (const char *) exact, len);
    free(exact);
    return ret;
}

static void check_read(const char *text, const char *expected, size_t ip_len, const char *ip)
{
    pagetls_hostname host;
    check_context("%s", text);
    CHECK_INT(read_name(&host, text, strlen(text)), 0);
    CHECK_TEXT(host.text, expected);
    CHECK_INT(host.ip_len, ip_len);
    CHECK(ip_len == 0 || memcmp(host.ip, ip, ip_len) == 0);
    check_context("%s", "");
}

#define LABEL63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
#define NAME253 LABEL63 "." LABEL63 "." LABEL63 ".aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"

static void hostname_is_normalized(void)
{
    check_read("example.com", "example.com", 0, NULL);
    check_read("EXAMPLE.Com.", "example.com", 0, NULL);
    check_read("localhost", "localhost", 0, NULL);
    check_read("xn--bcher-kva.example", "xn--bcher-kva.example", 0, NULL);
    check_read("a_b.example", "a_b.example", 0, NULL);
    check_read("1a.2b", "1a.2b", 0, NULL);
    check_read("0xyz", "0xyz", 0, NULL);
    check_read("123.example", "123.example", 0, NULL);
    check_read("a.1xa", "a.1xa", 0, NULL); /* almost a hexadecimal number */
    check_read("a.0aa", "a.0aa", 0, NULL);
    check_read("a.0xg", "a.0xg", 0, NULL);
    check_read("a.0x_", "a.0x_", 0, NULL);
    check_read("A", "a", 0, NULL);
    check_read(LABEL63 ".x", LABEL63 ".x", 0, NULL);
    check_read(NAME253, NAME253, 0, NULL);
    check_read(NAME253 ".", NAME253, 0, NULL);
}

static void reads_addresses(void)
{
    static const char loopback[16] = { [15] = 1 };
    check_read("127.0.0.1", "127.0.0.1", 4, "\x7F\x00\x00\x01");
    check_read("127.0.0.1.", "127.0.0.1", 4, "\x7F\x00\x00\x01");
    check_read("0.0.0.0", "0.0.0.0", 4, "\x00\x00\x00\x00");
    check_read("9.10.99.109", "9.10.99.109", 4, "\x09\x0A\x63\x6D");
    check_read("255.255.255.255", "255.255.255.255", 4, "\xFF\xFF\xFF\xFF");
    check_read("::1", "::1", 16, loopback);
    check_read("[::1]", "::1", 16, loopback);
    check_read("0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1", 16, loopback);
    check_read("2001:DB8::A", "2001:db8::a", 16, "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x0A");
    check_read("::ffff:192.0.2.1", "::ffff:192.0.2.1", 16, "\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xC0\x00\x02\x01");
}

/* The result of libc's inet_pton(), 1 or 0; -1 if ours differs. */
static int compare_with_libc(const char *text)
{
    uint8_t theirs[16];
    pagetls_hostname host;
    int valid = strchr(text, ':') != NULL && inet_pton(AF_INET6, text, theirs) == 1;
    int ours = strchr(text, ':') != NULL && read_name(&host, text, strlen(text)) == 0;
    return valid == ours && (!valid || (host.ip_len == 16 && memcmp(host.ip, theirs, 16) == 0)) ? valid : -1;
}

static void reads_ipv6_like_libc(void)
{
    static const char *const valid[] = {
        "::",
        "1::",
        "::1",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1:2:3::5:6:7:8",
        "1::3:4:5:6:7:8",
        "::1.2.3.4",
        "1::1.2.3.4",
        "1:2:3:4:5:6:1.2.3.4",
        "::5:6:1.2.3.4",
        "1:2:3:4:5::1.2.3.4",
        "::ffff:0:255.255.255.255",
        "0:0:0:0:0:0:0:0",
        "0000::ffff",
        "fe80::ABCD:ef01",
        "1:2:3:4:5:6:77:88",
    };
    static const char *const invalid[] = {
        ":",
        ":::",
        "::::",
        "1",
        "1:",
        ":1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        ":2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "1:::2",
        "12345::",
        "00001::",
        "g::",
        "::-1",
        "::1 ",
        " ::1",
        "::1.2.3",
        "::1.2.3.4.5",
        "::1.2.3.256",
        "::01.2.3.4",
        "::1.2.3.4:5",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4",
        "1:2:3:4:5:1.2.3.4",
        "::1.2.3.4.",
        "::%1",
        "::1%lo",
        "::1/128",
        "1;2::",
        "::x",
    };
    for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++) {
        check_context("%s", valid[i]);
        CHECK_INT(compare_with_libc(valid[i]), 1);
    }
    for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
        check_context("%s", invalid[i]);
        CHECK_INT(compare_with_libc(invalid[i]), 0);
    }
    /* Random combinations. */
    static const char *const parts[] = { ":", ":", ":", "::", "1", "0", "ab", "FFFF", "1.2.3.4", "." };
    uint32_t seed = 1;
    int read = 0;
    for (int round = 0; round < 100000; round++) {
        char text[80] = "";
        do {
            seed = seed * 1664525 + 1013904223;
            strcat(text, parts[(seed >> 16) % (sizeof(parts) / sizeof(parts[0]))]);
        } while (strlen(text) < 60 && (seed >> 24 & 15) != 0);
        check_context("%s", text);
        int result = compare_with_libc(text);
        REQUIRE(result >= 0);
        read += result;
    }
    check_context("%s", "");
    CHECK(read > 1000);
}

static void rejects_invalid_hostnames(void)
{
    static const char *const rejected[] = {
        "",
        ".",
        "..",
        "a..b",
        "a..",
        ".a",
        "-a",
        "a-",
        "a.-b",
        "a-.b",
        "a b",
        " a",
        "!a",
        "a.0x",
        "a.0xa",
        "a.0xf",
        "a.0x09",
        "09.1.1.1",
        "1.1.1.00",
        "1.1.1.256",
        "a ",
        "a/b",
        "a,b",
        "a:b",
        "user@host",
        "*.example.com",
        "b\303\274cher.example",
        "b\374cher.example",
        "a\nb",
        "a%00b",
        "https://example.com",
        "example.com:443",
        "127.0.0.1:443",
        "[example.com]",
        "[127.0.0.1]",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.04",
        "1.2.3.4 ",
        "1..3.4",
        "1.2.3.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.0.0.0x1",
        "0x",
        "example.1",
        "example.0x1f",
        "[]",
        "[",
        "]",
        "[::1",
        "::1]",
        "[[::1]]",
        "::1.",
        "[::1.]",
        "[::1].",
        ":",
        ":::",
        "1::2::3",
        "12345::",
        "fe80::1%eth0",
        "fe80::1%25eth0",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::g",
        "::1.2.3",
        "::256.0.0.1",
        LABEL63 "a.x",
        NAME253 "a",
        NAME253 "..",
    };
    static const struct {
        const char *bytes;
        size_t len;
    } with_nul[] = {
        { "a\0b", 3 },
        { "\0", 1 },
        { "example.com\0.evil.test", 22 },
        { "127.0.0.1\0.evil.test", 20 },
        { "::1\0", 4 },
        { "[::1\0]", 6 },
        { "::1\0.", 5 },
    };
    pagetls_hostname host;
    for (size_t i = 0; i < sizeof(rejected) / sizeof(rejected[0]); i++) {
        check_context("%s", rejected[i]);
        CHECK_INT(read_name(&host, rejected[i], strlen(rejected[i])), -1);
    }
    for (size_t i = 0; i < sizeof(with_nul) / sizeof(with_nul[0]); i++) {
        check_context("%s, then a NUL", with_nul[i].bytes);
        CHECK_INT(read_name(&host, with_nul[i].bytes, with_nul[i].len), -1);
    }
    /* Every octet that is not allowed in a name. */
    for (int c = 0; c < 256; c++) {
        char text[] = "ab.cd";
        text[1] = (char) c;
        int allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        check_context("octet %d", c);
        CHECK_INT(read_name(&host, text, 5), allowed ? 0 : -1);
    }
    check_context("%s", "");
}

static void normalization_is_idempotent(void)
{
    static const char alphabet[] = "a1.-:[]%fF0x\0_*";
    uint32_t seed = 1;
    for (int round = 0; round < 200000; round++) {
        char text[24];
        size_t len = 0;
        for (seed = seed * 1664525 + 1013904223; len < sizeof(text) && (seed >> 13 & 15) != 0;
             seed = seed * 1664525 + 1013904223) {
            text[len++] = alphabet[(seed >> 24) % sizeof(alphabet)];
        }
        pagetls_hostname host;
        if (read_name(&host, text, len) == 0) {
            /* The normalized text is accepted unchanged. */
            pagetls_hostname again;
            REQUIRE(read_name(&again, host.text, strlen(host.text)) == 0);
            REQUIRE(strcmp(host.text, again.text) == 0 && host.ip_len == again.ip_len);
            REQUIRE(memcmp(host.ip, again.ip, sizeof(host.ip)) == 0);
        }
    }
}

/* --- matching ------------------------------------------------------------------- */

/* A GeneralName in DER, in a block of exactly its size. */
static pagetls_slice general_name(uint8_t *block, int tag, const void *octets, size_t len)
{
    block[0] = (uint8_t) tag;
    block[1] = (uint8_t) len;
    if (len > 0) {
        memcpy(block + 2, octets, len);
    }
    return (pagetls_slice) { check_exact_copy(block, len + 2), len + 2 };
}

static int matches_octets(int tag, const void *octets, size_t len, const char *reference)
{
    pagetls_hostname host;
    uint8_t block[130];
    if (len > 127) {
        abort();
    }
    pagetls_slice names = general_name(block, tag, octets, len);
    int ret = pagetls_hostname_read(&host, reference, strlen(reference));
    int found = ret != 0 ? -1 : pagetls_names_match(names, &host);
    free((void *) (uintptr_t) names.p);
    return found;
}

static int matches(const char *presented, const char *reference)
{
    return matches_octets(0x82, presented, strlen(presented), reference);
}

static void matches_dns_names(void)
{
    CHECK_INT(matches("example.com", "example.com"), 1);
    CHECK_INT(matches("EXAMPLE.com", "example.COM."), 1);
    CHECK_INT(matches("localhost", "localhost"), 1);
    CHECK_INT(matches("xn--bcher-kva.example", "XN--BCHER-KVA.example"), 1);
    CHECK_INT(matches("example.com", "www.example.com"), 0);
    CHECK_INT(matches("www.example.com", "example.com"), 0);
    CHECK_INT(matches("example.co", "example.com"), 0);
    CHECK_INT(matches("example.comm", "example.com"), 0);
    CHECK_INT(matches("", "example.com"), 0);
    CHECK_INT(matches(".", "example.com"), 0);
    CHECK_INT(matches("example.com.", "example.com"),
              0); /* RFC 5280, section 4.2.1.6: preferred name syntax, no final dot */
    CHECK_INT(matches(".example.com", "example.com"), 0);
    CHECK_INT(matches("A_b._c.example", "a_B._c.example"), 1);
    CHECK_INT(matches("a_b.example", "a-b.example"), 0);
    CHECK_INT(matches(" example.com", "example.com"), 0);
    CHECK_INT(matches_octets(0x82, "example.com\0.evil.test", 22, "example.com"), 0);
    CHECK_INT(matches_octets(0x82, "example.com\0", 12, "example.com"), 0);
}

static void matches_wildcards(void)
{
    CHECK_INT(matches("*.example.com", "www.example.com"), 1);
    CHECK_INT(matches("*.EXAMPLE.com", "WWW.example.com"), 1);
    CHECK_INT(matches("*.example.com", "xn--bcher-kva.example.com"), 1);
    CHECK_INT(matches("*.example.com", "a_b.example.com"), 1);
    CHECK_INT(matches("*.a_b.example.com", "c.a_b.example.com"), 1);
    CHECK_INT(matches("*.example.com", "example.com"), 0);
    CHECK_INT(matches("*.example.com", "a.b.example.com"), 0);
    CHECK_INT(matches("*.com", "example.com"), 0);
    CHECK_INT(matches("*", "localhost"), 0);
    CHECK_INT(matches("*.", "localhost"), 0);
    CHECK_INT(matches("*.localhost", "a.localhost"), 0);
    CHECK_INT(matches("w*.example.com", "www.example.com"), 0);
    CHECK_INT(matches("*w.example.com", "www.example.com"), 0);
    CHECK_INT(matches("**.example.com", "www.example.com"), 0);
    CHECK_INT(matches("*.*.com", "www.example.com"), 0);
    CHECK_INT(matches("www.*.com", "www.example.com"), 0);
    CHECK_INT(matches("*..example.com", "www.example.com"), 0);
    CHECK_INT(matches("*.example.com.", "www.example.com"), 0);
}

static void matches_addresses(void)
{
    static const char loopback[16] = { [15] = 1 };
    CHECK_INT(matches_octets(0x87, "\x7F\x00\x00\x01", 4, "127.0.0.1"), 1);
    CHECK_INT(matches_octets(0x87, loopback, 16, "::1"), 1);
    CHECK_INT(matches_octets(0x87, loopback, 16, "[0:0::1]"), 1);
    CHECK_INT(matches_octets(0x87, "\x7F\x00\x00\x01", 4, "127.0.0.2"), 0);
    CHECK_INT(matches_octets(0x87, "\x7F\x00\x00\x01", 4, "::1"), 0);
    CHECK_INT(matches_octets(0x87, "\x7F\x00\x00\x01\xFF\xFF\xFF\xFF", 8, "127.0.0.1"), 0); /* with a mask */
    CHECK_INT(matches_octets(0x87, "\0\0\0\0\0\0\0\0\0\0\xFF\xFF\x7F\0\0\1", 16, "127.0.0.1"), 0);
    CHECK_INT(matches_octets(0x87, "abcd", 4, "abcd"), 0); /* a name is not an address */
    CHECK_INT(matches_octets(0x87, "", 0, "127.0.0.1"), 0);
    CHECK_INT(matches("127.0.0.1", "127.0.0.1"), 0); /* a dNSName is not an address */
    CHECK_INT(matches("*.0.0.1", "127.0.0.1"), 0);
    CHECK_INT(matches("::1", "::1"), 0);
}

static void ignores_other_kinds(void)
{
    static const int tags[] = { 0xA0, 0x81, 0xA3, 0xA4, 0xA5, 0x86, 0x88, 0xA2, 0xA7, 0x16 };
    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        check_context("tag 0x%02X", (unsigned) tags[i]);
        CHECK_INT(matches_octets(tags[i], "example.com", 11, "example.com"), 0);
        CHECK_INT(matches_octets(tags[i], "\x7F\x00\x00\x01", 4, "127.0.0.1"), 0);
    }
    check_context("%s", "");
}

static void matches_any_entry(void)
{
    static const uint8_t names[] = "\x82\x0Dother.example\xA0\x00\x82\x0Ewanted.example\x87\x04\x7F\x00\x00\x01";
    static const char *const named[] = { "other.example", "wanted.example", "127.0.0.1" };
    pagetls_hostname host;
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        REQUIRE(pagetls_hostname_read(&host, named[i], strlen(named[i])) == 0);
        check_context("%s", named[i]);
        CHECK_INT(pagetls_names_match((pagetls_slice) { NULL, 0 }, &host), 0); /* no names at all */
        CHECK_INT(pagetls_names_match((pagetls_slice) { names, sizeof(names) - 1 }, &host), 1);
    }
    check_context("%s", "");
    /* Truncated: the last name is incomplete, and no other one matches. */
    for (size_t len = 0; len < sizeof(names) - 1; len++) {
        uint8_t *exact = check_exact_copy(names, len);
        CHECK_INT(pagetls_names_match((pagetls_slice) { exact, len }, &host), 0);
        free(exact);
    }
}

static int reports_mismatch(const uint8_t *der, size_t len, const char *hostname)
{
    pagetls_verification *verification = pagetls_verification_new();
    const char *report = NULL;
    if (verification != NULL && pagetls_verification_set_hostname(verification, hostname, strlen(hostname)) == 0 &&
        pagetls_verification_add_chain(verification, der, len) == 1) {
        report = pagetls_verification_run(verification);
    }
    CHECK(report != NULL);
    int reported = report != NULL && strstr(report, "ERR_TLS_CERT_CN_MISMATCH") != NULL;
    pagetls_verification_free(verification);
    return reported;
}

static void ignores_common_name(void)
{
    static const char name[] = "good-p256.pagetls.test";
    size_t len;
    uint8_t *der = check_cert_der("good-p256", "chain.pem", 0, &len); /* also has the name in its subject */
    REQUIRE(der != NULL);
    CHECK_INT(reports_mismatch(der, len, name), 0);
    size_t at = len - sizeof(name);
    while (at > 0 &&
           (der[at - 1] != 0x82 || der[at] != sizeof(name) - 1 || memcmp(der + at + 1, name, sizeof(name) - 1) != 0)) {
        at--;
    }
    REQUIRE(at > 0);
    der[at + 1] = 'x';
    CHECK_INT(reports_mismatch(der, len, name), 1);
    CHECK_INT(reports_mismatch(der, len, "xood-p256.pagetls.test"), 0);
    free(der);
}

/* --- constraints ------------------------------------------------------------------ */

#define OID_SAN OCTETS("\x06\x03\x55\x1D\x11")
#define OID_NAME_CONSTRAINTS OCTETS("\x06\x03\x55\x1D\x1E")

static void read_with_extension(pagetls_certificate *certificate, pagetls_slice oid, pagetls_slice value)
{
    pagetls_slice parts[BUILD_PARTS];
    pagetls_read_error error;
    build_certificate_parts(parts);
    parts[BUILD_EXTENSIONS] =
        BUILD(DER_CONTEXT | DER_CONSTRUCTED | 3, BUILD_SEQUENCE(BUILD_SEQUENCE(oid, BUILD(DER_OCTET_STRING, value))));
    const pagetls_slice der = build_certificate(parts);
    CHECK_INT(pagetls_certificate_read(certificate, der.p, der.len, &error), 0);
}

/* An unreadable name is neither inside nor outside a constraint, so it must be a problem. */
static void rejects_unreadable_constrained_names(void)
{
    static const struct {
        const char *names;
        size_t len;
        size_t problems;
    } cases[] = {
        { "\x30\x06\x82\x04"
          "a.bc",
          8, 0 },
        { "\x30\x06\x82\x04"
          "a.de",
          8, 1 }, /* excluded */
        { "\x30\x08\x82\x04"
          "a.bc\x82\x02",
          10, 1 }, /* and another one, truncated */
        { "\x30\x07\x82\x04"
          "a.bc\x82",
          9, 1 },
        { "\x30\x06\x82\x05"
          "a.bc",
          8, 1 },
        { "\x30\x00\x82\x04"
          "a.de",
          8, 1 }, /* trailing data after the list */
        { "\x31\x06\x82\x04"
          "a.de",
          8, 1 }, /* not a SEQUENCE */
        { "\x30\x00", 2, 0 },
        { "", 0, 1 },
    };
    static pagetls_problems problems;
    pagetls_certificate ca;
    pagetls_certificate subject;
    read_with_extension(&ca, OID_NAME_CONSTRAINTS,
                        OCTETS("\x30\x0A\xA1\x08\x30\x06\x82\x04"
                               "a.de"));
    CHECK_INT(pagetls_certificate_malformed(&ca, PAGETLS_EXT_NAME_CONSTRAINTS), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t comparisons = 100;
        check_context("case %zu", i);
        read_with_extension(&subject, OID_SAN, (pagetls_slice) { (const uint8_t *) cases[i].names, cases[i].len });
        pagetls_problems_reset(&problems, PAGETLS_RULE_SET_RFC5280);
        pagetls_name_constraints_apply(&ca, &subject, 1, &comparisons, &problems);
        CHECK_INT(problems.count, cases[i].problems);
        CHECK(problems.count == 0 ||
              problems.list[0].rule == (i == 1 ? PAGETLS_RULE_NAME_EXCLUDED : PAGETLS_RULE_NAME_UNCHECKABLE));
    }
    check_context("%s", "");
    build_free();
}

const native_test names_tests[] = {
    { "a host name is converted to lower case, without the final dot", hostname_is_normalized },
    { "IPv4 and IPv6 literals are read as addresses", reads_addresses },
    { "IPv6 literals are read as libc reads them", reads_ipv6_like_libc },
    { "a text that is neither a host name nor an address is rejected", rejects_invalid_hostnames },
    { "a normalized host name is normalized to itself", normalization_is_idempotent },
    { "a dNSName matches only that name, regardless of case", matches_dns_names },
    { "a wildcard matches exactly one complete left-most label, with at least two labels after it", matches_wildcards },
    { "an iPAddress matches only that address, and a dNSName matches no address", matches_addresses },
    { "no other kind of subject alternative name matches", ignores_other_kinds },
    { "any of several subject alternative names can match", matches_any_entry },
    { "the Common Name never matches", ignores_common_name },
    { "an unreadable alternative name does not satisfy a name constraint", rejects_unreadable_constrained_names },
    { NULL, NULL },
};
