/* Checks the names of a certificate against the name constraints of a CA, and against a host name. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "oracle.h"
#include "pagetls.h"
#include "verify/host_match.h"
#include "verify/host_mismatch.h"
#include "verify/name_constraints.h"
#include "x509/extensions.h"
#include "x509/name.h"

/* A copy in its own block, so that ASan detects reads past its end. */
static pagetls_slice copy_of(fuzz_record record)
{
    uint8_t *copy = malloc(record.len > 0 ? record.len : 1);
    FUZZ_ASSERT(copy != NULL);
    memcpy(copy, record.p, record.len);
    return (pagetls_slice) { copy, record.len };
}

static int has(const pagetls_problems *problems, pagetls_rule rule)
{
    size_t i = 0;
    while (i < problems->count && problems->list[i].rule != rule) {
        i++;
    }
    return i < problems->count;
}

static size_t write_header(uint8_t *to, uint8_t tag, size_t len)
{
    to[0] = tag;
    if (len < 0x80) {
        to[1] = (uint8_t) len;
        return 2;
    }
    const size_t octets = len < 0x100 ? 1 : 2; /* enough for any record */
    FUZZ_ASSERT(len < 0x10000);
    to[1] = (uint8_t) (0x80 | octets);
    to[2] = (uint8_t) (octets == 2 ? len >> 8 : len);
    to[1 + octets] = (uint8_t) len;
    return 2 + octets;
}

/* Gives the certificate the extension 2.5.29.last_arc, whose value ends at the end of its block. */
static void set_extension(pagetls_certificate *certificate, uint8_t last_arc, pagetls_slice value)
{
    uint8_t inner[16] = { DER_OID, 3, 0x55, 0x1D, last_arc, DER_BOOLEAN, 1, 0xFF };
    uint8_t outer[8];
    pagetls_read_error error;
    size_t inner_len = 8 + write_header(inner + 8, DER_OCTET_STRING, value.len);
    size_t outer_len = write_header(outer, DER_SEQUENCE, inner_len + value.len);
    uint8_t *list = malloc(outer_len + inner_len + value.len);
    FUZZ_ASSERT(list != NULL);
    memcpy(list, outer, outer_len);
    memcpy(list + outer_len, inner, inner_len);
    memcpy(list + outer_len + inner_len, value.p, value.len);
    certificate->extensions = (pagetls_slice) { list, outer_len + inner_len + value.len };
    FUZZ_ASSERT(pagetls_extensions_read(certificate, &error) == 0);
}

static void check_constraints(pagetls_slice constraints, pagetls_slice names, pagetls_slice subject_name, size_t budget)
{
    static pagetls_problems problems;
    pagetls_certificate ca = { .version = 3 };
    pagetls_certificate subject = { .subject = subject_name };
    set_extension(&ca, 30, constraints);
    if (names.len > 0) {
        set_extension(&subject, 17, names);
    }
    size_t initial_budget = budget;
    pagetls_problems_reset(&problems, PAGETLS_RULE_SET_WEBPKI);
    pagetls_name_constraints_form(&ca, 1, &problems);
    size_t comparisons = PAGETLS_NC_COMPARISONS;
    pagetls_name_constraints_apply(&ca, &subject, 0, &comparisons, &problems);
    size_t found = problems.count;
    size_t used = PAGETLS_NC_COMPARISONS - comparisons;
    FUZZ_ASSERT(used <= PAGETLS_NC_COMPARISONS);
    /* With a smaller budget, the result is the same, or says that the budget was exceeded. */
    pagetls_problems_reset(&problems, PAGETLS_RULE_SET_WEBPKI);
    pagetls_name_constraints_form(&ca, 1, &problems);
    pagetls_name_constraints_apply(&ca, &subject, 0, &budget, &problems);
    FUZZ_ASSERT(has(&problems, PAGETLS_RULE_NC_TOO_MANY) == (used >= initial_budget));
    FUZZ_ASSERT(used >= initial_budget || (problems.count == found && budget == initial_budget - used));
    free((void *) (uintptr_t) ca.extensions.p);
    free((void *) (uintptr_t) subject.extensions.p);
}

