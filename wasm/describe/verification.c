#include <string.h>

#include "describe/describe.h"
#include "host/format.h"
#include "host/heap.h"

static const pagetls_flag_info *find_flag(uint32_t bit)
{
    const pagetls_flag_info *flag = pagetls_flags();
    while (flag->name != NULL && flag->bit != bit) {
        flag++;
    }
    return flag;
}

/* Sizes in bytes: a rule's text with ": " and a NUL; a code with its prefix and a NUL. */
enum { RULE_TEXT_SIZE = 160, CODE_SIZE = 64 };

void pagetls_describe_problem(pagetls_json *json, const pagetls_problem *problem)
{
    const pagetls_rule_info *rule = pagetls_rule_get(problem->rule);
    const pagetls_flag_info *flag = find_flag(rule->flag);
    char code[CODE_SIZE];
    char message[PAGETLS_DETAIL_MAX + RULE_TEXT_SIZE];
    pagetls_format(code, sizeof(code), "ERR_TLS_%s", rule->code);
    pagetls_format(message, sizeof(message), "%s%s%s", rule->text, problem->detail[0] != '\0' ? ": " : "",
                   problem->detail);
    pagetls_json_object(json, NULL);
    pagetls_json_int(json, "depth", problem->depth);
    pagetls_json_string(json, "code", code);
    pagetls_json_string(json, "rule", rule->name);
    pagetls_json_string(json, "flag", flag->name);
    pagetls_json_string(json, "flagText", flag->text);
    pagetls_json_string(json, "message", message);
    pagetls_json_string(json, "reference", rule->reference);
    if (problem->error.field != PAGETLS_FIELD_NONE) {
        pagetls_json_string(json, "field", pagetls_field_name(problem->error.field));
        pagetls_json_string(json, "reason", pagetls_reason_name(problem->error.reason));
    }
    pagetls_json_end_object(json);
}

static void describe_problems(pagetls_json *json, const char *key, const pagetls_problem *list, size_t count)
{
    pagetls_json_array(json, key);
    for (size_t i = 0; i < count; i++) {
        pagetls_describe_problem(json, &list[i]);
    }
    pagetls_json_end_array(json);
}

/* The DER in base64; {tbs, sha256} if the signature is not known. */
static void describe_whole(pagetls_json *json, const char *key, const pagetls_certificate *certificate)
{
    if (certificate->sha256 == NULL) {
        pagetls_json_base64(json, key, certificate->der.p, certificate->der.len);
        return;
    }
    pagetls_json_object(json, key);
    pagetls_json_base64(json, "tbs", certificate->tbs.p, certificate->tbs.len);
    pagetls_json_hex(json, "sha256", certificate->sha256, PAGETLS_ROOT_DIGEST);
    pagetls_json_end_object(json);
}

/* A certificate of the sent chain is written as its index there. */
static void describe_path(pagetls_json *json, const pagetls_attempt *attempt, const pagetls_stored_certificate *chain)
{
    pagetls_json_array(json, "path");
    for (size_t i = 0; i < attempt->path.len; i++) {
        const pagetls_certificate *certificate = attempt->path.certificate[i];
        const pagetls_stored_certificate *sent = chain;
        int64_t index = 0;
        while (sent != NULL && !pagetls_same_certificate(&sent->certificate, certificate)) {
            sent = sent->next;
            index++;
        }
        if (sent != NULL) {
            pagetls_json_int(json, NULL, index);
        } else {
            describe_whole(json, NULL, certificate);
        }
    }
    pagetls_json_end_array(json);
}

