#include "x509/datetime.h"

#include "host/format.h"

int pagetls_is_time(uint8_t tag)
{
    return tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME;
}

/* Takes \p count digits off the text. -1: they are not there. */
static int take_digits(pagetls_slice *text, size_t count)
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

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = (int64_t) year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* What follows the minutes: seconds, a fraction, "Z" or an offset. 0 or -1. */
static int read_rest(pagetls_time *time, pagetls_slice text)
{
    if (text.len > 0 && text.p[0] >= '0' && text.p[0] <= '9') {
        int second = take_digits(&text, 2);
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
        int hours = take_digits(&text, 2);
        int minutes = take_digits(&text, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return -1;
        }
        time->seconds += sign * (hours * 3600 + minutes * 60);
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
    int year = take_digits(&text, element->tag == DER_UTC_TIME ? 2 : 4);
    int month = take_digits(&text, 2);
    int day = take_digits(&text, 2);
    int hour = take_digits(&text, 2);
    int minute = take_digits(&text, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return;
    }
    if (element->tag == DER_UTC_TIME) {
        year += year < 50 ? 2000 : 1900; /* section 4.1.2.5.1 */
    }
    if (day > days_in_month(year, month)) {
        return;
    }
    time->seconds = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60;
    time->readable = read_rest(time, text) == 0;
}

pagetls_civil_time pagetls_time_to_civil(int64_t seconds)
{
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    int rest = (int) (seconds - days * 86400);
    int64_t z = days + 719468; /* days since 0000-03-01 */
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return (pagetls_civil_time) {
        .year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
        .month = (int) month,
        .day = (int) (day_of_year - (153 * shifted_month + 2) / 5 + 1),
        .hour = rest / 3600,
        .minute = rest / 60 % 60,
        .second = rest % 60,
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
