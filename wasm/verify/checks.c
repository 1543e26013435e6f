#include "verify/checks.h"

#include <string.h>

#include "crypto/digest.h"
#include "verify/check_parts.h"
#include "verify/name_constraints.h"
#include "verify/signature_check.h"
#include "verify/signatures.h"

/* Some anchors of Mozilla's root list predate the rules for their form. Mozilla's root program vouches for them, also
 * if the user added them. */
static int is_known_anchor(const pagetls_stored_certificate *anchor)
{
    static const uint8_t known[][8] = {
#include "verify/known_anchors.inc"
    };
    const pagetls_slice der = anchor->certificate.der;
    uint8_t digest[32];
    if (pagetls_is_mozillas(anchor)) {
        return 1;
    }
    if (pagetls_sha256(der.p, der.len, digest) != 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (memcmp(known[i], digest, sizeof(known[i])) == 0) {
            return 1;
        }
    }
    return 0;
}

/* --- time, key, signature ------------------------------------------------------------- */

static void check_time(const pagetls_check_target *target)
{
    const pagetls_certificate *c = target->certificate;
    const int64_t now = target->criteria->time;
    if (!c->not_before.readable || !c->not_after.readable) {
        const pagetls_slice text = c->not_before.readable ? c->not_after.text : c->not_before.text;
        pagetls_problem_append_untrusted(pagetls_target_add_problem(target, PAGETLS_RULE_TIME_UNREADABLE), text.p,
                                         text.len);
    } else if (now > c->not_after.seconds) {
        pagetls_problem_append_time(pagetls_target_add_problem(target, PAGETLS_RULE_EXPIRED), "valid until ",
                                    c->not_after.seconds, now);
    } else if (now < c->not_before.seconds) {
        pagetls_problem_append_time(pagetls_target_add_problem(target, PAGETLS_RULE_FUTURE), "valid from ",
                                    c->not_before.seconds, now);
    }
}

/* Adds a problem whose detail is \p number between two texts. */
static pagetls_problem *add_number(const pagetls_check_target *target, pagetls_rule rule, const char *before,
                                   size_t number, const char *after)
{
    pagetls_problem *problem = pagetls_target_add_problem(target, rule);
    pagetls_problem_append(problem, before);
    pagetls_problem_append_number(problem, (int64_t) number);
    pagetls_problem_append(problem, after);
    return problem;
}

static void check_rsa_key(const pagetls_check_target *target)
{
    const pagetls_profile *profile = target->criteria->profile;
    const pagetls_public_key *key = &target->certificate->key;
    size_t exponent = pagetls_public_key_exponent_bits(key);
    if (!profile->rsa) {
        pagetls_problem_append(pagetls_target_add_problem(target, PAGETLS_RULE_BAD_PK), "RSA");
        return;
    }
    if (key->bits < profile->rsa_min_bits) {
        pagetls_problem *problem = add_number(target, PAGETLS_RULE_BAD_KEY, "RSA with ", key->bits, " bits, minimum ");
        pagetls_problem_append_number(problem, profile->rsa_min_bits);
    }
    if (key->bits % 8 != 0) {
        (void) add_number(target, PAGETLS_RULE_RSA_MODULUS, "", key->bits, " bits");
    }
    if (exponent > PAGETLS_RSA_EXPONENT_BITS) {
        (void) add_number(target, PAGETLS_RULE_RSA_EXPONENT, "", exponent, " bits");
    }
}

/* The profile does not accept this algorithm of a key or of a signature. */
static void add_bad_algorithm(const pagetls_check_target *target, pagetls_slice oid)
{
    pagetls_problem *problem = pagetls_target_add_problem(target, PAGETLS_RULE_BAD_PK);
    pagetls_problem_append_oid(problem, oid);
    if (target->criteria->profile->rules == PAGETLS_RULE_SET_WEBPKI) {
        pagetls_problem_append(problem, ", which the Baseline Requirements do not allow (7.1.3)");
    }
}

