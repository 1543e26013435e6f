#include "verify/crl_status.h"

#include <string.h>

#include "verify/crl_scope.h"
#include "x509/name.h"

/* A CRL that the issuer signed. */
typedef struct {
    const pagetls_crl *crl;
    unsigned reasons; /* for which it tells the certificate's status */
    int is_listed;
    pagetls_crl_entry entry;
    size_t scope;   /* the first CRL with the same scope */
    int is_updated; /* by a delta CRL */
} signed_crl;

typedef struct {
    pagetls_crl_context *context;
    const pagetls_certificate *certificate;
    pagetls_certificate *issuer;
    pagetls_crl_status *status;
    signed_crl list[PAGETLS_SIGNATURES_MAX];
    size_t count;
    int has_other_scope;
    int is_listed_unverified; /* by a CRL whose signature is beyond the budget */
} lookup;

static void add_finding(pagetls_crl_status *status, pagetls_rule rule, const pagetls_crl *crl)
{
    for (size_t i = 0; i < status->findings_count; i++) {
        if (status->findings[i].rule == rule) {
            return;
        }
    }
    if (status->findings_count < PAGETLS_CRL_FINDINGS_MAX) {
        status->findings[status->findings_count++] = (pagetls_crl_finding) { rule, crl };
    }
}

/* --- reading the CRLs of the issuer ------------------------------------------------------ */

static pagetls_rule check_signature(const lookup *l, const pagetls_crl *crl)
{
    pagetls_signatures *signatures = &l->context->signatures;
    if (pagetls_certificate_lacks_usage(l->issuer, PAGETLS_KU_CRL_SIGN)) {
        return PAGETLS_RULE_CRL_NOT_TRUSTED;
    }
    const unsigned reasons = pagetls_algorithm_check(&crl->algorithm, l->context->criteria->profile);
    if (reasons & PAGETLS_ALGORITHM_BAD_HASH) {
        return PAGETLS_RULE_CRL_BAD_MD;
    }
    if (reasons != 0) {
        return reasons & PAGETLS_ALGORITHM_UNSUPPORTED ? PAGETLS_RULE_CRL_SIGNATURE_UNSUPPORTED
                                                       : PAGETLS_RULE_CRL_BAD_PK;
    }
    if (pagetls_signatures_check(signatures, &crl->algorithm, crl->tbs, crl->signature, &l->issuer->key)) {
        return PAGETLS_RULE_NONE;
    }
    return signatures->exhausted ? PAGETLS_RULE_BUDGET : PAGETLS_RULE_CRL_NOT_TRUSTED;
}

/* Signatures take the most time: one is verified only if the CRL is about the certificate or lists it. */
static void read_crl(lookup *l, const pagetls_crl *crl)
{
    signed_crl found = { .crl = crl };
    found.reasons = pagetls_crl_reasons_for(crl, l->certificate, &l->context->comparisons);
    found.is_listed = !crl->point.only_attribute && /* their serial numbers are others */
        pagetls_crl_find(crl, l->certificate->serial, l->certificate->issuer, &found.entry);
    if (found.reasons == 0 && !found.is_listed) {
        l->has_other_scope = 1;
        return;
    }
    const pagetls_rule rule = check_signature(l, crl);
    if (rule == PAGETLS_RULE_NONE && l->count < PAGETLS_SIGNATURES_MAX) {
        l->list[l->count++] = found;
        return;
    }
    if (found.reasons != 0) {
        add_finding(l->status, rule, crl);
    } else {
        l->has_other_scope = 1;
    }
    l->is_listed_unverified |= rule == PAGETLS_RULE_BUDGET && found.is_listed;
}

/* --- comparing them ------------------------------------------------------------------------ */

static int is_current(const lookup *l, const pagetls_crl *crl)
{
    const int64_t now = l->context->criteria->time;
    return crl->this_update.seconds <= now && (!crl->has_next_update || now <= crl->next_update.seconds);
}

static int is_newer(const pagetls_crl *a, const pagetls_crl *b)
{
    return a->number.p != NULL && b->number.p != NULL ? pagetls_der_integer_compare(a->number, b->number) > 0
                                                      : a->this_update.seconds > b->this_update.seconds;
}

