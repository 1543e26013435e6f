/* Heap, clock, calendar, digests, randomness, formatting and errors. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "crypto/digest.h"
#include "crypto/gcm_tables.h"
#include "groups.h"
#include "host/format.h"
#include "host/heap.h"
#include "host/last_error.h"
#include "mbedtls/errors.h"
#include "mbedtls/platform_time.h"
#include "mbedtls/platform_util.h"
#include "mbedtls/psa_util.h"
#include "native_host.h"
#include "pagetls.h"
#include "verify/verification.h"
#include "x509/datetime.h"

#define DAY 86400

static int same_as_libc(int64_t seconds)
{
    struct tm theirs;
    struct tm ours;
    char expected[PAGETLS_TIME_TEXT_SIZE];
    char text[PAGETLS_TIME_TEXT_SIZE];
    time_t t = (time_t) seconds;
    const pagetls_civil_time civil = pagetls_time_to_civil(seconds);
    if (gmtime_r(&t, &theirs) == NULL || mbedtls_platform_gmtime_r(&seconds, &ours) != &ours) {
        return 0;
    }
    pagetls_time_format(text, seconds);
    int year = theirs.tm_year + 1900;
    snprintf(expected, sizeof(expected),
             year >= 0 && year <= 9999 ? "%04d-%02d-%02dT%02d:%02d:%02dZ" : "%+07d-%02d-%02dT%02d:%02d:%02dZ", year,
             theirs.tm_mon + 1, theirs.tm_mday, theirs.tm_hour, theirs.tm_min, theirs.tm_sec);
    return civil.year == year && civil.month == theirs.tm_mon + 1 && civil.day == theirs.tm_mday &&
        civil.hour == theirs.tm_hour && civil.minute == theirs.tm_min && civil.second == theirs.tm_sec &&
        ours.tm_year == theirs.tm_year && ours.tm_mon == theirs.tm_mon && ours.tm_mday == theirs.tm_mday &&
        ours.tm_hour == theirs.tm_hour && ours.tm_min == theirs.tm_min && ours.tm_sec == theirs.tm_sec &&
        strcmp(text, expected) == 0;
}

static void calendar_agrees_with_libc(void)
{
    /* Every day from the year -400 to 10400, at another time each, and the seconds around midnight. */
    for (int64_t day = -865625; day < 3079000; day++) {
        REQUIRE(same_as_libc(day * DAY + (day * 7919 % DAY + DAY) % DAY));
    }
    static const int64_t edges[] = { 0,
                                     68169600,
                                     951782400,
                                     951868800,
                                     4107542400,
                                     253402300800,
                                     -62135596800,
                                     -62167219200,
                                     8640000000000,
                                     -8640000000000 };
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        for (int64_t s = -2; s <= 2; s++) {
            CHECK(same_as_libc(edges[i] + s));
        }
    }
}

/* The time at which a chain is verified. */
static int64_t verification_time(double clock)
{
    int64_t time = INT64_MIN;
    pagetls_verification *verification = pagetls_verification_new();
    if (verification != NULL) {
        pagetls_verification_set_clock(verification, clock);
        CHECK(pagetls_verification_run(verification) != NULL);
        time = verification->result.time;
    }
    pagetls_verification_free(verification);
    return time;
}

static void clock_can_be_set(void)
{
    int64_t out = 0;
    native_host_set_now(1500.0);
    CHECK_INT(verification_time(NAN), 1);
    CHECK_INT(verification_time(-1.0), -1); /* a millisecond before 1970 is in the second before */
    CHECK_INT(verification_time(-1000.0), -1);
    CHECK_INT(verification_time(-1001.0), -2);
    CHECK_INT(verification_time(0.0), 0);
    CHECK_INT(verification_time(999.9), 0);
    CHECK_INT(verification_time(253402300799999.0), 253402300799);
    /* Mbed TLS's clock is always the host's. */
    CHECK_INT(pagetls_clock_seconds(&out), 1);
    CHECK_INT(out, 1);
    CHECK_INT(mbedtls_ms_time(), 1500);
    native_host_set_now(NAN);
    CHECK(verification_time(NAN) > 1700000000);
    CHECK(pagetls_clock_seconds(NULL) > 1700000000);
}

