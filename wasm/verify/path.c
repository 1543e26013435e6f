#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* sig_md, sig_pk and sig of a certificate */
#include "verify/path.h"

#include <string.h>

#include "mbedtls/md.h"
#include "mbedtls/pk.h"
#include "platform.h"

typedef struct {
    const mbedtls_x509_crt *child;
    const mbedtls_x509_crt *issuer;
    int good;
} signature;

typedef struct {
    mbedtls_x509_crt *anchors;
    mbedtls_x509_crt **sent;              /* without the leaf, duplicates and anchors */
    size_t sent_count;
    const pagetls_crl *crls;
    const pagetls_criteria *criteria;
    pagetls_search_result *best;
    int best_score;                       /* of best; see consider() */
    pagetls_search_result attempt;        /* the path being built, and its problems */
    int explaining;                       /* no good path is left to find: look for the best bad one */
    size_t steps;
    size_t signatures;
    signature known[PAGETLS_SEARCH_SIGNATURES];
    int exhausted;
} search;

static pagetls_slice slice_of(const mbedtls_x509_buf *buf)
{
    return (pagetls_slice) { buf->p, buf->len };
}

static int same_certificate(const mbedtls_x509_crt *a, const mbedtls_x509_crt *b)
{
    return pagetls_slice_equal(slice_of(&a->raw), b->raw.p, b->raw.len);
}

/* --- signatures -------------------------------------------------------------------- */

static int check_signature(const mbedtls_x509_crt *child, const mbedtls_x509_crt *issuer)
{
    uint8_t hash[MBEDTLS_MD_MAX_SIZE];
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(child->sig_md);
    mbedtls_pk_context *key = (mbedtls_pk_context *) (uintptr_t) &issuer->pk; /* Mbed TLS reads only */
    if (info == NULL || !mbedtls_pk_can_do(key, child->sig_pk) ||
        mbedtls_md(info, child->tbs.p, child->tbs.len, hash) != 0) {
        return 0;
    }
    return mbedtls_pk_verify_ext(child->sig_pk, child->sig_opts, key,
                                 child->sig_md, hash, mbedtls_md_get_size(info),
                                 child->sig.p, child->sig.len) == 0;
}

/* Each pair is checked once; none when the budget is used up. */
static int signed_by(search *s, const mbedtls_x509_crt *child, const mbedtls_x509_crt *issuer)
{
    for (size_t i = 0; i < s->signatures; i++) {
        if (same_certificate(s->known[i].child, child) && same_certificate(s->known[i].issuer, issuer)) {
            return s->known[i].good;
        }
    }
    if (s->signatures == PAGETLS_SEARCH_SIGNATURES) {
        s->exhausted = 1;
        return 0;
    }
    int good = check_signature(child, issuer);
    s->known[s->signatures++] = (signature) { child, issuer, good };
    return good;
}

/* --- what was found ------------------------------------------------------------------ */

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

/* Judges the attempt, and keeps it if it is the best yet. 1 when nothing is wrong with it. */
static int consider(search *s)
{
    pagetls_search_result *attempt = &s->attempt;
    attempt->problems.count = 0;
    pagetls_check_path(&attempt->path, s->criteria, &attempt->problems);
    if (attempt->path.anchored) {
        pagetls_crl_check(s->crls, &attempt->path, s->criteria, &attempt->problems, attempt->revocation_checked);
        s->best->tried++;
    } else {
        pagetls_problem *problem = pagetls_problems_add(
            &attempt->problems, s->exhausted ? PAGETLS_RULE_BUDGET : PAGETLS_RULE_NOT_TRUSTED, attempt->path.len - 1);
        if (!s->exhausted) {
            say_why_no_issuer(s, problem);
        }
    }
    int score = attempt->path.anchored ? 10000 - (int) attempt->problems.count : (int) attempt->path.len;
    if (score > s->best_score) {
        size_t tried = s->best->tried;
        s->best_score = score;
        *s->best = *attempt;
        s->best->tried = tried;
        for (size_t i = 0; i < attempt->path.len; i++) {
            s->best->path.certificate[i] = &s->best->certificates[i];
        }
    }
    return attempt->path.anchored && attempt->problems.count == 0;
}

/* --- the search ------------------------------------------------------------------------ */

static int extend(search *s);

