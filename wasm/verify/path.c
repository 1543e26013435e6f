#include "verify/path.h"

#include <string.h>

#include "platform.h"
#include "verify/name_constraints.h"

typedef struct {
    mbedtls_x509_crt *crt;
    uint8_t is_anchor;
    uint8_t likelihood; /* by the key identifiers: 2 they agree, 1 an anchor has none, 0 no good path has it so */
} candidate;

/** The candidates of all certificates of one path together. */
#define CANDIDATES_MAX 500
/** Octets of a name or of extensions that are read for one step. */
#define OCTETS_OF_A_STEP 256

typedef struct {
    mbedtls_x509_crt *anchors;
    mbedtls_x509_crt **sent;              /* without the leaf, duplicates and anchors */
    size_t sent_count;
    const pagetls_crl *crls;
    const pagetls_criteria *criteria;
    pagetls_search_result *result;
    int best_score;                       /* of result->best; see keep() */
    pagetls_attempt attempt;              /* the path being built */
    candidate candidates[CANDIDATES_MAX]; /* a stack: those of the path's last certificate are on top */
    size_t candidates_count;
    int explaining;                       /* no good path is left to find: look for the best bad one */
    int no_memory;
    /* What may still be spent. */
    size_t steps;
    size_t comparisons;
    pagetls_signatures signatures;
    pagetls_signatures crl_signatures;
    int exhausted;
} search;

static pagetls_slice slice_of(const mbedtls_x509_buf *buf)
{
    return (pagetls_slice) { buf->p, buf->len };
}

static int same(const mbedtls_x509_buf *a, const mbedtls_x509_buf *b)
{
    return pagetls_slice_equal(slice_of(a), b->p, b->len);
}

/* 1 when there are steps left for it. */
static int spend(search *s, size_t steps)
{
    if (s->steps < steps) {
        s->exhausted = 1;
        s->steps = 0;
        return 0;
    }
    s->steps -= steps;
    return 1;
}

/* --- what was tried ------------------------------------------------------------------ */

/* Why the path ends where it does. */
static void say_why_no_issuer(const search *s, pagetls_problem *problem)
{
    const mbedtls_x509_crt *last = s->attempt.certificates[s->attempt.path.len - 1].crt;
    int named = 0;
    if (s->attempt.certificates[s->attempt.path.len - 1].self_issued) {
        pagetls_problem_say(problem, "it is its own issuer, and not a trust anchor");
        return;
    }
    for (const mbedtls_x509_crt *crt = s->anchors; crt != NULL; crt = crt->next) {
        named |= pagetls_name_equal(slice_of(&last->issuer_raw), slice_of(&crt->subject_raw));
    }
    for (size_t i = 0; i < s->sent_count; i++) {
        named |= pagetls_name_equal(slice_of(&last->issuer_raw), slice_of(&s->sent[i]->subject_raw));
    }
    pagetls_problem_say(problem, named ? "there is a certificate with its issuer's name, but it did not sign it"
                                       : "its issuer is neither among the certificates sent nor trusted");
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
    memmove(&result->others[at + 1], &result->others[at], (result->others_count - at) * sizeof(other));
    result->others[at] = other;
    result->others_count++;
}

/* Keeps a copy of the attempt: as the best yet if its score is higher, else among the others while there is room. */
static void keep(search *s, int score)
{
    pagetls_search_result *result = s->result;
    if (score <= s->best_score && result->others_count == PAGETLS_OTHER_PATHS_MAX) {
        return;
    }
    pagetls_attempt *copy = pagetls_heap_calloc(1, sizeof(*copy));
    if (copy == NULL) {
        s->no_memory = 1;
        return;
    }
    *copy = s->attempt;
    for (size_t i = 0; i < copy->path.len; i++) {
        copy->path.certificate[i] = &copy->certificates[i];
    }
    copy->order = result->tried;
    pagetls_attempt *other = copy;
    if (score > s->best_score) {
        other = result->best;
        result->best = copy;
        s->best_score = score;
    }
    if (other != NULL) {
        keep_other(result, other);
    }
}

static void check_revocation(search *s, pagetls_attempt *attempt)
{
    pagetls_crl_check(s->crls, &attempt->path, s->criteria, &s->crl_signatures, &attempt->problems,
                      attempt->revocation_checked);
}

/* Judges the attempt, which ends at an anchor, at a dead end or at an issuer that cannot be one, and keeps it.
 * 1 when nothing is wrong with it. */
