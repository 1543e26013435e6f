#include "verify/revocation.h"

#include <string.h>

#include "host/heap.h"
#include "pagetls.h"
#include "verify/input_errors.h"
#include "x509/name.h"

int pagetls_stored_crl_add(pagetls_stored_crl **list, const uint8_t *der, size_t len)
{
    pagetls_read_error error;
    pagetls_stored_crl *stored = len < SIZE_MAX / 2 ? pagetls_heap_calloc(1, sizeof(*stored) + len) : NULL;
    if (stored == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    uint8_t *copy = (uint8_t *) (stored + 1);
    if (len > 0) {
        memcpy(copy, der, len);
    }
    if (pagetls_crl_read(&stored->crl, copy, len, &error) != 0) {
        pagetls_heap_free(stored);
        return pagetls_input_error_set(PAGETLS_ERR_CRL, &error);
    }
    while (*list != NULL) {
        list = &(*list)->next;
    }
    *list = stored;
    return 0;
}

void pagetls_stored_crl_free(pagetls_stored_crl **list)
{
    while (*list != NULL) {
        pagetls_stored_crl *next = (*list)->next;
        pagetls_heap_free(*list);
        *list = next;
    }
}

/* --- one CRL for one certificate ------------------------------------------------------ */

typedef enum { COVERS, OTHER_DISTRIBUTION_POINT, OUT_OF_SCOPE, NOT_UNDERSTOOD } scope;

/* 1 when the full names of two DistributionPoints have one in common, or one point has no full name to compare. */
static int points_overlap(pagetls_slice a, pagetls_slice b)
{
    pagetls_slice names_a;
    pagetls_slice names_b;
    pagetls_element one;
    pagetls_element other;
    if (pagetls_der_expect(&a, DER_CONTEXT | DER_CONSTRUCTED | 0, &names_a) != 0 ||
        pagetls_der_expect(&b, DER_CONTEXT | DER_CONSTRUCTED | 0, &names_b) != 0) {
        return 1;
    }
    while (pagetls_der_next(&names_a, &one) == 0) {
        for (pagetls_slice rest = names_b; pagetls_der_next(&rest, &other) == 0;) {
            if (pagetls_slices_equal(one.whole, other.whole)) {
                return 1;
            }
        }
    }
    return 0;
}

/* 1 when the CRL's distribution point is one of the certificate's (section 6.3.3, b, 2, i). A certificate without
 * distribution points may be in any CRL. */
static int has_distribution_point(const pagetls_certificate *certificate, pagetls_slice point)
{
    pagetls_slice list = certificate->crl_points;
    pagetls_slice fields;
    pagetls_slice name;
    if (list.p == NULL) {
        return 1;
    }
    while (pagetls_der_expect(&list, DER_SEQUENCE, &fields) == 0) {
        if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 0, &name) != 0 || points_overlap(point, name)) {
            return 1;
        }
    }
    return 0;
}

/* Whether IssuingDistributionPoint (section 5.2.5) includes the certificate. */
static scope scope_for(const pagetls_crl *crl, const pagetls_certificate *certificate)
{
    pagetls_slice value = crl->issuing_point;
    pagetls_slice fields;
    pagetls_element field;
    if (crl->has_unusable_extension) {
        return NOT_UNDERSTOOD;
    }
    if (value.p == NULL) {
        return COVERS;
    }
    if (pagetls_der_expect(&value, DER_SEQUENCE, &fields) != 0) {
        return NOT_UNDERSTOOD;
    }
    scope result = COVERS;
    while (fields.len > 0) {
        if (pagetls_der_next(&fields, &field) != 0) {
            return NOT_UNDERSTOOD;
        }
        int set = field.content.len == 1 && field.content.p[0] != 0;
        switch (field.tag & 0x1F) {
            case 0: /* distributionPoint */
                if (result == COVERS && !has_distribution_point(certificate, field.content)) {
                    result = OTHER_DISTRIBUTION_POINT;
                }
                break;
            case 1: result = set && certificate->ca ? OUT_OF_SCOPE : result; break;  /* onlyContainsUserCerts */
            case 2: result = set && !certificate->ca ? OUT_OF_SCOPE : result; break; /* onlyContainsCACerts */
            case 5: result = set ? OUT_OF_SCOPE : result; break;                     /* onlyContainsAttributeCerts */
            default: return NOT_UNDERSTOOD;                                          /* onlySomeReasons, indirectCRL */
        }
    }
    return result;
}

/* 1 when the CRL lists the serial number, since the date *since; -1 when an entry is not understood. */
static int find_serial(const pagetls_crl *crl, pagetls_slice serial, pagetls_element *since)
{
    pagetls_slice list = crl->revoked;
    pagetls_crl_entry entry;
    int found = 0;
    while (list.len > 0) {
        if (pagetls_crl_entry_next(&list, &entry) != 0 || entry.has_unusable_extension) {
            return -1;
        }
        if (pagetls_slices_equal(entry.serial, serial)) {
            found = 1;
            *since = entry.date;
        }
    }
    return found;
}

static pagetls_rule check_signature(const pagetls_crl *crl, pagetls_certificate *issuer, const pagetls_profile *profile,
                                    pagetls_signatures *signatures)
{
    unsigned reasons = pagetls_algorithm_check(&crl->algorithm, profile);
    if (reasons & PAGETLS_ALGORITHM_BAD_HASH) {
        return PAGETLS_RULE_CRL_BAD_MD;
    }
    if (reasons != 0) {
        return PAGETLS_RULE_CRL_BAD_PK;
    }
    if (!pagetls_signatures_check(signatures, &crl->algorithm, crl->tbs, crl->signature, &issuer->key)) {
        return signatures->exhausted ? PAGETLS_RULE_BUDGET : PAGETLS_RULE_CRL_NOT_TRUSTED;
    }
    return PAGETLS_RULE_NONE;
}

