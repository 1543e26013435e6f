/* Names as text, their comparison, and addresses as text (wasm/x509/name.h, general_name.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "native_host.h"
#include "verify/problems.h"
#include "x509/general_name.h"
#include "x509/name.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Compares the lengths too, because the texts may contain a NUL. */
static void check_text_is(pagetls_text *text, pagetls_slice expected, const char *what)
{
    check_context("%s", what);
    CHECK(!text->failed);
    if (!check_that(text->len == expected.len && (text->len == 0 || memcmp(text->p, expected.p, text->len) == 0),
                    "the text is as expected", __FILE__, __LINE__)) {
        printf("# the text is %.*s\n", (int) text->len, text->p == NULL ? "" : (const char *) text->p);
    }
    check_context("%s", "");
    pagetls_text_free(text);
}

static pagetls_text text_of_value(uint8_t tag, pagetls_slice content)
{
    pagetls_text text = { 0 };
    pagetls_element element;
    pagetls_slice built = BUILD(tag, content);
    uint8_t *exact = check_exact_copy(built.p, built.len);
    pagetls_slice from = { exact, built.len };
    CHECK_INT(pagetls_der_next(&from, &element), 0);
    pagetls_text_append_value(&text, &element);
    free(exact);
    build_free();
    return text;
}

typedef struct {
    uint8_t tag;
    pagetls_slice content;
    pagetls_slice value;   /* as UTF-8 */
    pagetls_slice in_name; /* after CN= */
} string_case;

#define SAME(tag, literal)                                                                                             \
    {                                                                                                                  \
        tag, { (const uint8_t *) literal, sizeof(literal) - 1 }, { (const uint8_t *) literal, sizeof(literal) - 1 },   \
        {                                                                                                              \
            (const uint8_t *) literal, sizeof(literal) - 1                                                             \
        }                                                                                                              \
    }
#define DIFFERENT(tag, literal, value, named)                                                                          \
    {                                                                                                                  \
        tag, { (const uint8_t *) literal, sizeof(literal) - 1 }, { (const uint8_t *) value, sizeof(value) - 1 },       \
        {                                                                                                              \
            (const uint8_t *) named, sizeof(named) - 1                                                                 \
        }                                                                                                              \
    }

