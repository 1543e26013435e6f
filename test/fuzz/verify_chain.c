/* Verifies the chain of an input, without and with a handshake, in several variants whose results must agree. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* raw, next and pk of a certificate */
#include <stdlib.h>
#include <string.h>

#include "../helpers/add_crls.h"
#include "describe/describe.h"
#include "fuzz.h"
#include "mbedtls/hooks.h"
#include "mbedtls/x509_crt.h"
#include "oracle.h"
#include "pagetls.h"
#include "verify/verification.h"

int fuzz_has_other_scope;
static size_t allocations; /* of the last verification in which no allocation failed */

/* Without an active verification, and with one that already has a result, all certificates are rejected. */
static void assert_rejects(pagetls_verification *finished)
{
    static const uint8_t der[] = { 0x30, 0x00 };
    mbedtls_x509_crt chain;
    uint32_t flags = 0;
    mbedtls_x509_crt_init(&chain);
    size_t len = finished->chain_len;
    if (finished->result.outcome != PAGETLS_NOT_VERIFIED) {
        pagetls_hooks_set_active(finished);
        FUZZ_ASSERT(mbedtls_x509_crt_parse_der(&chain, der, sizeof(der)) != 0 && finished->chain_len == len);
    }
    pagetls_hooks_set_active(NULL);
    FUZZ_ASSERT(mbedtls_x509_crt_parse_der(&chain, der, sizeof(der)) != 0);
    FUZZ_ASSERT(mbedtls_x509_crt_verify_restartable(&chain, NULL, NULL, NULL, NULL, &flags, NULL, NULL, NULL) != 0);
    FUZZ_ASSERT(flags != 0 && chain.raw.p == NULL);
}

/* Mbed TLS gets only the leaf of a chain. */
static void assert_only_leaf(const mbedtls_x509_crt *chain, const pagetls_stored_certificate *leaf)
{
    const pagetls_slice der = leaf->certificate.der;
    FUZZ_ASSERT(chain->next == NULL && pagetls_slice_is(der, chain->raw.p, chain->raw.len));
    FUZZ_ASSERT((mbedtls_pk_get_type(&chain->pk) != MBEDTLS_PK_NONE) ==
                (leaf->certificate.key.state == PAGETLS_KEY_USABLE));
}

/* Calls the functions that Mbed TLS calls in a handshake; the linker redirects them to wasm/mbedtls/hooks.c. */
static int verify_in_handshake(pagetls_verification *handshake, const pagetls_verification *criteria)
{
    mbedtls_x509_crt chain;
    uint32_t flags = 0;
    int ret = 0;
    handshake->hostname = criteria->hostname;
    handshake->hostname_optional = criteria->hostname_optional;
    handshake->below_public_suffix = criteria->below_public_suffix;
    handshake->clock_ms = criteria->clock_ms;
    handshake->profile = criteria->profile;
    handshake->max_depth = criteria->max_depth;
    mbedtls_x509_crt_init(&chain);
    pagetls_hooks_set_active(handshake);
    for (const pagetls_stored_certificate *sent = criteria->chain; ret == 0 && sent != NULL; sent = sent->next) {
        ret = mbedtls_x509_crt_parse_der(&chain, sent->certificate.der.p, sent->certificate.der.len);
        FUZZ_ASSERT((ret == 0) == (sent != criteria->chain || pagetls_is_readable(sent)));
    }
    if (ret == 0) {
        ret = mbedtls_x509_crt_verify_restartable(&chain, NULL, NULL, NULL, NULL, &flags, NULL, NULL, NULL);
        FUZZ_ASSERT((ret == 0) == (flags == 0));
        FUZZ_ASSERT((ret == 0) == (handshake->result.outcome == PAGETLS_GOOD && handshake->result.flags == 0));
        assert_only_leaf(&chain, handshake->chain);
        FUZZ_ASSERT(ret != 0 || mbedtls_pk_get_type(&chain.pk) != MBEDTLS_PK_NONE);
    }
    mbedtls_x509_crt_free(&chain);
    return ret == 0;
}