static void check_key(const pagetls_check_target *target)
{
    pagetls_public_key *key = &target->certificate->key;
    if (key->malformed) {
        (void) pagetls_target_add_problem(target, PAGETLS_RULE_KEY_MALFORMED);
    } else if (!pagetls_public_key_is_supported(key)) {
        pagetls_problem *problem = pagetls_target_add_problem(target, PAGETLS_RULE_KEY_UNSUPPORTED);
        pagetls_problem_append_oid(problem, key->curve_oid.p != NULL ? key->curve_oid : key->oid);
        if (key->type == PAGETLS_KEY_RSA) {
            pagetls_problem_append(problem, " with ");
            pagetls_problem_append_number(problem, (int64_t) key->bits);
            pagetls_problem_append(problem, " bits");
        }
    } else if (!pagetls_public_key_is_usable(key)) {
        (void) pagetls_target_add_problem(target, PAGETLS_RULE_KEY_MALFORMED);
    } else if (key->type == PAGETLS_KEY_RSA) {
        check_rsa_key(target);
    } else if (key->type == PAGETLS_KEY_ED25519) {
        if (!target->criteria->profile->ed25519) {
            add_bad_algorithm(target, key->oid);
        }
    } else if (!(target->criteria->profile->curves >> key->curve & 1)) {
        (void) add_number(target, PAGETLS_RULE_BAD_KEY, "elliptic curve with ", key->bits, " bits");
    }
}

static void check_signature_algorithm(const pagetls_check_target *target)
{
    static const struct {
        unsigned reason;
        pagetls_rule rule;
    } rules[] = {
        { PAGETLS_ALGORITHM_UNSUPPORTED, PAGETLS_RULE_SIGNATURE_UNSUPPORTED },
        { PAGETLS_ALGORITHM_BAD_HASH, PAGETLS_RULE_BAD_MD },
    };
    const pagetls_signature_algorithm *algorithm = &target->certificate->algorithm;
    unsigned reasons = pagetls_algorithm_check(algorithm, target->criteria->profile);
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (reasons & rules[i].reason) {
            pagetls_problem_append_oid(pagetls_target_add_problem(target, rules[i].rule), algorithm->oid);
        }
    }
    if (reasons & PAGETLS_ALGORITHM_BAD_KIND) {
        add_bad_algorithm(target, algorithm->oid);
    }
}

/* --- CAs and leaves ----------------------------------------------------------------------- */

int pagetls_check_may_issue(const pagetls_certificate *issuer, int is_anchor, int64_t time)
{
    return (issuer->ca || (is_anchor && pagetls_is_version_1_anchor(issuer))) &&
        !pagetls_certificate_lacks_usage(issuer, PAGETLS_KU_CERT_SIGN) && issuer->not_before.readable &&
        issuer->not_after.readable && time >= issuer->not_before.seconds && time <= issuer->not_after.seconds;
}

/** How many purposes of the extended key usage the text of a problem lists. */
#define MAX_PURPOSES_SHOWN 6

static void append_purposes(pagetls_problem *problem, pagetls_slice list)
{
    pagetls_slice oid;
    for (int count = 0; count < MAX_PURPOSES_SHOWN && pagetls_der_expect(&list, DER_OID, &oid) == 0; count++) {
        pagetls_problem_append(problem, count == 0 ? "it allows " : ", ");
        pagetls_problem_append_oid(problem, oid);
    }
}

static void check_purposes(const pagetls_check_target *target)
{
    static const uint8_t server[] = { 0x2B, 6, 1, 5, 5, 7, 3, 1 };
    static const uint8_t every[] = { 0x55, 0x1D, 37, 0 };
    const pagetls_certificate *c = target->certificate;
    pagetls_slice list = c->purposes;
    pagetls_slice oid;
    int allowed = 0;
    int any = 0;
    int count = 0;
    if (!pagetls_certificate_has(c, PAGETLS_EXT_EKU)) {
        pagetls_target_add_problem_if(target, target->role == PAGETLS_ROLE_LEAF, PAGETLS_RULE_EKU_MISSING);
        return;
    }
    for (; pagetls_der_expect(&list, DER_OID, &oid) == 0; count++) {
        allowed |= pagetls_slice_is(oid, server, sizeof(server));
        any |= pagetls_slice_is(oid, every, sizeof(every));
    }
    pagetls_target_add_problem_if(target, count == 0, PAGETLS_RULE_EKU_EMPTY);
    if (count > 0 && !allowed && !any) {
        append_purposes(pagetls_target_add_problem(target, PAGETLS_RULE_EXT_KEY_USAGE), c->purposes);
    }
    if (target->role == PAGETLS_ROLE_LEAF) {
        pagetls_target_add_problem_if(target, any, PAGETLS_RULE_EKU_ANY);
        pagetls_target_add_problem_if(target, pagetls_certificate_critical(c, PAGETLS_EXT_EKU),
                                      PAGETLS_RULE_EKU_CRITICAL);
    }
}