static const string_case strings[] = {
    /* Every type of string. */
    SAME(DER_UTF8_STRING, "plain"),
    SAME(DER_PRINTABLE_STRING, "plain"),
    SAME(DER_IA5_STRING, "plain@example.com"),
    SAME(DER_NUMERIC_STRING, "0123"),
    SAME(DER_T61_STRING, "plain"),
    SAME(DER_VISIBLE_STRING, "plain"),
    SAME(0x15, "videotex"),
    SAME(0x19, "graphic"),
    SAME(0x1B, "general"),
    SAME(DER_UTF8_STRING, ""),
    DIFFERENT(DER_BMP_STRING, "\0B\0M\0P", "BMP", "BMP"),
    DIFFERENT(DER_UNIVERSAL_STRING, "\0\0\0U\0\0\0C\0\0\0S", "UCS", "UCS"),
    SAME(DER_BMP_STRING, ""),
    /* Beyond ASCII. */
    SAME(DER_UTF8_STRING, "b\303\274cher \342\202\254 \360\237\224\222"),
    DIFFERENT(DER_UTF8_STRING, "b\374cher", "b\303\274cher", "b\303\274cher"), /* not UTF-8, so Latin-1 */
    DIFFERENT(DER_T61_STRING, "b\374cher", "b\303\274cher", "b\303\274cher"),
    SAME(DER_T61_STRING, "b\303\274cher"), /* UTF-8, as many CAs write it */
    SAME(DER_PRINTABLE_STRING, "b\303\274cher"),
    DIFFERENT(DER_IA5_STRING, "\377", "\303\277", "\303\277"),
    DIFFERENT(DER_UTF8_STRING, "\300\200", "\303\200\302\200", "\303\200\302\200"), /* overlong: Latin-1 */
    DIFFERENT(DER_UTF8_STRING, "\355\240\200", "\303\255\302\240\302\200", "\303\255\302\240\302\200"), /* a surrogate */
    DIFFERENT(DER_BMP_STRING, "\040\254\0\374", "\342\202\254\303\274", "\342\202\254\303\274"),
    DIFFERENT(DER_BMP_STRING, "\330\075\335\022", "\360\237\224\222",
              "\360\237\224\222"), /* a pair of surrogates: U+1F512 */
    DIFFERENT(DER_BMP_STRING, "\333\377\337\377", "\364\217\277\277", "\364\217\277\277"), /* U+10FFFF */
    DIFFERENT(DER_BMP_STRING, "\330\0\334\0", "\360\220\200\200", "\360\220\200\200"),     /* U+10000 */
    DIFFERENT(DER_BMP_STRING, "\330\075\0A", "\357\277\275A", "\357\277\275A"), /* half a pair, of either kind */
    DIFFERENT(DER_BMP_STRING, "\330\075", "\357\277\275", "\357\277\275"),
    DIFFERENT(DER_BMP_STRING, "\335\022\330\075", "\357\277\275\357\277\275", "\357\277\275\357\277\275"),
    DIFFERENT(DER_BMP_STRING, "\330\075\330\075\335\022", "\357\277\275\360\237\224\222",
              "\357\277\275\360\237\224\222"),
    DIFFERENT(DER_UNIVERSAL_STRING, "\0\001\365\022", "\360\237\224\222", "\360\237\224\222"),
    DIFFERENT(DER_UNIVERSAL_STRING, "\0\021\0\0", "\357\277\275", "\357\277\275"), /* beyond U+10FFFF */
    DIFFERENT(DER_UNIVERSAL_STRING, "\377\377\377\377", "\357\277\275", "\357\277\275"),
    DIFFERENT(DER_UNIVERSAL_STRING, "\0\0\330\075\0\0\335\022", "\357\277\275\357\277\275", "\357\277\275\357\277\275"),
    /* RFC 4514, section 2.4. */
    DIFFERENT(DER_UTF8_STRING, "a,b", "a,b", "a\\,b"),
    DIFFERENT(DER_UTF8_STRING, "a+b", "a+b", "a\\+b"),
    DIFFERENT(DER_UTF8_STRING, "\"<;>\\", "\"<;>\\", "\\\"\\<\\;\\>\\\\"),
    SAME(DER_UTF8_STRING, "a=b/c#d"),
    DIFFERENT(DER_UTF8_STRING, " ", " ", "\\ "),
    DIFFERENT(DER_UTF8_STRING, "  ", "  ", "\\ \\ "),
    DIFFERENT(DER_UTF8_STRING, " a  b ", " a  b ", "\\ a  b\\ "),
    DIFFERENT(DER_UTF8_STRING, "#", "#", "\\#"),
    DIFFERENT(DER_UTF8_STRING, "#a#", "#a#", "\\#a#"),
    DIFFERENT(DER_UTF8_STRING, "a\0b", "a\0b", "a\\00b"),
    DIFFERENT(DER_UTF8_STRING, "\0", "\0", "\\00"),
    DIFFERENT(DER_UTF8_STRING, "a\nb\r", "a\nb\r", "a\\0ab\\0d"),
    DIFFERENT(DER_UTF8_STRING, "\033[31m\177", "\033[31m\177", "\\1b[31m\\7f"),
    DIFFERENT(DER_BMP_STRING, "\0,\0\0\0 ", ",\0 ", "\\,\\00\\ "),
    DIFFERENT(DER_UTF8_STRING, "\302\205", "\302\205", "\302\205"), /* not escaped: the section does not list it */
    /* Other types: DER in hexadecimal, not escaped. */
    DIFFERENT(DER_INTEGER, "\001", "#020101", "#020101"),
    DIFFERENT(DER_NULL, "", "#0500", "#0500"),
    DIFFERENT(DER_BIT_STRING, "\0\377", "#030200ff", "#030200ff"),
    DIFFERENT(DER_OCTET_STRING, "a,b", "#0403612c62", "#0403612c62"),
    DIFFERENT(DER_SEQUENCE, "\005\0", "#30020500", "#30020500"),
    DIFFERENT(DER_GENERALIZED_TIME, "1", "#180131", "#180131"),
    DIFFERENT(0x8C, "context", "#8c07636f6e74657874",
              "#8c07636f6e74657874"), /* the number of UTF8String, in another class */
    DIFFERENT(0x2C, "constructed", "#2c0b636f6e7374727563746564", "#2c0b636f6e7374727563746564"),
};

static void converts_strings(void)
{
    for (size_t i = 0; i < COUNT(strings); i++) {
        char about[80];
        snprintf(about, sizeof(about), "string %zu of type 0x%02X", i, strings[i].tag);
        pagetls_text text = text_of_value(strings[i].tag, strings[i].content);
        CHECK(pagetls_is_utf8(text.p, text.len));
        check_text_is(&text, strings[i].value, about);
        CHECK_INT(pagetls_is_string(strings[i].tag),
                  strings[i].value.len == 0 || strings[i].value.p[0] != '#' || strings[i].in_name.p[0] == '\\');
    }
}

