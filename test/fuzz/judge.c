/* Judges the chain of an input, alone and as a handshake does, in several ways whose results must agree. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* raw, next and pk of a certificate */
#include <stdlib.h>
#include <string.h>

#include "describe/describe.h"
#include "fuzz.h"
#include "good.h"
#include "mbedtls/hooks.h"
#include "mbedtls/x509_crt.h"
#include "pagetls.h"
#include "verify/verification.h"

static size_t allocations; /* of the last judgement that had all the memory it asked for */

/* Without an active verification, and with one that has judged, nothing is taken and nothing is good. */
static void must_refuse(pagetls_verification *judged)
{
    static const uint8_t der[] = { 0x30, 0x00 };
    mbedtls_x509_crt chain;
    uint32_t flags = 0;
    mbedtls_x509_crt_init(&chain);
    size_t len = judged->chain_len;
    if (judged->result.outcome != PAGETLS_NOT_VERIFIED) {
        pagetls_hooks_set_active(judged);
        FUZZ_MUST(mbedtls_x509_crt_parse_der(&chain, der, sizeof(der)) != 0 && judged->chain_len == len);
    }
    pagetls_hooks_set_active(NULL);
    FUZZ_MUST(mbedtls_x509_crt_parse_der(&chain, der, sizeof(der)) != 0);
    FUZZ_MUST(mbedtls_x509_crt_verify_restartable(&chain, NULL, NULL, NULL, NULL, &flags, NULL, NULL, NULL) != 0);
    FUZZ_MUST(flags != 0 && chain.raw.p == NULL);
}

/* What Mbed TLS is told of a chain: the leaf, and no more. */
static void must_be_leaf(const mbedtls_x509_crt *chain, const pagetls_stored_certificate *leaf)
{
    const pagetls_slice der = leaf->certificate.der;
    FUZZ_MUST(chain->next == NULL && pagetls_slice_is(der, chain->raw.p, chain->raw.len));
    FUZZ_MUST((mbedtls_pk_get_type(&chain->pk) != MBEDTLS_PK_NONE) ==
              (leaf->certificate.key.state == PAGETLS_KEY_USABLE));
}

/* As Mbed TLS calls it when a handshake has the peer's certificates; the linker leads it to wasm/mbedtls/hooks.c. */
static int judge_as_handshake(pagetls_verification *like, const pagetls_verification *settings)
{
    mbedtls_x509_crt chain;
    uint32_t flags = 0;
    int ret = 0;
    like->hostname = settings->hostname;
    like->clock_ms = settings->clock_ms;
    like->profile = settings->profile;
    like->max_depth = settings->max_depth;
    mbedtls_x509_crt_init(&chain);
    pagetls_hooks_set_active(like);
    for (const pagetls_stored_certificate *sent = settings->chain; ret == 0 && sent != NULL; sent = sent->next) {
        ret = mbedtls_x509_crt_parse_der(&chain, sent->certificate.der.p, sent->certificate.der.len);
        FUZZ_MUST((ret == 0) == (sent != settings->chain || pagetls_is_readable(sent)));
    }
    if (ret == 0) {
        ret = mbedtls_x509_crt_verify_restartable(&chain, NULL, NULL, NULL, NULL, &flags, NULL, NULL, NULL);
        FUZZ_MUST((ret == 0) == (flags == 0));
        FUZZ_MUST((ret == 0) == (like->result.outcome == PAGETLS_GOOD && like->result.flags == 0));
        must_be_leaf(&chain, like->chain);
        FUZZ_MUST(ret != 0 || mbedtls_pk_get_type(&chain.pk) != MBEDTLS_PK_NONE);
    }
    mbedtls_x509_crt_free(&chain);
    return ret == 0;
}

/* The handshake's result, which must read as \p alone does. */
static void must_tell_the_same(const pagetls_verification *handshake, const char *alone)
{
    pagetls_json json = { 0 };
    pagetls_describe_verification(&json, NULL, handshake);
    const char *text = pagetls_json_finish(&json);
    FUZZ_MUST(text != NULL && strcmp(text, alone) == 0);
    pagetls_json_free(&json);
}

static int add_records(const fuzz_case *input, unsigned how, pagetls_verification *v, pagetls_trust_store *trust)
{
    int lists = 0;
    for (size_t i = 0; i < input->count; i++) {
        const fuzz_record *record = &input->record[i];
        if (record->type == FUZZ_ANCHOR) {
            (void) pagetls_trust_store_add(trust, record->p, record->len, NULL);
        } else if (record->type == FUZZ_CRL && !(how & (FUZZ_LOOSE | FUZZ_NO_CRLS))) {
            int added = pagetls_verification_add_crls(v, record->p, record->len);
            if (added < 0 && (how & FUZZ_OUT_OF_MEMORY)) {
                return -1; /* its caller would have stopped here */
            }
            lists += added > 0 ? added : 0;
        }
    }
    fuzz_record leaf = fuzz_find(input, FUZZ_SENT);
    if (pagetls_verification_add_chain(v, leaf.p, leaf.len) < 0) {
        return -1;
    }
    for (size_t i = 0; i < input->count; i++) {
        const fuzz_record *record = &input->record[how & FUZZ_REVERSED ? input->count - 1 - i : i];
        if (record->type == FUZZ_SENT && record->p != leaf.p) {
            (void) pagetls_verification_add_chain(v, record->p, record->len);
        }
    }
    return lists;
}

