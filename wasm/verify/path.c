#include "verify/path.h"

#include <string.h>

#include "host/heap.h"
#include "verify/name_constraints.h"
#include "verify/signature_check.h"
#include "x509/name.h"

typedef struct {
    pagetls_certificate *certificate;
    const pagetls_stored_certificate *anchor; /* that it is; NULL for an intermediate */
    uint8_t likelihood; /* key identifiers: 2 equal; 1 an anchor, with one missing; 0 cannot lead to a valid path */
} candidate;

/* Why a path ends without an anchor, by what its last certificate's candidates lack. Later values take precedence. */
typedef enum { NO_ISSUER, OTHER_KEY, BAD_SIGNATURE } dead_end;

/* The limits of a search. */
typedef enum { WITHIN_LIMITS, STEPS, CANDIDATES, SIGNATURES } limit;

/** Score of a path that reaches an anchor, less one per problem; other paths score at most PAGETLS_PATH_MAX. */
#define ANCHORED_SCORE 10000

typedef struct {
    pagetls_stored_certificate *anchors;
    pagetls_certificate **intermediates; /* readable certificates of the chain, without leaf, duplicates and anchors */
    size_t intermediates_count;
    const pagetls_criteria *criteria;
    pagetls_criteria current; /* the same, with the profile for the anchor of the path */
    pagetls_search_result *result;
    int best_score; /* of result->best; see keep_attempt() */
    /* The path being built, and its problems. */
    pagetls_path path;
    pagetls_problems problems;
    uint8_t revocation_statuses[PAGETLS_PATH_MAX];
    size_t unverified; /* number of signatures on it that cannot be verified: it is never valid */
    candidate candidates[PAGETLS_CANDIDATES_MAX]; /* a stack: the candidates for the path's last certificate are on top */
    size_t candidates_count;
    size_t paths_ended; /* number of paths checked or rejected */
    int explaining;     /* second pass: no valid path exists, so find the best invalid one */
    int out_of_memory;
    /* What is left of the budget. */
    size_t steps;
    size_t comparisons;
    pagetls_signatures signatures;
    pagetls_revocation revocation;
    limit exhausted; /* the first of them */
} search;

static void exhaust(search *s, limit which)
{
    s->exhausted = s->exhausted == WITHIN_LIMITS ? which : s->exhausted;
}

/* Takes \p steps from the budget; 0 when not enough are left. */
static int spend_steps(search *s, size_t steps)
{
    if (s->steps < steps) {
        exhaust(s, STEPS);
        s->steps = 0;
        return 0;
    }
    s->steps -= steps;
    return 1;
}

/* --- attempts ------------------------------------------------------------------------ */

/* Copies \p count problems in the order of their depth. */
static void copy_by_depth(pagetls_problem *copy, const pagetls_problem *list, size_t count)
{
    size_t copied = 0;
    for (size_t depth = 0; depth < PAGETLS_PATH_MAX && copied < count; depth++) {
        for (size_t i = 0; i < count; i++) {
            if (list[i].depth == depth) {
                copy[copied++] = list[i];
            }
        }
    }
}

/* A copy of the path, its problems and its warnings; NULL when out of memory. */
static pagetls_attempt *copy_attempt(search *s)
{
    const pagetls_problems *problems = &s->problems;
    size_t count = problems->count + problems->warnings_count;
    pagetls_attempt *copy = pagetls_heap_calloc(1, sizeof(*copy) + count * sizeof(problems->list[0]));
    if (copy == NULL) {
        s->out_of_memory = 1;
        return NULL;
    }
    copy->path = s->path;
    copy->profile = s->current.profile;
    copy->order = s->result->tried;
    copy->signatures_verified = s->unverified == 0;
    memcpy(copy->revocation_statuses, s->revocation_statuses, sizeof(copy->revocation_statuses));
    copy->problems_count = problems->count;
    copy->warnings_count = problems->warnings_count;
    copy->more_problems = problems->more_problems;
    copy->more_warnings = problems->more_warnings;
    copy_by_depth(copy->problems, problems->list, problems->count);
    copy_by_depth(copy->problems + problems->count, problems->warnings, problems->warnings_count);
    return copy;
}