static void clock_out_of_range_is_clamped(void)
{
    static const double limit = 8.64e12; /* the last JavaScript date, in seconds */
    static const double times[] = { 1e300, -1e300, (double) INFINITY, -(double) INFINITY, 8.65e15, -8.65e15 };
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        char text[PAGETLS_TIME_TEXT_SIZE];
        int64_t seconds = verification_time(times[i]);
        CHECK_INT(seconds, times[i] > 0 ? limit : -limit);
        native_host_set_now(times[i]);
        CHECK_INT(verification_time(NAN), times[i] > 0 ? limit : -limit);
        native_host_set_now(NAN);
        pagetls_time_format(text, seconds);
        CHECK_TEXT(text, times[i] > 0 ? "+275760-09-13T00:00:00Z" : "-271821-04-20T00:00:00Z");
    }
}

static void heap_is_counted(void)
{
    size_t before = pagetls_heap_in_use();
    uint8_t *block = pagetls_alloc(1000);
    REQUIRE(block != NULL);
    CHECK(pagetls_heap_in_use() >= before + 1000);
    for (size_t i = 0; i < 1000; i++) {
        CHECK_INT(block[i], 0);
    }
    pagetls_free(block);
    CHECK_INT(pagetls_heap_in_use(), before);
    pagetls_free(NULL);
    block = pagetls_alloc(0);
    CHECK(block != NULL);
    pagetls_free(block);
    native_host_fail_allocation(0);
    CHECK(pagetls_alloc(1) == NULL);
    CHECK(pagetls_heap_copy("", SIZE_MAX) == NULL);
    CHECK(pagetls_heap_calloc(SIZE_MAX / 2, 3) == NULL);
    CHECK_INT(pagetls_heap_in_use(), before);
    char *copy = pagetls_heap_copy("abc", 2);
    CHECK_TEXT(copy, "ab");
    pagetls_free(copy);
}

static void freed_blocks_are_cached(void)
{
    uint8_t *block[PAGETLS_HEAP_CACHED_BLOCKS + 1];
    size_t before = pagetls_heap_in_use();
    for (size_t i = 0; i < PAGETLS_HEAP_CACHED_BLOCKS + 1; i++) {
        block[i] = pagetls_heap_calloc(1, PAGETLS_HEAP_RECORD_BYTES);
        REQUIRE(block[i] != NULL);
        memset(block[i], 'x', 100);
    }
    native_host_fail_allocation(0); /* from here on, only cached blocks are available */
    for (size_t i = 0; i < PAGETLS_HEAP_CACHED_BLOCKS + 1; i++) {
        pagetls_heap_free_used(block[i], 100);
    }
    CHECK_INT(pagetls_heap_in_use(), before);
    for (size_t i = 0; i < PAGETLS_HEAP_CACHED_BLOCKS + 1; i++) {
        block[i] = pagetls_heap_calloc(PAGETLS_HEAP_RECORD_BYTES, 1);
        CHECK((block[i] != NULL) == (i < PAGETLS_HEAP_CACHED_BLOCKS));
        for (size_t k = 0; block[i] != NULL && k < PAGETLS_HEAP_RECORD_BYTES; k++) {
            REQUIRE(block[i][k] == 0);
        }
    }
    CHECK_INT(pagetls_heap_in_use(), before + PAGETLS_HEAP_CACHED_BLOCKS * PAGETLS_HEAP_RECORD_BYTES);
    for (size_t i = 0; i < PAGETLS_HEAP_CACHED_BLOCKS; i++) {
        pagetls_heap_free(block[i]);
    }
}

static void check_digest(int result, const uint8_t *digest, const uint8_t *expected, size_t len)
{
    CHECK_INT(result, 0);
    CHECK(memcmp(digest, expected, len) == 0);
}

