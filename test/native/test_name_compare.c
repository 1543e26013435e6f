/* Comparing Names: strings of every type as Unicode, and what cannot be compared. */
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "host/limits.h"
#include "x509/name.h"
#include "x509/unicode.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CN "\x06\x03\x55\x04\x03"
#define O "\x06\x03\x55\x04\x0A"
#define OU "\x06\x03\x55\x04\x0B"

static const char different[] = "different";
static const char equal[] = "equal";
static const char incomparable[] = "incomparable";

/* Compares in both directions, as names and as prefixes. */
static const char *compare_names(pagetls_slice a, pagetls_slice b)
{
    size_t cost = 0;
    const pagetls_comparison forwards = pagetls_name_compare_prefix(a, b, &cost);
    const pagetls_comparison backwards = pagetls_name_compare_prefix(b, a, &cost);
    const int same = forwards == PAGETLS_EQUAL && backwards == PAGETLS_EQUAL;
    CHECK_INT(pagetls_name_equal(a, b, &cost), same);
    CHECK_INT(pagetls_name_equal(b, a, &cost), same);
    CHECK_INT(pagetls_name_equal(a, a, &cost), 1);
    CHECK(cost <= 4 * PAGETLS_RDN_ATTRIBUTES_MAX * (a.len + b.len));
    return forwards == PAGETLS_INCOMPARABLE && backwards == PAGETLS_INCOMPARABLE ? incomparable
        : same                                                                   ? equal
        : forwards == PAGETLS_INCOMPARABLE || backwards == PAGETLS_INCOMPARABLE  ? "not symmetric"
                                                                                 : different;
}

static const char *compare_strings(uint8_t tag_a, pagetls_slice a, uint8_t tag_b, pagetls_slice b)
{
    const char *result = compare_names(build_name(tag_a, a), build_name(tag_b, b));
    build_free();
    return result;
}

#define COMPARE(tag_a, a, tag_b, b) compare_strings(tag_a, OCTETS(a), tag_b, OCTETS(b))

static void compares_every_string_type(void)
{
    static const struct {
        uint8_t tag;
        pagetls_slice text;
    } same[] = {
        { DER_UTF8_STRING, { (const uint8_t *) "Acme 42", 7 } },
        { DER_PRINTABLE_STRING, { (const uint8_t *) "ACME 42", 7 } },
        { DER_IA5_STRING, { (const uint8_t *) "acme  42 ", 9 } },
        { DER_VISIBLE_STRING, { (const uint8_t *) " aCmE 42", 8 } },
        { DER_T61_STRING, { (const uint8_t *) "Acme 42", 7 } },
        { DER_BMP_STRING, { (const uint8_t *) "\0a\0C\0m\0E\0 \0004\0002", 14 } },
        { DER_UNIVERSAL_STRING, { (const uint8_t *) "\0\0\0A\0\0\0c\0\0\0m\0\0\0e\0\0\0 \0\0\0004\0\0\0002", 28 } },
        { 0x1B, { (const uint8_t *) "acme 42", 7 } }, /* GeneralString */
    };
    for (size_t i = 0; i < COUNT(same); i++) {
        for (size_t j = 0; j < COUNT(same); j++) {
            check_context("types %zu and %zu", i, j);
            CHECK_TEXT(compare_strings(same[i].tag, same[i].text, same[j].tag, same[j].text), equal);
        }
        CHECK_TEXT(compare_strings(same[i].tag, same[i].text, DER_UTF8_STRING, OCTETS("Acme 43")), different);
        CHECK_TEXT(compare_strings(same[i].tag, same[i].text, DER_BMP_STRING, OCTETS("\0A\0c\0m\0e")), different);
    }
    check_context("%s", "");
    CHECK_TEXT(COMPARE(DER_NUMERIC_STRING, "12 3", DER_UTF8_STRING, "12 3"), equal);
    CHECK_TEXT(COMPARE(DER_NUMERIC_STRING, "12 3", DER_BMP_STRING, "\0001\0002"), different);
}

static void ignores_spaces(void)
{
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, " a  b ", DER_UTF8_STRING, "a b"), equal);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "   ", DER_UTF8_STRING, ""), equal);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "ab", DER_UTF8_STRING, "a b"), different);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "a", DER_UTF8_STRING, "ab"), different);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "a b", DER_UTF8_STRING, "a"), different);
    /* RFC 4518, section 2.2, maps these to a space: tab, no-break space, em space, ideographic space. */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "a\tb", DER_UTF8_STRING, "a b"), equal);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "a\302\240 b\342\200\203", DER_UTF8_STRING, "a b"), equal);
    CHECK_TEXT(COMPARE(DER_BMP_STRING, "\060\000\0a\060\000\060\000\0b", DER_UTF8_STRING, "a b"), equal);
}

