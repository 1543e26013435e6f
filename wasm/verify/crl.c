#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* x509_internal.h needs it */
#include "verify/crl.h"

#include <string.h>

#include "describe.h"
#include "platform.h"
#include "x509_internal.h"

typedef struct {
    pagetls_slice tbs;             /* with its header: what is signed */
    pagetls_slice algorithm_oid;
    pagetls_slice algorithm_params; /* with its header; empty when absent */
    uint8_t algorithm_params_tag;
    pagetls_slice issuer;          /* with its header */
    mbedtls_x509_time this_update;
    mbedtls_x509_time next_update; /* of year 0, long past, when there is none */
    pagetls_slice revoked;
    pagetls_slice extensions;
    pagetls_slice signature;
} crl_fields;

static int read_time(pagetls_slice *from, mbedtls_x509_time *time)
{
    unsigned char *p = (unsigned char *) (uintptr_t) from->p; /* Mbed TLS reads only */
    int ret = mbedtls_x509_get_time(&p, from->p + from->len, time);
    size_t used = (size_t) (p - from->p);
    from->p += used;
    from->len -= used;
    return ret;
}

static int read_tbs(crl_fields *out, pagetls_slice tbs, pagetls_slice algorithm)
{
    pagetls_slice skipped;
    pagetls_slice inner;
    pagetls_element element;
    (void) pagetls_der_expect(&tbs, DER_INTEGER, &skipped);
    if (pagetls_der_expect(&tbs, DER_SEQUENCE, &inner) != 0 ||
        !pagetls_slice_equal(inner, algorithm.p, algorithm.len) || /* section 5.1.1.2 */
        pagetls_der_next(&tbs, &element) != 0 || element.tag != DER_SEQUENCE || read_time(&tbs, &out->this_update) != 0) {
        return -1;
    }
    out->issuer = element.whole;
    if (tbs.len > 0 && (tbs.p[0] == DER_UTC_TIME || tbs.p[0] == DER_GENERALIZED_TIME) &&
        read_time(&tbs, &out->next_update) != 0) {
        return -1;
    }
    (void) pagetls_der_expect(&tbs, DER_SEQUENCE, &out->revoked);
    if (pagetls_der_expect(&tbs, DER_CONTEXT | DER_CONSTRUCTED | 0, &skipped) == 0 &&
        pagetls_der_expect(&skipped, DER_SEQUENCE, &out->extensions) != 0) {
        return -1;
    }
    return tbs.len == 0 ? 0 : -1;
}

static int read_crl(crl_fields *out, const uint8_t *der, size_t len)
{
    pagetls_slice input = { der, len };
    pagetls_slice list;
    pagetls_slice algorithm;
    pagetls_slice rest;
    pagetls_element tbs;
    pagetls_element params;
    memset(out, 0, sizeof(*out));
    if (pagetls_der_expect(&input, DER_SEQUENCE, &list) != 0 || input.len != 0 || pagetls_der_next(&list, &tbs) != 0 ||
        tbs.tag != DER_SEQUENCE || pagetls_der_expect(&list, DER_SEQUENCE, &algorithm) != 0 ||
        pagetls_der_expect(&list, DER_BIT_STRING, &out->signature) != 0 || list.len != 0 || out->signature.len < 2) {
        return -1;
    }
    rest = algorithm;
    if (pagetls_der_expect(&rest, DER_OID, &out->algorithm_oid) != 0) {
        return -1;
    }
    if (pagetls_der_next(&rest, &params) == 0) {
        out->algorithm_params = params.content;
        out->algorithm_params_tag = params.tag;
    }
    out->tbs = tbs.whole;
    out->signature.p++; /* the count of unused bits */
    out->signature.len--;
    return read_tbs(out, tbs.content, algorithm);
}