/* The report of the handshake must be equal to \p standalone, the report without a handshake. */
static void assert_same_report(const pagetls_verification *handshake, const char *standalone)
{
    pagetls_json json = { 0 };
    pagetls_describe_verification(&json, NULL, handshake);
    const char *text = pagetls_json_finish(&json);
    FUZZ_ASSERT(text != NULL && strcmp(text, standalone) == 0);
    pagetls_json_free(&json);
}

static int add_records(const fuzz_case *input, unsigned variant, pagetls_verification *v, pagetls_trust_store *trust)
{
    int crls_added = 0;
    for (size_t i = 0; i < input->count; i++) {
        const fuzz_record *record = &input->record[i];
        if (record->type == FUZZ_ANCHOR) {
            (void) pagetls_trust_store_add(trust, record->p, record->len);
        }
    }
    for (size_t i = 0; i < input->count; i++) {
        const fuzz_record *record = &input->record[variant & FUZZ_CRLS_REVERSED ? input->count - 1 - i : i];
        if (record->type == FUZZ_CRL && !(variant & (FUZZ_LENIENT | FUZZ_NO_CRLS))) {
            int added = add_crls(v, record->p, record->len);
            if (added < 0 && (variant & FUZZ_OUT_OF_MEMORY)) {
                return -1; /* a caller would stop here */
            }
            crls_added += added > 0 ? added : 0;
        }
    }
    fuzz_record leaf = fuzz_find(input, FUZZ_SENT);
    if (pagetls_verification_add_chain(v, leaf.p, leaf.len) < 0) {
        return -1;
    }
    for (size_t i = 0; i < input->count; i++) {
        const fuzz_record *record = &input->record[variant & FUZZ_REVERSED ? input->count - 1 - i : i];
        if (record->type == FUZZ_SENT && record->p != leaf.p) {
            (void) pagetls_verification_add_chain(v, record->p, record->len);
        }
    }
    return crls_added;
}

static void set_criteria(const fuzz_case *input, unsigned variant, pagetls_verification *v)
{
    fuzz_record host = fuzz_find(input, FUZZ_HOST);
    int profile = input->options & FUZZ_PROFILE;
    pagetls_verification_set_clock(v, fuzz_clock(input));
    if (variant & FUZZ_LENIENT) {
        (void) pagetls_verification_set_profile(v, PAGETLS_PROFILE_PRIVATE);
        return;
    }
    FUZZ_ASSERT((pagetls_verification_set_profile(v, profile) == 0) == (profile <= PAGETLS_PROFILE_AUTO));
    if (input->options & FUZZ_MAX_DEPTH) {
        int expected = input->depth < 0x80 ? 0 : PAGETLS_ERR_OPTION;
        FUZZ_ASSERT(pagetls_verification_set_max_depth(v, (int8_t) input->depth) == expected);
    }
    if (input->options & FUZZ_PUBLIC_SUFFIX) {
        pagetls_verification_set_below_public_suffix(v);
    }
    if (input->options & FUZZ_NAME_OPTIONAL) {
        pagetls_verification_set_hostname_optional(v);
    }
    if (host.len > 0 && pagetls_verification_set_hostname(v, (const char *) host.p, host.len) != 0) {
        v->hostname = (pagetls_hostname) { .text = "nothing.has.this.name.invalid" };
    }
}