/* Digests of "abc" and of the empty string: NIST's examples for FIPS 180-4. */
static void digests_match_the_standard(void)
{
    static const uint8_t sha1[2][20] = {
        { 0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E,
          0x25, 0x71, 0x78, 0x50, 0xC2, 0x6C, 0x9C, 0xD0, 0xD8, 0x9D },
        { 0xDA, 0x39, 0xA3, 0xEE, 0x5E, 0x6B, 0x4B, 0x0D, 0x32, 0x55,
          0xBF, 0xEF, 0x95, 0x60, 0x18, 0x90, 0xAF, 0xD8, 0x07, 0x09 },
    };
    static const uint8_t sha256[2][32] = {
        { 0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA, 0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23,
          0xB0, 0x03, 0x61, 0xA3, 0x96, 0x17, 0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD },
        { 0xE3, 0xB0, 0xC4, 0x42, 0x98, 0xFC, 0x1C, 0x14, 0x9A, 0xFB, 0xF4, 0xC8, 0x99, 0x6F, 0xB9, 0x24,
          0x27, 0xAE, 0x41, 0xE4, 0x64, 0x9B, 0x93, 0x4C, 0xA4, 0x95, 0x99, 0x1B, 0x78, 0x52, 0xB8, 0x55 },
    };
    uint8_t digest[32];
    check_digest(pagetls_sha1((const uint8_t *) "abc", 3, digest), digest, sha1[0], sizeof(sha1[0]));
    check_digest(pagetls_sha1(NULL, 0, digest), digest, sha1[1], sizeof(sha1[1]));
    check_digest(pagetls_sha256((const uint8_t *) "abc", 3, digest), digest, sha256[0], sizeof(sha256[0]));
    check_digest(pagetls_sha256(NULL, 0, digest), digest, sha256[1], sizeof(sha256[1]));
}

#if defined(MBEDTLS_GCM_ALT)
static void gcm_tables_are_forgotten(void)
{
    pagetls_gcm_key key = { .bits = 0 };
    CHECK_INT(pagetls_gcm_key_set(&key, (const uint8_t *) "0123456789abcdef", 128), 0);
    const uint8_t *tables = (const uint8_t *) pagetls_gcm_tables_get(&key);
    CHECK((const uint8_t *) pagetls_gcm_tables_get(&key) == tables);
    pagetls_gcm_key_clear(&key);
    for (size_t i = 0; i < sizeof(pagetls_gcm_tables); i++) {
        REQUIRE(tables[i] == 0);
    }
}
#endif

static void randomness_can_fail(void)
{
    uint8_t bytes[32] = { 0 };
    native_host_fail_random(1);
    CHECK_INT(mbedtls_psa_get_random(NULL, bytes, 16), 0);
    CHECK(mbedtls_psa_get_random(NULL, bytes, 16) != 0);
    CHECK(mbedtls_psa_get_random(NULL, bytes, 16) != 0);
    native_host_fail_random(-1);
    CHECK_INT(mbedtls_psa_get_random(NULL, bytes, 16), 0);
    CHECK_INT(pagetls_start(), 0);
}

/* Also tries buffers that are too short; the bytes after them must not change. */
#define SAME_AS_LIBC(...)                                                                                              \
    do {                                                                                                               \
        for (size_t size = 0; size <= sizeof(theirs); size += size < 8 ? 1 : sizeof(theirs) - 8) {                     \
            memset(ours, '#', sizeof(ours));                                                                           \
            memset(theirs, '#', sizeof(theirs));                                                                       \
            int expected = snprintf(theirs, size, __VA_ARGS__);                                                        \
            CHECK_INT(pagetls_format(ours, size, __VA_ARGS__), expected);                                              \
            CHECK(memcmp(ours, theirs, sizeof(theirs)) == 0);                                                          \
        }                                                                                                              \
    } while (0)

static void formats_like_libc(void)
{
    char ours[64];
    char theirs[64];
    SAME_AS_LIBC("%s", "");
    SAME_AS_LIBC("%s-%.2s-%.*s|%.9s", "abc", "defg", 3, "hijkl", "m");
    SAME_AS_LIBC("%c%%%c", 'a', 'z');
    SAME_AS_LIBC("%d %d %d", 0, -1, 2147483647);
    SAME_AS_LIBC("%d", -2147483647 - 1);
    SAME_AS_LIBC("%lld", -9223372036854775807LL - 1);
    SAME_AS_LIBC("%llu", 18446744073709551615ULL);
    SAME_AS_LIBC("%zu %lu %ld", (size_t) 1 << 20, 77UL, -77L);
    SAME_AS_LIBC("%u %04u %02u %02X %02x %x", 4294967295u, 42u, 7u, 0xABu, 0xCu, 0xdeadbeefu);
    SAME_AS_LIBC("%04X", 0x12345u);
}