static int judge(search *s, int dead_end)
{
    pagetls_attempt *attempt = &s->attempt;
    if (!spend(s, PAGETLS_SEARCH_PATH_STEPS) && !s->explaining) {
        return 0;
    }
    s->result->tried++;
    attempt->problems.count = 0;
    memset(attempt->revocation_checked, 0, sizeof(attempt->revocation_checked));
    pagetls_check_path(&attempt->path, s->criteria, &s->comparisons, &attempt->problems);
    if (dead_end) {
        pagetls_problem *problem = pagetls_problems_add(
            &attempt->problems, s->exhausted ? PAGETLS_RULE_BUDGET : PAGETLS_RULE_NOT_TRUSTED, attempt->path.len - 1);
        if (!s->exhausted) {
            say_why_no_issuer(s, problem);
        }
    }
    int whole = attempt->path.anchored && !dead_end;
    if (whole && attempt->problems.count == 0) { /* lists are looked at where they decide; see pagetls_search() */
        check_revocation(s, attempt);
    }
    int good = whole && attempt->problems.count == 0;
    keep(s, whole ? 10000 - (int) attempt->problems.count : s->explaining ? (int) attempt->path.len : -1);
    return good && !s->no_memory;
}

/* A candidate that cannot have issued anything is no way to go on; that it was there is told. */
static void refuse(search *s, int is_anchor)
{
    if (s->result->others_count < PAGETLS_OTHER_PATHS_MAX && spend(s, PAGETLS_SEARCH_PATH_STEPS)) {
        s->result->tried++;
        s->attempt.problems.count = 0;
        s->attempt.path.anchored = is_anchor;
        pagetls_check_path(&s->attempt.path, s->criteria, &s->comparisons, &s->attempt.problems);
        s->attempt.path.anchored = 0;
        keep(s, -1);
    }
}

/* --- the search ------------------------------------------------------------------------ */

static int extend(search *s);

/* The same subject and key again leads nowhere new (RFC 4158, section 2.4.2). */
static int is_on_path(const search *s, const mbedtls_x509_crt *crt)
{
    for (size_t i = 0; i < s->attempt.path.len; i++) {
        const mbedtls_x509_crt *other = s->attempt.certificates[i].crt;
        if (same(&other->subject_raw, &crt->subject_raw) && same(&other->pk_raw, &crt->pk_raw)) {
            return 1;
        }
    }
    return 0;
}

static int is_anchor(const search *s, const mbedtls_x509_crt *crt)
{
    for (const mbedtls_x509_crt *anchor = s->anchors; anchor != NULL; anchor = anchor->next) {
        if (same(&anchor->raw, &crt->raw)) {
            return 1;
        }
    }
    return 0;
}

static void push(search *s, mbedtls_x509_crt *crt)
{
    pagetls_path *path = &s->attempt.path;
    pagetls_certificate_read(&s->attempt.certificates[path->len], crt);
    path->certificate[path->len] = &s->attempt.certificates[path->len];
    path->len++;
}

/* Each pair is checked once; none when the budget is used up. */
static int signed_by(search *s, const mbedtls_x509_crt *child, mbedtls_x509_crt *issuer)
{
    pagetls_signed document = pagetls_signed_certificate(child);
    int good = pagetls_signatures_check(&s->signatures, &document, issuer);
    s->exhausted |= s->signatures.exhausted;
    return good;
}

/* Goes on through one candidate. 1 when a path without a problem was found. */
static int try_candidate(search *s, const candidate *c)
{
    pagetls_path *path = &s->attempt.path;
    const pagetls_certificate *child = path->certificate[path->len - 1];
    int found = 0;
    push(s, c->crt);
    if (!s->explaining && !pagetls_check_may_issue(path->certificate[path->len - 1])) {
        refuse(s, c->is_anchor);
    } else if (signed_by(s, child->crt, c->crt)) {
        path->anchored = c->is_anchor;
        found = c->is_anchor ? judge(s, 0) : extend(s);
        path->anchored = 0;
    }
    path->len--;
    return found;
}