static void keep_other(pagetls_search_result *result, pagetls_attempt *other)
{
    size_t at = result->others_count;
    while (at > 0 && result->others[at - 1]->order > other->order) {
        at--;
    }
    if (result->others_count == PAGETLS_OTHER_PATHS_MAX) {
        pagetls_attempt *last = result->others[PAGETLS_OTHER_PATHS_MAX - 1];
        pagetls_heap_free(at == PAGETLS_OTHER_PATHS_MAX ? other : last);
        if (at == PAGETLS_OTHER_PATHS_MAX) {
            return;
        }
        result->others_count--;
    }
    memmove(&result->others[at + 1], &result->others[at], (result->others_count - at) * sizeof(pagetls_attempt *));
    result->others[at] = other;
    result->others_count++;
}

/* Keeps a copy of the path: as the best one if its score is the highest so far, otherwise among the others. */
static void keep_attempt(search *s, int score)
{
    pagetls_search_result *result = s->result;
    if (score <= s->best_score && result->others_count == PAGETLS_OTHER_PATHS_MAX) {
        return;
    }
    pagetls_attempt *other = copy_attempt(s);
    if (other == NULL) {
        return;
    }
    if (score > s->best_score) {
        pagetls_attempt *best = other;
        other = result->best;
        result->best = best;
        s->best_score = score;
    }
    if (other != NULL) {
        keep_other(result, other);
    }
}

/* 1 when the path ends at an anchor of Mozilla's list, even if the user added that one too. */
static int ends_at_mozillas_anchor(const search *s)
{
    const pagetls_stored_certificate *end = s->path.anchor;
    int found = end != NULL && pagetls_is_mozillas(end);
    for (const pagetls_stored_certificate *anchor = s->anchors; end != NULL && anchor != NULL && !found;
         anchor = anchor->next) {
        found = pagetls_same_certificate(&anchor->certificate, &end->certificate) && pagetls_is_mozillas(anchor);
    }
    return found;
}

/* Starts checking the path, by the profile for its anchor. */
static void reset_problems(search *s)
{
    s->current = *s->criteria;
    if (ends_at_mozillas_anchor(s)) {
        s->current.profile = s->criteria->mozilla_profile;
    }
    pagetls_problems_reset(&s->problems, s->current.profile->rules);
    memset(s->revocation_statuses, PAGETLS_NOT_CHECKED_NO_CRL, sizeof(s->revocation_statuses));
}

static void check_revocation(search *s)
{
    pagetls_revocation_check(&s->revocation, &s->path, &s->current, &s->problems, s->revocation_statuses);
}

/* 1 when issuer and subject are equal, unless the key identifiers tell that a different key of that name signed it. */
static int is_self_signed(const pagetls_certificate *c)
{
    return c->self_issued &&
        (c->authority_key_id.p == NULL || c->subject_key_id.p == NULL ||
         pagetls_slices_equal(c->authority_key_id, c->subject_key_id));
}

/* Adds the problem that the search is incomplete, with the limit that it reached. */
static void add_budget(search *s, size_t depth)
{
    static const struct {
        int number;
        const char *unit;
    } limits[] = { [STEPS] = { PAGETLS_SEARCH_STEPS, " steps" },
                   [CANDIDATES] = { PAGETLS_CANDIDATES_MAX, " issuer candidates" },
                   [SIGNATURES] = { PAGETLS_SIGNATURES_MAX, " signatures" } };
    pagetls_problem *problem = pagetls_problems_add(&s->problems, PAGETLS_RULE_BUDGET, depth);
    pagetls_problem_append(problem, "the limit is ");
    pagetls_problem_append_number(problem, limits[s->exhausted].number);
    pagetls_problem_append(problem, limits[s->exhausted].unit);
}

/* Adds the problem that explains why the path ends. */
static void add_dead_end(search *s, dead_end why)
{
    const size_t depth = s->path.len - 1;
    const pagetls_certificate *last = s->path.certificate[depth];
    if (s->exhausted != WITHIN_LIMITS) {
        add_budget(s, depth);
    } else if (is_self_signed(last) || (last->self_issued && why == NO_ISSUER)) {
        (void) pagetls_problems_add(&s->problems, PAGETLS_RULE_SELF_SIGNED, depth);
    } else if (s->path.len == PAGETLS_PATH_MAX) {
        pagetls_problem *problem = pagetls_problems_add(&s->problems, PAGETLS_RULE_PATH_TOO_LONG, depth);
        pagetls_problem_append(problem, "no trust anchor is among its first ");
        pagetls_problem_append_number(problem, PAGETLS_PATH_MAX);
        pagetls_problem_append(problem, " certificates, the limit");
    } else if (why == BAD_SIGNATURE) {
        pagetls_problem_append_name(pagetls_problems_add(&s->problems, PAGETLS_RULE_SIGNATURE, depth), last->issuer);
    } else if (why == OTHER_KEY) {
        pagetls_problem *problem = pagetls_problems_add(&s->problems, PAGETLS_RULE_WRONG_ISSUER, depth);
        pagetls_problem_append(problem, "expected key identifier ");
        pagetls_problem_append_octets(problem, last->authority_key_id);
        pagetls_problem_append(problem, " for ");
        pagetls_problem_append_name(problem, last->issuer);
    } else {
        pagetls_problem *problem = pagetls_problems_add(&s->problems, PAGETLS_RULE_NOT_TRUSTED, depth);
        pagetls_problem_append(problem, "its issuer was not sent and is not a trust anchor: ");
        pagetls_problem_append_name(problem, last->issuer);
    }
}

