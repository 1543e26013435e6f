#include "host/format.h"

#include <stdint.h>
#include <string.h>

typedef struct {
    char *text;
    size_t size;
    size_t len;
} output;

static void append(output *out, const char *from, size_t len)
{
    for (size_t i = 0; i < len; i++, out->len++) {
        if (out->len + 1 < out->size) {
            out->text[out->len] = from[i];
        }
    }
}

static void append_number(output *out, uint64_t number, unsigned base, char digit_ten, size_t width)
{
    char digits[24];
    size_t at = sizeof(digits);
    do {
        unsigned digit = (unsigned) (number % base);
        digits[--at] = (char) (digit < 10 ? '0' + digit : (unsigned) digit_ten + digit - 10);
        number /= base;
    } while (number != 0 || (sizeof(digits) - at < width && at > 0));
    append(out, digits + at, sizeof(digits) - at);
}

/* What stands between % and the conversion character. */
typedef struct {
    size_t width;     /* zero-padded to this many digits */
    size_t precision; /* maximum length of a string */
    int lengths;      /* sum of the length modifiers: l counts 2, z counts 1 */
} conversion;

static const char *read_conversion(conversion *c, const char *p, va_list *arguments)
{
    *c = (conversion) { 0, SIZE_MAX, 0 };
    for (; *p >= '0' && *p <= '9'; p++) {
        c->width = 10 * c->width + (size_t) (*p - '0');
    }
    if (p[0] == '.' && p[1] == '*') {
        c->precision = (size_t) va_arg(*arguments, int);
        p += 2;
    } else if (*p == '.') {
        c->precision = 0;
        for (p++; *p >= '0' && *p <= '9'; p++) {
            c->precision = 10 * c->precision + (size_t) (*p - '0');
        }
    }
    for (; *p == 'l' || *p == 'z'; p++) {
        c->lengths += *p == 'l' ? 2 : 1;
    }
    return p;
}

static void append_string(output *out, const char *string, size_t precision)
{
    size_t len = 0;
    while (len < precision && string[len] != '\0') {
        len++;
    }
    append(out, string, len);
}

static uint64_t next_unsigned(const conversion *c, va_list *arguments)
{
    return c->lengths >= 4 ? va_arg(*arguments, unsigned long long)
        : c->lengths == 2  ? va_arg(*arguments, unsigned long)
        : c->lengths == 1  ? va_arg(*arguments, size_t)
                           : va_arg(*arguments, unsigned);
}

static void format_all(output *out, const char *p, va_list *arguments)
{
    conversion c;
    for (; *p != '\0'; p++) {
        if (*p != '%') {
            append(out, p, 1);
            continue;
        }
        p = read_conversion(&c, p + 1, arguments);
        switch (*p) {
            case '%': append(out, p, 1); break;
            case 's': append_string(out, va_arg(*arguments, const char *), c.precision); break;
            case 'c': append(out, &(char) { (char) va_arg(*arguments, int) }, 1); break;
            case 'u': append_number(out, next_unsigned(&c, arguments), 10, 'a', c.width); break;
            case 'x': append_number(out, next_unsigned(&c, arguments), 16, 'a', c.width); break;
            case 'X': append_number(out, next_unsigned(&c, arguments), 16, 'A', c.width); break;
            case 'd': {
                int64_t number = c.lengths >= 4 ? va_arg(*arguments, long long)
                    : c.lengths == 2            ? va_arg(*arguments, long)
                                                : va_arg(*arguments, int);
                if (number < 0) {
                    append(out, "-", 1);
                }
                append_number(out, number < 0 ? 0 - (uint64_t) number : (uint64_t) number, 10, 'a', c.width);
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