static void check_ca(const pagetls_check_target *target)
{
    const pagetls_certificate *c = target->certificate;
    if (target->role == PAGETLS_ROLE_ANCHOR && pagetls_is_version_1_anchor(c)) {
        (void) pagetls_target_add_problem(target, PAGETLS_RULE_VERSION_1_ANCHOR);
        return;
    }
    pagetls_target_add_problem_if(target, !c->ca, PAGETLS_RULE_NOT_A_CA);
    pagetls_target_add_problem_if(target, c->ca && pagetls_certificate_lacks_usage(c, PAGETLS_KU_CERT_SIGN),
                                  PAGETLS_RULE_NO_CERT_SIGN);
}

static void check_leaf(const pagetls_check_target *target)
{
    pagetls_check_host_name(target);
    pagetls_target_add_problem_if(target,
                                  pagetls_certificate_lacks_usage(target->certificate, PAGETLS_KU_DIGITAL_SIGNATURE),
                                  PAGETLS_RULE_KEY_USAGE);
}

/* --- the path ------------------------------------------------------------------------------ */

static void check_path_lengths(const pagetls_path *path, const pagetls_criteria *criteria, pagetls_problems *problems)
{
    int64_t below = 0; /* intermediates below this certificate, without self-issued ones (RFC 5280, section 4.2.1.9) */
    for (size_t depth = 1; depth < path->len; depth++) {
        const pagetls_certificate *c = path->certificate[depth];
        if (c->path_length >= 0 && below > c->path_length) {
            pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_PATH_LENGTH, depth);
            pagetls_problem_append(problem, "pathLenConstraint is ");
            pagetls_problem_append_number(problem, c->path_length);
            pagetls_problem_append(problem, ", but ");
            pagetls_problem_append_number(problem, below);
            pagetls_problem_append(problem, " follow");
        }
        below += !c->self_issued;
    }
    size_t intermediates = 0;
    for (size_t depth = 1; depth + (path->anchor != NULL) < path->len; depth++) {
        intermediates += !path->certificate[depth]->self_issued;
    }
    if (criteria->max_depth >= 0 && intermediates > (size_t) criteria->max_depth) {
        pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_TOO_DEEP, 0);
        pagetls_problem_append_number(problem, (int64_t) intermediates);
        pagetls_problem_append(problem, ", maximum ");
        pagetls_problem_append_number(problem, criteria->max_depth);
    }
}

static void check_name_constraints(const pagetls_path *path, size_t *comparisons, pagetls_problems *problems)
{
    for (size_t ca = path->len; ca-- > 1;) {
        for (size_t depth = 0; depth < ca; depth++) {
            const pagetls_certificate *c = path->certificate[depth];
            if (depth == 0 || !c->self_issued) {
                pagetls_name_constraints_apply(path->certificate[ca], c, depth, comparisons, problems);
            }
        }
    }
}

/* requireExplicitPolicy (RFC 5280, section 4.2.1.11): checks only that policies are present; does not compare them. If
 * at least as many certificates follow as the extension skips, not counting self-issued intermediates, every
 * certificate of the path needs policies. A leaf can require them too (section 6.1.5, b). */
static void check_policies(const pagetls_path *path, pagetls_problems *problems)
{
    for (size_t ca = 0; ca < path->len; ca++) {
        int64_t count = path->certificate[ca]->require_explicit_policy;
        int64_t below = ca > 0; /* the leaf */
        for (size_t depth = 1; depth < ca; depth++) {
            below += !path->certificate[depth]->self_issued;
        }
        if (count < 0 || count > below) {
            continue;
        }
        for (size_t depth = 0; depth + (path->anchor != NULL) < path->len; depth++) {
            if (!pagetls_certificate_has(path->certificate[depth], PAGETLS_EXT_POLICIES)) {
                (void) pagetls_problems_add(problems, PAGETLS_RULE_POLICY_REQUIRED, depth);
            }
        }
    }
}

