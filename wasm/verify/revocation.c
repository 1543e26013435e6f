#include "verify/revocation.h"

#include <string.h>

void pagetls_revocation_init(pagetls_revocation *revocation, const pagetls_stored_crl *crls)
{
    memset(revocation, 0, sizeof(*revocation));
    revocation->context.crls = crls;
    revocation->context.comparisons = PAGETLS_CRL_COMPARISONS;
}

/* The status of the certificate, from \p space if it could not be kept. */
static const pagetls_crl_status *find_status(pagetls_revocation *revocation, const pagetls_certificate *certificate,
                                             pagetls_certificate *issuer, pagetls_crl_status *space)
{
    const pagetls_profile *profile = revocation->context.criteria->profile;
    const int may_sign_crls = !pagetls_certificate_lacks_usage(issuer, PAGETLS_KU_CRL_SIGN);
    for (size_t i = 0; i < revocation->known_count; i++) {
        const pagetls_known_status *known = &revocation->known[i];
        if (known->profile == profile && known->certificate == certificate && known->may_sign_crls == may_sign_crls &&
            pagetls_slices_equal(known->key->spki, issuer->key.spki)) {
            return &known->status;
        }
    }
    if (revocation->known_count < sizeof(revocation->known) / sizeof(revocation->known[0])) {
        pagetls_known_status *known = &revocation->known[revocation->known_count++];
        *known = (pagetls_known_status) { profile, certificate, &issuer->key, may_sign_crls, { .findings_count = 0 } };
        space = &known->status;
    }
    pagetls_crl_status_find(&revocation->context, certificate, issuer, space);
    return space;
}

static void add_problem(pagetls_problems *problems, const pagetls_crl_status *status,
                        const pagetls_crl_finding *finding, size_t depth, int64_t now)
{
    pagetls_problem *problem = pagetls_problems_add(problems, finding->rule, depth);
    pagetls_time date = { .readable = 0 };
    switch (finding->rule) {
        case PAGETLS_RULE_REVOKED:
            pagetls_time_read(&date, &status->since);
            if (date.readable) {
                pagetls_problem_append_time(problem, "at ", date.seconds, now);
            }
            break;
        case PAGETLS_RULE_CRL_EXPIRED:
            pagetls_problem_append_time(problem, "the next one was due at ", finding->crl->next_update.seconds, now);
            break;
        case PAGETLS_RULE_CRL_NEXT_UPDATE: pagetls_problem_append(problem, "it has no nextUpdate"); break;
        case PAGETLS_RULE_CRL_FUTURE:
            pagetls_problem_append_time(problem, "issued at ", finding->crl->this_update.seconds, now);
            break;
        case PAGETLS_RULE_CRL_BAD_MD:
        case PAGETLS_RULE_CRL_BAD_PK:
        case PAGETLS_RULE_CRL_SIGNATURE_UNSUPPORTED:
            pagetls_problem_append_oid(problem, finding->crl->algorithm.oid);
            break;
        case PAGETLS_RULE_BUDGET:
            pagetls_problem_append(problem, "the limit is ");
            pagetls_problem_append_number(problem, PAGETLS_SIGNATURES_MAX);
            pagetls_problem_append(problem, " signatures of CRLs");
            break;
        default: break;
    }
}

void pagetls_revocation_check(pagetls_revocation *revocation, const pagetls_path *path, const pagetls_criteria *criteria,
                              pagetls_problems *problems, uint8_t statuses[PAGETLS_PATH_MAX])
{
    revocation->context.criteria = criteria;
    memset(statuses, PAGETLS_NOT_CHECKED_NO_CRL, PAGETLS_PATH_MAX);
    for (size_t depth = 0; revocation->context.crls != NULL && depth + 1 < path->len; depth++) {
        pagetls_crl_status space;
        const pagetls_crl_status *status =
            find_status(revocation, path->certificate[depth], path->certificate[depth + 1], &space);
        for (size_t i = 0; i < status->findings_count; i++) {
            add_problem(problems, status, &status->findings[i], depth, criteria->time);
        }
        statuses[depth] = (uint8_t) status->status;
    }
}
