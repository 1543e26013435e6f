#include "verify/names.h"

#include <string.h>

#include "der.h"

/* A presented dNSName: letters, digits, hyphens and dots; "*" only as the first of three labels or more. */
static int is_presentable(const uint8_t *name, size_t len)
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
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && !star) {
            return 0;
        }
        label++;
    }
    return label > 0 && (name[0] != '*' || dots >= 2);
}

static int equal_ignoring_case(const uint8_t *presented, const char *reference, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (pagetls_lower(presented[i]) != (uint8_t) reference[i]) {
            return 0;
        }
    }
    return 1;
}

static int dns_matches(const uint8_t *presented, size_t len, const char *reference)
{
    if (len == 0 || !is_presentable(presented, len)) {
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

int pagetls_names_match(const mbedtls_x509_crt *certificate, const pagetls_hostname *hostname)
{
    for (const mbedtls_x509_sequence *san = &certificate->subject_alt_names;
         san != NULL && san->buf.p != NULL; san = san->next) {
        int tag = san->buf.tag ^ MBEDTLS_ASN1_CONTEXT_SPECIFIC; /* both are primitive */
        if (hostname->ip_len == 0 && tag == PAGETLS_NAME_DNS &&
            dns_matches(san->buf.p, san->buf.len, hostname->text)) {
            return 1;
        }
        if (hostname->ip_len != 0 && tag == PAGETLS_NAME_IP && san->buf.len == hostname->ip_len &&
            memcmp(san->buf.p, hostname->ip, hostname->ip_len) == 0) {
            return 1;
        }
    }
    return 0;
}
