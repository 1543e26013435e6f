/* Times of certificates (wasm/x509/datetime.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "groups.h"
#include "host/format.h"
#include "x509/datetime.h"

#define UTC DER_UTC_TIME
#define GENERAL DER_GENERALIZED_TIME
#define DAY 86400

static pagetls_time read_time(uint8_t tag, const char *text, size_t len)
{
    pagetls_time time;
    uint8_t *exact = check_exact(text, len);
    pagetls_element element = { .tag = tag, .content = { exact, len }, .whole = { exact, len } };
    memset(&time, 0x55, sizeof(time)); /* what is not set shows */
    pagetls_time_read(&time, &element);
    CHECK(time.tag == tag && time.text.p == exact && time.text.len == len);
    free(exact);
    return time;
}

/* Readable: as what, in the form of pagetls_time_format(). */
static void check_read(uint8_t tag, const char *text, const char *expected, int in_rfc5280_form)
{
    char formatted[PAGETLS_TIME_TEXT_SIZE];
    check_about("%s", text);
    const pagetls_time time = read_time(tag, text, strlen(text));
    CHECK_INT(time.readable, 1);
    CHECK_INT(time.in_rfc5280_form, in_rfc5280_form);
    pagetls_time_format(formatted, time.seconds);
    CHECK_TEXT(formatted, expected);
    check_about("%s", "");
}

static void reads_both_forms(void)
{
    check_read(UTC, "700101000000Z", "1970-01-01T00:00:00Z", 1);
    check_read(UTC, "491231235959Z", "2049-12-31T23:59:59Z", 1);
    check_read(UTC, "500101000000Z", "1950-01-01T00:00:00Z", 1);
    check_read(UTC, "000229120000Z", "2000-02-29T12:00:00Z", 1);
    check_read(UTC, "990101000000Z", "1999-01-01T00:00:00Z", 1);
    check_read(GENERAL, "19491231235959Z", "1949-12-31T23:59:59Z", 1);
    check_read(GENERAL, "19500101000000Z", "1950-01-01T00:00:00Z", 1);
    check_read(GENERAL, "20491231235959Z", "2049-12-31T23:59:59Z", 1);
    check_read(GENERAL, "20500101000000Z", "2050-01-01T00:00:00Z", 1);
    check_read(GENERAL, "00000101000000Z", "0000-01-01T00:00:00Z", 1);
    check_read(GENERAL, "00010101000000Z", "0001-01-01T00:00:00Z", 1);
    check_read(GENERAL, "16010101000000Z", "1601-01-01T00:00:00Z", 1);
    check_read(GENERAL, "99991231235959Z", "9999-12-31T23:59:59Z", 1); /* RFC 5280, section 4.1.2.5: no end */
    CHECK_INT(read_time(GENERAL, "19700101000000Z", 15).seconds, 0);
    CHECK_INT(read_time(GENERAL, "20380119031408Z", 15).seconds, 2147483648);
    CHECK_INT(read_time(GENERAL, "00010101000000Z", 15).seconds, -62135596800);
    CHECK_INT(read_time(GENERAL, "99991231235959Z", 15).seconds, 253402300799);
}

static void reads_what_is_not_in_form(void)
{
    /* Without seconds, or without Z. */
    check_read(UTC, "2401020304Z", "2024-01-02T03:04:00Z", 0);
    check_read(UTC, "2401020304", "2024-01-02T03:04:00Z", 0);
    check_read(UTC, "240102030405", "2024-01-02T03:04:05Z", 0);
    check_read(GENERAL, "202401020304Z", "2024-01-02T03:04:00Z", 0);
    check_read(GENERAL, "20240102030405", "2024-01-02T03:04:05Z", 0);
    /* With an offset: what is ahead of UTC comes earlier. */
    check_read(UTC, "2401010000+0130", "2023-12-31T22:30:00Z", 0);
    check_read(UTC, "240101000000-0130", "2024-01-01T01:30:00Z", 0);
    check_read(GENERAL, "20240301000000+0001", "2024-02-29T23:59:00Z", 0);
    check_read(GENERAL, "20231231235959-2359", "2024-01-01T23:58:59Z", 0);
    check_read(GENERAL, "20240101000000+0000", "2024-01-01T00:00:00Z", 0);
    check_read(GENERAL, "00000101000000+2359", "-000001-12-31T00:01:00Z", 0);
    check_read(GENERAL, "99991231235959-2359", "+010000-01-01T23:58:59Z", 0);
    /* With a fraction, which counts for nothing. */
    check_read(GENERAL, "20240102030405.5Z", "2024-01-02T03:04:05Z", 0);
    check_read(GENERAL, "20240102030405,999999999999Z", "2024-01-02T03:04:05Z", 0);
    check_read(GENERAL, "20240102030405.25", "2024-01-02T03:04:05Z", 0);
    check_read(GENERAL, "20240102030405.5-0100", "2024-01-02T04:04:05Z", 0);
}