static void errors_have_numbers_and_codes(void)
{
    static const struct {
        int number;
        const char *code;
    } errors[] = {
#define ERROR(id, number, code) { number, code },
#include "errors.def"
#undef ERROR
    };
    const size_t count = sizeof(errors) / sizeof(errors[0]);
    for (size_t i = 0; i < count; i++) {
        check_context("%s", errors[i].code);
        CHECK(errors[i].number > 0 && strncmp(errors[i].code, "ERR_TLS_", 8) == 0);
        for (size_t k = 0; k < i; k++) {
            CHECK(errors[k].number != errors[i].number);
        }
    }
    check_context("%s", "");
}

static void errors_of_mbedtls(void)
{
    static const struct {
        int native;
        int code;
    } errors[] = {
        { -0x2700, PAGETLS_ERR_CERT_VERIFY_FAILED },
        { -0x7180, PAGETLS_ERR_BAD_RECORD },
        { -0x7780, PAGETLS_ERR_ALERT },
        { -0x7F00, PAGETLS_ERR_OUT_OF_MEMORY },
        { -0x2880, PAGETLS_ERR_OUT_OF_MEMORY },
        { -0x4D80, PAGETLS_ERR_OUT_OF_MEMORY },
        { -0x3F80, PAGETLS_ERR_OUT_OF_MEMORY },
        { -0x4F80 - 0x10, PAGETLS_ERR_OUT_OF_MEMORY },
        { -0x3B00 - 0x6A, PAGETLS_ERR_OUT_OF_MEMORY },
        { -0x3B00 - 0x62, PAGETLS_ERR_EXPORT },
        { -148, PAGETLS_ERR_RANDOM }, /* PSA_ERROR_INSUFFICIENT_ENTROPY */
        { -141, PAGETLS_ERR_OUT_OF_MEMORY },
        { -0x7FFFFFFF, PAGETLS_ERR_EXPORT },
        { 0x7FFFFFFF, PAGETLS_ERR_EXPORT },
    };
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        check_context("error %d", errors[i].native);
        int code = pagetls_error_from_native(errors[i].native, PAGETLS_ERR_EXPORT);
        CHECK_INT(code, errors[i].code);
        CHECK_INT(pagetls_error_native(code), errors[i].native);
        CHECK_TEXT(pagetls_error_detail(code), ""); /* messages/native.js has the texts */
        /* Other codes have no details. */
        CHECK_INT(pagetls_error_native(PAGETLS_ERR_DOCUMENT), 0);
        CHECK_TEXT(pagetls_error_detail(PAGETLS_ERR_DOCUMENT), "");
    }
    check_context("%s", "");
    pagetls_error_record(PAGETLS_ERR_OPTION, 0);
    CHECK_INT(pagetls_error_native(PAGETLS_ERR_OPTION), 0);
    CHECK_TEXT(pagetls_error_detail(PAGETLS_ERR_OPTION), "");
}

const native_test platform_tests[] = {
    { "the calendar agrees with libc's on every day of eleven thousand years", calendar_agrees_with_libc },
    { "a chain is verified at the time that was set, or at the host's", clock_can_be_set },
    { "a time out of range becomes the first or last date", clock_out_of_range_is_clamped },
    { "the heap is counted, zeroed, and fails with NULL", heap_is_counted },
    { "a few freed blocks are cached, zeroed and not counted", freed_blocks_are_cached },
    { "SHA-1 and SHA-256 are those of FIPS 180-4", digests_match_the_standard },
#if defined(MBEDTLS_GCM_ALT)
    { "clearing a key zeroizes the GCM tables", gcm_tables_are_forgotten },
#endif
    { "missing randomness is an error, and is never replaced by weak randomness", randomness_can_fail },
    { "texts are formatted as by libc", formats_like_libc },
    { "every error has a number and a code", errors_have_numbers_and_codes },
    { "an error of Mbed TLS has one of our codes, and keeps its number", errors_of_mbedtls },
    { NULL, NULL },
};