static void add_candidate(search *s, mbedtls_x509_crt *crt, int anchor, int exactly)
{
    const pagetls_certificate *child = &s->attempt.certificates[s->attempt.path.len - 1];
    const mbedtls_x509_buf *name = &child->crt->issuer_raw;
    pagetls_certificate issuer;
    int equal = same(name, &crt->subject_raw);
    if (equal != exactly || !spend(s, 1 + (exactly ? 0 : crt->subject_raw.len / OCTETS_OF_A_STEP)) ||
        (!equal && !pagetls_name_equal(slice_of(name), slice_of(&crt->subject_raw))) || is_on_path(s, crt) ||
        !spend(s, crt->v3_ext.len / OCTETS_OF_A_STEP)) {
        return;
    }
    if (s->candidates_count == CANDIDATES_MAX) {
        s->exhausted = 1;
        return;
    }
    pagetls_certificate_read(&issuer, crt);
    int unknown = child->aki.p == NULL || issuer.ski.p == NULL;
    s->candidates[s->candidates_count++] = (candidate) {
        crt, (uint8_t) anchor,
        unknown ? (uint8_t) anchor : pagetls_slice_equal(child->aki, issuer.ski.p, issuer.ski.len) ? 2 : 0
    };
}

/* Goes on through every certificate with the issuer's name: written as the issuer's is, or only equal to it. */
static int try_issuers(search *s, int exactly)
{
    size_t first = s->candidates_count;
    int found = 0;
    for (mbedtls_x509_crt *anchor = s->anchors; anchor != NULL; anchor = anchor->next) {
        add_candidate(s, anchor, 1, exactly);
    }
    for (size_t i = 0; i < s->sent_count; i++) {
        add_candidate(s, s->sent[i], 0, exactly);
    }
    size_t end = s->candidates_count;
    /* A signature is not worth checking for a path that cannot be good, unless none is and a bad one is looked for. */
    for (int likelihood = 2; likelihood >= !s->explaining && !found; likelihood--) {
        for (size_t i = first; i < end && !found; i++) {
            found = s->candidates[i].likelihood == likelihood && try_candidate(s, &s->candidates[i]);
        }
    }
    s->candidates_count = first;
    return found;
}

static int extend(search *s)
{
    size_t before = s->result->tried;
    if (s->attempt.path.len < PAGETLS_PATH_MAX && (try_issuers(s, 1) || try_issuers(s, 0))) {
        return 1;
    }
    if (s->result->tried == before && (s->explaining || s->result->others_count < PAGETLS_OTHER_PATHS_MAX)) {
        (void) judge(s, 1);
    }
    return 0;
}

static int gather_sent(search *s, mbedtls_x509_crt *leaf)
{
    size_t count = 0;
    for (const mbedtls_x509_crt *crt = leaf->next; crt != NULL; crt = crt->next) {
        count++;
    }
    s->sent = pagetls_heap_calloc(count + 1, sizeof(mbedtls_x509_crt *));
    if (s->sent == NULL) {
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    for (mbedtls_x509_crt *crt = leaf->next; crt != NULL; crt = crt->next) {
        int known = same(&crt->raw, &leaf->raw) || is_anchor(s, crt);
        for (size_t i = 0; i < s->sent_count && !known; i++) {
            known = same(&crt->raw, &s->sent[i]->raw);
        }
        if (!known) {
            s->sent[s->sent_count++] = crt;
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

static void run(search *s, mbedtls_x509_crt *leaf)
{
    s->steps = PAGETLS_SEARCH_STEPS;
    push(s, leaf);
    if (is_anchor(s, leaf)) { /* trusted itself */
        s->attempt.path.anchored = 1;
        (void) judge(s, 0);
    } else if (!extend(s) && s->best_score < 0) {
        pagetls_search_free(s->result);
        s->explaining = 1;
        s->steps = PAGETLS_SEARCH_STEPS;
        (void) extend(s);
    }
    pagetls_attempt *best = s->result->best;
    if (best != NULL && best->path.anchored && best->problems.count > 0) {
        check_revocation(s, best);
        if (s->exhausted) {
            pagetls_problems_add(&best->problems, PAGETLS_RULE_BUDGET, best->path.len - 1);
        }
    }
}

int pagetls_search(mbedtls_x509_crt *chain, mbedtls_x509_crt *anchors, const pagetls_crl *crls,
                   const pagetls_criteria *criteria, pagetls_search_result *result)
{
    memset(result, 0, sizeof(*result));
    search *s = pagetls_heap_calloc(1, sizeof(*s));
    if (s == NULL) {
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    s->anchors = anchors;
    s->crls = crls;
    s->criteria = criteria;
    s->result = result;
    s->best_score = -1;
    s->comparisons = PAGETLS_NC_COMPARISONS;
    int ret = gather_sent(s, chain);
    if (ret == 0) {
        run(s, chain);
        ret = s->no_memory || result->best == NULL ? MBEDTLS_ERR_X509_ALLOC_FAILED : 0;
    }
    pagetls_heap_free(s->sent);
    pagetls_heap_free(s);
    return ret;
}