static void set_up(const fuzz_case *input, unsigned how, pagetls_verification *v)
{
    fuzz_record host = fuzz_find(input, FUZZ_HOST);
    int profile = input->options & FUZZ_PROFILE;
    pagetls_verification_set_clock(v, fuzz_clock(input));
    if (how & FUZZ_LOOSE) {
        (void) pagetls_verification_set_profile(v, PAGETLS_PROFILE_RFC5280);
        return;
    }
    FUZZ_MUST((pagetls_verification_set_profile(v, profile) == 0) == (profile <= PAGETLS_PROFILE_SUITEB));
    if (input->options & FUZZ_MAX_DEPTH) {
        int expected = input->depth < 0x80 ? 0 : PAGETLS_ERR_OPTION;
        FUZZ_MUST(pagetls_verification_set_max_depth(v, (int8_t) input->depth) == expected);
    }
    if (host.len > 0 && pagetls_verification_set_hostname(v, (const char *) host.p, host.len) != 0) {
        v->hostname = (pagetls_hostname) { .text = "nothing.has.this.name.invalid" };
    }
}

static int judge(const fuzz_case *input, unsigned how, pagetls_verification *v, pagetls_trust_store *trust)
{
    size_t start = fuzz_allocations;
    int lists = add_records(input, how, v, trust);
    if (lists < 0) {
        return -1;
    }
    set_up(input, how, v);
    pagetls_verification_set_trust(v, trust);
    size_t before = fuzz_signatures;
    const char *report = pagetls_verification_run(v);
    if (report == NULL) {
        FUZZ_MUST(how & FUZZ_OUT_OF_MEMORY);
        return 0;
    }
    FUZZ_MUST(fuzz_signatures - before <= 2 * PAGETLS_SIGNATURES_MAX); /* of certificates, and of lists */
    FUZZ_MUST(fuzz_is_json(report));
    int ok = strncmp(report, "{\"ok\":true,", 11) == 0;
    if (how & FUZZ_OUT_OF_MEMORY) {
        fuzz_fail_allocation(-1);
    } else {
        allocations = fuzz_allocations - start;
    }
    if (ok) {
        fuzz_must_be_good(v, trust, input, how);
    } else {
        FUZZ_MUST(v->result.outcome != PAGETLS_GOOD);
        FUZZ_MUST(v->result.outcome == PAGETLS_INCOMPLETE || v->result.search.best->problems_count > 0);
        FUZZ_MUST(v->result.outcome != PAGETLS_INCOMPLETE || (how & FUZZ_OUT_OF_MEMORY) != 0);
    }
    if (how != 0) {
        return ok;
    }
    char *first = strdup(report);
    report = pagetls_verification_run(v);
    FUZZ_MUST(report != NULL && first != NULL && strcmp(report, first) == 0); /* the same again */
    free(first);

    pagetls_verification *handshake = pagetls_verification_new();
    FUZZ_MUST(handshake != NULL);
    pagetls_verification_set_trust(handshake, trust);
    handshake->crls = v->crls; /* lent */
    FUZZ_MUST(judge_as_handshake(handshake, v) == ok);
    if (pagetls_is_readable(v->chain)) {
        must_tell_the_same(handshake, report);
    } else {
        FUZZ_MUST(handshake->result.outcome == PAGETLS_NOT_VERIFIED && handshake->chain_len == 1);
    }
    must_refuse(handshake);
    handshake->crls = NULL;
    pagetls_verification_free(handshake);
    return ok;
}

int fuzz_judge(const fuzz_case *input, unsigned how)
{
    size_t before = fuzz_start();
    int ok = -1;
    fuzz_fail_allocation(how & FUZZ_OUT_OF_MEMORY ? (long) (input->allocation % (allocations + 2)) : -1);
    pagetls_verification *v = pagetls_verification_new();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    if (v != NULL && trust != NULL) {
        ok = judge(input, how, v, trust);
        for (int profile = 0; profile < 3; profile++) {
            char *problems = pagetls_trust_store_problems(trust, profile);
            FUZZ_MUST(problems == NULL ? (how & FUZZ_OUT_OF_MEMORY) != 0 : fuzz_is_json(problems));
            pagetls_free(problems);
        }
    }
    fuzz_fail_allocation(-1);
    pagetls_trust_store_free(trust);
    pagetls_verification_free(v);
    FUZZ_MUST(pagetls_heap_in_use() == before);
    return ok;
}

void fuzz_judge_all(const fuzz_case *input)
{
    size_t before = fuzz_signatures;
    int ok = fuzz_judge(input, 0);
    /* Lists, the second time and what counts twice included: then the order may matter. */
    int exhausted = fuzz_signatures - before >= PAGETLS_SIGNATURES_MAX / 2;
    if (ok == 1) {
        FUZZ_MUST(fuzz_judge(input, FUZZ_NO_CRLS) == 1);
        FUZZ_MUST(fuzz_judge(input, FUZZ_LOOSE) == 1);
    }
    if (!exhausted) {
        FUZZ_MUST(fuzz_judge(input, FUZZ_REVERSED) == ok);
    }
    if (input->options & FUZZ_NO_MEMORY) {
        FUZZ_MUST(fuzz_judge(input, FUZZ_OUT_OF_MEMORY) != 1 || ok == 1);
    }
}
