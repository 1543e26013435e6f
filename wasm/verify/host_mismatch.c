#include "verify/host_mismatch.h"

#include <string.h>

#include "verify/host_match.h"
#include "x509/general_name.h"
#include "x509/name.h"

/** How many names the text of a problem lists. */
#define MAX_NAMES_SHOWN 6

/* How a name comes close, the closest first. */
typedef enum {
    AS_DNS_NAME,
    AS_TEXT,
    MAPPED_ADDRESS,
    FINAL_DOT,
    BLANKS,
    COMMON_NAME,
    SEVERAL_WILDCARDS,
    NOT_FIRST_LABEL,
    PARTIAL_WILDCARD,
    ONE_LABEL_AFTER,
    WILDCARD_FOR_ADDRESS,
    TWO_LABELS,
    NO_LABEL,
    NOT_CLOSE
} closeness;

/* Each follows "names it, but ". */
static const char *const reasons[NOT_CLOSE] = {
    [AS_DNS_NAME] = "as a DNS name: an IP address must be an iPAddress",
    [AS_TEXT] = "as text: an iPAddress must hold the 4 or 16 octets of the address",
    [MAPPED_ADDRESS] = "in another form: an IPv4 address and its IPv4-mapped IPv6 address are two addresses",
    [FINAL_DOT] = "with a final dot, which a DNS name in a certificate must not have",
    [BLANKS] = "with blanks or a dot around it, which a DNS name in a certificate must not have",
    [COMMON_NAME] = "only as its common name, which does not count",
    [SEVERAL_WILDCARDS] = "a name may have only one wildcard",
    [NOT_FIRST_LABEL] = "a wildcard must be the first label",
    [PARTIAL_WILDCARD] = "a wildcard must be a whole label",
    [ONE_LABEL_AFTER] = "a wildcard needs at least two labels after it",
    [WILDCARD_FOR_ADDRESS] = "a wildcard does not match an IP address",
    [TWO_LABELS] = "a wildcard stands for one label only",
    [NO_LABEL] = "a wildcard stands for one label, not for none",
};

/* --- comparing ------------------------------------------------------------------------------- */

static int same_text(pagetls_slice name, const char *text)
{
    size_t i = 0;
    while (i < name.len && text[i] != '\0' && pagetls_ascii_lower(name.p[i]) == (uint8_t) text[i]) {
        i++;
    }
    return i == name.len && text[i] == '\0';
}

static int same_host(pagetls_slice name, const pagetls_hostname *host)
{
    pagetls_hostname read;
    if (name.len > sizeof(read.text) || pagetls_hostname_read(&read, (const char *) name.p, name.len) != 0 ||
        read.ip_len != host->ip_len) {
        return 0;
    }
    return host->ip_len != 0 ? memcmp(read.ip, host->ip, host->ip_len) == 0 : strcmp(read.text, host->text) == 0;
}

/* 1 if \p name is \p text when each "*" stands for any characters within a label. */
static int covers(pagetls_slice name, const char *text)
{
    size_t i = 0;
    size_t star = SIZE_MAX; /* after the last "*" */
    const char *rest = text;
    while (*text != '\0') {
        if (i < name.len && name.p[i] == '*') {
            star = ++i;
            rest = text;
        } else if (i < name.len && pagetls_ascii_lower(name.p[i]) == (uint8_t) *text) {
            i++;
            text++;
        } else if (star != SIZE_MAX && *rest != '.') {
            i = star; /* the "*" stands for one more character */
            text = ++rest;
        } else {
            return 0;
        }
    }
    while (i < name.len && name.p[i] == '*') {
        i++;
    }
    return i == name.len;
}