int pagetls_crl_add(pagetls_crl **list, const uint8_t *der, size_t len)
{
    crl_fields fields;
    if (read_crl(&fields, der, len) != 0) {
        return MBEDTLS_ERR_X509_INVALID_FORMAT;
    }
    pagetls_crl *crl = pagetls_heap_calloc(1, sizeof(*crl));
    uint8_t *copy = pagetls_heap_copy(der, len);
    if (crl == NULL || copy == NULL) {
        pagetls_heap_free(crl);
        pagetls_heap_free(copy);
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    crl->der = copy;
    crl->len = len;
    while (*list != NULL) {
        list = &(*list)->next;
    }
    *list = crl;
    return 0;
}

void pagetls_crl_free(pagetls_crl **list)
{
    while (*list != NULL) {
        pagetls_crl *next = (*list)->next;
        pagetls_heap_free((*list)->der);
        pagetls_heap_free(*list);
        *list = next;
    }
}

/* --- one list for one certificate ------------------------------------------------------ */

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
            if (pagetls_slice_equal(one.whole, other.whole.p, other.whole.len)) {
                return 1;
            }
        }
    }
    return 0;
}

/* Is the list's point one of the certificate's (section 6.3.3, b, 2, i)? One that names no points may be in any list. */
static int is_point_of(pagetls_slice point, const pagetls_certificate *subject)
{
    pagetls_slice value = subject->ext[PAGETLS_EXT_CRL_POINTS];
    pagetls_slice list;
    pagetls_slice fields;
    pagetls_slice name;
    if (pagetls_der_expect(&value, DER_SEQUENCE, &list) != 0) {
        return 1;
    }
    while (pagetls_der_expect(&list, DER_SEQUENCE, &fields) == 0) {
        if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 0, &name) != 0 || points_meet(point, name)) {
            return 1;
        }
    }
    return 0;
}

/* IssuingDistributionPoint (section 5.2.5). */
static scope read_scope(pagetls_slice value, const pagetls_certificate *subject)
{
    int ca = subject->ca;
    pagetls_slice fields;
    pagetls_element field;
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
            case 0:  result = result == COVERS && !is_point_of(field.content, subject) ? OTHER_POINT : result; break;
            case 1:  result = set && ca ? ELSEWHERE : result; break;  /* onlyContainsUserCerts */
            case 2:  result = set && !ca ? ELSEWHERE : result; break; /* onlyContainsCACerts */
            case 5:  result = set ? ELSEWHERE : result; break;        /* onlyContainsAttributeCerts */
            default: return NOT_UNDERSTOOD;                         /* some reasons only; indirect */
        }
    }
    return result;
}

/* \p key_id: of the key that signs, as the list says (section 5.2.1); p stays as it is when it does not. */
static scope read_extensions(const crl_fields *crl, const pagetls_certificate *subject, int *has_number,
                             pagetls_slice *key_id)
{
    static const uint8_t number[] = { 0x55, 0x1D, 20 };
    static const uint8_t point[] = { 0x55, 0x1D, 28 };
    static const uint8_t aki[] = { 0x55, 0x1D, 35 };
    static const uint8_t delta[] = { 0x55, 0x1D, 27 };
    pagetls_slice list = crl->extensions;
    pagetls_extension_fields extension;
    scope result = COVERS;
    *has_number = 0;
    while (list.len > 0) {
        if (pagetls_der_extension(&list, &extension) != 0) {
            return NOT_UNDERSTOOD;
        }
        pagetls_slice oid = extension.oid;
        if (pagetls_slice_equal(oid, number, sizeof(number))) {
            *has_number = !extension.critical;
        } else if (pagetls_slice_equal(oid, point, sizeof(point))) {
            result = read_scope(extension.value, subject);
            if (result == NOT_UNDERSTOOD) {
                return result;
            }
        } else if (pagetls_slice_equal(oid, aki, sizeof(aki))) {
            pagetls_slice fields;
            if (pagetls_der_expect(&extension.value, DER_SEQUENCE, &fields) == 0) {
                (void) pagetls_der_expect(&fields, DER_CONTEXT | 0, key_id);
            }
        } else if (extension.critical || pagetls_slice_equal(oid, delta, sizeof(delta))) {
            return NOT_UNDERSTOOD;
        }
    }
    return result;
}

