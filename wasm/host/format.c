#include "host/format.h"

#include <stdint.h>
#include <string.h>

typedef struct {
    char *text;
    size_t size;
    size_t len;
} output;

static void put(output *out, const char *from, size_t len)
{
    for (size_t i = 0; i < len; i++, out->len++) {
        if (out->len + 1 < out->size) {
            out->text[out->len] = from[i];
        }
    }
}

static void put_number(output *out, uint64_t number, unsigned base, char ten, size_t width)
{
    char digits[24];
    size_t at = sizeof(digits);
    do {
        unsigned digit = (unsigned) (number % base);
        digits[--at] = (char) (digit < 10 ? '0' + digit : (unsigned) ten + digit - 10);
        number /= base;
    } while (number != 0 || (sizeof(digits) - at < width && at > 0));
    put(out, digits + at, sizeof(digits) - at);
}

typedef struct {
    size_t width;     /* zeros in front, up to it */
    size_t precision; /* of a string */
    int lengths;      /* ll: 2, z: 1 */
} flags;

static const char *read_flags(flags *f, const char *p, va_list *arguments)
{
    *f = (flags) { 0, SIZE_MAX, 0 };
    for (; *p >= '0' && *p <= '9'; p++) {
        f->width = 10 * f->width + (size_t) (*p - '0');
    }
    if (p[0] == '.' && p[1] == '*') {
        f->precision = (size_t) va_arg(*arguments, int);
        p += 2;
    } else if (*p == '.') {
        f->precision = 0;
        for (p++; *p >= '0' && *p <= '9'; p++) {
            f->precision = 10 * f->precision + (size_t) (*p - '0');
        }
    }
    for (; *p == 'l' || *p == 'z'; p++) {
        f->lengths += *p == 'l' ? 2 : 1;
    }
    return p;
}

static void put_string(output *out, const char *string, size_t precision)
{
    size_t len = 0;
    while (len < precision && string[len] != '\0') {
        len++;
    }
    put(out, string, len);
}

static uint64_t take_unsigned(const flags *f, va_list *arguments)
{
    return f->lengths >= 4 ? va_arg(*arguments, unsigned long long)
        : f->lengths == 2  ? va_arg(*arguments, unsigned long)
        : f->lengths == 1  ? va_arg(*arguments, size_t)
                           : va_arg(*arguments, unsigned);
}

static void format_all(output *out, const char *p, va_list *arguments)
{
    flags f;
    for (; *p != '\0'; p++) {
        if (*p != '%') {
            put(out, p, 1);
            continue;
        }
        p = read_flags(&f, p + 1, arguments);
        switch (*p) {
            case '%': put(out, p, 1); break;
            case 's': put_string(out, va_arg(*arguments, const char *), f.precision); break;
            case 'c': put(out, &(char) { (char) va_arg(*arguments, int) }, 1); break;
            case 'u': put_number(out, take_unsigned(&f, arguments), 10, 'a', f.width); break;
            case 'x': put_number(out, take_unsigned(&f, arguments), 16, 'a', f.width); break;
            case 'X': put_number(out, take_unsigned(&f, arguments), 16, 'A', f.width); break;
            case 'd': {
                int64_t number = f.lengths >= 4 ? va_arg(*arguments, long long)
                    : f.lengths == 2            ? va_arg(*arguments, long)
                                                : va_arg(*arguments, int);
                if (number < 0) {
                    put(out, "-", 1);
                }
                put_number(out, number < 0 ? 0 - (uint64_t) number : (uint64_t) number, 10, 'a', f.width);
                break;
            }
            default: return;
        }
    }
}

int pagetls_vformat(char *text, size_t size, const char *format, va_list arguments)
{
    output out = { text, size, 0 };
    va_list copy;
    va_copy(copy, arguments);
    format_all(&out, format, &copy);
    va_end(copy);
    if (size > 0) {
        text[out.len < size ? out.len : size - 1] = '\0';
    }
    return (int) out.len;
}

int pagetls_format(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = pagetls_vformat(text, size, format, arguments);
    va_end(arguments);
    return len;
}
