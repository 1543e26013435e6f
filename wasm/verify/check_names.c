/* The names of a leaf: whether one matches the host, and how they are encoded. */
#include <string.h>

#include "verify/check_parts.h"
#include "verify/host_match.h"
#include "verify/host_mismatch.h"
#include "x509/general_name.h"
#include "x509/name.h"

/* 1 if every name that matches \p host has this character. */
static int needs(pagetls_slice names, const pagetls_hostname *host, char character)
{
    pagetls_element name;
    int needed = 0;
    while (host->ip_len == 0 && pagetls_der_next(&names, &name) == 0) {
        if (name.tag == (DER_CONTEXT | PAGETLS_NAME_DNS) && pagetls_dns_name_matches(name.content, host->text)) {
            if (memchr(name.content.p, character, name.content.len) == NULL) {
                return 0;
            }
            needed = 1;
        }
    }
    return needed;
}

int pagetls_has_host_name(const pagetls_certificate *certificate)
{
    pagetls_slice names = certificate->alternative_names;
    pagetls_element name;
    while (pagetls_der_next(&names, &name) == 0) {
        if (name.tag == (DER_CONTEXT | PAGETLS_NAME_DNS) || name.tag == (DER_CONTEXT | PAGETLS_NAME_IP)) {
            return 1;
        }
    }
    return 0;
}

void pagetls_check_host_name(const pagetls_check_target *target)
{
    const pagetls_hostname *host = target->criteria->hostname;
    const pagetls_certificate *c = target->certificate;
    pagetls_problem *(*const add)(pagetls_problems *, pagetls_rule, size_t) =
        target->criteria->hostname_optional ? pagetls_problems_add_warning : pagetls_problems_add;
    if (host->text[0] == '\0') {
        return;
    }
    if (!pagetls_names_match(c->alternative_names, host)) {
        pagetls_host_mismatch_explain(add(target->problems, PAGETLS_RULE_HOST_NAME, target->depth), c, host);
        return;
    }
    /* Underscores are not in the preferred name syntax, but hosts have them. */
    if (needs(c->alternative_names, host, '_')) {
        pagetls_problem_append(add(target->problems, PAGETLS_RULE_SAN_UNDERSCORE, target->depth), host->text);
    }
    if (target->criteria->below_public_suffix && needs(c->alternative_names, host, '*')) {
        pagetls_problem *problem = add(target->problems, PAGETLS_RULE_WILDCARD_SUFFIX, target->depth);
        pagetls_problem_append(problem, "*");
        pagetls_problem_append(problem, strchr(host->text, '.')); /* a wildcard matches no host without a dot */
    }
}

static int is_hex_prefixed(pagetls_slice text)
{
    return text.len > 2 && text.p[0] == '0' && pagetls_ascii_lower(text.p[1]) == 'x';
}

/* 1 when \p text is the IP address as a number of this base, such as 3221225985, 0xC0000201 or C0:00:02:01. */
static int is_number_of_ip(pagetls_slice text, pagetls_slice ip, unsigned base)
{
    uint8_t value[16] = { 0 };
    if (ip.len > sizeof(value) || text.len > PAGETLS_IP_TEXT_SIZE) {
        return 0;
    }
    for (size_t i = base == 16 && is_hex_prefixed(text) ? 2 : 0; i < text.len; i++) {
        const uint8_t c = pagetls_ascii_lower(text.p[i]);
        unsigned carry = c >= '0' && c <= '9' ? c - '0' + 0u : c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;
        if (c == '.' || c == ':' || c == '-') {
            continue;
        }
        if (carry >= base) {
            return 0;
        }
        for (size_t k = ip.len; k > 0; k--) {
            carry += value[k - 1] * base;
            value[k - 1] = (uint8_t) carry;
            carry >>= 8;
        }
        if (carry != 0) {
            return 0;
        }
    }
    return pagetls_slice_is(ip, value, ip.len);
}

/* 1 when \p cn is the same host as the alternative name, spelled differently: in another case, with a final dot, or as
 * another form of the same IP address. \p read: the CN, without "*." before it. */
static int is_spelled_differently(pagetls_slice cn, const pagetls_hostname *read, const pagetls_element *name)
{
    char ip[PAGETLS_IP_TEXT_SIZE];
    pagetls_slice other = name->content;
    size_t same = 0;
    if ((name->tag & 0x1F) == PAGETLS_NAME_IP) {
        pagetls_ip_format(ip, other.p, other.len);
        return !pagetls_slice_is(cn, ip, strlen(ip)) &&
            ((read->ip_len > 0 && pagetls_slice_is(other, read->ip, read->ip_len)) || is_number_of_ip(cn, other, 10) ||
             is_number_of_ip(cn, other, 16));
    }
    if ((name->tag & 0x1F) != PAGETLS_NAME_DNS || pagetls_slices_equal(cn, other)) {
        return 0;
    }
    if (cn.p[0] == '*') {
        if (other.len < 2 || other.p[0] != '*' || other.p[1] != '.') {
            return 0;
        }
        other = (pagetls_slice) { other.p + 2, other.len - 2 };
    }
    while (same < other.len && read->text[same] != '\0' &&
           pagetls_ascii_lower(other.p[same]) == (uint8_t) read->text[same]) {
        same++;
    }
    return same > 0 && same == other.len && read->text[same] == '\0';
}