static void ignores_case_in_every_script(void)
{
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "Name", DER_UTF8_STRING, "nAME"), equal);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\303\234ber", DER_UTF8_STRING, "\303\274BER"), equal); /* Über */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\316\221\316\230\316\227\316\235\316\221", /* ΑΘΗΝΑ, αθηνα */
                       DER_BMP_STRING, "\003\261\003\270\003\267\003\275\003\261"),
               equal);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\317\203", DER_UTF8_STRING, "\317\202"), equal); /* σ, ς */
    CHECK_TEXT(COMPARE(DER_BMP_STRING, "\004\034\004\076\004\101\004\072\004\062\004\060", /* Москва, МОСКВА */
                       DER_UTF8_STRING, "\320\234\320\236\320\241\320\232\320\222\320\220"),
               equal);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\304\220", DER_UTF8_STRING, "\304\221"), equal);         /* Đ, đ */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\360\220\220\200", DER_UTF8_STRING, "\360\220\220\250"), /* Deseret */
               equal);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\360\220\220\200", DER_BMP_STRING, "\330\001\334\050"), equal); /* UTF-16 */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\303\274", DER_UTF8_STRING, "\303\266"), different);            /* ü, ö */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\346\235\261", DER_BMP_STRING, "\116\254"), different);         /* 東, 京 */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "a", DER_UTF8_STRING, "\320\260"), different); /* Latin and Cyrillic a */
}

/* Normalization, full case folding or a mapping to nothing may make these equal, or an encoding is not known. */
static void does_not_compare_what_is_uncertain(void)
{
    static const struct {
        uint8_t tag_a;
        uint8_t tag_b;
        pagetls_slice a;
        pagetls_slice b;
    } pairs[] = {
#define UTF8(a, b)                                                                                                     \
    {                                                                                                                  \
        DER_UTF8_STRING, DER_UTF8_STRING, { (const uint8_t *) (a), sizeof(a) - 1 },                                    \
        {                                                                                                              \
            (const uint8_t *) (b), sizeof(b) - 1                                                                       \
        }                                                                                                              \
    }
#define T61(a, b)                                                                                                      \
    {                                                                                                                  \
        DER_T61_STRING, DER_UTF8_STRING, { (const uint8_t *) (a), sizeof(a) - 1 },                                     \
        {                                                                                                              \
            (const uint8_t *) (b), sizeof(b) - 1                                                                       \
        }                                                                                                              \
    }
        UTF8("Caf\303\251", "Cafe\314\201"),              /* é composed, and decomposed */
        UTF8("Cafe", "Cafe\314\201"),                     /* a combining character at the end */
        UTF8("Cafes", "Cafe\314\201s"),                   /* and inside */
        UTF8("Stra\303\237e", "Strasse"),                 /* ß folds to ss */
        UTF8("Stra\341\272\236e", "strasse"),             /* capital ß */
        UTF8("\357\274\241cme", "Acme"),                  /* fullwidth A */
        UTF8("o\357\254\203ce", "office"),                /* ligature ffi */
        UTF8("Ac\302\255me", "Acme"),                     /* soft hyphen */
        UTF8("Acme\342\200\213", "Acme"),                 /* zero width space */
        UTF8("Acme\342\200\256", "Acme"),                 /* right-to-left override */
        UTF8("a\0b", "a\0c\001"),                         /* control characters */
        UTF8("\341\204\200\341\205\241", "\352\260\200"), /* Hangul letters, and the syllable */
        UTF8("\342\205\242", "III"),                      /* Roman numeral */
        UTF8("Acme\377", "Acme"),                         /* not UTF-8 */
        UTF8("\360\220\220\200", "A"),                    /* a rare script */
        T61("\310aber", "\303\234ber"),                   /* T.61 has its own letters with accents */
        T61("\334ber", "\303\266ber"),
        T61("\303\274ber", "\303\266ber"),
    };
    for (size_t i = 0; i < COUNT(pairs); i++) {
        check_context("pair %zu", i);
        CHECK_TEXT(compare_strings(pairs[i].tag_a, pairs[i].a, pairs[i].tag_b, pairs[i].b), incomparable);
    }
    check_context("%s", "");
    /* They equal themselves, also in another string type. */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "Cafe\314\201", DER_BMP_STRING, "\0C\0a\0f\0e\003\001"), equal);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "Stra\303\237e", DER_BMP_STRING, "\0s\0t\0r\0a\000\337\0e"), equal);
    CHECK_TEXT(COMPARE(DER_T61_STRING, "\334ber", DER_UTF8_STRING, "\303\234ber"), equal);     /* as Latin-1 */
    CHECK_TEXT(COMPARE(DER_T61_STRING, "\303\234ber", DER_UTF8_STRING, "\303\274ber"), equal); /* as UTF-8 */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "\334ber", DER_UTF8_STRING, "\303\234ber"), incomparable);
    /* What comes before is certain. */
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "Stra\303\237e", DER_UTF8_STRING, "Acme"), different);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "Xafe\314\201", DER_UTF8_STRING, "Cafe"), different);
    CHECK_TEXT(COMPARE(DER_UTF8_STRING, "e\314\201x", DER_UTF8_STRING, "e\314\201y"), different);
}