static int verify_and_check(const fuzz_case *input, unsigned variant, pagetls_verification *v,
                            pagetls_trust_store *trust)
{
    size_t start = fuzz_allocations;
    int crls_added = add_records(input, variant, v, trust);
    if (crls_added < 0) {
        return -1;
    }
    set_criteria(input, variant, v);
    pagetls_verification_set_trust(v, trust);
    size_t before = fuzz_signatures;
    const char *report = pagetls_verification_run(v);
    if (report == NULL) {
        FUZZ_ASSERT(variant & FUZZ_OUT_OF_MEMORY);
        return 0;
    }
    FUZZ_ASSERT(fuzz_signatures - before <= 2 * PAGETLS_SIGNATURES_MAX); /* of certificates, and of CRLs */
    FUZZ_ASSERT(fuzz_is_json(report));
    int ok = strncmp(report, "{\"ok\":true,", 11) == 0;
    fuzz_has_other_scope = strstr(report, "\"other-scope\"") != NULL;
    if (variant & FUZZ_OUT_OF_MEMORY) {
        fuzz_fail_allocation_after(-1);
    } else {
        allocations = fuzz_allocations - start;
    }
    if (ok) {
        fuzz_check_valid_chain(v, trust, input, variant);
    } else {
        FUZZ_ASSERT(v->result.outcome != PAGETLS_GOOD);
        FUZZ_ASSERT(v->result.outcome == PAGETLS_INCOMPLETE || v->result.search.best->problems_count > 0);
        FUZZ_ASSERT(v->result.outcome != PAGETLS_INCOMPLETE || (variant & FUZZ_OUT_OF_MEMORY) != 0);
    }
    if (variant != 0) {
        return ok;
    }
    char *first = strdup(report);
    report = pagetls_verification_run(v);
    FUZZ_ASSERT(report != NULL && first != NULL && strcmp(report, first) == 0);
    free(first);

    pagetls_verification *handshake = pagetls_verification_new();
    FUZZ_ASSERT(handshake != NULL);
    pagetls_verification_set_trust(handshake, trust);
    handshake->crls = v->crls; /* borrowed */
    FUZZ_ASSERT(verify_in_handshake(handshake, v) == ok);
    if (pagetls_is_readable(v->chain)) {
        assert_same_report(handshake, report);
    } else {
        FUZZ_ASSERT(handshake->result.outcome == PAGETLS_NOT_VERIFIED && handshake->chain_len == 1);
    }
    assert_rejects(handshake);
    handshake->crls = (pagetls_stored_crls) { .first = NULL };
    pagetls_verification_free(handshake);
    return ok;
}

int fuzz_verify(const fuzz_case *input, unsigned variant)
{
    size_t before = fuzz_start();
    int ok = -1;
    fuzz_fail_allocation_after(variant & FUZZ_OUT_OF_MEMORY ? (long) (input->allocation % (allocations + 2)) : -1);
    pagetls_verification *v = pagetls_verification_new();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    if (v != NULL && trust != NULL) {
        ok = verify_and_check(input, variant, v, trust);
        for (int profile = 0; profile <= PAGETLS_PROFILE_AUTO; profile++) {
            char *problems = pagetls_trust_store_problems(trust, profile);
            FUZZ_ASSERT(problems == NULL ? (variant & FUZZ_OUT_OF_MEMORY) != 0 : fuzz_is_json(problems));
            pagetls_free(problems);
        }
    }
    fuzz_fail_allocation_after(-1);
    pagetls_trust_store_free(trust);
    pagetls_verification_free(v);
    FUZZ_ASSERT(pagetls_heap_in_use() == before);
    return ok;
}

void fuzz_verify_variants(const fuzz_case *input)
{
    size_t before = fuzz_signatures;
    int ok = fuzz_verify(input, 0);
    /* Includes CRLs, the second run, and signatures that count twice. Close to the budget, the order may matter. */
    int exhausted = fuzz_signatures - before >= PAGETLS_SIGNATURES_MAX / 2;
    if (ok == 1) {
        FUZZ_ASSERT(fuzz_verify(input, FUZZ_NO_CRLS) == 1);
        FUZZ_ASSERT(fuzz_verify(input, FUZZ_LENIENT) == 1);
    }
    if (!exhausted) {
        FUZZ_ASSERT(fuzz_verify(input, FUZZ_REVERSED) == ok);
    }
    if (input->options & FUZZ_FAIL_ALLOCATION) {
        FUZZ_ASSERT(fuzz_verify(input, FUZZ_OUT_OF_MEMORY) != 1 || ok == 1);
    }
}
