/* Times in certificates (wasm/x509/datetime.h). */
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
    uint8_t *exact = check_exact_copy(text, len);
    pagetls_element element = { .tag = tag, .content = { exact, len }, .whole = { exact, len } };
    memset(&time, 0x55, sizeof(time)); /* shows fields that are not set */
    pagetls_time_read(&time, &element);
    CHECK(time.tag == tag && time.text.p == exact && time.text.len == len);
    free(exact);
    return time;
}

/* Expects a readable time, as written by pagetls_time_format(). */
static void check_time(uint8_t tag, const char *text, const char *expected, int in_rfc5280_form)
{
    char formatted[PAGETLS_TIME_TEXT_SIZE];
    check_context("%s", text);
    const pagetls_time time = read_time(tag, text, strlen(text));
    CHECK_INT(time.readable, 1);
    CHECK_INT(time.in_rfc5280_form, in_rfc5280_form);
    pagetls_time_format(formatted, time.seconds);
    CHECK_TEXT(formatted, expected);
    check_context("%s", "");
}

static void reads_both_types(void)
{
    check_time(UTC, "700101000000Z", "1970-01-01T00:00:00Z", 1);
    check_time(UTC, "491231235959Z", "2049-12-31T23:59:59Z", 1);
    check_time(UTC, "500101000000Z", "1950-01-01T00:00:00Z", 1);
    check_time(UTC, "000229120000Z", "2000-02-29T12:00:00Z", 1);
    check_time(UTC, "990101000000Z", "1999-01-01T00:00:00Z", 1);
    check_time(GENERAL, "19491231235959Z", "1949-12-31T23:59:59Z", 1);
    check_time(GENERAL, "19500101000000Z", "1950-01-01T00:00:00Z", 1);
    check_time(GENERAL, "20491231235959Z", "2049-12-31T23:59:59Z", 1);
    check_time(GENERAL, "20500101000000Z", "2050-01-01T00:00:00Z", 1);
    check_time(GENERAL, "00000101000000Z", "0000-01-01T00:00:00Z", 1);
    check_time(GENERAL, "00010101000000Z", "0001-01-01T00:00:00Z", 1);
    check_time(GENERAL, "16010101000000Z", "1601-01-01T00:00:00Z", 1);
    check_time(GENERAL, "99991231235959Z", "9999-12-31T23:59:59Z",
               1); /* RFC 5280, section 4.1.2.5: no expiration date */
    CHECK_INT(read_time(GENERAL, "19700101000000Z", 15).seconds, 0);
    CHECK_INT(read_time(GENERAL, "20380119031408Z", 15).seconds, 2147483648);
    CHECK_INT(read_time(GENERAL, "00010101000000Z", 15).seconds, -62135596800);
    CHECK_INT(read_time(GENERAL, "99991231235959Z", 15).seconds, 253402300799);
}

static void reads_other_forms(void)
{
    /* Without seconds, or without Z. */
    check_time(UTC, "2401020304Z", "2024-01-02T03:04:00Z", 0);
    check_time(UTC, "2401020304", "2024-01-02T03:04:00Z", 0);
    check_time(UTC, "240102030405", "2024-01-02T03:04:05Z", 0);
    check_time(GENERAL, "202401020304Z", "2024-01-02T03:04:00Z", 0);
    check_time(GENERAL, "20240102030405", "2024-01-02T03:04:05Z", 0);
    /* With an offset: a time zone ahead of UTC gives an earlier time. */
    check_time(UTC, "2401010000+0130", "2023-12-31T22:30:00Z", 0);
    check_time(UTC, "240101000000-0130", "2024-01-01T01:30:00Z", 0);
    check_time(GENERAL, "20240301000000+0001", "2024-02-29T23:59:00Z", 0);
    check_time(GENERAL, "20231231235959-2359", "2024-01-01T23:58:59Z", 0);
    check_time(GENERAL, "20240101000000+0000", "2024-01-01T00:00:00Z", 0);
    check_time(GENERAL, "00000101000000+2359", "-000001-12-31T00:01:00Z", 0);
    check_time(GENERAL, "99991231235959-2359", "+010000-01-01T23:58:59Z", 0);
    /* With a fraction, which is ignored. */
    check_time(GENERAL, "20240102030405.5Z", "2024-01-02T03:04:05Z", 0);
    check_time(GENERAL, "20240102030405,999999999999Z", "2024-01-02T03:04:05Z", 0);
    check_time(GENERAL, "20240102030405.25", "2024-01-02T03:04:05Z", 0);
    check_time(GENERAL, "20240102030405.5-0100", "2024-01-02T04:04:05Z", 0);
}

static void rejects_malformed_times(void)
{
    static const struct {
        uint8_t tag;
        const char *text;
    } invalid[] = {
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
    for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
        check_context("%s", invalid[i].text);
        CHECK_INT(read_time(invalid[i].tag, invalid[i].text, strlen(invalid[i].text)).readable, 0);
    }
    check_context("a NUL in %s", "it");
    CHECK_INT(read_time(UTC,
                        "2401020304\0"
                        "5Z",
                        13)
                  .readable,
              0);
    CHECK_INT(read_time(UTC, "240102030405Z\0", 14).readable, 0);
    check_context("%s", "");
}

/* Each number at and just outside its limits. */
static void rejects_dates_that_do_not_exist(void)
{
    static const struct {
        const char *text;
        int exists;
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
        check_context("%s", dates[i].text);
        CHECK_INT(read_time(GENERAL, dates[i].text, 15).readable, dates[i].exists);
        /* The same with a two-digit year, if UTCTime can express the year. */
        if (memcmp(dates[i].text, "20", 2) == 0 && dates[i].text[2] < '5') {
            CHECK_INT(read_time(UTC, dates[i].text + 2, 13).readable, dates[i].exists);
        }
    }
    check_context("%s", "");
}

/* Replaces each octet by every value: only a digit is accepted. */
static void accepts_only_digits(void)
{
    for (size_t at = 0; at < 15; at++) {
        for (int c = 0; c < 256; c++) {
            char text[] = "20240101000000Z";
            text[at] = (char) c;
            const pagetls_time time = read_time(GENERAL, text, 15);
            const int digit = c >= '0' && c <= '9';
            check_context("octet %zu is %d", at, c);
            CHECK(!time.readable || (at == 14 ? c == 'Z' : digit));
            CHECK(!time.in_rfc5280_form || (digit && at < 14) || c == 'Z' || !time.readable);
        }
    }
    check_context("%s", "");
}

static void reads_what_it_writes(void)
{
    /* Every day of ten thousand years, each at a different time of day. */
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
    { "UTCTime and GeneralizedTime are read, with the century of RFC 5280", reads_both_types },
    { "times without seconds, with an offset or with a fraction are read, but are not in the form of RFC 5280",
      reads_other_forms },
    { "a malformed time is not readable", rejects_malformed_times },
    { "a date or time of day that does not exist is not readable", rejects_dates_that_do_not_exist },
    { "a time accepts only digits", accepts_only_digits },
    { "every day of ten thousand years is read back as it was written", reads_what_it_writes },
    { NULL, NULL },
};
