#include "verify/host_match.h"

#include <string.h>

#include "x509/general_name.h"

/* A dNSName may have letters, digits, hyphens, underscores and dots, and "*" as the first of at least three labels. */
static int is_valid_dns_name(const uint8_t *name, size_t len)
{
    size_t dots = 0;
    size_t label = 0;
    for (size_t i = 0; i < len; i++) {
        uint8_t c = name[i];
        if (c == '.') {
            if (label == 0) {
                return 0;
            }
            dots++;
            label = 0;
            continue;
        }
        int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        int star = c == '*' && i == 0 && len > 1 && name[1] == '.';
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && !star) {
            return 0;
        }
        label++;
    }
    return label > 0 && (name[0] != '*' || dots >= 2);
}

static int equal_ignoring_case(const uint8_t *presented, const char *reference, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (pagetls_ascii_lower(presented[i]) != (uint8_t) reference[i]) {
            return 0;
        }
    }
    return 1;
}

int pagetls_dns_name_matches(pagetls_slice name, const char *reference)
{
    const uint8_t *presented = name.p;
    size_t len = name.len;
    if (len == 0 || !is_valid_dns_name(presented, len)) {
        return 0;
    }
    if (presented[0] == '*') {
        const char *rest = strchr(reference, '.');
        if (rest == NULL || rest == reference) {
            return 0;
        }
        reference = rest;
        presented++;
        len--;
    }
    return strlen(reference) == len && equal_ignoring_case(presented, reference, len);
}

int pagetls_names_match(pagetls_slice names, const pagetls_hostname *hostname)
{
    pagetls_element name;
    while (pagetls_der_next(&names, &name) == 0) {
        if (hostname->ip_len == 0 && name.tag == (DER_CONTEXT | PAGETLS_NAME_DNS) &&
            pagetls_dns_name_matches(name.content, hostname->text)) {
            return 1;
        }
        if (hostname->ip_len != 0 && name.tag == (DER_CONTEXT | PAGETLS_NAME_IP) &&
            pagetls_slice_is(name.content, hostname->ip, hostname->ip_len)) {
            return 1;
        }
    }
    return 0;
}