/* Checks and keeps the path, which ends at an anchor. 1 when it has no problem. */
static int check_anchored_path(search *s)
{
    if (!spend_steps(s, PAGETLS_SEARCH_PATH_STEPS) && !s->explaining) {
        return 0;
    }
    s->result->tried++;
    s->paths_ended++;
    reset_problems(s);
    pagetls_check_path(&s->path, &s->current, &s->comparisons, &s->problems);
    if (s->problems.count == 0) { /* otherwise CRLs do not change the result; see complete_best() */
        check_revocation(s);
    }
    keep_attempt(s, ANCHORED_SCORE - (int) s->problems.count);
    return s->problems.count == 0 && s->unverified == 0 && !s->out_of_memory;
}

/* Checks and keeps a path that ends without an anchor. */
static void check_dead_end(search *s, dead_end why)
{
    if (!spend_steps(s, PAGETLS_SEARCH_PATH_STEPS) && !s->explaining) {
        return;
    }
    s->result->tried++;
    s->paths_ended++;
    reset_problems(s);
    pagetls_check_path(&s->path, &s->current, &s->comparisons, &s->problems);
    add_dead_end(s, why);
    keep_attempt(s, s->explaining ? (int) s->path.len : -1);
}

/* Drops a candidate that may not issue certificates, but reports the path that ends with it. */
static void reject_candidate(search *s, const pagetls_stored_certificate *anchor)
{
    if (s->result->others_count < PAGETLS_OTHER_PATHS_MAX && spend_steps(s, PAGETLS_SEARCH_PATH_STEPS)) {
        s->result->tried++;
        s->paths_ended++;
        s->path.anchor = anchor;
        reset_problems(s);
        pagetls_check_path(&s->path, &s->current, &s->comparisons, &s->problems);
        s->path.anchor = NULL;
        keep_attempt(s, -1);
    }
}

/* Reports a candidate with the issuer's name whose key did not sign the certificate before it. */
static void keep_failed_signature(search *s, dead_end why)
{
    if (s->explaining && s->result->others_count < PAGETLS_OTHER_PATHS_MAX && spend_steps(s, PAGETLS_SEARCH_PATH_STEPS)) {
        s->result->tried++;
        reset_problems(s);
        s->path.len--;
        add_dead_end(s, why);
        s->path.len++;
        keep_attempt(s, -1);
    }
}

/* --- the search ------------------------------------------------------------------------ */

static int extend_path(search *s);

/* Repeating a subject and key cannot lead to a new anchor (RFC 4158, section 2.4.2). */
static int is_on_path(const search *s, const pagetls_certificate *certificate)
{
    for (size_t i = 0; i < s->path.len; i++) {
        const pagetls_certificate *other = s->path.certificate[i];
        if (pagetls_slices_equal(other->subject, certificate->subject) &&
            pagetls_slices_equal(other->key.spki, certificate->key.spki)) {
            return 1;
        }
    }
    return 0;
}

/* The anchor that is this certificate; NULL if none is. */
static const pagetls_stored_certificate *find_anchor(const search *s, const pagetls_certificate *certificate)
{
    const pagetls_stored_certificate *anchor = s->anchors;
    while (anchor != NULL && !pagetls_same_certificate(&anchor->certificate, certificate)) {
        anchor = anchor->next;
    }
    return anchor;
}

static void push_certificate(search *s, pagetls_certificate *certificate)
{
    s->path.certificate[s->path.len++] = certificate;
}

/* 1 when the child's signature by that key cannot be verified at all. pagetls_check_path() adds the reason. */
static int is_unverifiable(const pagetls_certificate *child, pagetls_certificate *issuer)
{
    return !pagetls_signature_algorithm_is_supported(&child->algorithm) || issuer->key.malformed ||
        !pagetls_public_key_is_supported(&issuer->key) || !pagetls_public_key_is_usable(&issuer->key) ||
        pagetls_public_key_exponent_bits(&issuer->key) > PAGETLS_RSA_EXPONENT_BITS;
}

