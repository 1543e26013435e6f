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
        return pagetls_unreadable(PAGETLS_ERR_CRL, &error);
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

typedef enum { COVERS, OTHER_POINT, ELSEWHERE, NOT_UNDERSTOOD } scope;

/* 1 when two DistributionPoints' full names share one, or one of them has no full name to compare. */
static int points_meet(pagetls_slice a, pagetls_slice b)
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

/* Is the CRL's point one of the certificate's (section 6.3.3, b, 2, i)? One that names no points may be in any CRL. */
static int is_point_of(pagetls_slice point, const pagetls_certificate *subject)
{
    pagetls_slice list = subject->crl_points;
    pagetls_slice fields;
    pagetls_slice name;
    if (list.p == NULL) {
        return 1;
    }
    while (pagetls_der_expect(&list, DER_SEQUENCE, &fields) == 0) {
        if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 0, &name) != 0 || points_meet(point, name)) {
            return 1;
        }
    }
    return 0;
}

/* By IssuingDistributionPoint (section 5.2.5). */
static scope scope_for(const pagetls_crl *crl, const pagetls_certificate *subject)
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
            case 0: result = result == COVERS && !is_point_of(field.content, subject) ? OTHER_POINT : result; break;
            case 1: result = set && subject->ca ? ELSEWHERE : result; break;  /* onlyContainsUserCerts */
            case 2: result = set && !subject->ca ? ELSEWHERE : result; break; /* onlyContainsCACerts */
            case 5: result = set ? ELSEWHERE : result; break;                 /* onlyContainsAttributeCerts */
            default: return NOT_UNDERSTOOD;                                   /* some reasons only; indirect */
        }
    }
    return result;
}

/* 1 when the serial number is listed, with its date in *since; -1 when an entry cannot be understood. */
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
    unsigned faults = pagetls_algorithm_check(&crl->algorithm, profile);
    if (faults & PAGETLS_ALGORITHM_BAD_HASH) {
        return PAGETLS_RULE_CRL_BAD_MD;
    }
    if (faults != 0) {
        return PAGETLS_RULE_CRL_BAD_PK;
    }
    if (!pagetls_signatures_check(signatures, &crl->algorithm, crl->tbs, crl->signature, &issuer->key)) {
        return signatures->exhausted ? PAGETLS_RULE_BUDGET : PAGETLS_RULE_CRL_NOT_TRUSTED;
    }
    return PAGETLS_RULE_NONE;
}

/* What is wrong with a CRL only if no other covers the certificate. */
typedef struct {
    pagetls_rule rule;
    const pagetls_crl *crl;
} reserve;

/* What the CRL, which is its issuer's, says of the certificate. */
static void check_content(const pagetls_crl *crl, const pagetls_criteria *criteria, size_t depth, int listed,
                          const pagetls_element *since, pagetls_problems *problems)
{
    if (!crl->has_number) {
        (void) pagetls_problems_add(problems, PAGETLS_RULE_CRL_NUMBER, depth);
    }
    if (criteria->time < crl->this_update.seconds) {
        pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_CRL_FUTURE, depth);
        pagetls_problem_append_time(problem, "it is of ", crl->this_update.seconds, criteria->time);
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
            pagetls_problem_append_time(problem, "on ", date.seconds, criteria->time);
        }
    }
}

/* Adds what is wrong with a CRL of the certificate's issuer; 1 when the CRL covers the certificate.
 * *unless_other: what is wrong with it if none does. An issuer that changes its key has two CRLs, one of the other
 * key, and says so in it; and there may be an old CRL beside the fresh one. */
static int check_one(const pagetls_crl *crl, const pagetls_path *path, size_t depth, const pagetls_criteria *criteria,
                     pagetls_signatures *signatures, pagetls_problems *problems, reserve *unless_other)
{
    const pagetls_certificate *subject = path->certificate[depth];
    pagetls_certificate *issuer = path->certificate[depth + 1];
    scope covers = scope_for(crl, subject);
    pagetls_element since;
    int listed = find_serial(crl, subject->serial, &since);
    if (covers == ELSEWHERE || (covers == OTHER_POINT && listed != 1)) {
        return 0; /* that it is not in a part of the list says nothing; that it is says all */
    }
    pagetls_rule rule = pagetls_certificate_lacks_usage(issuer, PAGETLS_KU_CRL_SIGN)
        ? PAGETLS_RULE_CRL_NOT_TRUSTED
        : check_signature(crl, issuer, criteria->profile, signatures);
    if (covers == OTHER_POINT && rule != PAGETLS_RULE_NONE) {
        return 0;
    }
    if (rule == PAGETLS_RULE_CRL_NOT_TRUSTED && crl->authority_key_id.p != NULL && issuer->subject_key_id.p != NULL &&
        !pagetls_slices_equal(crl->authority_key_id, issuer->subject_key_id)) {
        unless_other->rule = PAGETLS_RULE_CRL_NOT_TRUSTED;
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
        *unless_other = (reserve) { PAGETLS_RULE_CRL_EXPIRED, crl };
        return 0;
    }
    return 1;
}

void pagetls_revocation_check(const pagetls_stored_crl *list, const pagetls_path *path,
                              const pagetls_criteria *criteria, pagetls_signatures *signatures,
                              pagetls_problems *problems, uint8_t checked[PAGETLS_PATH_MAX])
{
    reserve unless_other[PAGETLS_PATH_MAX] = { { .rule = PAGETLS_RULE_NONE } };
    memset(checked, 0, PAGETLS_PATH_MAX);
    for (; list != NULL; list = list->next) {
        for (size_t depth = 0; depth + 1 < path->len; depth++) {
            if (pagetls_name_equal(list->crl.issuer, path->certificate[depth]->issuer) &&
                check_one(&list->crl, path, depth, criteria, signatures, problems, &unless_other[depth])) {
                checked[depth] = 1;
            }
        }
    }
    for (size_t depth = 0; depth < path->len; depth++) {
        const reserve *kept = &unless_other[depth];
        if (kept->rule == PAGETLS_RULE_NONE || checked[depth]) {
            continue;
        }
        pagetls_problem *problem = pagetls_problems_add(problems, kept->rule, depth);
        if (kept->rule == PAGETLS_RULE_CRL_EXPIRED && !kept->crl->has_next_update) {
            pagetls_problem_append(problem, "it does not say when the next is due");
        } else if (kept->rule == PAGETLS_RULE_CRL_EXPIRED) {
            pagetls_problem_append_time(problem, "the next was due on ", kept->crl->next_update.seconds, criteria->time);
        }
        checked[depth] = 1;
    }
}
