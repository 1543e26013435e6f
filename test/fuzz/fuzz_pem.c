/* The input itself, PEM or DER or anything, wherever a caller may give such a text. */
#include "fuzz.h"
#include "pagetls.h"

void fuzz_pem(const uint8_t *data, size_t size)
{
    size_t before = fuzz_start();
    pagetls_trust_store *trust = pagetls_trust_store_new();
    pagetls_verification *v = pagetls_verification_new();
    int added = -1;
    int count = pagetls_trust_store_add(trust, data, size, &added);
    FUZZ_MUST(added >= 0 && (size_t) added == pagetls_trust_store_count(trust) && (count < 0 || count == added));
    FUZZ_MUST(pagetls_verification_add_crls(v, data, size) != 0);
    FUZZ_MUST(pagetls_verification_add_chain(v, data, size) != 0);
    pagetls_verification_set_trust(v, trust);
    FUZZ_MUST(fuzz_is_json(pagetls_verification_run(v)));
    pagetls_verification_free(v);
    pagetls_trust_store_free(trust);
    FUZZ_MUST(pagetls_heap_in_use() == before);
}