static void describe_others(pagetls_json *json, const pagetls_search_result *search,
                            const pagetls_stored_certificate *chain)
{
    pagetls_json_array(json, "others");
    for (size_t i = 0; i < search->others_count; i++) {
        pagetls_json_object(json, NULL);
        describe_path(json, search->others[i], chain);
        describe_problems(json, "problems", search->others[i]->problems, search->others[i]->problems_count);
        pagetls_json_int(json, "moreProblems", (int64_t) search->others[i]->more_problems);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
}

/* Why the revocation of a certificate was not checked; NULL if it was. */
static const char *not_checked_reason(uint8_t status)
{
    switch (status) {
        case PAGETLS_NOT_CHECKED_NO_CRL: return "no-crl";
        case PAGETLS_NOT_CHECKED_OTHER_SCOPE: return "other-scope";
        case PAGETLS_NOT_CHECKED_ONLY_DELTA: return "delta-without-base";
        case PAGETLS_NOT_CHECKED_SOME_REASONS: return "some-reasons";
        case PAGETLS_NOT_CHECKED_CRL_PROBLEM: return "crl-problem";
        default: return NULL;
    }
}

void pagetls_describe_verification(pagetls_json *json, const char *key, const pagetls_verification *verification)
{
    const pagetls_result *result = &verification->result;
    static const pagetls_attempt nothing;
    const pagetls_attempt *best = result->search.best == NULL ? &nothing : result->search.best;
    pagetls_json_object(json, key);
    pagetls_json_bool(json, "ok", result->outcome == PAGETLS_GOOD);
    pagetls_json_bool(json, "verified", result->outcome != PAGETLS_NOT_VERIFIED);
    pagetls_json_int(json, "time", result->time);
    pagetls_json_array(json, "flags");
    for (const pagetls_flag_info *flag = pagetls_flags(); flag->name != NULL; flag++) {
        if (result->flags & flag->bit) {
            pagetls_json_string(json, NULL, flag->name);
        }
    }
    pagetls_json_end_array(json);
    pagetls_json_string(json, "profile", best->profile == NULL ? NULL : best->profile->name);
    describe_problems(json, "problems", best->problems, best->problems_count);
    pagetls_json_int(json, "moreProblems", (int64_t) best->more_problems);
    describe_problems(json, "warnings", pagetls_attempt_warnings(best), best->warnings_count);
    pagetls_json_int(json, "moreWarnings", (int64_t) best->more_warnings);
    pagetls_json_int(json, "tried", (int64_t) result->search.tried);
    describe_others(json, &result->search, verification->chain);
    pagetls_json_array(json, "revocation");
    for (size_t i = 0; i < best->path.len; i++) {
        pagetls_json_bool(json, NULL, best->revocation_statuses[i] == PAGETLS_REVOCATION_CHECKED);
    }
    pagetls_json_end_array(json);
    pagetls_json_array(json, "notChecked");
    for (size_t i = 0; i < best->path.len; i++) {
        const int is_last = i + 1 == best->path.len;
        pagetls_json_string(json, NULL, is_last ? NULL : not_checked_reason(best->revocation_statuses[i]));
    }
    pagetls_json_end_array(json);
    describe_path(json, best, verification->chain);
    pagetls_json_array(json, "sent");
    for (const pagetls_stored_certificate *sent = verification->chain; sent != NULL; sent = sent->next) {
        pagetls_json_base64(json, NULL, sent->certificate.der.p, sent->certificate.der.len);
    }
    pagetls_json_end_array(json);
    pagetls_json_end_object(json);
}

char *pagetls_describe_connection(const pagetls_connection_summary *summary, const pagetls_verification *verification)
{
    pagetls_json json = { 0 };
    pagetls_json_object(&json, NULL);
    pagetls_json_string(&json, "protocol", summary->protocol);
    pagetls_json_string(&json, "cipher", summary->cipher);
    pagetls_json_string(&json, "alpn", summary->alpn);
    pagetls_json_int(&json, "group", summary->group);
    pagetls_json_int(&json, "signatureScheme", summary->signature_scheme);
    pagetls_describe_verification(&json, "verification", verification);
    pagetls_json_end_object(&json);
    return pagetls_json_take(&json);
}

/* --- functions of pagetls.h ----------------------------------------------------------------- */

/* A verification without a connection, and the report that pagetls_verification_run() returned last. */
typedef struct {
    pagetls_verification verification; /* first: the public handle points here */
    char *report;
} standalone_verification;

pagetls_verification *pagetls_verification_new(void)
{
    standalone_verification *standalone = pagetls_heap_calloc(1, sizeof(*standalone));
    if (standalone == NULL) {
        return NULL;
    }
    pagetls_verification_init(&standalone->verification);
    return &standalone->verification;
}

void pagetls_verification_free(pagetls_verification *verification)
{
    if (verification != NULL) {
        standalone_verification *standalone = (standalone_verification *) (void *) verification;
        pagetls_verification_clear(&standalone->verification);
        pagetls_heap_free(standalone->report);
        pagetls_heap_free(standalone);
    }
}

const char *pagetls_verification_run(pagetls_verification *verification)
{
    standalone_verification *standalone = (standalone_verification *) (void *) verification;
    pagetls_json json = { 0 };
    pagetls_heap_free(standalone->report);
    pagetls_verification_verify(verification);
    pagetls_describe_verification(&json, NULL, verification);
    standalone->report = pagetls_json_take(&json);
    return standalone->report;
}

char *pagetls_trust_store_problems(const pagetls_trust_store *store, int profile)
{
    pagetls_json json = { 0 };
    const pagetls_hostname no_hostname = { .ip_len = 0 };
    pagetls_criteria criteria = { .hostname = &no_hostname, .max_depth = -1 };
    criteria.profile = pagetls_profile_get(profile, 0);
    pagetls_problems *problems = pagetls_heap_calloc(1, sizeof(*problems));
    if (problems == NULL || criteria.profile == NULL) {
        pagetls_heap_free(problems);
        return NULL;
    }
    pagetls_json_array(&json, NULL);
    for (pagetls_stored_certificate *anchor = store->first; anchor != NULL; anchor = anchor->next) {
        criteria.profile = pagetls_profile_get(profile, pagetls_is_mozillas(anchor));
        pagetls_problems_reset(problems, criteria.profile->rules);
        pagetls_check_anchor(anchor, &criteria, problems);
        if (problems->count > 0) {
            pagetls_json_object(&json, NULL);
            describe_whole(&json, "der", &anchor->certificate);
            describe_problems(&json, "problems", problems->list, problems->count);
            pagetls_json_end_object(&json);
        }
    }
    pagetls_json_end_array(&json);
    pagetls_heap_free(problems);
    return pagetls_json_take(&json);
}
