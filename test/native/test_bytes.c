/* Queues, JSON, DER and object identifiers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "describe/json.h"
#include "groups.h"
#include "host/heap.h"
#include "mbedtls/base64.h"
#include "native_host.h"
#include "pagetls.h"
#include "tls/queue.h"
#include "x509/certificate.h"
#include "x509/der.h"
#include "x509/oid.h"

/* --- queue -------------------------------------------------------------------- */

static void queue_is_bounded(void)
{
    pagetls_queue queue = { .capacity = 10 };
    CHECK_INT(pagetls_queue_space(&queue), 10);
    CHECK(pagetls_queue_peek(&queue) == NULL);
    pagetls_queue_commit(&queue, 5); /* nothing was reserved */
    CHECK_INT(pagetls_queue_size(&queue), 0);
    REQUIRE(pagetls_queue_reserve(&queue) != NULL);
    pagetls_queue_commit(&queue, 11);
    CHECK_INT(pagetls_queue_size(&queue), 10);
    CHECK_INT(pagetls_queue_space(&queue), 0);
    pagetls_queue_commit(&queue, SIZE_MAX);
    CHECK_INT(pagetls_queue_size(&queue), 10);
    pagetls_queue_consume(&queue, SIZE_MAX);
    CHECK_INT(pagetls_queue_size(&queue), 0);
    CHECK(pagetls_queue_peek(&queue) == NULL);
    pagetls_queue_free(&queue);
}

static void queue_keeps_order(void)
{
    pagetls_queue queue = { .capacity = 37 };
    uint8_t in = 0;
    uint8_t out = 0;
    for (size_t round = 0; round < 5000; round++) {
        uint8_t *to = pagetls_queue_reserve(&queue);
        REQUIRE(to != NULL);
        size_t len = round * 7 % (pagetls_queue_space(&queue) + 1);
        for (size_t i = 0; i < len; i++) {
            to[i] = in++;
        }
        pagetls_queue_commit(&queue, len);
        len = round * 5 % (pagetls_queue_size(&queue) + 1);
        const uint8_t *from = pagetls_queue_peek(&queue);
        for (size_t i = 0; i < len; i++) {
            REQUIRE(from[i] == out++);
        }
        pagetls_queue_consume(&queue, len);
    }
    CHECK((uint8_t) (in - out) == pagetls_queue_size(&queue));
    pagetls_queue_free(&queue);
}

static void queue_frees_its_block(void)
{
    pagetls_queue queue = { .capacity = 100 };
    size_t before = pagetls_heap_in_use();
    REQUIRE(pagetls_queue_reserve(&queue) != NULL);
    pagetls_queue_commit(&queue, 1);
    pagetls_queue_trim(&queue);
    CHECK(queue.block != NULL);
    pagetls_queue_consume(&queue, 1);
    pagetls_queue_trim(&queue);
    CHECK(queue.block == NULL);
    CHECK_INT(pagetls_heap_in_use(), before);
    native_host_fail_allocation(0);
    CHECK(pagetls_queue_reserve(&queue) == NULL);
    CHECK_INT(pagetls_queue_size(&queue), 0);
    pagetls_queue_free(&queue);
}

static void queue_zeroizes_its_block(void)
{
    pagetls_queue queue = { .capacity = PAGETLS_HEAP_QUEUE_BYTES };
    size_t heap = pagetls_heap_in_use();
    pagetls_heap_clear_cache();
    uint8_t *block = pagetls_queue_reserve(&queue);
    REQUIRE(block != NULL);
    memset(block, 'x', 20);
    pagetls_queue_commit(&queue, 20);
    pagetls_queue_consume(&queue, 15);
    REQUIRE(pagetls_queue_reserve(&queue) == block + 5); /* the rest was moved to the front */
    pagetls_queue_commit(&queue, 0);
    pagetls_queue_consume(&queue, 5);
    pagetls_queue_trim(&queue);
    CHECK_INT(pagetls_heap_in_use(), heap);
    CHECK(pagetls_queue_reserve(&queue) == block); /* the cached block */
    for (size_t i = 0; i < PAGETLS_HEAP_QUEUE_BYTES; i++) {
        REQUIRE(block[i] == 0);
    }
    pagetls_queue_free(&queue);
}

