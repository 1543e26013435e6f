#include "x509/general_name.h"

#include "host/format.h"

static void format_ipv6(char *text, size_t size, const uint8_t *ip)
{
    /* RFC 5952, section 4.2: the longest run of zero fields, two or more, becomes "::". */
    int best = -1;
    int best_len = 1;
    for (int i = 0; i < 8; i++) {
        int run = 0;
        while (i + run < 8 && ip[2 * (i + run)] == 0 && ip[2 * (i + run) + 1] == 0) {
            run++;
        }
        if (run > best_len) {
            best = i;
            best_len = run;
        }
    }
    int at = 0;
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            at += pagetls_format(text + at, size - (size_t) at, i == 0 ? "::" : ":");
            i += best_len - 1;
            continue;
        }
        at += pagetls_format(text + at, size - (size_t) at,
                             i == 7 ? "%x" : "%x:", (unsigned) (ip[2 * i] << 8 | ip[2 * i + 1]));
    }
}

enum { HEX_OCTETS_MAX = 20 };

void pagetls_ip_format(char text[PAGETLS_IP_TEXT_SIZE], const uint8_t *ip, size_t len)
{
    if (len == 4) {
        pagetls_format(text, PAGETLS_IP_TEXT_SIZE, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
    } else if (len == 8) {
        pagetls_format(text, PAGETLS_IP_TEXT_SIZE, "%u.%u.%u.%u/%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3], ip[4], ip[5],
                       ip[6], ip[7]);
    } else if (len == 16) {
        format_ipv6(text, PAGETLS_IP_TEXT_SIZE, ip);
    } else {
        size_t shown = len > HEX_OCTETS_MAX ? HEX_OCTETS_MAX : len;
        text[0] = '\0';
        for (size_t i = 0; i < shown; i++) {
            pagetls_format(text + 2 * i, PAGETLS_IP_TEXT_SIZE - 2 * i, "%02X", ip[i]);
        }
        if (shown < len) {
            pagetls_format(text + 2 * shown, PAGETLS_IP_TEXT_SIZE - 2 * shown, "%s", "\xE2\x80\xA6"); /* U+2026 */
        }
    }
}