static void compares_other_values_by_their_octets(void)
{
    CHECK_TEXT(COMPARE(DER_INTEGER, "\001", DER_INTEGER, "\001"), equal);
    CHECK_TEXT(COMPARE(DER_INTEGER, "a", DER_INTEGER, "A"), different);
    CHECK_TEXT(COMPARE(DER_INTEGER, "a", DER_UTF8_STRING, "a"), incomparable);
    CHECK_TEXT(COMPARE(DER_OCTET_STRING, "a", DER_BIT_STRING, "a"), incomparable);
    CHECK_TEXT(COMPARE(DER_SEQUENCE, "\005\000", DER_SEQUENCE, "\001\001\000"), incomparable);
    CHECK_TEXT(COMPARE(DER_CONSTRUCTED | DER_UTF8_STRING, "\014\001a", DER_UTF8_STRING, "a"), incomparable);
}

#define STRING(oid, tag, literal) BUILD_SEQUENCE(OCTETS(oid), BUILD(tag, OCTETS(literal)))
#define UTF8_STRING(oid, literal) STRING(oid, DER_UTF8_STRING, literal)
#define RDN(...) BUILD(DER_SET, __VA_ARGS__)

static void compares_rdns(void)
{
    const pagetls_slice two = BUILD_SEQUENCE(RDN(UTF8_STRING(O, "a")), RDN(UTF8_STRING(CN, "b")));
    const pagetls_slice first = BUILD_SEQUENCE(RDN(UTF8_STRING(O, "A ")));
    const pagetls_slice both = BUILD_SEQUENCE(RDN(UTF8_STRING(O, "a"), UTF8_STRING(CN, "b")));
    const pagetls_slice reversed = BUILD_SEQUENCE(RDN(UTF8_STRING(CN, "b")), RDN(UTF8_STRING(O, "a")));
    size_t cost = 0;
    CHECK_TEXT(compare_names(two, both), different);
    CHECK_TEXT(compare_names(two, reversed), different);
    CHECK_INT(pagetls_name_equal(two, first, &cost), 0);
    CHECK_INT(pagetls_name_compare_prefix(two, first, &cost), PAGETLS_EQUAL);
    CHECK_INT(pagetls_name_compare_prefix(first, two, &cost), PAGETLS_DIFFERENT);
    CHECK_INT(pagetls_name_compare_prefix(two, BUILD_SEQUENCE(EMPTY), &cost), PAGETLS_EQUAL);
    /* DER sorts a SET OF by its octets, so that another string type can change the order. */
    const pagetls_slice wide = BUILD_SEQUENCE(RDN(UTF8_STRING(CN, "b"), STRING(O, DER_BMP_STRING, "\0a")));
    CHECK_TEXT(compare_names(both, wide), equal);
    CHECK_TEXT(compare_names(both, BUILD_SEQUENCE(RDN(UTF8_STRING(O, "a"), UTF8_STRING(CN, "c")))), different);
    CHECK_TEXT(compare_names(BUILD_SEQUENCE(RDN(UTF8_STRING(O, "a"), UTF8_STRING(O, "a"))),
                             BUILD_SEQUENCE(RDN(UTF8_STRING(O, "a"), UTF8_STRING(O, "b")))),
               different);
    /* An uncertain attribute makes the name uncertain, unless another one differs. */
    const pagetls_slice odd = BUILD_SEQUENCE(RDN(UTF8_STRING(O, "\303\237")), RDN(UTF8_STRING(CN, "b")));
    CHECK_TEXT(compare_names(odd, BUILD_SEQUENCE(RDN(UTF8_STRING(O, "ss")), RDN(UTF8_STRING(CN, "b")))), incomparable);
    CHECK_TEXT(compare_names(odd, BUILD_SEQUENCE(RDN(UTF8_STRING(O, "ss")), RDN(UTF8_STRING(CN, "c")))), different);
    CHECK_TEXT(compare_names(BUILD_SEQUENCE(RDN(UTF8_STRING(O, "\303\237"), UTF8_STRING(CN, "b"))),
                             BUILD_SEQUENCE(RDN(UTF8_STRING(O, "ss"), UTF8_STRING(CN, "b")))),
               incomparable);
    CHECK_TEXT(compare_names(BUILD_SEQUENCE(RDN(UTF8_STRING(O, "\303\237"), UTF8_STRING(CN, "b"))),
                             BUILD_SEQUENCE(RDN(UTF8_STRING(O, "ss"), UTF8_STRING(OU, "b")))),
               different);
    build_free();
}