/* The explanation for a host that matches no name is UTF-8 without control characters. */
static void check_mismatch(pagetls_slice names, pagetls_slice subject, const pagetls_hostname *host)
{
    const pagetls_certificate certificate = { .alternative_names = names, .subject = subject };
    pagetls_problem problem = { .rule = PAGETLS_RULE_HOST_NAME };
    pagetls_host_mismatch_explain(&problem, &certificate, host);
    const size_t len = strlen(problem.detail);
    FUZZ_ASSERT(len < sizeof(problem.detail) && pagetls_is_utf8((const uint8_t *) problem.detail, len));
    FUZZ_ASSERT(strncmp(problem.detail, "expected ", 9) == 0);
    for (size_t i = 0; i < len; i++) {
        FUZZ_ASSERT((uint8_t) problem.detail[i] >= 0x20 && problem.detail[i] != 0x7F);
    }
}

static void check_host_match(pagetls_slice names, pagetls_slice subject, fuzz_record text)
{
    pagetls_hostname host;
    pagetls_hostname again;
    pagetls_slice all = { NULL, 0 };
    if (pagetls_hostname_read(&host, (const char *) text.p, text.len) != 0) {
        return;
    }
    FUZZ_ASSERT(host.ip_len == 0 || host.ip_len == 4 || host.ip_len == 16);
    FUZZ_ASSERT(strlen(host.text) > 0 && strlen(host.text) <= text.len);
    FUZZ_ASSERT(pagetls_hostname_read(&again, host.text, strlen(host.text)) == 0 &&
                memcmp(&again, &host, sizeof(host)) == 0);
    if (pagetls_der_expect(&names, DER_SEQUENCE, &all) == 0) {
        const int matches = pagetls_names_match(all, &host);
        FUZZ_ASSERT(!matches || fuzz_names_match(all.p, all.len, &host));
        if (!matches) {
            check_mismatch(all, subject, &host);
        }
    }
}

/* For any Name: its text is UTF-8 without control characters, and the Name equals itself. */
static void check_name_text(pagetls_slice name)
{
    pagetls_text text = { 0 };
    size_t cost = 0;
    pagetls_text_append_name(&text, name);
    FUZZ_ASSERT(pagetls_is_utf8(text.p, text.len) && pagetls_name_equal(name, name, &cost));
    for (size_t i = 0; i < text.len; i++) {
        FUZZ_ASSERT(text.p[i] >= 0x20 && text.p[i] != 0x7F);
    }
    pagetls_text_free(&text);
}

/* Comparing is symmetric, and its cost is bounded. */
static void check_comparison(pagetls_slice one, pagetls_slice other)
{
    size_t cost = 0;
    if (pagetls_name_is_well_formed(one) && pagetls_name_is_well_formed(other)) {
        FUZZ_ASSERT(pagetls_name_equal(one, other, &cost) == pagetls_name_equal(other, one, &cost));
        FUZZ_ASSERT(cost <= 4 * PAGETLS_RDN_ATTRIBUTES_MAX * (one.len + other.len));
        pagetls_comparison prefix = pagetls_name_compare_prefix(one, other, &cost);
        FUZZ_ASSERT(!pagetls_name_equal(one, other, &cost) || prefix == PAGETLS_EQUAL);
        FUZZ_ASSERT(prefix != PAGETLS_EQUAL || pagetls_name_compare_prefix(other, one, &cost) != PAGETLS_INCOMPARABLE);
    }
}

void fuzz_names(const uint8_t *data, size_t size)
{
    static const uint8_t empty[] = { DER_SEQUENCE, 0 };
    fuzz_case input;
    size_t before = fuzz_start();
    fuzz_read(&input, data, size);
    pagetls_slice constraints = copy_of(fuzz_find(&input, FUZZ_CONSTRAINTS));
    pagetls_slice names = copy_of(fuzz_find(&input, FUZZ_ALT_NAMES));
    pagetls_slice subject = copy_of(fuzz_find(&input, FUZZ_SUBJECT));
    /* A readable certificate always has a well-formed subject. */
    const int well_formed = pagetls_name_is_well_formed(subject);
    check_constraints(constraints, names, well_formed ? subject : (pagetls_slice) { empty, sizeof(empty) },
                      1u + input.depth);
    check_host_match(names, subject, fuzz_find(&input, FUZZ_HOST));
    check_name_text(subject);
    check_comparison(subject, names); /* the seeds have Names in both */
    free((void *) (uintptr_t) constraints.p);
    free((void *) (uintptr_t) names.p);
    free((void *) (uintptr_t) subject.p);
    FUZZ_ASSERT(pagetls_heap_in_use() == before);
}
