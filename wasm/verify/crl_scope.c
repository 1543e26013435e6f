#include "verify/crl_scope.h"

#include "x509/general_name.h"
#include "x509/name.h"

enum { DIRECTORY_NAME = DER_CONTEXT | DER_CONSTRUCTED | PAGETLS_NAME_DIRECTORY };

/* Takes \p count from the budget; 0 when not that many are left. */
static int spend(size_t *comparisons, size_t count)
{
    const int enough = *comparisons >= count;
    *comparisons -= enough ? count : *comparisons;
    return enough;
}

/* Two Names with their headers. */
static int names_equal(pagetls_slice a, pagetls_slice b, size_t *comparisons)
{
    size_t cost = 0;
    const int equal = pagetls_name_equal(a, b, &cost);
    return spend(comparisons, cost / PAGETLS_SEARCH_STEP_OCTETS) && equal;
}

static int general_names_equal(const pagetls_element *a, const pagetls_element *b, size_t *comparisons)
{
    return a->tag == DIRECTORY_NAME && b->tag == DIRECTORY_NAME ? names_equal(a->content, b->content, comparisons)
                                                                : pagetls_slices_equal(a->whole, b->whole);
}

/* 1 when two GeneralNames have a name in common. */
static int names_overlap(pagetls_slice a, pagetls_slice b, size_t *comparisons)
{
    pagetls_element one;
    pagetls_element other;
    while (pagetls_der_next(&a, &one) == 0) {
        for (pagetls_slice rest = b; pagetls_der_next(&rest, &other) == 0;) {
            if (!spend(comparisons, 1)) {
                return 0;
            }
            if (general_names_equal(&one, &other, comparisons)) {
                return 1;
            }
        }
    }
    return 0;
}

/* 1 when one of the names is that directory name. */
static int has_directory_name(pagetls_slice names, pagetls_slice name, size_t *comparisons)
{
    pagetls_element one;
    while (pagetls_der_next(&names, &one) == 0 && spend(comparisons, 1)) {
        if (one.tag == DIRECTORY_NAME && names_equal(one.content, name, comparisons)) {
            return 1;
        }
    }
    return 0;
}

/* 1 when the CRL's distribution point is this one of the certificate (section 6.3.3, b, 1 and 2, i). */
static int is_for_point(const pagetls_crl *crl, const pagetls_distribution_point *point, size_t *comparisons)
{
    const pagetls_slice names = pagetls_distribution_point_full_name(crl->point.name);
    if (point->crl_issuer.p != NULL && !has_directory_name(point->crl_issuer, crl->issuer, comparisons)) {
        return 0;
    }
    if (point->name.p == NULL) {
        return names_overlap(names, point->crl_issuer, comparisons);
    }
    if (names.p == NULL) { /* relative to the CRL's issuer, which is the certificate's */
        return point->crl_issuer.p == NULL && pagetls_slices_equal(crl->point.name, point->name);
    }
    return names_overlap(names, pagetls_distribution_point_full_name(point->name), comparisons);
}

/* 1 when the CRL's distribution point is the one that every certificate has (section 6.3.3): its issuer's names. */
static int is_for_issuer(const pagetls_crl *crl, const pagetls_certificate *certificate, size_t *comparisons)
{
    const pagetls_slice names = pagetls_distribution_point_full_name(crl->point.name);
    pagetls_slice value = certificate->extension[PAGETLS_EXT_ISSUER_ALT_NAME];
    pagetls_slice alternative_names = { NULL, 0 };
    (void) pagetls_der_expect(&value, DER_SEQUENCE, &alternative_names);
    return has_directory_name(names, certificate->issuer, comparisons) ||
        names_overlap(names, alternative_names, comparisons);
}

unsigned pagetls_crl_reasons_for(const pagetls_crl *crl, const pagetls_certificate *certificate, size_t *comparisons)
{
    const pagetls_issuing_point *scope = &crl->point;
    if (scope->only_attribute || (certificate->ca ? scope->only_users : scope->only_cas)) {
        return 0;
    }
    if (scope->name.p == NULL || is_for_issuer(crl, certificate, comparisons)) {
        return scope->reasons;
    }
    pagetls_slice points = certificate->crl_points;
    pagetls_distribution_point point;
    unsigned reasons = 0;
    while (pagetls_distribution_point_next(&points, &point) == 0) {
        if (is_for_point(crl, &point, comparisons)) {
            reasons |= point.reasons;
        }
    }
    return reasons & scope->reasons;
}

int pagetls_crl_scopes_equal(const pagetls_crl *a, const pagetls_crl *b)
{
    return pagetls_slices_equal(a->scope, b->scope) && pagetls_slices_equal(a->authority_key_id, b->authority_key_id);
}
