#include "x509/datetime.h"

#include "host/format.h"

int pagetls_is_time(uint8_t tag)
{
    return tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME;
}

enum { SECONDS_PER_MINUTE = 60, SECONDS_PER_HOUR = 3600, SECONDS_PER_DAY = 86400 };

/* The Gregorian calendar repeats every 400 years, an era. Days are counted from 0000-03-01, so that the leap day is the
 * last day of a year (Howard Hinnant, chrono-Compatible Low-Level Date Algorithms). */
enum { YEARS_PER_ERA = 400, DAYS_PER_ERA = 146097, DAYS_BEFORE_1970 = 719468 };

/* Reads \p count digits from the text. -1 if there are fewer. */
static int read_digits(pagetls_slice *text, size_t count)
{
    int value = 0;
    if (text->len < count) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (text->p[i] < '0' || text->p[i] > '9') {
            return -1;
        }
        value = 10 * value + (text->p[i] - '0');
    }
    text->p += count;
    text->len -= count;
    return value;
}

/* Proleptic Gregorian calendar. */
static int64_t days_since_1970(int year, int month, int day)
{
    int64_t y = (int64_t) year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - (YEARS_PER_ERA - 1)) / YEARS_PER_ERA;
    int64_t year_of_era = y - era * YEARS_PER_ERA;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_1970;
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Reads what follows the minutes: seconds, a fraction, "Z" or an offset. Returns 0 or -1. */
static int read_seconds_and_zone(pagetls_time *time, pagetls_slice text)
{
    if (text.len > 0 && text.p[0] >= '0' && text.p[0] <= '9') {
        int second = read_digits(&text, 2);
        if (second < 0 || second > 59) {
            return -1;
        }
        time->seconds += second;
        time->in_rfc5280_form = 1;
    }
    if (time->in_rfc5280_form && text.len > 1 && (text.p[0] == '.' || text.p[0] == ',')) {
        time->in_rfc5280_form = 0;
        do {
            text.p++;
            text.len--;
        } while (text.len > 0 && text.p[0] >= '0' && text.p[0] <= '9');
    }
    if (text.len == 1 && text.p[0] == 'Z') {
        return 0;
    }
    time->in_rfc5280_form = 0;
    if (text.len == 5 && (text.p[0] == '+' || text.p[0] == '-')) {
        int sign = text.p[0] == '+' ? -1 : 1;
        text.p++;
        text.len--;
        int hours = read_digits(&text, 2);
        int minutes = read_digits(&text, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return -1;
        }
        time->seconds += sign * (hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE);
        return 0;
    }
    return text.len == 0 ? 0 : -1;
}

void pagetls_time_read(pagetls_time *time, const pagetls_element *element)
{
    pagetls_slice text = element->content;
    *time = (pagetls_time) { .text = text, .tag = element->tag };
    if (!pagetls_is_time(element->tag)) {
        return;
    }
    int year = read_digits(&text, element->tag == DER_UTC_TIME ? 2 : 4);
    int month = read_digits(&text, 2);
    int day = read_digits(&text, 2);
    int hour = read_digits(&text, 2);
    int minute = read_digits(&text, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return;
    }
    if (element->tag == DER_UTC_TIME) {
        year += year < 50 ? 2000 : 1900; /* RFC 5280, section 4.1.2.5.1 */
    }
    if (day > days_in_month(year, month)) {
        return;
    }
    time->seconds =
        days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * SECONDS_PER_HOUR + minute * SECONDS_PER_MINUTE;
    time->readable = read_seconds_and_zone(time, text) == 0;
}

pagetls_civil_time pagetls_time_to_civil(int64_t seconds)
{
    int64_t days = seconds / SECONDS_PER_DAY - (seconds % SECONDS_PER_DAY < 0);
    int second_of_day = (int) (seconds - days * SECONDS_PER_DAY);
    int64_t day_number = days + DAYS_BEFORE_1970;
    int64_t era = (day_number >= 0 ? day_number : day_number - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = day_number - era * DAYS_PER_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return (pagetls_civil_time) {
        .year = year_of_era + era * YEARS_PER_ERA + (month <= 2 ? 1 : 0),
        .month = (int) month,
        .day = (int) (day_of_year - (153 * shifted_month + 2) / 5 + 1),
        .hour = second_of_day / SECONDS_PER_HOUR,
        .minute = second_of_day / SECONDS_PER_MINUTE % 60,
        .second = second_of_day % SECONDS_PER_MINUTE,
    };
}

void pagetls_time_format(char text[PAGETLS_TIME_TEXT_SIZE], int64_t seconds)
{
    const pagetls_civil_time t = pagetls_time_to_civil(seconds);
    unsigned long long year = (unsigned long long) (t.year < 0 ? -t.year : t.year);
    int at = t.year < 0 || t.year > 9999
        ? pagetls_format(text, PAGETLS_TIME_TEXT_SIZE, "%c%06llu", t.year < 0 ? '-' : '+', year)
        : pagetls_format(text, PAGETLS_TIME_TEXT_SIZE, "%04llu", year);
    pagetls_format(text + at, (size_t) (PAGETLS_TIME_TEXT_SIZE - at), "-%02u-%02uT%02u:%02u:%02uZ", (unsigned) t.month,
                   (unsigned) t.day, (unsigned) t.hour, (unsigned) t.minute, (unsigned) t.second);
}
