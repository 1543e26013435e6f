#include "verify/name_constraints.h"

#include <string.h>

#include "x509/general_name.h"
#include "x509/hostname.h"
#include "x509/name.h"

typedef enum { NO_MATCH, MATCH, UNCHECKABLE } match;

static int equal_ignoring_case(pagetls_slice a, pagetls_slice b)
{
    for (size_t i = 0; a.len == b.len && i < a.len; i++) {
        if (pagetls_ascii_lower(a.p[i]) != pagetls_ascii_lower(b.p[i])) {
            return 0;
        }
    }
    return a.len == b.len;
}

static pagetls_slice tail(pagetls_slice slice, size_t from)
{
    return (pagetls_slice) { slice.p + from, slice.len - from };
}

/* 1 when name is base or ends with "." and base. */
static int is_within(pagetls_slice name, pagetls_slice base)
{
    if (base.len == 0 || equal_ignoring_case(name, base)) {
        return 1;
    }
    return name.len > base.len + 1 && name.p[name.len - base.len - 1] == '.' &&
        equal_ignoring_case(tail(name, name.len - base.len), base);
}

/* 1 for non-empty labels of letters, digits, hyphens and underscores. */
static int is_host(pagetls_slice name)
{
    size_t label = 0;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = pagetls_ascii_lower(name.p[i]);
        if (c == '.') {
            if (label == 0) {
                return 0;
            }
            label = 0;
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
            label++;
        } else {
            return 0;
        }
    }
    return label > 0;
}

/* --- one name against one constraint, by kind ----------------------------------------- */

/* A base that begins with a dot permits or excludes the names below a domain and not the domain itself: not in RFC 5280,
 * but everywhere in practice. */
static match match_dns(pagetls_slice name, pagetls_slice base, int excluded)
{
    int wildcard = name.len > 2 && name.p[0] == '*' && name.p[1] == '.';
    int below = base.len > 0 && base.p[0] == '.';
    pagetls_slice fixed = wildcard ? tail(name, 2) : name;
    if (!is_host(fixed)) {
        return UNCHECKABLE;
    }
    if (below) {
        /* Every name that *.example.com covers is below example.com. */
        return is_within(fixed, tail(base, 1)) && (wildcard || fixed.len >= base.len) ? MATCH : NO_MATCH;
    }
    if (is_within(fixed, base)) {
        return MATCH;
    }
    /* *.example.com also covers bar.example.com, so it is rejected if that name is excluded. */
    if (wildcard && excluded && is_within(base, fixed) && memchr(base.p, '.', base.len - fixed.len - 1) == NULL) {
        return MATCH;
    }
    return NO_MATCH;
}

static match match_ip(pagetls_slice ip, pagetls_slice base)
{
    if (ip.len != 4 && ip.len != 16) {
        return UNCHECKABLE;
    }
    if (base.len != 2 * ip.len) {
        return NO_MATCH;
    }
    for (size_t i = 0; i < ip.len; i++) {
        if ((ip.p[i] ^ base.p[i]) & base.p[ip.len + i]) {
            return NO_MATCH;
        }
    }
    return MATCH;
}

static match match_host(pagetls_slice host, pagetls_slice base)
{
    if (base.len > 0 && base.p[0] == '.') {
        return is_within(host, tail(base, 1)) && host.len >= base.len ? MATCH : NO_MATCH;
    }
    return equal_ignoring_case(host, base) ? MATCH : NO_MATCH;
}

/* Splits at the first @. A local part can have another @ only in quotes, which are not supported. */
static int split_mailbox(pagetls_slice mailbox, pagetls_slice *local, pagetls_slice *host)
{
    const uint8_t *at = memchr(mailbox.p, '@', mailbox.len);
    if (at == NULL) {
        return -1;
    }
    size_t len = (size_t) (at - mailbox.p);
    *local = (pagetls_slice) { mailbox.p, len };
    *host = tail(mailbox, len + 1);
    for (size_t i = 0; i < len; i++) {
        if (local->p[i] <= 0x20 || local->p[i] >= 0x7F || strchr("\"(),:;<>[\\]", local->p[i]) != NULL) {
            return -1;
        }
    }
    return len > 0 && is_host(*host) ? 0 : -1;
}