/* 1 when the delta CRL is current, and has the changes since a CRL with the scope and number of the other (sections 5.2.4
 * and 6.3.3, c). */
static int updates(const lookup *l, const signed_crl *delta, const signed_crl *other)
{
    const pagetls_crl *crl = delta->crl;
    return crl->is_delta && !crl->has_unusable_extension && crl->has_next_update && is_current(l, crl) &&
        crl->number.p != NULL && other->crl->number.p != NULL && delta->scope == other->scope &&
        pagetls_der_integer_compare(other->crl->number, crl->base_number) >= 0 && is_newer(crl, other->crl);
}

static void compare_all(lookup *l)
{
    for (size_t i = 0; i < l->count; i++) {
        signed_crl *one = &l->list[i];
        while (one->scope < i && !pagetls_crl_scopes_equal(one->crl, l->list[one->scope].crl)) {
            one->scope++;
        }
    }
    for (size_t i = 0; i < l->count * l->count; i++) {
        l->list[i / l->count].is_updated |= updates(l, &l->list[i % l->count], &l->list[i / l->count]);
    }
}

/* 1 when the CRL tells the status now: it is complete and understood, and it or its update is current. */
static int is_usable(const lookup *l, const signed_crl *one)
{
    return one->reasons != 0 && !one->crl->is_delta && !one->crl->has_unusable_extension &&
        (one->is_updated || is_current(l, one->crl));
}

static int is_removal(const signed_crl *one)
{
    return one->is_listed && one->crl->is_delta && one->entry.reason == PAGETLS_REASON_CODE_REMOVE;
}

/* 1 when the delta CRL has removeFromCRL for the entry, and no delta CRL that is as new says otherwise. */
static int takes_back(const lookup *l, const signed_crl *delta, const signed_crl *listing)
{
    if (!is_removal(delta) || !updates(l, delta, listing)) {
        return 0;
    }
    for (size_t i = 0; i < l->count; i++) {
        const signed_crl *other = &l->list[i];
        if (!is_removal(other) && updates(l, other, listing) && !is_newer(delta->crl, other->crl)) {
            return 0;
        }
    }
    return 1;
}

/* 1 when the entry was a hold, and the newer CRL is complete, covers holds, and lacks it. */
static int ends_hold(const lookup *l, const signed_crl *newer, const signed_crl *listing)
{
    return listing->entry.reason == PAGETLS_REASON_CODE_HOLD && !newer->is_listed &&
        (newer->reasons & PAGETLS_REASON_CERTIFICATE_HOLD) && is_usable(l, newer) && is_newer(newer->crl, listing->crl);
}

/* Any other revocation is final (section 5.3.1). */
static int is_taken_back(const lookup *l, const signed_crl *listing)
{
    for (size_t i = 0; i < l->count; i++) {
        if (takes_back(l, &l->list[i], listing) || ends_hold(l, &l->list[i], listing)) {
            return 1;
        }
    }
    return 0;
}

/* --- the result ---------------------------------------------------------------------------- */

static const signed_crl *find_revocation(const lookup *l)
{
    for (size_t i = 0; i < l->count; i++) {
        const signed_crl *one = &l->list[i];
        if (one->is_listed && !is_removal(one) && !is_taken_back(l, one)) {
            return one;
        }
    }
    return NULL;
}

static int is_in_form(const signed_crl *one)
{
    return one->crl->number.p != NULL && (one->crl->has_next_update || one->is_updated);
}

static void add_form_findings(pagetls_crl_status *status, const signed_crl *one)
{
    if (one->crl->number.p == NULL) {
        add_finding(status, PAGETLS_RULE_CRL_NUMBER, one->crl);
    }
    if (!one->crl->has_next_update && !one->is_updated) {
        add_finding(status, PAGETLS_RULE_CRL_NEXT_UPDATE, one->crl);
    }
}

/* The reasons for which usable CRLs tell the status. */
static unsigned reasons_covered(const lookup *l, int only_in_form)
{
    unsigned reasons = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (is_usable(l, &l->list[i]) && (!only_in_form || is_in_form(&l->list[i]))) {
            reasons |= l->list[i].reasons;
        }
    }
    return reasons;
}

