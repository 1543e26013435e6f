/* Verifies chains with CRLs. All signatures are valid, so that a mutated CRL is accepted. */
#include "../helpers/add_crls.h"
#include "fuzz.h"
#include "host/limits.h"
#include "pagetls.h"

/* The number of CRLs in a record; negative when it cannot be read. */
static int count_crls(const fuzz_record *record)
{
    pagetls_verification *v = pagetls_verification_new();
    int count = add_crls(v, record->p, record->len);
    pagetls_verification_free(v);
    return count;
}

void fuzz_crl(const uint8_t *data, size_t size)
{
    fuzz_case input;
    size_t before = fuzz_start();
    size_t signatures = fuzz_signatures;
    fuzz_all_signed = 1;
    fuzz_read(&input, data, size);
    int ok = fuzz_verify(&input, 0);
    /* Close to the budgets, the order may matter; a verification verifies twice. */
    int is_order_relevant = fuzz_signatures - signatures >= PAGETLS_SIGNATURES_MAX / 2 || fuzz_has_other_scope;
    if (!is_order_relevant) {
        int reversed = fuzz_verify(&input, FUZZ_CRLS_REVERSED);
        FUZZ_ASSERT(reversed == ok || fuzz_has_other_scope);
    }
    if (ok == 1) {
        FUZZ_ASSERT(fuzz_verify(&input, FUZZ_NO_CRLS) == 1); /* a CRL cannot make a chain valid */
    }
    /* An unreadable CRL does not change the result. */
    for (size_t i = 0; i < input.count; i++) {
        if (input.record[i].type == FUZZ_CRL && count_crls(&input.record[i]) < 0) {
            fuzz_case without = input;
            without.record[i].type = 0;
            FUZZ_ASSERT(fuzz_verify(&without, 0) == ok);
        }
    }
    if (input.options & FUZZ_FAIL_ALLOCATION) {
        FUZZ_ASSERT(fuzz_verify(&input, FUZZ_OUT_OF_MEMORY) != 1 || ok == 1);
    }
    FUZZ_ASSERT(pagetls_heap_in_use() == before);
}