/* --- JSON --------------------------------------------------------------------- */

static void json_escapes(void)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *expected;
    } cases[] = {
        { "plain", 5, "\"plain\"" },
        { "", 0, "\"\"" },
        { "\"\\/", 3, "\"\\\"\\\\/\"" },
        { "\0\x01\n\x1F\x7F", 5, "\"\\u0000\\u0001\\u000a\\u001f\\u007f\"" },
        { "\xC3\xBC\xE2\x82\xAC\xF0\x9F\x94\x92", 9, "\"\xC3\xBC\xE2\x82\xAC\xF0\x9F\x94\x92\"" },
        { "b\374cher", 6, "\"b\\u00fccher\"" },             /* Latin-1 */
        { "\xC3\xBC\xFF", 3, "\"\\u00c3\\u00bc\\u00ff\"" }, /* one invalid octet: all of it is Latin-1 */
        { "\xC0\xAF", 2, "\"\\u00c0\\u00af\"" },            /* overlong */
        { "\xE0\x80\x80", 3, "\"\\u00e0\\u0080\\u0080\"" },
        { "\xED\xA0\x80", 3, "\"\\u00ed\\u00a0\\u0080\"" },            /* a surrogate */
        { "\xF4\x90\x80\x80", 4, "\"\\u00f4\\u0090\\u0080\\u0080\"" }, /* beyond U+10FFFF */
        { "\xE2\x82", 2, "\"\\u00e2\\u0082\"" },                       /* truncated */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pagetls_json json = { 0 };
        uint8_t *exact = check_exact_copy(cases[i].bytes, cases[i].len);
        pagetls_json_text(&json, NULL, exact, cases[i].len);
        CHECK_TEXT(pagetls_json_finish(&json), cases[i].expected);
        CHECK(check_is_json(json.text));
        pagetls_json_free(&json);
        free(exact);
    }
}

static void write_everything(pagetls_json *json)
{
    pagetls_json_object(json, NULL);
    pagetls_json_object(json, "object");
    pagetls_json_end_object(json);
    pagetls_json_array(json, "array");
    pagetls_json_null(json, NULL);
    pagetls_json_bool(json, NULL, 2);
    pagetls_json_int(json, NULL, INT64_MIN);
    pagetls_json_array(json, NULL);
    pagetls_json_end_array(json);
    pagetls_json_end_array(json);
    pagetls_json_string(json, "string", NULL);
    pagetls_json_hex(json, "hex", (const uint8_t *) "\x00\xAB\xFF", 3);
    pagetls_json_base64(json, "empty", NULL, 0);
    pagetls_json_base64(json, "base64", (const uint8_t *) "\x00\xAB\xFF\x01", 4);
    pagetls_json_array(json, "elements");
    pagetls_json_int(json, NULL, 1);
    pagetls_json_int(json, NULL, 2);
    pagetls_json_end_array(json);
    pagetls_json_bool(json, "last", 0);
    pagetls_json_end_object(json);
}

#define EVERYTHING                                                                                                     \
    "{\"object\":{},\"array\":[null,true,-9223372036854775808,[]],\"string\":null,\"hex\":\"00ABFF\","                 \
    "\"empty\":\"\",\"base64\":\"AKv/AQ==\",\"elements\":[1,2],\"last\":false}"

static void json_separates_values(void)
{
    pagetls_json json = { 0 };
    write_everything(&json);
    CHECK_TEXT(pagetls_json_finish(&json), EVERYTHING);
    CHECK(check_is_json(json.text));
    pagetls_json_free(&json);
}

static void json_grows(void)
{
    pagetls_json json = { 0 };
    uint8_t bytes[1000];
    memset(bytes, 0xA5, sizeof(bytes));
    pagetls_json_array(&json, NULL);
    for (size_t len = 0; len < sizeof(bytes); len += 7) {
        pagetls_json_base64(&json, NULL, bytes, len);
        pagetls_json_hex(&json, NULL, bytes, len);
        pagetls_json_text(&json, NULL, bytes, len);
    }
    pagetls_json_end_array(&json);
    CHECK(check_is_json(pagetls_json_finish(&json)));
    pagetls_json_free(&json);
}