static closeness wildcard_closeness(pagetls_slice name, const pagetls_hostname *host)
{
    const uint8_t *star = memchr(name.p, '*', name.len);
    const uint8_t *dot = memchr(name.p, '.', name.len);
    const uint8_t *end = name.p + name.len;
    if (star == NULL || dot == NULL) {
        return NOT_CLOSE;
    }
    if (covers(name, host->text)) {
        return host->ip_len != 0                                       ? WILDCARD_FOR_ADDRESS
            : memchr(star + 1, '*', (size_t) (end - star) - 1) != NULL ? SEVERAL_WILDCARDS
            : star > dot                                               ? NOT_FIRST_LABEL
            : dot != name.p + 1                                        ? PARTIAL_WILDCARD
            : memchr(dot + 1, '.', (size_t) (end - dot) - 1) == NULL   ? ONE_LABEL_AFTER
                                                                       : NOT_CLOSE;
    }
    const size_t host_len = strlen(host->text);
    const pagetls_slice parent = { dot + 1, (size_t) (end - dot) - 1 }; /* of what the wildcard stands for */
    if (host->ip_len != 0 || star != name.p || dot != name.p + 1 || parent.len == 0 || host_len < parent.len ||
        !same_text(parent, host->text + host_len - parent.len)) {
        return NOT_CLOSE;
    }
    return host_len == parent.len ? NO_LABEL : host->text[host_len - parent.len - 1] == '.' ? TWO_LABELS : NOT_CLOSE;
}

static int is_blank_or_dot(uint8_t c)
{
    return c <= ' ' || c == '.';
}

static closeness dns_closeness(pagetls_slice name, const pagetls_hostname *host)
{
    pagetls_slice core = name;
    while (core.len > 0 && is_blank_or_dot(core.p[core.len - 1])) {
        core.len--;
    }
    /* Most names end differently: that is enough to know. */
    if (core.len == 0 ||
        (host->ip_len == 0 && pagetls_ascii_lower(core.p[core.len - 1]) != (uint8_t) host->text[strlen(host->text) - 1] &&
         core.p[core.len - 1] != '*')) {
        return NOT_CLOSE;
    }
    while (is_blank_or_dot(*core.p)) {
        core.p++;
        core.len--;
    }
    if (host->ip_len != 0) {
        return same_host(core, host) ? AS_DNS_NAME : wildcard_closeness(core, host);
    }
    if (pagetls_dns_name_matches(core, host->text)) {
        return core.len + 1 == name.len && name.p[core.len] == '.' ? FINAL_DOT : BLANKS;
    }
    return wildcard_closeness(core, host);
}

static closeness ip_closeness(pagetls_slice name, const pagetls_hostname *host)
{
    static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF }; /* RFC 4291, section 2.5.5.2 */
    if (host->ip_len == 0) {
        return NOT_CLOSE;
    }
    const pagetls_slice wanted = { host->ip, host->ip_len };
    const pagetls_slice longer = name.len > wanted.len ? name : wanted;
    const pagetls_slice shorter = name.len > wanted.len ? wanted : name;
    if (longer.len == 16 && shorter.len == 4 && memcmp(longer.p, mapped, sizeof(mapped)) == 0 &&
        memcmp(longer.p + 12, shorter.p, 4) == 0) {
        return MAPPED_ADDRESS;
    }
    return same_host(name, host) ? AS_TEXT : NOT_CLOSE;
}

static int is_common_name(pagetls_slice subject, const pagetls_hostname *host, pagetls_slice *found)
{
    static const uint8_t common_name[] = { 0x55, 4, 3 };
    pagetls_name_walk walk;
    pagetls_attribute attribute;
    if (pagetls_name_walk_start(&walk, subject) != 0) {
        return 0;
    }
    while (pagetls_name_walk_next(&walk, &attribute) > 0) {
        *found = attribute.value.content;
        if (pagetls_slice_is(attribute.oid, common_name, sizeof(common_name)) &&
            (same_host(*found, host) || (host->ip_len == 0 && pagetls_dns_name_matches(*found, host->text)))) {
            return 1;
        }
    }
    return 0;
}

/* --- text ------------------------------------------------------------------------------------ */

/* Every character that a name cannot have is escaped: a comma and a space could imitate a second name. */
static void append_dns_name(pagetls_problem *problem, pagetls_slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        const uint8_t c = name.p[i];
        const int plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c != 0 && strchr("-_.:*", c) != NULL);
        if (plain) {
            pagetls_problem_append_untrusted(problem, &c, 1);
        } else {
            pagetls_problem_append_escaped(problem, c);
        }
    }
}