/* Entries: 1 when the serial number is there, since *since; -1 when an entry cannot be understood. */
static int find_serial(const crl_fields *crl, const mbedtls_x509_buf *serial, pagetls_slice *since)
{
    pagetls_slice list = crl->revoked;
    pagetls_slice entry;
    pagetls_slice number;
    pagetls_slice extensions;
    pagetls_extension_fields extension;
    pagetls_element date;
    int found = 0;
    while (list.len > 0) {
        if (pagetls_der_expect(&list, DER_SEQUENCE, &entry) != 0 || pagetls_der_expect(&entry, DER_INTEGER, &number) != 0 ||
            pagetls_der_next(&entry, &date) != 0) {
            return -1;
        }
        if (pagetls_slice_equal(number, serial->p, serial->len)) {
            found = 1;
            *since = date.whole;
        }
        extensions = (pagetls_slice) { NULL, 0 };
        if (entry.len > 0 && pagetls_der_expect(&entry, DER_SEQUENCE, &extensions) != 0) {
            return -1;
        }
        while (extensions.len > 0) {
            if (pagetls_der_extension(&extensions, &extension) != 0 || extension.critical) {
                return -1;
            }
        }
    }
    return found;
}

static pagetls_rule check_signature(const crl_fields *crl, const pagetls_certificate *issuer,
                                    const mbedtls_x509_crt_profile *profile, pagetls_signatures *signatures)
{
    mbedtls_x509_buf oid = { DER_OID, crl->algorithm_oid.len, (unsigned char *) (uintptr_t) crl->algorithm_oid.p };
    mbedtls_x509_buf params = { crl->algorithm_params_tag, crl->algorithm_params.len,
                                (unsigned char *) (uintptr_t) crl->algorithm_params.p };
    pagetls_signed document = { .tbs = crl->tbs, .signature = crl->signature };
    void *options = NULL;
    pagetls_rule rule = PAGETLS_RULE_NONE;
    if (mbedtls_x509_get_sig_alg(&oid, &params, &document.md, &document.pk, &options) != 0) {
        return PAGETLS_RULE_CRL_BAD_PK;
    }
    document.options = options;
    if (!pagetls_signed_md_is_allowed(&document, profile)) {
        rule = PAGETLS_RULE_CRL_BAD_MD;
    } else if ((profile->allowed_pks & MBEDTLS_X509_ID_FLAG(document.pk)) == 0) {
        rule = PAGETLS_RULE_CRL_BAD_PK;
    } else if (!pagetls_signatures_check(signatures, &document, issuer->crt)) {
        rule = signatures->exhausted ? PAGETLS_RULE_BUDGET : PAGETLS_RULE_CRL_NOT_TRUSTED;
    }
    pagetls_heap_free(options);
    return rule;
}

/* What is wrong with a list only if no other covers the certificate. */
typedef struct {
    pagetls_rule rule;
    mbedtls_x509_time next_update;
} reserve;

/* Notes what is wrong with a list of the certificate's issuer; 1 when the list covers the certificate.
 * *unless_other: what is wrong with it if none does. An issuer that changes its key has two lists, one of the other
 * key, and says so in it; and there may be an old list beside the fresh one. */