/* Strictly after the date, as in Firefox, which knows no date for anchors that the user added either. */
static void check_distrust_after(const pagetls_path *path, pagetls_problems *problems)
{
    const pagetls_time *issued = &path->certificate[0]->not_before; /* unreadable: see check_time() */
    if (path->anchor == NULL || path->anchor->distrust_after == 0 || !issued->readable ||
        issued->seconds <= path->anchor->distrust_after || !pagetls_is_mozillas(path->anchor)) {
        return;
    }
    pagetls_problem *problem = pagetls_problems_add(problems, PAGETLS_RULE_DISTRUSTED, 0);
    pagetls_problem_append(problem, "valid from ");
    pagetls_problem_append_date(problem, issued->seconds);
    pagetls_problem_append(problem, ", trusted until ");
    pagetls_problem_append_date(problem, path->anchor->distrust_after);
    pagetls_problem_append(problem, ": ");
    pagetls_problem_append_name(problem, path->anchor->certificate.subject);
}

/* The leaf itself is a trust anchor: none of the rules for what a CA issues. */
static void check_pinned(const pagetls_check_target *target)
{
    check_key(target);
    pagetls_target_add_problem_if(target,
                                  pagetls_certificate_lacks_usage(target->certificate, PAGETLS_KU_DIGITAL_SIGNATURE),
                                  PAGETLS_RULE_KEY_USAGE);
    pagetls_check_serial(target);
    pagetls_check_extensions(target);
    check_purposes(target);
}

/* A trust anchor above the leaf. */
static void check_anchor(const pagetls_check_target *target, const pagetls_stored_certificate *anchor)
{
    check_key(target);
    check_ca(target);
    /* An extended key usage limits what the certificate may be used for (RFC 5280, section 4.2.1.12), at any place. */
    check_purposes(target);
    if (!is_known_anchor(anchor)) {
        pagetls_check_form(target);
    }
}

void pagetls_check_anchor(pagetls_stored_certificate *anchor, const pagetls_criteria *criteria,
                          pagetls_problems *problems)
{
    pagetls_check_target target = { &anchor->certificate, criteria, problems, 0, PAGETLS_ROLE_ANCHOR };
    if (pagetls_has_host_name(&anchor->certificate)) {
        check_pinned(&target);
        if (problems->count == 0) {
            return; /* a path can consist of this certificate alone */
        }
        pagetls_problems_reset(problems, problems->rules);
    }
    check_anchor(&target, anchor);
}

void pagetls_check_path(const pagetls_path *path, const pagetls_criteria *criteria, size_t *comparisons,
                        pagetls_problems *problems)
{
    for (size_t depth = 0; depth < path->len; depth++) {
        int last = depth + 1 == path->len;
        pagetls_check_target target = { path->certificate[depth], criteria, problems, depth,
                                        last && path->anchor != NULL ? PAGETLS_ROLE_ANCHOR
                                            : depth == 0             ? PAGETLS_ROLE_LEAF
                                                                     : PAGETLS_ROLE_INTERMEDIATE };
        check_time(&target);
        if (depth == 0) {
            check_leaf(&target);
        }
        if (target.role == PAGETLS_ROLE_ANCHOR) {
            if (depth == 0) {
                check_pinned(&target);
            } else {
                check_anchor(&target, path->anchor);
            }
            continue;
        }
        check_key(&target);
        if (depth > 0) {
            check_ca(&target);
        }
        check_signature_algorithm(&target);
        pagetls_check_form(&target);
        check_purposes(&target);
        if (depth == 0) {
            pagetls_check_alternative_names(&target);
            pagetls_target_add_problem_if(
                &target, target.certificate->ca || (target.certificate->key_usage & PAGETLS_KU_CERT_SIGN),
                PAGETLS_RULE_LEAF_IS_CA);
        }
        if (!last) {
            pagetls_check_key_identifier(&target, path->certificate[depth + 1]);
        }
    }
    check_path_lengths(path, criteria, problems);
    check_name_constraints(path, comparisons, problems);
    check_policies(path, problems);
    check_distrust_after(path, problems);
}