/* BR 7.1.4.3: a host in the CN must be a copy of an alternative name. A CN with any other host is accepted, since
 * browsers ignore it. A CN is rejected when it spells an alternative name differently, or is an IP address or an
 * internationalized name in a form that no alternative name can have. */
static int cn_is_malformed(pagetls_slice names, pagetls_slice cn)
{
    pagetls_hostname read;
    pagetls_element name;
    int ascii = 1;
    int has_space = 0;
    for (size_t i = 0; i < cn.len; i++) {
        ascii &= cn.p[i] < 0x80;
        has_space |= cn.p[i] == ' ';
    }
    if (cn.len == 0 || has_space) {
        return 0; /* not a host */
    }
    const int has_labels = memchr(cn.p, '.', cn.len) != NULL || memchr(cn.p, ':', cn.len) != NULL;
    if (!ascii) {
        return has_labels;
    }
    const size_t star = cn.len > 2 && cn.p[0] == '*' && cn.p[1] == '.' ? 2 : 0;
    const int is_host = pagetls_hostname_read(&read, (const char *) cn.p + star, cn.len - star) == 0;
    if (!is_host) {
        memset(&read, 0, sizeof(read));
    }
    while (pagetls_der_next(&names, &name) == 0) {
        if (is_spelled_differently(cn, &read, &name)) {
            return 1;
        }
    }
    if (is_host || !(has_labels || is_hex_prefixed(cn))) {
        return 0;
    }
    /* Some software reads 192.0.02.1 or 0xC0000201 as an IP address. */
    const uint8_t *last = cn.p + cn.len - 1;
    while (last > cn.p && last[-1] != '.') {
        last--;
    }
    return *last >= '0' && *last <= '9';
}

static void check_common_names(const pagetls_check_target *target)
{
    static const uint8_t common_name[] = { 0x55, 4, 3 };
    const pagetls_certificate *c = target->certificate;
    pagetls_name_walk walk;
    pagetls_attribute attribute;
    if (pagetls_name_walk_start(&walk, c->subject) != 0) {
        return;
    }
    while (pagetls_name_walk_next(&walk, &attribute) > 0) {
        pagetls_slice cn = attribute.value.content;
        if (pagetls_slice_is(attribute.oid, common_name, sizeof(common_name)) &&
            cn_is_malformed(c->alternative_names, cn)) {
            pagetls_problem *problem = pagetls_target_add_problem(target, PAGETLS_RULE_CN_FORM);
            pagetls_problem_append(problem, "CN=");
            pagetls_problem_append_untrusted(problem, cn.p, cn.len);
        }
    }
}

static int are_well_formed(pagetls_slice names)
{
    pagetls_element name;
    int valid = names.len > 0;
    while (valid && names.len > 0) {
        valid = pagetls_der_next(&names, &name) == 0 && pagetls_is_general_name(name.tag);
        int kind = valid ? name.tag & 0x1F : -1;
        if (kind == PAGETLS_NAME_IP) {
            valid = name.content.len == 4 || name.content.len == 16;
        } else if (kind == PAGETLS_NAME_DIRECTORY) {
            valid = pagetls_name_is_well_formed(name.content);
        }
    }
    return valid;
}

void pagetls_check_alternative_names(const pagetls_check_target *target)
{
    const pagetls_certificate *c = target->certificate;
    int empty_subject = c->subject.len <= 2;
    if (!pagetls_certificate_has(c, PAGETLS_EXT_SAN)) {
        (void) pagetls_target_add_problem(target, empty_subject ? PAGETLS_RULE_SAN_NEEDED : PAGETLS_RULE_SAN_MISSING);
        return;
    }
    int critical = pagetls_certificate_critical(c, PAGETLS_EXT_SAN);
    pagetls_target_add_problem_if(target, empty_subject && !critical, PAGETLS_RULE_SAN_CRITICALITY);
    pagetls_target_add_problem_if(target, !empty_subject && critical, PAGETLS_RULE_SAN_CRITICAL);
    pagetls_target_add_problem_if(
        target, pagetls_certificate_malformed(c, PAGETLS_EXT_SAN) || !are_well_formed(c->alternative_names),
        PAGETLS_RULE_SAN_MALFORMED);
    check_common_names(target);
}