static void base64_matches_mbedtls(void)
{
    uint8_t bytes[256];
    unsigned char theirs[512];
    size_t len;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t) (i * 167 + 13);
    }
    for (size_t n = 0; n <= sizeof(bytes); n++) {
        pagetls_json json = { 0 };
        theirs[0] = '"';
        REQUIRE(mbedtls_base64_encode(theirs + 1, sizeof(theirs) - 2, &len, bytes, n) == 0);
        memcpy(theirs + 1 + len, "\"", 2);
        pagetls_json_base64(&json, NULL, bytes, n);
        CHECK_TEXT(pagetls_json_finish(&json), (const char *) theirs);
        pagetls_json_free(&json);
    }
}

static void json_is_complete_or_null(void)
{
    for (long n = 0;; n++) {
        pagetls_json json = { 0 };
        native_host_fail_allocation(n);
        write_everything(&json);
        for (int i = 0; i < 400; i++) {
            pagetls_json_string(&json, NULL, "more than the first block holds");
        }
        const char *text = pagetls_json_finish(&json);
        CHECK((text == NULL) == native_host_allocation_failed());
        pagetls_json_free(&json);
        if (text != NULL) {
            CHECK(n > 2);
            break;
        }
    }
    native_host_fail_allocation(-1);
}

/* --- DER ---------------------------------------------------------------------- */

static int der_reads(const char *bytes, size_t len, size_t content)
{
    uint8_t *exact = check_exact_copy(bytes, len);
    pagetls_slice from = { exact, len };
    pagetls_element element;
    int read = pagetls_der_next(&from, &element) == 0;
    if (read) {
        read = element.content.len == content && element.whole.p == exact &&
            element.content.p + content == element.whole.p + element.whole.len && from.len == len - element.whole.len &&
            from.p == exact + element.whole.len;
    } else {
        read = from.p == exact && from.len == len ? -1 : -2; /* -1: rejected, and the slice is unchanged */
    }
    free(exact);
    return read;
}

static void der_lengths(void)
{
    static uint8_t big[70000] = { 0x30, 0x83, 0x01, 0x00, 0x00 };
    CHECK_INT(der_reads("\x05\x00", 2, 0), 1);
    CHECK_INT(der_reads("\x04\x02\x01\x02\x05\x00", 6, 2), 1);
    CHECK_INT(der_reads((const char *) big, sizeof(big), 65536), 1);
    CHECK_INT(der_reads((const char *) big, 65541, 65536), 1);
    CHECK_INT(der_reads((const char *) big, 65540, 0), -1); /* truncated by one octet */
    CHECK_INT(der_reads("", 0, 0), -1);
    CHECK_INT(der_reads("\x05", 1, 0), -1);
    CHECK_INT(der_reads("\x04\x03\x01\x02", 4, 0), -1);     /* longer than the input */
    CHECK_INT(der_reads("\x04\x80\x01\x00\x00", 5, 0), -1); /* indefinite */
    CHECK_INT(der_reads("\x04\x81\x02\x01\x02", 5, 0), -1); /* not the shortest form */
    CHECK_INT(der_reads("\x04\x82\x00\x80", 4, 0), -1);
    CHECK_INT(der_reads("\x04\x81", 2, 0), -1);
    CHECK_INT(der_reads("\x04\x83\xFF\xFF\xFF", 5, 0), -1);
    CHECK_INT(der_reads("\x04\x84\x01\x00\x00\x00\x00", 7, 0), -1);
    CHECK_INT(der_reads("\x04\x84\xFF\xFF\xFF\xFF\x00", 7, 0), -1);
    CHECK_INT(der_reads("\x04\x85\x01\x00\x00\x00\x00\x00", 8, 0), -1); /* five octets of length */
    CHECK_INT(der_reads("\x04\xFF\x01\x00\x00\x00\x00", 7, 0), -1);
    CHECK_INT(der_reads("\x1F\x81\x00\x00", 4, 0), -1); /* a high tag number */
    CHECK_INT(der_reads("\x1F\x00", 2, 0), -1);
    CHECK_INT(der_reads("\xBF\x00", 2, 0), -1);
    CHECK_INT(der_reads("\x1E\x00", 2, 0), 1);
    CHECK_INT(der_reads("\x0F\x00", 2, 0), 1);
}

