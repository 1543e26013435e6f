#include "verify/verification.h"

#include <math.h>
#include <string.h>

#include "host/heap.h"
#include "host/host.h"

void pagetls_result_clear(pagetls_result *result)
{
    pagetls_search_free(&result->search);
    memset(result, 0, sizeof(*result));
}

/* --- verification ---------------------------------------------------------------- */

static int64_t verification_time(double clock_ms)
{
    static const double limit = 8.64e15; /* JavaScript's dates: years -271821 to 275760 */
    double ms = isnan(clock_ms) ? pagetls_host_now() : clock_ms;
    ms = ms > limit ? limit : ms >= -limit ? ms : -limit; /* NaN becomes the earliest date: nothing is valid yet */
    return (int64_t) floor(ms / 1000.0);
}

/* Adds a problem for each unreadable certificate: it may be the one missing from the path. */
static int add_unreadable(pagetls_verification *verification)
{
    pagetls_attempt **best = &verification->result.search.best;
    static const pagetls_attempt nothing;
    const pagetls_attempt *known = *best == NULL ? &nothing : *best;
    size_t count = 0;
    for (const pagetls_stored_certificate *sent = verification->chain; sent != NULL; sent = sent->next) {
        count += !pagetls_is_readable(sent);
    }
    size_t size = sizeof(*known) + (known->problems_count + count + known->warnings_count) * sizeof(known->problems[0]);
    pagetls_attempt *longer = count == 0 ? NULL : pagetls_heap_calloc(1, size);
    if (longer == NULL) {
        return count == 0 ? 0 : -1;
    }
    memcpy(longer, known, sizeof(*longer) + known->problems_count * sizeof(known->problems[0]));
    size_t depth = 0;
    for (const pagetls_stored_certificate *sent = verification->chain; sent != NULL; sent = sent->next, depth++) {
        if (!pagetls_is_readable(sent)) {
            pagetls_problem *problem = &longer->problems[longer->problems_count++];
            problem->rule = PAGETLS_RULE_PARSE;
            problem->depth = (uint16_t) depth;
            problem->error = sent->error;
            pagetls_problem_append(problem, pagetls_field_name(sent->error.field));
            pagetls_problem_append(problem, " ");
            pagetls_problem_append(problem, pagetls_reason_text(sent->error.reason));
        }
    }
    memcpy(longer->problems + longer->problems_count, pagetls_attempt_warnings(known),
           known->warnings_count * sizeof(known->problems[0]));
    pagetls_heap_free(*best);
    *best = longer;
    return 0;
}

/* Verifies a chain with a readable leaf. */
static void verify_readable_chain(pagetls_verification *verification)
{
    pagetls_result *result = &verification->result;
    const pagetls_criteria criteria = {
        .hostname = &verification->hostname,
        .hostname_optional = verification->hostname_optional,
        .below_public_suffix = verification->below_public_suffix,
        .profile = pagetls_profile_get(verification->profile, 0),
        .mozilla_profile = pagetls_profile_get(verification->profile, 1),
        .max_depth = verification->max_depth,
        .time = result->time,
    };
    pagetls_trust_store *trust = verification->trust;
    if (pagetls_search(verification->chain, trust == NULL ? NULL : trust->first, verification->crls.first, &criteria,
                       &result->search) != 0) {
        result->outcome = PAGETLS_INCOMPLETE;
        return;
    }
    const pagetls_attempt *best = result->search.best;
    result->flags = pagetls_problems_flags(best->problems, best->problems_count);
    if (best->path.anchor != NULL && best->signatures_verified && best->problems_count == 0 && result->flags == 0) {
        result->outcome = PAGETLS_GOOD;
    } else if (best->problems_count > 0) {
        result->outcome = add_unreadable(verification) == 0 ? PAGETLS_BAD : PAGETLS_INCOMPLETE;
    } else {
        result->outcome = PAGETLS_INCOMPLETE; /* unreachable; the safe outcome if it ever is not */
    }
}

void pagetls_verification_verify(pagetls_verification *verification)
{
    pagetls_result *result = &verification->result;
    const size_t failures = pagetls_heap_failures();
    pagetls_result_clear(result);
    result->time = verification_time(verification->clock_ms);
    if (verification->chain_incomplete) {
        result->outcome = PAGETLS_INCOMPLETE;
    } else if (verification->chain != NULL && pagetls_is_readable(verification->chain)) {
        verify_readable_chain(verification);
    } else if (add_unreadable(verification) != 0) {
        result->outcome = PAGETLS_INCOMPLETE;
    }
    if (result->outcome != PAGETLS_GOOD && pagetls_heap_failures() != failures) {
        result->outcome = PAGETLS_INCOMPLETE; /* a key or signature may have failed only because memory ran out */
    }
    if (result->outcome == PAGETLS_INCOMPLETE) {
        pagetls_search_free(&result->search);
        result->flags = 0;
    }
}

