#include "x509/hostname.h"

#include <string.h>

static int read_ipv4(uint8_t ip[4], const char *text)
{
    for (int part = 0; part < 4; part++) {
        unsigned value = 0;
        int digits = 0;
        while (*text >= '0' && *text <= '9') {
            value = value * 10 + (unsigned) (*text++ - '0');
            if (++digits > 3 || value > 255 || (digits > 1 && value < 10)) {
                return -1;
            }
        }
        if (digits == 0 || *text != (part < 3 ? '.' : '\0')) {
            return -1;
        }
        text++;
        ip[part] = (uint8_t) value;
    }
    return 0;
}

enum { LABEL_MAX = 63 }; /* RFC 1035, section 2.3.4 */
enum { NO_GAP = 17 };    /* beyond any octet of an address */

/* RFC 4291, section 2.2: eight fields of one to four hexadecimal digits, "::" for one run of zero fields, and
 * optionally an IPv4 address instead of the last two fields. */
static int read_ipv6(uint8_t ip[16], const char *text)
{
    size_t count = 0;    /* octets read */
    size_t gap = NO_GAP; /* octets before the "::" */
    int after_field = 0;
    while (*text != '\0') {
        if (text[0] == ':' && text[1] == ':') {
            if (gap != NO_GAP) {
                return -1;
            }
            gap = count;
            text += 2;
            after_field = 0;
            continue;
        }
        if (*text == ':') {
            if (!after_field) {
                return -1;
            }
            text++;
        }
        if (count <= 12 && read_ipv4(ip + count, text) == 0) {
            count += 4;
            break;
        }
        unsigned field = 0;
        int digits = 0;
        for (;; text++) {
            char c = *text;
            unsigned digit = c >= '0' && c <= '9' ? (unsigned) (c - '0')
                : c >= 'a' && c <= 'f'            ? (unsigned) (c - 'a' + 10)
                                                  : 16;
            if (digit == 16) {
                break;
            }
            field = field << 4 | digit;
            if (++digits > 4) {
                return -1;
            }
        }
        if (digits == 0 || count == 16 || (*text != '\0' && *text != ':')) {
            return -1;
        }
        ip[count++] = (uint8_t) (field >> 8);
        ip[count++] = (uint8_t) field;
        after_field = 1;
    }
    if (gap == NO_GAP) {
        return count == 16 ? 0 : -1;
    }
    if (count > 14) { /* "::" stands for at least one field */
        return -1;
    }
    memmove(ip + 16 - (count - gap), ip + gap, count - gap);
    memset(ip + gap, 0, 16 - count);
    return 0;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 31, 0x1f: inet_aton() reads these as a part of an address. */
static int is_number(const char *label, size_t len)
{
    int hex = len >= 2 && label[0] == '0' && label[1] == 'x';
    for (size_t i = hex ? 2 : 0; i < len; i++) {
        if (!is_digit(label[i]) && !(hex && label[i] >= 'a' && label[i] <= 'f')) {
            return 0;
        }
    }
    return 1;
}

/* Letters, digits, hyphens and underscores; labels of 1 to 63 octets. The last label must not be a number: that would
 * be an IPv4 address in a legacy form (WHATWG URL, section 3.5). */
static int is_dns_name(const char *text, size_t len)
{
    size_t label = 0;
    size_t last = 0;
    for (size_t i = 0; i <= len; i++) {
        char c = i < len ? text[i] : '.';
        if (c == '.') {
            if (label == 0 || label > LABEL_MAX || text[i - label] == '-' || text[i - 1] == '-') {
                return 0;
            }
            last = i - label;
            label = 0;
            continue;
        }
        if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '-' && c != '_') {
            return 0;
        }
        label++;
    }
    return !is_number(text + last, len - last);
}

int pagetls_hostname_read(pagetls_hostname *host, const char *text, size_t len)
{
    memset(host, 0, sizeof(*host));
    if (len == 0 || memchr(text, 0, len) != NULL) { /* a NUL would hide the text after it */
        return -1;
    }
    int ipv6 = memchr(text, ':', len) != NULL;
    if (ipv6 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    } else if (!ipv6 && len > 1 && text[len - 1] == '.') {
        len--;
    }
    if (len >= sizeof(host->text)) {
        return -1;
    }
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        host->text[i] = (char) (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (ipv6) {
        host->ip_len = read_ipv6(host->ip, host->text) == 0 ? 16 : 0;
        return host->ip_len == 16 ? 0 : -1;
    }
    if (read_ipv4(host->ip, host->text) == 0) {
        host->ip_len = 4;
        return 0;
    }
    return is_dns_name(host->text, len) ? 0 : -1;
}