/* The content is complete, so only the form of the length can be wrong. */
static void der_shortest_lengths(void)
{
    static const struct {
        const char *header;
        size_t header_len;
        size_t content;
        int valid;
    } forms[] = {
        { "\x04\x7F", 2, 127, 1 },
        { "\x04\x80", 2, 128, 0 },
        { "\x04\x81\x7F", 3, 127, 0 },
        { "\x04\x81\x80", 3, 128, 1 },
        { "\x04\x81\xFF", 3, 255, 1 },
        { "\x04\x82\x00\x80", 4, 128, 0 },
        { "\x04\x82\x00\xFF", 4, 255, 0 },
        { "\x04\x82\x01\x00", 4, 256, 1 },
        { "\x04\x82\xFF\xFF", 4, 65535, 1 },
        { "\x04\x83\x00\xFF\xFF", 5, 65535, 0 },
        { "\x04\x83\x01\x00\x00", 5, 65536, 1 },
        { "\x04\x83\xFF\xFF\xFF", 5, 0xFFFFFF, 1 },
        { "\x04\x84\x00\xFF\xFF\xFF", 6, 0xFFFFFF, 0 },
        { "\x04\x84\x01\x00\x00\x00", 6, 0x1000000, 1 },
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        size_t len = forms[i].header_len + forms[i].content;
        char *bytes = calloc(1, len);
        REQUIRE(bytes != NULL);
        memcpy(bytes, forms[i].header, forms[i].header_len);
        check_context("form %zu", i);
        CHECK_INT(der_reads(bytes, len, forms[i].content), forms[i].valid ? 1 : -1);
        free(bytes);
    }
    check_context("%s", "");
}

/* Extension (RFC 5280, section 4.1): an identifier, an optional BOOLEAN, and a value. */
static void der_extensions(void)
{
    static const struct {
        const char *bytes;
        size_t len;
        int critical; /* -1: rejected */
    } forms[] = {
        { "\x30\x05\x06\x01\x2A\x04\x00", 7, 0 },
        { "\x30\x08\x06\x01\x2A\x01\x01\xFF\x04\x00", 10, 1 },
        { "\x30\x08\x06\x01\x2A\x01\x01\x01\x04\x00", 10, 1 },
        { "\x30\x08\x06\x01\x2A\x01\x01\x00\x04\x00", 10, 0 },
        { "\x30\x07\x06\x01\x2A\x01\x00\x04\x00", 9, -1 },          /* an empty BOOLEAN */
        { "\x30\x09\x06\x01\x2A\x01\x02\x00\xFF\x04\x00", 11, -1 }, /* a BOOLEAN of two octets */
        { "\x30\x03\x06\x01\x2A", 5, -1 },                          /* no value */
        { "\x30\x05\x06\x01\x2A\x05\x00", 7, -1 },
        { "\x30\x07\x06\x01\x2A\x04\x00\x05\x00", 9, -1 }, /* trailing data */
        { "\x30\x05\x05\x01\x2A\x04\x00", 7, -1 },         /* no identifier */
        { "\x31\x05\x06\x01\x2A\x04\x00", 7, -1 },         /* not a SEQUENCE */
        { "", 0, -1 },
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        uint8_t *exact = check_exact_copy(forms[i].bytes, forms[i].len);
        pagetls_slice list = { exact, forms[i].len };
        pagetls_raw_extension extension = { .critical = -1 };
        int ret = pagetls_extension_next(&list, &extension);
        check_context("form %zu", i);
        CHECK_INT(ret, forms[i].critical < 0 ? -1 : 0);
        if (ret == 0) {
            CHECK_INT(extension.critical, forms[i].critical);
            CHECK(pagetls_slice_is(extension.oid, "\x2A", 1) && extension.value.len == 0 && list.len == 0);
        }
        free(exact);
    }
    check_context("%s", "");
}

