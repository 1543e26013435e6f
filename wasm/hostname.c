#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* x509_internal.h needs it */
#include "hostname.h"

#include <string.h>

#include "pagetls.h"
#include "x509_internal.h"

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

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters, digits, hyphens; labels of 1 to 63; the last label not a number, for
 * then it is an IPv4 address written in some odd way (WHATWG URL, section 3.5). */
static int is_dns_name(const char *text, size_t len)
{
    size_t label = 0;
    int numeric = 1;
    for (size_t i = 0; i <= len; i++) {
        char c = i < len ? text[i] : '.';
        if (c == '.') {
            if (label == 0 || label > 63 || text[i - label] == '-' || text[i - 1] == '-') {
                return 0;
            }
            if (i < len) {
                numeric = 1;
            }
            label = 0;
            continue;
        }
        if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '-' && c != '_') {
            return 0;
        }
        if (!is_digit(c)) {
            numeric = 0;
        }
        label++;
    }
    return !numeric;
}

int pagetls_hostname_read(pagetls_hostname *host, const char *text, size_t len)
{
    memset(host, 0, sizeof(*host));
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
        if (memchr(text, ':', len) == NULL) {
            return PAGETLS_ERR_HOSTNAME;
        }
    }
    if (len > 1 && text[len - 1] == '.') {
        len--;
    }
    if (len == 0 || len >= sizeof(host->text)) {
        return PAGETLS_ERR_HOSTNAME;
    }
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        host->text[i] = (char) (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (memchr(host->text, ':', len) != NULL) {
        host->ip_len = mbedtls_x509_crt_parse_cn_inet_pton(host->text, host->ip);
        return host->ip_len == 16 ? 0 : PAGETLS_ERR_HOSTNAME;
    }
    if (read_ipv4(host->ip, host->text) == 0) {
        host->ip_len = 4;
        return 0;
    }
    return is_dns_name(host->text, len) ? 0 : PAGETLS_ERR_HOSTNAME;
}