static match match_email(pagetls_slice name, pagetls_slice base)
{
    pagetls_slice local;
    pagetls_slice host;
    pagetls_slice base_local;
    pagetls_slice base_host;
    if (split_mailbox(name, &local, &host) != 0) {
        return UNCHECKABLE;
    }
    if (base.len > 0 && memchr(base.p, '@', base.len) != NULL) {
        return split_mailbox(base, &base_local, &base_host) == 0 &&
                pagetls_slice_is(local, base_local.p, base_local.len) && equal_ignoring_case(host, base_host)
            ? MATCH
            : NO_MATCH;
    }
    return match_host(host, base);
}

static match match_uri(pagetls_slice uri, pagetls_slice base)
{
    const uint8_t *colon = uri.len > 0 ? memchr(uri.p, ':', uri.len) : NULL;
    if (colon == NULL || uri.p + uri.len - colon < 4 || colon[1] != '/' || colon[2] != '/') {
        return UNCHECKABLE; /* without an authority there is no host to compare */
    }
    pagetls_slice host = tail(uri, (size_t) (colon + 3 - uri.p));
    for (size_t i = 0; i < host.len; i++) {
        if (host.p[i] == '/' || host.p[i] == '?' || host.p[i] == '#') {
            host.len = i;
        }
    }
    const uint8_t *at = host.len > 0 ? memchr(host.p, '@', host.len) : NULL;
    if (at != NULL) {
        host = tail(host, (size_t) (at + 1 - host.p));
    }
    const uint8_t *port = host.len > 0 ? memchr(host.p, ':', host.len) : NULL;
    if (port != NULL) {
        host.len = (size_t) (port - host.p);
    }
    pagetls_hostname read;
    if (!is_host(host) || pagetls_hostname_read(&read, (const char *) host.p, host.len) != 0 || read.ip_len != 0) {
        return UNCHECKABLE; /* an IP address is not a host name */
    }
    return match_host(host, base);
}

static match match_directory(pagetls_slice name, pagetls_slice base, size_t *cost)
{
    if (!pagetls_name_is_well_formed(name) || !pagetls_name_is_well_formed(base)) {
        return UNCHECKABLE;
    }
    switch (pagetls_name_compare_prefix(name, base, cost)) {
        case PAGETLS_EQUAL: return MATCH;
        case PAGETLS_DIFFERENT: return NO_MATCH;
        default: return UNCHECKABLE;
    }
}

/* *cost: raised for directory names, whose comparison can be long. */
static match match_name(int kind, pagetls_slice name, pagetls_slice base, int excluded, size_t *cost)
{
    switch (kind) {
        case PAGETLS_NAME_DNS: return match_dns(name, base, excluded);
        case PAGETLS_NAME_IP: return match_ip(name, base);
        case PAGETLS_NAME_EMAIL: return match_email(name, base);
        case PAGETLS_NAME_URI: return match_uri(name, base);
        case PAGETLS_NAME_DIRECTORY: return match_directory(name, base, cost);
        default: return UNCHECKABLE;
    }
}

/* --- the extension ---------------------------------------------------------------------- */

/* Reads the base of the next GeneralSubtree, which must not have minimum or maximum (section 4.2.1.10).
 * 1: the minimum is 0, its default, but written nevertheless. */
static int next_base(pagetls_slice *list, pagetls_element *base)
{
    static const uint8_t minimum_of_0[] = { DER_CONTEXT | 0, 1, 0 };
    pagetls_slice subtree;
    if (pagetls_der_expect(list, DER_SEQUENCE, &subtree) != 0 || pagetls_der_next(&subtree, base) != 0) {
        return -1;
    }
    return pagetls_slice_is(subtree, minimum_of_0, sizeof(minimum_of_0)) ? 1 : subtree.len == 0 ? 0 : -1;
}

