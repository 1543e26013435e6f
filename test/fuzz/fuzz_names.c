/* Name constraints of a CA against the names of a certificate, and a host name against these. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "good.h"
#include "mbedtls/x509_crt.h"
#include "verify/name_constraints.h"
#include "verify/names.h"

/* A copy of its own, so that a read over its end is seen. */
static pagetls_slice copy_of(fuzz_record record)
{
    uint8_t *copy = malloc(record.len > 0 ? record.len : 1);
    FUZZ_MUST(copy != NULL);
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

static void constrain(pagetls_slice constraints, pagetls_slice names, const mbedtls_x509_crt *crt, size_t few)
{
    static pagetls_problems problems;
    pagetls_certificate ca;
    pagetls_certificate subject;
    memset(&ca, 0, sizeof(ca));
    memset(&subject, 0, sizeof(subject));
    ca.crt = subject.crt = (mbedtls_x509_crt *) (uintptr_t) crt; /* read only */
    ca.critical = 1u << PAGETLS_EXT_NAME_CONSTRAINTS;
    ca.ext[PAGETLS_EXT_NAME_CONSTRAINTS] = constraints;
    if (names.len > 0) {
        subject.ext[PAGETLS_EXT_SAN] = names;
    }
    size_t given = few;
    problems.count = 0;
    pagetls_name_constraints_form(&ca, 1, &problems);
    size_t comparisons = PAGETLS_NC_COMPARISONS;
    pagetls_name_constraints_apply(&ca, &subject, 0, &comparisons, &problems);
    size_t found = problems.count;
    size_t used = PAGETLS_NC_COMPARISONS - comparisons;
    FUZZ_MUST(used <= PAGETLS_NC_COMPARISONS);
    /* With fewer comparisons to spend, that is said or the same is found. */
    problems.count = 0;
    pagetls_name_constraints_form(&ca, 1, &problems);
    pagetls_name_constraints_apply(&ca, &subject, 0, &few, &problems);
    FUZZ_MUST(has(&problems, PAGETLS_RULE_NC_TOO_MANY) == (used >= given));
    FUZZ_MUST(used >= given || (problems.count == found && few == given - used));
}

/* The alternative names as Mbed TLS keeps them. */
static void match(pagetls_slice names, fuzz_record text)
{
    static mbedtls_x509_sequence list[16];
    pagetls_hostname host;
    pagetls_hostname again;
    pagetls_element name;
    pagetls_slice all = { NULL, 0 };
    mbedtls_x509_crt crt;
    size_t count = 0;
    if (pagetls_hostname_read(&host, (const char *) text.p, text.len) != 0) {
        return;
    }
    FUZZ_MUST(host.ip_len == 0 || host.ip_len == 4 || host.ip_len == 16);
    FUZZ_MUST(strlen(host.text) > 0 && strlen(host.text) <= text.len);
    FUZZ_MUST(pagetls_hostname_read(&again, host.text, strlen(host.text)) == 0 && memcmp(&again, &host, sizeof(host)) == 0);
    memset(list, 0, sizeof(list));
    (void) pagetls_der_expect(&names, DER_SEQUENCE, &all);
    while (count < sizeof(list) / sizeof(list[0]) && pagetls_der_next(&all, &name) == 0) {
        list[count].buf = (mbedtls_x509_buf) { name.tag, name.content.len, (unsigned char *) (uintptr_t) name.content.p };
        if (count > 0) {
            list[count - 1].next = &list[count];
        }
        count++;
    }
    memset(&crt, 0, sizeof(crt));
    crt.subject_alt_names = list[0];
    FUZZ_MUST(!pagetls_names_match(&crt, &host) || fuzz_names_host(&crt, &host));
}

void fuzz_names(const uint8_t *data, size_t size)
{
    fuzz_case input;
    mbedtls_x509_crt crt;
    fuzz_read(&input, data, size);
    pagetls_slice constraints = copy_of(fuzz_find(&input, FUZZ_CONSTRAINTS));
    pagetls_slice names = copy_of(fuzz_find(&input, FUZZ_ALT_NAMES));
    pagetls_slice subject = copy_of(fuzz_find(&input, FUZZ_SUBJECT));
    memset(&crt, 0, sizeof(crt));
    crt.subject_raw.p = (unsigned char *) (uintptr_t) subject.p;
    crt.subject_raw.len = subject.len;
    constrain(constraints, names, &crt, 1u + input.depth);
    match(names, fuzz_find(&input, FUZZ_HOST));
    free((void *) (uintptr_t) constraints.p);
    free((void *) (uintptr_t) names.p);
    free((void *) (uintptr_t) subject.p);
}