/* --- the handle ------------------------------------------------------------------------ */

void pagetls_verification_init(pagetls_verification *verification)
{
    memset(verification, 0, sizeof(*verification));
    verification->clock_ms = NAN;
    verification->max_depth = -1;
}

pagetls_stored_certificate *pagetls_verification_append(pagetls_verification *verification, const uint8_t *der,
                                                        size_t len)
{
    verification->chain_too_long = verification->chain_len == PAGETLS_CHAIN_MAX;
    pagetls_stored_certificate *sent = verification->chain_too_long ? NULL : pagetls_stored_certificate_new(der, len);
    if (sent == NULL) {
        verification->chain_incomplete = 1;
        return NULL;
    }
    if (verification->chain_end == NULL) {
        verification->chain = sent;
    } else {
        verification->chain_end->next = sent;
    }
    verification->chain_end = sent;
    verification->chain_len++;
    return sent;
}

void pagetls_verification_drop_chain(pagetls_verification *verification)
{
    pagetls_search_free(&verification->result.search);
    pagetls_stored_certificate_free(verification->chain);
    verification->chain = verification->chain_end = NULL;
    verification->chain_len = 0;
}

void pagetls_verification_clear(pagetls_verification *verification)
{
    pagetls_verification_drop_chain(verification);
    pagetls_trust_store_free(verification->trust);
    pagetls_stored_crls_free(&verification->crls);
    pagetls_skipped_free(&verification->skipped_chain);
    pagetls_skipped_free(&verification->skipped_crls);
    pagetls_verification_init(verification);
}

void pagetls_verification_set_trust(pagetls_verification *verification, pagetls_trust_store *store)
{
    pagetls_trust_store *old = verification->trust;
    pagetls_result_clear(&verification->result); /* it may point to anchors of the old store */
    verification->trust = store == NULL ? NULL : pagetls_trust_store_retain(store);
    pagetls_trust_store_free(old);
}

int pagetls_verification_set_hostname(pagetls_verification *verification, const char *text, size_t len)
{
    return pagetls_hostname_read(&verification->hostname, text, len) == 0 ? 0 : PAGETLS_ERR_HOSTNAME;
}

void pagetls_verification_set_hostname_optional(pagetls_verification *verification)
{
    verification->hostname_optional = 1;
}

void pagetls_verification_set_below_public_suffix(pagetls_verification *verification)
{
    verification->below_public_suffix = 1;
}

void pagetls_verification_set_clock(pagetls_verification *verification, double milliseconds)
{
    verification->clock_ms = milliseconds;
}

int pagetls_verification_set_profile(pagetls_verification *verification, int profile)
{
    if (pagetls_profile_get(profile, 0) == NULL) {
        return PAGETLS_ERR_OPTION;
    }
    verification->profile = profile;
    return 0;
}

int pagetls_verification_set_max_depth(pagetls_verification *verification, int max_depth)
{
    if (max_depth < 0) {
        return PAGETLS_ERR_OPTION;
    }
    verification->max_depth = max_depth;
    return 0;
}

uint8_t *pagetls_verification_reserve_crls(pagetls_verification *verification, size_t len)
{
    return pagetls_stored_crls_reserve(&verification->crls, len);
}

int pagetls_verification_add_crls(pagetls_verification *verification, size_t len)
{
    return pagetls_stored_crls_read(&verification->crls, len, &verification->skipped_crls);
}

static int add_certificate(void *context, const pagetls_document *document)
{
    pagetls_verification *verification = context;
    return pagetls_verification_append(verification, document->der.p, document->der.len) != NULL ? 0
        : verification->chain_too_long ? PAGETLS_ERR_CHAIN_LENGTH
                                       : PAGETLS_ERR_OUT_OF_MEMORY;
}

int pagetls_verification_add_chain(pagetls_verification *verification, const uint8_t *input, size_t len)
{
    return pagetls_input_read(input, len, PAGETLS_DOCUMENT_CERTIFICATE, add_certificate, verification,
                              &verification->skipped_chain);
}