static int is_valid_mask(const uint8_t *mask, size_t len)
{
    int ended = 0;
    for (size_t i = 0; i < 8 * len; i++) {
        int bit = mask[i / 8] >> (7 - i % 8) & 1;
        if (bit && ended) {
            return 0;
        }
        ended |= !bit;
    }
    return 1;
}

static int is_valid_base(const pagetls_element *base)
{
    pagetls_slice local;
    pagetls_slice host = base->content;
    pagetls_slice whole = base->content;
    if (!pagetls_is_general_name(base->tag)) {
        return 0;
    }
    switch (base->tag & 0x1F) {
        case PAGETLS_NAME_DNS: return host.len == 0 || is_host(host.p[0] == '.' ? tail(host, 1) : host);
        case PAGETLS_NAME_IP:
            return (host.len == 8 || host.len == 32) && is_valid_mask(host.p + host.len / 2, host.len / 2);
        case PAGETLS_NAME_EMAIL:
            if (host.len > 0 && memchr(host.p, '@', host.len) != NULL) {
                return split_mailbox(whole, &local, &host) == 0;
            }
            return host.len > 0 && is_host(host.p[0] == '.' ? tail(host, 1) : host);
        case PAGETLS_NAME_URI: return host.len > 0 && is_host(host.p[0] == '.' ? tail(host, 1) : host);
        case PAGETLS_NAME_DIRECTORY: return pagetls_der_expect(&whole, DER_SEQUENCE, &local) == 0 && whole.len == 0;
        default: return 1; /* not supported: matters only for a certificate with such a name */
    }
}

void pagetls_name_constraints_form(const pagetls_certificate *ca, size_t depth, pagetls_problems *problems)
{
    const pagetls_slice trees[] = { ca->permitted, ca->excluded };
    pagetls_element base;
    if (!pagetls_certificate_has(ca, PAGETLS_EXT_NAME_CONSTRAINTS)) {
        return;
    }
    if (!pagetls_certificate_critical(ca, PAGETLS_EXT_NAME_CONSTRAINTS)) {
        (void) pagetls_problems_add(problems, PAGETLS_RULE_NC_NOT_CRITICAL, depth);
    }
    int valid = !pagetls_certificate_malformed(ca, PAGETLS_EXT_NAME_CONSTRAINTS);
    int odd = ca->permitted.p == NULL && ca->excluded.p == NULL; /* clear, but not in the form of RFC 5280 */
    for (int i = 0; valid && i < 2; i++) {
        pagetls_slice list = trees[i];
        valid = list.p == NULL || list.len > 0;
        while (valid && list.len > 0) {
            int read = next_base(&list, &base);
            valid = read >= 0 && is_valid_base(&base);
            odd |= read > 0 ||
                (valid && base.tag == (DER_CONTEXT | PAGETLS_NAME_DNS) && base.content.len > 0 &&
                 base.content.p[0] == '.');
        }
    }
    if (!valid || odd) {
        (void) pagetls_problems_add(problems, valid ? PAGETLS_RULE_NC_FORM : PAGETLS_RULE_NC_MALFORMED, depth);
    }
}

/* --- the names of a certificate -------------------------------------------------------------- */

typedef struct {
    const pagetls_certificate *ca;
    size_t depth;
    size_t *comparisons;
    pagetls_problems *problems;
} name_check;

static void add_name_problem(const name_check *check, pagetls_rule rule, int kind, pagetls_slice name)
{
    pagetls_problem *problem = pagetls_problems_add(check->problems, rule, check->depth);
    char ip[PAGETLS_IP_TEXT_SIZE];
    if (kind == PAGETLS_NAME_IP) {
        pagetls_ip_format(ip, name.p, name.len);
        pagetls_problem_append(problem, ip);
    } else if (kind == PAGETLS_NAME_DIRECTORY) {
        pagetls_problem_append(problem, "a distinguished name");
    } else {
        pagetls_problem_append_untrusted(problem, name.p, name.len);
    }
}