/* Continues from the candidate, the last certificate of the path. 1 when a path without a problem was found. */
static int follow_candidate(search *s, const candidate *c)
{
    s->path.anchor = c->anchor;
    int found = c->anchor != NULL ? check_anchored_path(s) : extend_path(s);
    s->path.anchor = NULL;
    return found;
}

/* 1 when a path without a problem was found. *why: raised to what the candidate shows, for when the path ends here. */
static int try_candidate(search *s, const candidate *c, dead_end *why)
{
    pagetls_certificate *child = s->path.certificate[s->path.len - 1];
    int found = 0;
    push_certificate(s, c->certificate);
    if (!s->explaining && !pagetls_check_may_issue(c->certificate, c->anchor != NULL, s->criteria->time)) {
        reject_candidate(s, c->anchor);
    } else if (s->explaining && is_unverifiable(child, c->certificate)) {
        s->unverified++;
        found = follow_candidate(s, c);
        s->unverified--;
    } else if (pagetls_signatures_check(&s->signatures, &child->algorithm, child->tbs, child->signature,
                                        &c->certificate->key)) {
        found = follow_candidate(s, c);
    } else if (!s->signatures.exhausted) {
        dead_end reason =
            c->likelihood == 0 && child->authority_key_id.p != NULL && c->certificate->subject_key_id.p != NULL
            ? OTHER_KEY
            : BAD_SIGNATURE;
        *why = reason > *why ? reason : *why;
        keep_failed_signature(s, reason);
    }
    if (s->signatures.exhausted) {
        exhaust(s, SIGNATURES);
    }
    s->path.len--;
    return found;
}

/* 1 when a path may be valid without key identifiers, or with others than its signatures: they are only hints then. */
static int tolerates_key_identifiers(const search *s)
{
    return pagetls_rule_effect(PAGETLS_RULE_AKI_MISMATCH, s->criteria->profile->rules) != PAGETLS_EFFECT_PROBLEM;
}

static void add_candidate(search *s, pagetls_certificate *certificate, const pagetls_stored_certificate *anchor,
                          int exactly)
{
    const pagetls_certificate *child = s->path.certificate[s->path.len - 1];
    size_t cost = 0;
    int equal = pagetls_slices_equal(child->issuer, certificate->subject);
    if (equal != exactly || !spend_steps(s, 1) ||
        (!equal && !pagetls_name_equal(child->issuer, certificate->subject, &cost)) || is_on_path(s, certificate)) {
        (void) spend_steps(s, cost / PAGETLS_SEARCH_STEP_OCTETS);
        return;
    }
    if (!spend_steps(s, (cost + certificate->extensions.len) / PAGETLS_SEARCH_STEP_OCTETS)) {
        return;
    }
    if (s->candidates_count == PAGETLS_CANDIDATES_MAX) {
        exhaust(s, CANDIDATES);
        return;
    }
    int unknown = child->authority_key_id.p == NULL || certificate->subject_key_id.p == NULL;
    s->candidates[s->candidates_count++] =
        (candidate) { certificate, anchor,
                      unknown ? (uint8_t) (anchor != NULL || tolerates_key_identifiers(s))
                          : pagetls_slices_equal(child->authority_key_id, certificate->subject_key_id) ? 2
                                                                                                       : 0 };
}

/* Tries every certificate whose subject is the issuer's name: encoded identically if \p exactly, else differently. */
static int try_issuers(search *s, int exactly, dead_end *why)
{
    size_t first = s->candidates_count;
    int found = 0;
    for (pagetls_stored_certificate *anchor = s->anchors; anchor != NULL; anchor = anchor->next) {
        add_candidate(s, &anchor->certificate, anchor, exactly);
    }
    for (size_t i = 0; i < s->intermediates_count; i++) {
        add_candidate(s, s->intermediates[i], NULL, exactly);
    }
    size_t end = s->candidates_count;
    /* With strict rules, likelihood 0 leads to no valid path: checking such signatures only explains the failure. */
    const int least = s->explaining || tolerates_key_identifiers(s) ? 0 : 1;
    for (int likelihood = 2; likelihood >= least && !found; likelihood--) {
        for (size_t i = first; i < end && !found; i++) {
            found = s->candidates[i].likelihood == likelihood && try_candidate(s, &s->candidates[i], why);
        }
    }
    s->candidates_count = first;
    return found;
}