static int check_one(const crl_fields *crl, const pagetls_path *path, size_t depth, const pagetls_criteria *criteria,
                     pagetls_signatures *signatures, pagetls_problems *problems, reserve *unless_other)
{
    const pagetls_certificate *subject = path->certificate[depth];
    const pagetls_certificate *issuer = path->certificate[depth + 1];
    pagetls_slice key_id = { NULL, 0 };
    int has_number;
    scope covers = read_extensions(crl, subject, &has_number, &key_id);
    pagetls_slice since = { NULL, 0 };
    int listed = find_serial(crl, &subject->crt->serial, &since);
    if (covers == ELSEWHERE || (covers == OTHER_POINT && listed != 1)) {
        return 0; /* that it is not in a part of the list says nothing; that it is says all */
    }
    pagetls_rule rule = PAGETLS_RULE_NONE;
    if (pagetls_certificate_has(issuer, PAGETLS_EXT_KEY_USAGE) && !(issuer->key_usage & PAGETLS_KU_CRL_SIGN)) {
        rule = PAGETLS_RULE_CRL_NOT_TRUSTED;
    } else {
        rule = check_signature(crl, issuer, criteria->profile, signatures);
    }
    if (covers == OTHER_POINT && rule != PAGETLS_RULE_NONE) {
        return 0;
    }
    if (rule == PAGETLS_RULE_CRL_NOT_TRUSTED && key_id.p != NULL && issuer->ski.p != NULL &&
        !pagetls_slice_equal(key_id, issuer->ski.p, issuer->ski.len)) {
        unless_other->rule = PAGETLS_RULE_CRL_NOT_TRUSTED;
        return 0;
    }
    if (rule == PAGETLS_RULE_NONE && covers == NOT_UNDERSTOOD) {
        rule = PAGETLS_RULE_CRL_SCOPE;
    }
    if (rule != PAGETLS_RULE_NONE) {
        pagetls_problems_add(problems, rule, depth);
        return 1;
    }
    if (!has_number) {
        pagetls_problems_add(problems, PAGETLS_RULE_CRL_NUMBER, depth);
    }
    if (mbedtls_x509_time_is_future(&crl->this_update)) {
        pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_CRL_FUTURE, depth);
        pagetls_check_say_time(criteria, problem, "it is of ", &crl->this_update);
    }
    if (listed < 0) {
        pagetls_problems_add(problems, PAGETLS_RULE_CRL_SCOPE, depth);
    } else if (listed) {
        mbedtls_x509_time date;
        pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_REVOKED, depth);
        if (read_time(&since, &date) == 0) {
            pagetls_check_say_time(criteria, problem, "on ", &date);
        }
    }
    if (mbedtls_x509_time_is_past(&crl->next_update)) {
        *unless_other = (reserve) { PAGETLS_RULE_CRL_EXPIRED, crl->next_update };
        return 0;
    }
    return 1;
}

void pagetls_crl_check(const pagetls_crl *list, const pagetls_path *path, const pagetls_criteria *criteria,
                       pagetls_signatures *signatures, pagetls_problems *problems, uint8_t checked[PAGETLS_PATH_MAX])
{
    crl_fields fields;
    reserve unless_other[PAGETLS_PATH_MAX] = { { .rule = PAGETLS_RULE_NONE } };
    memset(checked, 0, PAGETLS_PATH_MAX);
    for (; list != NULL; list = list->next) {
        if (read_crl(&fields, list->der, list->len) != 0) {
            continue; /* it could be read when it was added */
        }
        for (size_t depth = 0; depth + 1 < path->len; depth++) {
            const mbedtls_x509_buf *issuer = &path->certificate[depth]->crt->issuer_raw;
            if (pagetls_name_equal(fields.issuer, (pagetls_slice) { issuer->p, issuer->len }) &&
                check_one(&fields, path, depth, criteria, signatures, problems, &unless_other[depth])) {
                checked[depth] = 1;
            }
        }
    }
    for (size_t depth = 0; depth < path->len; depth++) {
        const reserve *kept = &unless_other[depth];
        if (kept->rule != PAGETLS_RULE_NONE && !checked[depth]) {
            pagetls_problem *problem = pagetls_problems_add(problems, kept->rule, depth);
            if (kept->rule == PAGETLS_RULE_CRL_EXPIRED && kept->next_update.year == 0) {
                pagetls_problem_say(problem, "it does not say when the next is due");
            } else if (kept->rule == PAGETLS_RULE_CRL_EXPIRED) {
                pagetls_check_say_time(criteria, problem, "the next was due on ", &kept->next_update);
            }
            checked[depth] = 1;
        }
    }
}
