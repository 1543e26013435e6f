/* Judges a chain: a case of build/certs with changes to it, or certificates that are the input's own.
 *
 * With PAGETLS_FUZZ_SIGNED every signature holds, so that changed certificates reach every check. Without it, what
 * is found good must consist of what the CA signed: any other path stops the run. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "mbedtls/pk.h"
#include "pagetls.h"
#include "verify/verify.h"

#ifdef PAGETLS_FUZZ_SIGNED
int __wrap_mbedtls_pk_verify_ext(mbedtls_pk_type_t, const void *, mbedtls_pk_context *, mbedtls_md_type_t,
                                 const unsigned char *, size_t, const unsigned char *, size_t);
int __wrap_mbedtls_pk_verify_ext(mbedtls_pk_type_t type, const void *options, mbedtls_pk_context *key,
                                 mbedtls_md_type_t md, const unsigned char *hash, size_t hash_len,
                                 const unsigned char *signature, size_t signature_len)
{
    (void) type, (void) options, (void) key, (void) md, (void) hash, (void) hash_len, (void) signature, (void) signature_len;
    return 0;
}
#else
static pagetls_slice tbs_of(const uint8_t *der, size_t len)
{
    pagetls_slice all = { der, len };
    pagetls_slice certificate = { NULL, 0 };
    pagetls_element tbs = { 0 };
    if (pagetls_der_expect(&all, DER_SEQUENCE, &certificate) == 0) {
        (void) pagetls_der_next(&certificate, &tbs);
    }
    return tbs.whole;
}

static void must_be_known(const fuzz_case *seed, const pagetls_der *found)
{
    pagetls_slice tbs = tbs_of(found->der, found->len);
    for (size_t i = 0; i <= seed->chain_len; i++) {
        const fuzz_document *document = i < seed->chain_len ? &seed->chain[i] : &seed->anchor;
        pagetls_slice known = tbs_of(document->der, document->len);
        if (tbs.p != NULL && pagetls_slice_equal(tbs, known.p, known.len)) {
            return;
        }
    }
    abort();
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = { data, size };
    uint8_t kind = fuzz_octet(&input);
    const fuzz_case *seed = &fuzz_cases()[kind % FUZZ_CASES];
    uint8_t options = fuzz_octet(&input);
    pagetls_verification *v = pagetls_verification_new();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    size_t before = 0;

    (void) pagetls_trust_store_add(trust, seed->anchor.der, seed->anchor.len, NULL);
    (void) pagetls_verification_set_profile(v, options % 3);
    if (options & 0x10) {
        (void) pagetls_verification_set_hostname(v, "good-p256.pagetls.test", 22);
    }
    if (options & 0x20) {
        (void) pagetls_verification_set_max_depth(v, options >> 6);
    }
    for (size_t i = 0; i < seed->chain_len + 1 && v->verdict.sent_len < 100; i++) {
        fuzz_document base = i < seed->chain_len ? seed->chain[i] : seed->anchor;
        fuzz_document changed = fuzz_change(base, &input, fuzz_octet(&input) % 8);
        if (kind & 0x40 && i > 0) { /* the unchanged one as well, for other ways to go */
            pagetls_verdict_add_sent(&v->verdict, base.der, base.len);
        }
        pagetls_verdict_add_sent(&v->verdict, changed.der, changed.len);
#ifdef PAGETLS_FUZZ_SIGNED
        if (kind & 0x80 && i == seed->chain_len) {
            (void) pagetls_trust_store_add(trust, changed.der, changed.len, NULL);
        }
#endif
        free(changed.der);
    }
    if (seed->crl.len > 0) {
        fuzz_document crl = fuzz_change(seed->crl, &input, fuzz_octet(&input) % 8);
        (void) pagetls_verification_add_crls(v, crl.der, crl.len);
        free(crl.der);
    }
    before = v->verdict.sent_len;
    if (input.len > 0) {
        pagetls_verdict_add_sent(&v->verdict, input.p, input.len);
        before++;
    }
    pagetls_verification_set_trust(v, trust);
    const char *report = pagetls_verification_run(v);
    int good = report != NULL && strncmp(report, "{\"ok\":true", 10) == 0;
    if (report == NULL || v->verdict.sent_len != before || (good && (v->verdict.flags != 0 || v->verdict.path_len == 0))) {
        abort();
    }
#ifndef PAGETLS_FUZZ_SIGNED
    for (size_t i = 0; good && i < v->verdict.path_len; i++) {
        must_be_known(seed, &v->verdict.path[i]);
    }
#endif
    char *problems = pagetls_trust_store_problems(trust, options % 3);
    pagetls_free(problems);
    pagetls_trust_store_free(trust);
    pagetls_verification_free(v);
    if (pagetls_heap_in_use() > 1 << 20) {
        abort(); /* it leaks */
    }
    return 0;
}
