/**
 * \file datetime.h
 * \brief Times in certificates and CRLs (RFC 5280, section 4.1.2.5), as seconds since 1970.
 */
#ifndef PAGETLS_DATETIME_H
#define PAGETLS_DATETIME_H

#include "x509/der.h"

typedef struct {
    int64_t seconds;         /**< since 1970-01-01 UTC; only if `readable` */
    pagetls_slice text;      /**< content octets */
    uint8_t tag;             /**< DER_UTC_TIME or DER_GENERALIZED_TIME, if readable */
    uint8_t readable;        /**< it is an existing date and time */
    uint8_t in_rfc5280_form; /**< has seconds, is in UTC ("Z"), has no fraction */
} pagetls_time;

/** 1 if \p tag is UTCTime or GeneralizedTime. */
int pagetls_is_time(uint8_t tag);
/**
 * Reads a UTCTime or GeneralizedTime; any other type is not readable. Also readable, but not in the form of RFC 5280:
 * times without seconds, without "Z", with a fraction of a second, or with an offset from UTC.
 */
void pagetls_time_read(pagetls_time *time, const pagetls_element *element);

typedef struct {
    int64_t year;                         /**< proleptic Gregorian, 0 is 1 BC */
    int month, day, hour, minute, second; /**< month and day start at 1 */
} pagetls_civil_time;

/** Converts seconds since 1970 to a date and time in UTC. */
pagetls_civil_time pagetls_time_to_civil(int64_t seconds);

/** Size of the text of pagetls_time_format() in bytes, with its NUL. */
#define PAGETLS_TIME_TEXT_SIZE 32
/** Writes YYYY-MM-DDTHH:MM:SSZ; years outside 0 to 9999 have a sign and six digits, as in ECMAScript. */
void pagetls_time_format(char text[PAGETLS_TIME_TEXT_SIZE], int64_t seconds);

#endif