static void append_ip(pagetls_problem *problem, pagetls_slice address)
{
    char text[PAGETLS_IP_TEXT_SIZE];
    pagetls_ip_format(text, address.p, address.len);
    pagetls_problem_append(problem, text);
}

/* The first of the DNS names and IP addresses, and how many there are. */
static void append_list(pagetls_problem *problem, pagetls_slice names, size_t count)
{
    pagetls_element name;
    size_t shown = 0;
    while (shown < MAX_NAMES_SHOWN && pagetls_der_next(&names, &name) == 0) {
        const int is_address = name.tag == (DER_CONTEXT | PAGETLS_NAME_IP);
        if (!is_address && name.tag != (DER_CONTEXT | PAGETLS_NAME_DNS)) {
            continue;
        }
        pagetls_problem_append(problem, shown++ == 0 ? "" : ", ");
        if (is_address) {
            append_ip(problem, name.content);
        } else {
            append_dns_name(problem, name.content);
        }
    }
    if (count > shown) {
        pagetls_problem_append(problem, " and ");
        pagetls_problem_append_number(problem, (int64_t) (count - shown));
        pagetls_problem_append(problem, " more");
    }
}

/* What the certificate is for: nothing in it is close to the host, or its common name alone. */
static void append_names(pagetls_problem *problem, pagetls_slice names, const pagetls_hostname *host, int common_name)
{
    pagetls_element name;
    pagetls_slice rest = names;
    size_t dns_names = 0;
    size_t addresses = 0;
    while (pagetls_der_next(&rest, &name) == 0) {
        dns_names += name.tag == (DER_CONTEXT | PAGETLS_NAME_DNS);
        addresses += name.tag == (DER_CONTEXT | PAGETLS_NAME_IP);
    }
    pagetls_problem_append(problem, common_name ? ": it has " : ", but the certificate ");
    if (dns_names + addresses == 0) {
        pagetls_problem_append(problem, common_name ? "" : "has ");
        pagetls_problem_append(problem, "no DNS name or IP address (subjectAltName)");
        return;
    }
    pagetls_problem_append(problem,
                           common_name                               ? "the alternative names "
                               : host->ip_len != 0 && addresses == 0 ? "has no IP address (iPAddress), only DNS names: "
                               : host->ip_len == 0 && dns_names == 0 ? "has no DNS name (dNSName), only IP addresses: "
                                                                     : "is for ");
    append_list(problem, names, dns_names + addresses);
}

void pagetls_host_mismatch_explain(pagetls_problem *problem, const pagetls_certificate *certificate,
                                   const pagetls_hostname *host)
{
    pagetls_slice names = certificate->alternative_names;
    pagetls_element name;
    pagetls_slice found = { NULL, 0 };
    closeness closest = is_common_name(certificate->subject, host, &found) ? COMMON_NAME : NOT_CLOSE;
    while (pagetls_der_next(&names, &name) == 0) {
        const closeness close = name.tag == (DER_CONTEXT | PAGETLS_NAME_DNS) ? dns_closeness(name.content, host)
            : name.tag == (DER_CONTEXT | PAGETLS_NAME_IP)                    ? ip_closeness(name.content, host)
                                                                             : NOT_CLOSE;
        if (close < closest) {
            closest = close;
            found = name.content;
        }
    }
    pagetls_problem_append(problem, "expected ");
    pagetls_problem_append(problem, host->text);
    if (closest == NOT_CLOSE) {
        append_names(problem, certificate->alternative_names, host, 0);
        return;
    }
    pagetls_problem_append(problem, ", and the certificate names ");
    if (closest == MAPPED_ADDRESS) {
        append_ip(problem, found);
    } else if (same_text(found, host->text)) {
        pagetls_problem_append(problem, "it");
    } else {
        append_dns_name(problem, found);
    }
    pagetls_problem_append(problem, ", but ");
    pagetls_problem_append(problem, reasons[closest]);
    if (closest == COMMON_NAME) {
        append_names(problem, certificate->alternative_names, host, 1);
    }
}