/* The newest complete CRL about the certificate that is not usable; NULL if there is none. */
static const signed_crl *newest_unusable(const lookup *l)
{
    const signed_crl *newest = NULL;
    for (size_t i = 0; i < l->count; i++) {
        const signed_crl *one = &l->list[i];
        if (one->reasons != 0 && !one->crl->is_delta && !is_usable(l, one) &&
            (newest == NULL || is_newer(one->crl, newest->crl))) {
            newest = one;
        }
    }
    return newest;
}

static int has_delta(const lookup *l)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->list[i].crl->is_delta && l->list[i].reasons != 0) {
            return 1;
        }
    }
    return 0;
}

static int has_problem(const lookup *l)
{
    for (size_t i = 0; i < l->status->findings_count; i++) {
        if (pagetls_rule_effect(l->status->findings[i].rule, l->context->criteria->profile->rules) ==
            PAGETLS_EFFECT_PROBLEM) {
            return 1;
        }
    }
    return 0;
}

/* Adds what is wrong with the form of all usable CRLs. */
static void add_all_form_findings(const lookup *l)
{
    for (size_t i = 0; i < l->count; i++) {
        if (is_usable(l, &l->list[i])) {
            add_form_findings(l->status, &l->list[i]);
        }
    }
}

/* Adds why a complete CRL is not usable. */
static void add_unusable(const lookup *l, const signed_crl *one)
{
    if (one->crl->has_unusable_extension) {
        add_finding(l->status, PAGETLS_RULE_CRL_SCOPE, one->crl);
        return;
    }
    const int is_future = one->crl->this_update.seconds > l->context->criteria->time;
    add_finding(l->status, is_future ? PAGETLS_RULE_CRL_FUTURE : PAGETLS_RULE_CRL_EXPIRED, one->crl);
    add_form_findings(l->status, one);
}

/* Of a certificate that is not revoked. The findings so far are about CRLs that the issuer has not signed. */
static pagetls_revocation_status conclude(const lookup *l)
{
    const unsigned reasons = reasons_covered(l, 0);
    const signed_crl *unusable = newest_unusable(l);
    if (l->is_listed_unverified) {
        add_finding(l->status, PAGETLS_RULE_BUDGET, NULL);
        return PAGETLS_NOT_CHECKED_CRL_PROBLEM;
    }
    if (reasons == PAGETLS_ALL_REASONS) {
        l->status->findings_count = 0;
        if (reasons_covered(l, 1) != PAGETLS_ALL_REASONS) {
            add_all_form_findings(l);
        }
        return has_problem(l) ? PAGETLS_NOT_CHECKED_CRL_PROBLEM : PAGETLS_REVOCATION_CHECKED;
    }
    if (unusable != NULL) {
        l->status->findings_count = 0;
        add_unusable(l, unusable);
    }
    return l->status->findings_count > 0 ? PAGETLS_NOT_CHECKED_CRL_PROBLEM
        : reasons != 0                   ? PAGETLS_NOT_CHECKED_SOME_REASONS
        : has_delta(l)                   ? PAGETLS_NOT_CHECKED_ONLY_DELTA
        : l->has_other_scope             ? PAGETLS_NOT_CHECKED_OTHER_SCOPE
                                         : PAGETLS_NOT_CHECKED_NO_CRL;
}

void pagetls_crl_status_find(pagetls_crl_context *context, const pagetls_certificate *certificate,
                             pagetls_certificate *issuer, pagetls_crl_status *status)
{
    size_t cost = 0; /* it grows no faster than the CRLs */
    lookup l = { .context = context, .certificate = certificate, .issuer = issuer, .status = status };
    memset(status, 0, sizeof(*status));
    for (const pagetls_stored_crl *stored = context->crls; stored != NULL; stored = stored->next) {
        if (pagetls_name_equal(stored->crl.issuer, certificate->issuer, &cost)) {
            read_crl(&l, &stored->crl);
        }
    }
    compare_all(&l);
    const signed_crl *revocation = find_revocation(&l);
    if (revocation == NULL) {
        status->status = conclude(&l);
        return;
    }
    status->status = PAGETLS_REVOCATION_CHECKED;
    status->findings_count = 0;
    status->since = revocation->entry.date;
    add_finding(status, PAGETLS_RULE_REVOKED, revocation->crl);
}