static int extend_path(search *s)
{
    size_t before = s->paths_ended;
    dead_end why = NO_ISSUER;
    if (s->path.len < PAGETLS_PATH_MAX && (try_issuers(s, 1, &why) || try_issuers(s, 0, &why))) {
        return 1;
    }
    if (s->paths_ended == before && (s->explaining || s->result->others_count < PAGETLS_OTHER_PATHS_MAX)) {
        check_dead_end(s, why);
    }
    return 0;
}

static int collect_intermediates(search *s, const pagetls_stored_certificate *leaf)
{
    size_t count = 0;
    for (const pagetls_stored_certificate *stored = leaf->next; stored != NULL; stored = stored->next) {
        count++;
    }
    s->intermediates = pagetls_heap_calloc(count + 1, sizeof(pagetls_certificate *));
    if (s->intermediates == NULL) {
        return -1;
    }
    for (pagetls_stored_certificate *stored = leaf->next; stored != NULL; stored = stored->next) {
        pagetls_certificate *certificate = &stored->certificate;
        int skip = !pagetls_is_readable(stored) || pagetls_slices_equal(certificate->der, leaf->certificate.der) ||
            find_anchor(s, certificate) != NULL;
        for (size_t i = 0; i < s->intermediates_count && !skip; i++) {
            skip = pagetls_slices_equal(certificate->der, s->intermediates[i]->der);
        }
        if (!skip) {
            s->intermediates[s->intermediates_count++] = certificate;
        }
    }
    return 0;
}

void pagetls_search_free(pagetls_search_result *result)
{
    pagetls_heap_free(result->best);
    while (result->others_count > 0) {
        pagetls_heap_free(result->others[--result->others_count]);
    }
    memset(result, 0, sizeof(*result));
}

/* Adds to the best path, which already has problems, those found in CRLs, and that the search was incomplete. */
static void complete_best(search *s)
{
    pagetls_attempt *best = s->result->best;
    s->path = best->path;
    s->unverified = !best->signatures_verified;
    reset_problems(s);
    s->problems.count = best->problems_count;
    s->problems.warnings_count = best->warnings_count;
    s->problems.more_problems = best->more_problems;
    s->problems.more_warnings = best->more_warnings;
    memcpy(s->problems.list, best->problems, best->problems_count * sizeof(best->problems[0]));
    memcpy(s->problems.warnings, pagetls_attempt_warnings(best), best->warnings_count * sizeof(best->problems[0]));
    check_revocation(s);
    if (s->exhausted != WITHIN_LIMITS) {
        add_budget(s, s->path.len - 1);
    }
    pagetls_attempt *completed = copy_attempt(s);
    if (completed != NULL) {
        pagetls_heap_free(best);
        s->result->best = completed;
    }
}

static void run_search(search *s, pagetls_certificate *leaf)
{
    s->steps = PAGETLS_SEARCH_STEPS;
    push_certificate(s, leaf);
    s->path.anchor = find_anchor(s, leaf);
    if (s->path.anchor != NULL) { /* the leaf itself is trusted */
        (void) check_anchored_path(s);
    } else if (!extend_path(s) && s->best_score < 0) {
        pagetls_search_free(s->result);
        s->explaining = 1;
        s->steps = PAGETLS_SEARCH_STEPS;
        (void) extend_path(s);
    }
    const pagetls_attempt *best = s->result->best;
    if (best != NULL && best->path.anchor != NULL && best->problems_count > 0) {
        complete_best(s);
    }
}

int pagetls_search(pagetls_stored_certificate *chain, pagetls_stored_certificate *anchors,
                   const pagetls_stored_crl *crls, const pagetls_criteria *criteria, pagetls_search_result *result)
{
    memset(result, 0, sizeof(*result));
    search *s = pagetls_heap_calloc(1, sizeof(*s));
    if (s == NULL) {
        return -1;
    }
    s->anchors = anchors;
    s->criteria = criteria;
    pagetls_revocation_init(&s->revocation, crls);
    s->result = result;
    s->best_score = -1;
    s->comparisons = PAGETLS_NC_COMPARISONS;
    int ret = collect_intermediates(s, chain);
    if (ret == 0) {
        run_search(s, &chain->certificate);
        ret = s->out_of_memory || result->best == NULL ? -1 : 0;
    }
    pagetls_heap_free(s->intermediates);
    pagetls_heap_free(s);
    return ret;
}