/* An RDN with too many attributes equals only the same octets. */
static void limits_the_attributes_of_an_rdn(void)
{
    for (size_t count = PAGETLS_RDN_ATTRIBUTES_MAX; count <= PAGETLS_RDN_ATTRIBUTES_MAX + 1; count++) {
        pagetls_slice one[PAGETLS_RDN_ATTRIBUTES_MAX + 1];
        pagetls_slice other[PAGETLS_RDN_ATTRIBUTES_MAX + 1];
        for (size_t i = 0; i < count; i++) {
            const pagetls_slice text = build_fill((uint8_t) ('a' + i), 1);
            one[i] = BUILD_SEQUENCE(OCTETS(OU), BUILD(DER_UTF8_STRING, text));
            other[count - 1 - i] = BUILD_SEQUENCE(OCTETS(OU), BUILD(DER_PRINTABLE_STRING, text));
        }
        const pagetls_slice a = BUILD_SEQUENCE(build_element(DER_SET, one, count));
        const pagetls_slice b = BUILD_SEQUENCE(build_element(DER_SET, other, count));
        check_context("%zu attributes", count);
        CHECK_TEXT(compare_names(a, b), count <= PAGETLS_RDN_ATTRIBUTES_MAX ? equal : incomparable);
    }
    check_context("%s", "");
    build_free();
}

/* The cost follows the length of what had to be compared. */
static void counts_the_cost(void)
{
    size_t cost = 0;
    const pagetls_slice text = build_fill('a', 5000);
    const pagetls_slice more[] = { text, OCTETS("b") };
    const pagetls_slice a = build_name(DER_UTF8_STRING, text);
    const pagetls_slice b = build_name(DER_UTF8_STRING, build_join(more, 2));
    CHECK_INT(pagetls_name_equal(a, b, &cost), 0);
    CHECK(cost >= 5000 && cost < 6000);
    cost = 0;
    CHECK_INT(pagetls_name_equal(a, build_name(DER_UTF8_STRING, OCTETS("b")), &cost), 0);
    CHECK(cost < 10);
    build_free();
}

static void decodes_utf8(void)
{
    static const struct {
        const char *text;
        size_t len;
        uint32_t code;
    } cases[] = {
        { "\0", 1, 0 },
        { "\x7F", 1, 0x7F },
        { "\302\200", 2, 0x80 },
        { "\337\277", 2, 0x7FF },
        { "\340\240\200", 3, 0x800 },
        { "\355\237\277", 3, 0xD7FF },
        { "\356\200\200", 3, 0xE000 },
        { "\360\220\200\200", 4, 0x10000 },
        { "\364\217\277\277", 4, 0x10FFFF },
        { "\200", 0, 0 },             /* a continuation */
        { "\301\277", 0, 0 },         /* longer than necessary */
        { "\340\237\277", 0, 0 },     /* likewise */
        { "\360\217\277\277", 0, 0 }, /* likewise */
        { "\355\240\200", 0, 0 },     /* a surrogate */
        { "\364\220\200\200", 0, 0 }, /* beyond Unicode */
        { "\365\200\200\200", 0, 0 }, /* likewise */
        { "\342\202", 0, 0 },         /* cut short */
        { "\342A\200", 0, 0 },        /* no continuation */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t code = 0;
        const size_t len = cases[i].len != 0 ? cases[i].len : strlen(cases[i].text);
        uint8_t *exact = check_exact_copy(cases[i].text, len);
        check_context("case %zu", i);
        CHECK_INT(pagetls_utf8_decode(exact, len, &code), cases[i].len);
        CHECK(cases[i].len == 0 || code == cases[i].code);
        CHECK_INT(pagetls_is_utf8(exact, len), cases[i].len != 0);
        free(exact);
    }
    check_context("%s", "");
    CHECK_INT(pagetls_utf8_decode(NULL, 0, &(uint32_t) { 0 }), 0);
}

const native_test name_compare_tests[] = {
    { "strings of every type are compared as Unicode", compares_every_string_type },
    { "spaces count once between words, and nowhere else", ignores_spaces },
    { "case is ignored in every script", ignores_case_in_every_script },
    { "strings that RFC 4518 may prepare to be equal are incomparable", does_not_compare_what_is_uncertain },
    { "values that are not strings are compared by their octets", compares_other_values_by_their_octets },
    { "RDNs are compared in order, and the attributes of each in any order", compares_rdns },
    { "an RDN with too many attributes equals only the same octets", limits_the_attributes_of_an_rdn },
    { "the cost of a comparison follows the length compared", counts_the_cost },
    { "UTF-8 is decoded strictly", decodes_utf8 },
    { NULL, NULL },
};