/* Takes the cost of a comparison from the budget. */
static void spend(name_check *check, size_t cost)
{
    *check->comparisons -= cost < *check->comparisons ? cost : *check->comparisons;
}

/* \p name: the content of a GeneralName; for a directory name, including its SEQUENCE. */
static void check_name(name_check *check, int kind, pagetls_slice name)
{
    pagetls_element base;
    int of_kind = 0;
    int permitted = 0;
    int uncheckable = 0;
    for (int i = 0; i < 2; i++) {
        pagetls_slice list = i == 0 ? check->ca->permitted : check->ca->excluded;
        while (list.len > 0 && next_base(&list, &base) >= 0) {
            size_t cost = 0;
            if (*check->comparisons == 0) {
                return; /* the caller adds the problem */
            }
            if ((base.tag & 0x1F) != kind) {
                spend(check, 1);
                continue;
            }
            match result = match_name(kind, name, base.content, i == 1, &cost);
            spend(check, 1 + cost / PAGETLS_SEARCH_STEP_OCTETS);
            if (i == 1 && result != NO_MATCH) {
                add_name_problem(check, result == MATCH ? PAGETLS_RULE_NAME_EXCLUDED : PAGETLS_RULE_NAME_UNCHECKABLE,
                                 kind, name);
                return;
            }
            of_kind |= i == 0;
            permitted |= result == MATCH;
            uncheckable |= result == UNCHECKABLE;
        }
    }
    if (of_kind && !permitted) {
        add_name_problem(check, uncheckable ? PAGETLS_RULE_NAME_UNCHECKABLE : PAGETLS_RULE_NAME_NOT_PERMITTED, kind,
                         name);
    }
}

/* Without a subjectAltName, constraints for mailboxes apply to emailAddress attributes of the subject. */
static void check_subject_email(name_check *check, pagetls_slice subject)
{
    static const uint8_t email[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1 };
    pagetls_name_walk walk;
    pagetls_attribute attribute;
    if (pagetls_name_walk_start(&walk, subject) != 0) {
        return;
    }
    while (*check->comparisons > 0 && pagetls_name_walk_next(&walk, &attribute) > 0) {
        if (pagetls_slice_is(attribute.oid, email, sizeof(email))) {
            check_name(check, PAGETLS_NAME_EMAIL, attribute.value.content);
        }
    }
}

void pagetls_name_constraints_apply(const pagetls_certificate *ca, const pagetls_certificate *certificate, size_t depth,
                                    size_t *comparisons, pagetls_problems *problems)
{
    name_check check = { .ca = ca, .depth = depth, .comparisons = comparisons, .problems = problems };
    pagetls_slice names = certificate->alternative_names;
    pagetls_element name;
    if (!pagetls_certificate_has(ca, PAGETLS_EXT_NAME_CONSTRAINTS) ||
        pagetls_certificate_malformed(ca, PAGETLS_EXT_NAME_CONSTRAINTS)) {
        return; /* pagetls_name_constraints_form() reports it */
    }
    if (certificate->subject.len > 2) { /* not empty */
        check_name(&check, PAGETLS_NAME_DIRECTORY, certificate->subject);
    }
    if (!pagetls_certificate_has(certificate, PAGETLS_EXT_SAN)) {
        check_subject_email(&check, certificate->subject);
    }
    while (names.len > 0 && *comparisons > 0 && pagetls_der_next(&names, &name) == 0) {
        check_name(&check, name.tag & 0x1F, name.content);
    }
    if (*comparisons == 0) {
        (void) pagetls_problems_add(problems, PAGETLS_RULE_NC_TOO_MANY, depth);
    } else if (names.len > 0 ||
               pagetls_certificate_malformed(certificate, PAGETLS_EXT_SAN)) { /* names that cannot be read */
        add_name_problem(&check, PAGETLS_RULE_NAME_UNCHECKABLE, PAGETLS_NAME_OTHER, names);
    }
}