static void does_not_read_garbage(void)
{
    static const struct {
        uint8_t tag;
        const char *text;
    } bad[] = {
        { UTC, "" },
        { UTC, "Z" },
        { UTC, "24" },
        { UTC, "24010203Z" },
        { UTC, "240102030Z" },
        { UTC, "24010203040Z" },
        { UTC, "2401020304050Z" },
        { UTC, "20240102030405Z" },
        { UTC, "240102030405z" },
        { UTC, "240102030405Z " },
        { UTC, "240102030405ZZ" },
        { UTC, " 240102030405Z" },
        { UTC, "24-102030405Z" },
        { UTC, "+40102030405Z" },
        { UTC, "24010203 405Z" },
        { UTC, "2401020304 5Z" },
        { UTC, "240102030405+" },
        { UTC, "240102030405+01" },
        { UTC, "240102030405+010" },
        { UTC, "240102030405+01000" },
        { UTC, "240102030405+01:0" },
        { UTC, "240102030405+2400" },
        { UTC, "240102030405+0160" },
        { UTC, "240102030405+0100Z" },
        { UTC, "240102030405Z+0100" },
        { UTC, "240102030405." },
        { UTC, "2401020304.5Z" },
        { UTC,
          "240102030405+\xB2"
          "100" },
        { GENERAL, "" },
        { GENERAL, "2024" },
        { GENERAL, "202401020304.5Z" },
        { GENERAL, "2024010203Z" },
        { GENERAL, "20240102030405." },
        { GENERAL, "20240102030405.x" },
        { GENERAL, "20240102030405:5Z" },
        { GENERAL, "120240102030405Z" },
        { GENERAL, "-0010101000000Z" },
        { GENERAL, "2024010203040 Z" },
        { DER_UTF8_STRING, "240102030405Z" },
        { DER_INTEGER, "20240102030405Z" },
        { 0x97, "240102030405Z" },
        { 0, "" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        check_about("%s", bad[i].text);
        CHECK_INT(read_time(bad[i].tag, bad[i].text, strlen(bad[i].text)).readable, 0);
    }
    check_about("a NUL in %s", "it");
    CHECK_INT(read_time(UTC,
                        "2401020304\0"
                        "5Z",
                        13)
                  .readable,
              0);
    CHECK_INT(read_time(UTC, "240102030405Z\0", 14).readable, 0);
    check_about("%s", "");
}

/* Each number on either side of what it may be. */
static void reads_no_date_that_there_is_not(void)
{
    static const struct {
        const char *text;
        int good;
    } dates[] = {
        { "20240001000000Z", 0 }, { "20240101000000Z", 1 }, { "20241201000000Z", 1 }, { "20241301000000Z", 0 },
        { "20249901000000Z", 0 }, { "20240100000000Z", 0 }, { "20240131000000Z", 1 }, { "20240132000000Z", 0 },
        { "20240229000000Z", 1 }, { "20240230000000Z", 0 }, { "20230229000000Z", 0 }, { "20000229000000Z", 1 },
        { "19000229000000Z", 0 }, { "21000229000000Z", 0 }, { "24000229000000Z", 1 }, { "00000229000000Z", 1 },
        { "00040229000000Z", 1 }, { "00010229000000Z", 0 }, { "20240430000000Z", 1 }, { "20240431000000Z", 0 },
        { "20240631000000Z", 0 }, { "20240931000000Z", 0 }, { "20241131000000Z", 0 }, { "20241231235959Z", 1 },
        { "20240101240000Z", 0 }, { "20240101236000Z", 0 }, { "20240101235960Z", 0 }, { "20240101230060Z", 0 },
        { "20240101009900Z", 0 }, { "20240101000099Z", 0 },
    };
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        check_about("%s", dates[i].text);
        CHECK_INT(read_time(GENERAL, dates[i].text, 15).readable, dates[i].good);
        /* The same of a two-digit year, where the year is one that it can be. */
        if (memcmp(dates[i].text, "20", 2) == 0 && dates[i].text[2] < '5') {
            CHECK_INT(read_time(UTC, dates[i].text + 2, 13).readable, dates[i].good);
        }
    }
    check_about("%s", "");
}

/* No octet may be anything but its digit. */
static void reads_digits_only(void)
{
    for (size_t at = 0; at < 15; at++) {
        for (int c = 0; c < 256; c++) {
            char text[] = "20240101000000Z";
            text[at] = (char) c;
            const pagetls_time time = read_time(GENERAL, text, 15);
            const int digit = c >= '0' && c <= '9';
            check_about("octet %zu is %d", at, c);
            CHECK(!time.readable || (at == 14 ? c == 'Z' : digit));
            CHECK(!time.in_rfc5280_form || (digit && at < 14) || c == 'Z' || !time.readable);
        }
    }
    check_about("%s", "");
}

static void writes_what_it_reads(void)
{
    /* Every day of ten thousand years, at another time each. */
    for (int64_t day = -719528; day <= 2932896; day++) {
        char written[PAGETLS_TIME_TEXT_SIZE];
        char digits[PAGETLS_TIME_TEXT_SIZE];
        size_t len = 0;
        const int64_t seconds = day * DAY + (day * 7919 % DAY + DAY) % DAY;
        pagetls_time_format(written, seconds);
        for (const char *p = written; *p != '\0'; p++) {
            if ((*p >= '0' && *p <= '9') || *p == 'Z') {
                digits[len++] = *p;
            }
        }
        pagetls_element element = { .tag = GENERAL, .content = { (const uint8_t *) digits, len } };
        pagetls_time time;
        pagetls_time_read(&time, &element);
        REQUIRE(len == 15 && time.readable && time.in_rfc5280_form && time.seconds == seconds);
        if (day >= -7305 && day < 29220) { /* 1950 to 2049 */
            element = (pagetls_element) { .tag = UTC, .content = { (const uint8_t *) digits + 2, len - 2 } };
            pagetls_time_read(&time, &element);
            REQUIRE(time.readable && time.in_rfc5280_form && time.seconds == seconds);
        }
    }
}

const native_test times_tests[] = {
    { "UTCTime and GeneralizedTime are read, with the century of RFC 5280", reads_both_forms },
    { "times without seconds, with an offset or with a fraction are read, and not in form", reads_what_is_not_in_form },
    { "what is no time is not readable", does_not_read_garbage },
    { "a date or time of day that there is not is not readable", reads_no_date_that_there_is_not },
    { "only digits are digits of a time", reads_digits_only },
    { "every day of ten thousand years is read as it is written", writes_what_it_reads },
    { NULL, NULL },
};
