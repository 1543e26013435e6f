/* Reads a revocation list, and looks a case's chain up in it. Signatures hold (see fuzz_chain.c). */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "mbedtls/pk.h"
#include "pagetls.h"

int __wrap_mbedtls_pk_verify_ext(mbedtls_pk_type_t, const void *, mbedtls_pk_context *, mbedtls_md_type_t,
                                 const unsigned char *, size_t, const unsigned char *, size_t);
int __wrap_mbedtls_pk_verify_ext(mbedtls_pk_type_t type, const void *options, mbedtls_pk_context *key,
                                 mbedtls_md_type_t md, const unsigned char *hash, size_t hash_len,
                                 const unsigned char *signature, size_t signature_len)
{
    (void) type, (void) options, (void) key, (void) md, (void) hash, (void) hash_len, (void) signature, (void) signature_len;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = { data, size };
    uint8_t kind = fuzz_octet(&input);
    const fuzz_case *seed = &fuzz_cases()[2 + kind % 2]; /* the two with a list */
    fuzz_document crl = fuzz_change(seed->crl, &input, kind & 0x80 ? 0 : 64);
    pagetls_verification *v = pagetls_verification_new();
    int added = kind & 0x80 ? pagetls_verification_add_crls(v, input.p, input.len)
        : pagetls_verification_add_crls(v, crl.der, crl.len);
    if (added > 0) {
        pagetls_trust_store *trust = pagetls_trust_store_new();
        (void) pagetls_trust_store_add(trust, seed->anchor.der, seed->anchor.len, NULL);
        for (size_t i = 0; i < seed->chain_len; i++) {
            (void) pagetls_verification_add_chain(v, seed->chain[i].der, seed->chain[i].len);
        }
        pagetls_verification_set_trust(v, trust);
        if (pagetls_verification_run(v) == NULL) {
            abort();
        }
        pagetls_trust_store_free(trust);
    }
    pagetls_verification_free(v);
    free(crl.der);
    return 0;
}