static void der_expects(void)
{
    static const uint8_t bytes[] = { 0x02, 0x01, 0x07 };
    pagetls_slice from = { bytes, sizeof(bytes) };
    pagetls_slice content = { NULL, 0 };
    CHECK_INT(pagetls_der_expect(&from, DER_BOOLEAN, &content), -1);
    CHECK(from.p == bytes && from.len == sizeof(bytes) && content.p == NULL);
    CHECK_INT(pagetls_der_expect(&from, DER_INTEGER, &content), 0);
    CHECK(pagetls_slice_is(content, "\x07", 1) && from.len == 0);
    CHECK(!pagetls_slice_is(content, "\x08", 1));
    CHECK(pagetls_slice_is((pagetls_slice) { NULL, 0 }, NULL, 0));
    CHECK(!pagetls_slice_is(content, "\x07\x00", 2));
}

static void der_small_numbers(void)
{
    int64_t value = -1;
    CHECK(pagetls_der_small_uint((pagetls_slice) { (const uint8_t *) "\x00\xFF", 2 }, &value) && value == 255);
    CHECK(pagetls_der_small_uint((pagetls_slice) { (const uint8_t *) "\x7F\xFF\xFF\xFF\xFF\xFF\xFF", 7 }, &value) &&
          value == 0x7FFFFFFFFFFFFF);
    CHECK(!pagetls_der_small_uint((pagetls_slice) { (const uint8_t *) "\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8 }, &value));
    CHECK(!pagetls_der_small_uint((pagetls_slice) { (const uint8_t *) "\xFF", 1 }, &value));
    CHECK(!pagetls_der_small_uint((pagetls_slice) { NULL, 0 }, &value));
}

static void der_integers(void)
{
    /* In ascending order; those of one row are equal. */
    static const struct {
        const char *octets[3];
        size_t len[3];
    } rows[] = {
        { { "\x80\x00", "\xFF\x80\x00", "\xFF\xFF\x80\x00" }, { 2, 3, 4 } },
        { { "\xFF\x7F", "\xFF\xFF\x7F", "\xFF\x7F" }, { 2, 3, 2 } },
        { { "\x80", "\xFF\x80", "\xFF\xFF\x80" }, { 1, 2, 3 } },
        { { "\xFF", "\xFF\xFF", "\xFF\xFF\xFF" }, { 1, 2, 3 } },
        { { "\x00", "\x00\x00", "\x00\x00\x00" }, { 1, 2, 3 } },
        { { "\x01", "\x00\x01", "\x00\x00\x01" }, { 1, 2, 3 } },
        { { "\x7F", "\x00\x7F", "\x7F" }, { 1, 2, 1 } },
        { { "\x00\x80", "\x00\x00\x80", "\x00\x80" }, { 2, 3, 2 } },
        { { "\x00\xFF", "\x00\x00\xFF", "\x00\xFF" }, { 2, 3, 2 } },
        { { "\x01\x00", "\x00\x01\x00", "\x01\x00" }, { 2, 3, 2 } },
        { { "\x00\x80\x00", "\x00\x00\x80\x00", "\x00\x80\x00" }, { 3, 4, 3 } },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) * 3; i++) {
        for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]) * 3; j++) {
            pagetls_slice a = { (const uint8_t *) rows[i / 3].octets[i % 3], rows[i / 3].len[i % 3] };
            pagetls_slice b = { (const uint8_t *) rows[j / 3].octets[j % 3], rows[j / 3].len[j % 3] };
            const int order = pagetls_der_integer_compare(a, b);
            check_context("%zu and %zu", i, j);
            CHECK_INT((order > 0) - (order < 0), (i / 3 > j / 3) - (i / 3 < j / 3));
            CHECK_INT(pagetls_slices_equal(pagetls_der_integer_shortest(a), pagetls_der_integer_shortest(b)),
                      i / 3 == j / 3);
        }
    }
    check_context("%s", "");
    const pagetls_slice none = { NULL, 0 };
    CHECK(pagetls_der_integer_shortest(none).len == 0 && pagetls_der_integer_compare(none, none) == 0);
}

/* --- object identifiers --------------------------------------------------------- */

static void check_oid(const char *octets, size_t len, const char *expected)
{
    char text[PAGETLS_OID_TEXT_SIZE];
    uint8_t *exact = check_exact_copy(octets, len);
    pagetls_oid_text(text, (pagetls_slice) { exact, len });
    CHECK_TEXT(text, expected);
    free(exact);
}