static void escapes_names(void)
{
    for (size_t i = 0; i < COUNT(strings); i++) {
        char about[80];
        pagetls_text text = { 0 };
        snprintf(about, sizeof(about), "string %zu of type 0x%02X", i, strings[i].tag);
        const pagetls_slice name = build_name(strings[i].tag, strings[i].content);
        const pagetls_slice expected[] = { OCTETS("CN="), strings[i].in_name };
        CHECK_INT(pagetls_name_is_well_formed(name), 1);
        pagetls_text_append_name(&text, name);
        check_text_is(&text, build_join(expected, 2), about);
    }
    build_free();
}

#define ATTRIBUTE(oid, literal) BUILD_SEQUENCE(OCTETS(oid), BUILD(DER_UTF8_STRING, OCTETS(literal)))
#define CN "\x06\x03\x55\x04\x03"
#define O "\x06\x03\x55\x04\x0A"

static void joins_attributes(void)
{
    const struct {
        pagetls_slice name;
        const char *text;
    } names[] = {
        { BUILD_SEQUENCE(EMPTY), "" },
        { BUILD_SEQUENCE(OCTETS("\x31\x00")), "" },
        { BUILD_SEQUENCE(BUILD(DER_SET, ATTRIBUTE(O, "a")), BUILD(DER_SET, ATTRIBUTE(CN, "b"))), "O=a, CN=b" },
        { BUILD_SEQUENCE(BUILD(DER_SET, ATTRIBUTE(O, "a"), ATTRIBUTE(CN, "b")), BUILD(DER_SET, ATTRIBUTE(CN, "c"))),
          "O=a+CN=b, CN=c" },
        { BUILD_SEQUENCE(OCTETS("\x31\x00"), BUILD(DER_SET, ATTRIBUTE(O, "")), OCTETS("\x31\x00"),
                         BUILD(DER_SET, ATTRIBUTE(CN, ""))),
          "O=, CN=" },
        { BUILD_SEQUENCE(BUILD(DER_SET, ATTRIBUTE("\x06\x03\x2A\x03\x04", "x"))), "1.2.3.4=#0c0178" },
        { BUILD_SEQUENCE(BUILD(DER_SET, ATTRIBUTE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01", "a@b"))),
          "emailAddress=a@b" },
        { BUILD_SEQUENCE(BUILD(DER_SET, ATTRIBUTE("\x06\x02\x2A\x80", "x"))), "=#0c0178" }, /* a malformed OID */
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        pagetls_text text = { 0 };
        CHECK_INT(pagetls_name_is_well_formed(names[i].name), 1);
        pagetls_text_append_name(&text, names[i].name);
        check_text_is(&text, (pagetls_slice) { (const uint8_t *) names[i].text, strlen(names[i].text) }, names[i].text);
    }
    /* The text is appended. */
    pagetls_text text = { 0 };
    pagetls_text_append_name(&text, names[2].name);
    pagetls_text_append_name(&text, names[2].name);
    check_text_is(&text, OCTETS("O=a, CN=bO=a, CN=b"), "twice");
    /* A malformed name has no text. */
    pagetls_text_append_name(&text, OCTETS("\x31\x00"));
    CHECK_INT(text.len, 0);
    build_free();
}

static void marks_incomplete_texts(void)
{
    const pagetls_slice name = build_name(DER_UTF8_STRING, build_fill('a', 2000));
    for (long n = 0;; n++) {
        pagetls_text text = { 0 };
        native_host_fail_allocation(n);
        pagetls_text_append_name(&text, name);
        const int failed = native_host_allocation_failed();
        native_host_fail_allocation(-1);
        check_context("allocation %ld", n);
        CHECK_INT(text.failed, failed);
        CHECK(failed || text.len == 2003);
        pagetls_text_free(&text);
        if (!failed) {
            break;
        }
    }
    check_context("%s", "");
    build_free();
}

static void formats_addresses(void)
{
    static const struct {
        const char *octets;
        size_t len;
        const char *text;
    } addresses[] = {
        { "\x7F\x00\x00\x01", 4, "127.0.0.1" },
        { "\xFF\xFF\xFF\xFF", 4, "255.255.255.255" },
        { "\x0A\x00\x00\x00\xFF\x00\x00\x00", 8, "10.0.0.0/255.0.0.0" },
        { "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, "255.255.255.255/255.255.255.255" },
        { "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "::" }, /* RFC 5952 */
        { "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16, "::1" },
        { "\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "1::" },
        { "\x20\x01\x0D\xB8\0\0\0\0\0\1\0\0\0\0\0\1", 16, "2001:db8::1:0:0:1" }, /* the first of two equally long runs */
        { "\x20\x01\0\0\0\0\0\1\0\0\0\0\0\0\0\1", 16, "2001:0:0:1::1" },         /* the longer run */
        { "\x20\x01\0\0\0\1\0\2\0\3\0\4\0\5\0\6", 16, "2001:0:1:2:3:4:5:6" },    /* a single field is not a run */
        { "\0\0\0\1\0\2\0\3\0\4\0\5\0\6\0\0", 16, "0:1:2:3:4:5:6:0" },
        { "\x20\x01\x0D\xB8\xAB\xCD\xEF\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16,
          "2001:db8:abcd:ef01:ffff:ffff:ffff:ffff" },
        { "", 0, "" },
        { "\x01", 1, "01" },
        { "\x01\x02\x03\x04\x05", 5, "0102030405" },
        { "\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA", 21,
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\xE2\x80\xA6" },
    };
    for (size_t i = 0; i < COUNT(addresses); i++) {
        char text[PAGETLS_IP_TEXT_SIZE];
        uint8_t *exact = check_exact_copy(addresses[i].octets, addresses[i].len);
        memset(text, '#', sizeof(text));
        pagetls_ip_format(text, exact, addresses[i].len);
        CHECK_TEXT(text, addresses[i].text);
        free(exact);
    }
}

static void append_all(pagetls_problem *problem, pagetls_slice text)
{
    uint8_t *exact = check_exact_copy(text.p, text.len);
    pagetls_problem_append_untrusted(problem, exact, text.len);
    free(exact);
}

static void writes_details(void)
{
    static const struct {
        pagetls_slice text;
        const char *expected;
    } samples[] = {
        { OCTETS("plain ~"), "plain ~" },
        { OCTETS("a\0b\n\x7F"), "a\\00b\\0a\\7f" },
        { OCTETS("\xC3\x91\xE6\x9D\xB1\xF0\x9F\x98\x80"), "\xC3\x91\xE6\x9D\xB1\xF0\x9F\x98\x80" },
        { OCTETS("\xC3\x91 \xC3"), "\\c3\\91 \\c3" }, /* not UTF-8 */
        { OCTETS("\xED\xA0\x80"), "\\ed\\a0\\80" },
        { OCTETS(""), "" },
    };
    for (size_t i = 0; i < COUNT(samples); i++) {
        pagetls_problem problem = { .rule = PAGETLS_RULE_HOST_NAME };
        append_all(&problem, samples[i].text);
        CHECK_TEXT(problem.detail, samples[i].expected);
        CHECK(!problem.cut);
    }
}

/* Characters of one to four octets, at every distance from the end of the detail. */
static void cuts_details_at_a_character(void)
{
    static const pagetls_slice characters[] = { OCTETS("a"), OCTETS("\n"), OCTETS("\xC3\x91"), OCTETS("\xE6\x9D\xB1"),
                                                OCTETS("\xF0\x9F\x98\x80") };
    static const char ellipsis[] = "\xE2\x80\xA6";
    for (size_t i = 0; i < COUNT(characters); i++) {
        for (size_t before = 0; before < PAGETLS_DETAIL_MAX + 8; before++) {
            pagetls_problem problem = { .rule = PAGETLS_RULE_HOST_NAME };
            for (size_t k = 0; k < before; k++) {
                pagetls_problem_append(&problem, "-");
            }
            append_all(&problem, characters[i]);
            append_all(&problem, characters[i]);
            pagetls_problem_append(&problem, "after it");
            const size_t len = strlen(problem.detail);
            REQUIRE(len < sizeof(problem.detail));
            CHECK(pagetls_is_utf8((const uint8_t *) problem.detail, len));
            CHECK_INT(strstr(problem.detail, ellipsis) != NULL, problem.cut);
            CHECK(!problem.cut || strcmp(problem.detail + len - 3, ellipsis) == 0);
        }
    }
}

const native_test texts_tests[] = {
    { "strings of every type become UTF-8, and other values become hexadecimal", converts_strings },
    { "the text of a name has the escapes of RFC 4514", escapes_names },
    { "attributes of a name are in the order of the encoding, with a plus between those of one RDN", joins_attributes },
    { "a text that is incomplete after a failed allocation is marked as failed", marks_incomplete_texts },
    { "addresses are written as in RFC 5952", formats_addresses },
    { "the detail of a problem escapes control characters, and octets that are not UTF-8", writes_details },
    { "a detail that is too long is cut between characters, and marked", cuts_details_at_a_character },
    { NULL, NULL },
};