/* The same subject and key again leads nowhere new (RFC 4158, section 2.4.2). */
static int is_on_path(const search *s, const mbedtls_x509_crt *candidate)
{
    for (size_t i = 0; i < s->attempt.path.len; i++) {
        const mbedtls_x509_crt *crt = s->attempt.certificates[i].crt;
        if (pagetls_slice_equal(slice_of(&crt->subject_raw), candidate->subject_raw.p, candidate->subject_raw.len) &&
            pagetls_slice_equal(slice_of(&crt->pk_raw), candidate->pk_raw.p, candidate->pk_raw.len)) {
            return 1;
        }
    }
    return 0;
}

static int is_anchor(const search *s, const mbedtls_x509_crt *crt)
{
    for (const mbedtls_x509_crt *anchor = s->anchors; anchor != NULL; anchor = anchor->next) {
        if (same_certificate(anchor, crt)) {
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

/* How likely the candidate is the issuer, by the key identifiers: 2 they agree, 1 one is missing, 0 they differ. */
static int likelihood(const pagetls_certificate *child, const pagetls_certificate *candidate)
{
    if (child->aki.p == NULL || candidate->ski.p == NULL) {
        return 1;
    }
    return pagetls_slice_equal(child->aki, candidate->ski.p, candidate->ski.len) ? 2 : 0;
}

/* Goes on through one candidate. 1 when a path without a problem was found. */
static int try_candidate(search *s, mbedtls_x509_crt *candidate, int anchor, int wanted_likelihood)
{
    pagetls_path *path = &s->attempt.path;
    const pagetls_certificate *child = path->certificate[path->len - 1];
    if (s->steps == 0) {
        s->exhausted = 1;
        return 0;
    }
    s->steps--;
    if (!pagetls_name_equal(slice_of(&child->crt->issuer_raw), slice_of(&candidate->subject_raw)) ||
        is_on_path(s, candidate)) {
        return 0;
    }
    push(s, candidate);
    const pagetls_certificate *issuer = path->certificate[path->len - 1];
    int found = 0;
    if (likelihood(child, issuer) == wanted_likelihood && (s->explaining || pagetls_check_may_issue(issuer)) &&
        signed_by(s, child->crt, candidate)) {
        path->anchored = anchor;
        found = anchor ? consider(s) : extend(s);
        path->anchored = 0;
    }
    path->len--;
    return found;
}

static int extend(search *s)
{
    int before = s->best_score;
    if (s->attempt.path.len < PAGETLS_PATH_MAX) {
        for (int wanted = 2; wanted >= 0; wanted--) {
            for (mbedtls_x509_crt *anchor = s->anchors; anchor != NULL; anchor = anchor->next) {
                if (try_candidate(s, anchor, 1, wanted)) {
                    return 1;
                }
            }
            for (size_t i = 0; i < s->sent_count; i++) {
                if (try_candidate(s, s->sent[i], 0, wanted)) {
                    return 1;
                }
            }
        }
    }
    if (s->explaining && s->best_score == before) {
        (void) consider(s); /* a dead end, but perhaps the longest way there is */
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
        int known = same_certificate(crt, leaf) || is_anchor(s, crt);
        for (size_t i = 0; i < s->sent_count && !known; i++) {
            known = same_certificate(crt, s->sent[i]);
        }
        if (!known) {
            s->sent[s->sent_count++] = crt;
        }
    }
    return 0;
}

int pagetls_search(mbedtls_x509_crt *chain, mbedtls_x509_crt *anchors, const pagetls_crl *crls,
                   const pagetls_criteria *criteria, pagetls_search_result *result)
{
    search *s = pagetls_heap_calloc(1, sizeof(*s));
    if (s == NULL) {
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    s->anchors = anchors;
    if (gather_sent(s, chain) != 0) {
        pagetls_heap_free(s);
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    s->crls = crls;
    s->criteria = criteria;
    s->best = result;
    s->best_score = -1;
    s->steps = PAGETLS_SEARCH_STEPS;
    result->tried = 0;

    push(s, chain);
    if (is_anchor(s, chain)) { /* trusted itself */
        s->attempt.path.anchored = 1;
        (void) consider(s);
    } else if (!extend(s) && s->best_score < 0) {
        s->explaining = 1;
        s->steps = PAGETLS_SEARCH_STEPS;
        (void) extend(s);
    }
    pagetls_heap_free(s->sent);
    pagetls_heap_free(s);
    return 0;
}
