/**
 * \file datetime.h
 * \brief Times of certificates and CRLs (RFC 5280, section 4.1.2.5), as seconds since 1970.
 */
#ifndef PAGETLS_DATETIME_H
#define PAGETLS_DATETIME_H

#include "x509/der.h"

typedef struct {
    int64_t seconds;         /**< since 1970-01-01 UTC; only if `readable` */
    pagetls_slice text;      /**< as it stands */
    uint8_t tag;             /**< DER_UTC_TIME or DER_GENERALIZED_TIME, if readable */
    uint8_t readable;        /**< it is a date and time that exist */
    uint8_t in_rfc5280_form; /**< with seconds, in UTC ("Z"), without a fraction */
} pagetls_time;

/** 1 when \p tag is that of a time. */
int pagetls_is_time(uint8_t tag);
/**
 * Reads a UTCTime or GeneralizedTime; anything else is not readable. Also read, though not in form: without seconds,
 * without "Z", with a fraction of a second, with an offset from UTC.
 */
void pagetls_time_read(pagetls_time *time, const pagetls_element *element);

typedef struct {
    int64_t year;                         /**< proleptic Gregorian, 0 is 1 BC */
    int month, day, hour, minute, second; /**< the first two from 1 on */
} pagetls_civil_time;

/** The date and time, in UTC, that \p seconds since 1970 are. */
pagetls_civil_time pagetls_time_to_civil(int64_t seconds);

/** Room for pagetls_time_format(). */
#define PAGETLS_TIME_TEXT_SIZE 32
/** Writes YYYY-MM-DDTHH:MM:SSZ; years outside 0 to 9999 with a sign and six digits, as ECMAScript has them. */
void pagetls_time_format(char text[PAGETLS_TIME_TEXT_SIZE], int64_t seconds);

#endif