/* A problem with a CRL that counts only if no other CRL covers the certificate. */
typedef struct {
    pagetls_rule rule;
    const pagetls_crl *crl;
} fallback_problem;

/* Adds the problems of a CRL with a valid signature. \p listed and \p since: see find_serial(). */
static void check_content(const pagetls_crl *crl, const pagetls_criteria *criteria, size_t depth, int listed,
                          const pagetls_element *since, pagetls_problems *problems)
{
    if (!crl->has_number) {
        (void) pagetls_problems_add(problems, PAGETLS_RULE_CRL_NUMBER, depth);
    }
    if (criteria->time < crl->this_update.seconds) {
        pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_CRL_FUTURE, depth);
        pagetls_problem_append_time(problem, "issued at ", crl->this_update.seconds, criteria->time);
    }
    if (listed < 0) {
        (void) pagetls_problems_add(problems, PAGETLS_RULE_CRL_SCOPE, depth);
    } else if (listed) {
        pagetls_time date = { .readable = 0 };
        pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_REVOKED, depth);
        if (pagetls_is_time(since->tag)) {
            pagetls_time_read(&date, since);
        }
        if (date.readable) {
            pagetls_problem_append_time(problem, "at ", date.seconds, criteria->time);
        }
    }
}

/* Checks a CRL of the certificate's issuer and adds its problems; 1 when the CRL covers the certificate.
 * *fallback: the problem to add if no CRL covers it. An issuer that changes its key has a CRL for each key, told apart
 * by their authority key identifiers; and an expired CRL may come together with a current one. */
static int check_one(const pagetls_crl *crl, const pagetls_path *path, size_t depth, const pagetls_criteria *criteria,
                     pagetls_signatures *signatures, pagetls_problems *problems, fallback_problem *fallback)
{
    const pagetls_certificate *certificate = path->certificate[depth];
    pagetls_certificate *issuer = path->certificate[depth + 1];
    scope covers = scope_for(crl, certificate);
    pagetls_element since;
    int listed = find_serial(crl, certificate->serial, &since);
    if (covers == OUT_OF_SCOPE || (covers == OTHER_DISTRIBUTION_POINT && listed != 1)) {
        return 0; /* in the CRL of another point, a missing entry says nothing, but an existing one revokes */
    }
    pagetls_rule rule = pagetls_certificate_lacks_usage(issuer, PAGETLS_KU_CRL_SIGN)
        ? PAGETLS_RULE_CRL_NOT_TRUSTED
        : check_signature(crl, issuer, criteria->profile, signatures);
    if (covers == OTHER_DISTRIBUTION_POINT && rule != PAGETLS_RULE_NONE) {
        return 0;
    }
    if (rule == PAGETLS_RULE_CRL_NOT_TRUSTED && crl->authority_key_id.p != NULL && issuer->subject_key_id.p != NULL &&
        !pagetls_slices_equal(crl->authority_key_id, issuer->subject_key_id)) {
        fallback->rule = PAGETLS_RULE_CRL_NOT_TRUSTED;
        return 0;
    }
    if (rule == PAGETLS_RULE_NONE && covers == NOT_UNDERSTOOD) {
        rule = PAGETLS_RULE_CRL_SCOPE;
    }
    if (rule != PAGETLS_RULE_NONE) {
        (void) pagetls_problems_add(problems, rule, depth);
        return 1;
    }
    check_content(crl, criteria, depth, listed, &since, problems);
    if (!crl->has_next_update || criteria->time > crl->next_update.seconds) {
        *fallback = (fallback_problem) { PAGETLS_RULE_CRL_EXPIRED, crl };
        return 0;
    }
    return 1;
}

void pagetls_revocation_check(const pagetls_stored_crl *list, const pagetls_path *path,
                              const pagetls_criteria *criteria, pagetls_signatures *signatures,
                              pagetls_problems *problems, uint8_t checked[PAGETLS_PATH_MAX])
{
    fallback_problem fallbacks[PAGETLS_PATH_MAX] = { { .rule = PAGETLS_RULE_NONE } };
    size_t cost = 0;
    memset(checked, 0, PAGETLS_PATH_MAX);
    for (; list != NULL; list = list->next) {
        for (size_t depth = 0; depth + 1 < path->len; depth++) {
            if (pagetls_name_equal(list->crl.issuer, path->certificate[depth]->issuer, &cost) &&
                check_one(&list->crl, path, depth, criteria, signatures, problems, &fallbacks[depth])) {
                checked[depth] = 1;
            }
        }
    }
    for (size_t depth = 0; depth < path->len; depth++) {
        const fallback_problem *fallback = &fallbacks[depth];
        if (fallback->rule == PAGETLS_RULE_NONE || checked[depth]) {
            continue;
        }
        pagetls_problem *problem = pagetls_problems_add(problems, fallback->rule, depth);
        if (fallback->rule == PAGETLS_RULE_CRL_EXPIRED && !fallback->crl->has_next_update) {
            pagetls_problem_append(problem, "it has no nextUpdate");
        } else if (fallback->rule == PAGETLS_RULE_CRL_EXPIRED) {
            pagetls_problem_append_time(problem, "the next one was due at ", fallback->crl->next_update.seconds,
                                        criteria->time);
        }
        checked[depth] = 1;
    }
}