static void oid_text(void)
{
    char longest[60];
    check_oid("\x55\x04\x03", 3, "2.5.4.3");
    check_oid("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B", 9, "1.2.840.113549.1.1.11");
    check_oid("\x00", 1, "0.0");
    check_oid("\x27", 1, "0.39");
    check_oid("\x28", 1, "1.0");
    check_oid("\x4F", 1, "1.39");
    check_oid("\x50", 1, "2.0");
    check_oid("\x88\x37", 2, "2.999");
    check_oid("", 0, "");
    check_oid("\x2A\x86", 2, "");         /* truncated */
    check_oid("\x55\x80\x04\x03", 4, ""); /* a padded arc: X.690, section 8.19.2 */
    check_oid("\x80\x55", 2, "");
    check_oid("\x69\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 11, "2.25.1180591620717411303423"); /* 70 bits */
    check_oid("\x2A\xBF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 9, "1.2.36028797018963967");
    memset(longest, 0x7F, sizeof(longest));
    char text[PAGETLS_OID_TEXT_SIZE];
    pagetls_oid_text(text, (pagetls_slice) { (const uint8_t *) longest, sizeof(longest) });
    CHECK_INT(strlen(text), 4 + 59 * 4); /* 2.47 and 59 times .127 */
    memset(longest, 0xFF, sizeof(longest));
    longest[59] = 0x7F; /* one arc of 420 bits */
    pagetls_oid_text(text, (pagetls_slice) { (const uint8_t *) longest, sizeof(longest) });
    CHECK_INT(strlen(text), 2 + 127);
    CHECK_TEXT(text + strlen(text) - 6, "232495"); /* 2^420 - 1 - 80 */
    /* Arcs that printf() can write. */
    for (unsigned arc = 0; arc < 1u << 21; arc += arc < 300 ? 1 : 499) {
        char expected[32];
        char octets[6] = { (char) (0x80 | arc >> 14), (char) (0x80 | (arc >> 7 & 0x7F)), (char) (arc & 0x7F) };
        size_t skipped = arc < 1u << 7 ? 2 : arc < 1u << 14 ? 1 : 0;
        unsigned first = arc < 40 ? 0 : arc < 80 ? 1 : 2;
        memcpy(octets + 3, octets, 3);
        snprintf(expected, sizeof(expected), "%u.%u", first, arc - first * 40);
        check_oid(octets + skipped, 3 - skipped, expected);
        snprintf(expected, sizeof(expected), "2.5.%u", arc);
        octets[skipped + 2] = 0x55;
        check_oid(octets + skipped + 2, 4 - skipped, expected);
    }
    CHECK_TEXT(pagetls_oid_name("2.5.29.17"), "subjectAltName");
    CHECK(pagetls_oid_name("") == NULL);
    CHECK(pagetls_oid_name("2.5.29.170") == NULL);
}

const native_test bytes_tests[] = {
    { "a queue accepts no more than its capacity and returns no more than it holds", queue_is_bounded },
    { "a queue keeps the order of its bytes", queue_keeps_order },
    { "a queue holds memory only while it holds data", queue_frees_its_block },
    { "a queue zeroizes its block before the block is reused", queue_zeroizes_its_block },
    { "JSON text is escaped, and is valid UTF-8 for any input", json_escapes },
    { "JSON values are separated by commas", json_separates_values },
    { "the JSON buffer grows as needed", json_grows },
    { "base64 is the same as Mbed TLS's", base64_matches_mbedtls },
    { "JSON is complete, or NULL if an allocation failed", json_is_complete_or_null },
    { "DER elements are read if their length is well formed and within the input", der_lengths },
    { "DER lengths must be in their shortest form, of at most four octets", der_shortest_lengths },
    { "INTEGERs compare as numbers, with redundant octets or without", der_integers },
    { "DER extensions have an identifier, an optional BOOLEAN, and a value", der_extensions },
    { "DER elements with another tag are not consumed", der_expects },
    { "DER integers are read if they are small and not negative", der_small_numbers },
    { "object identifiers become dotted text, or nothing if malformed", oid_text },
    { NULL, NULL },
};
