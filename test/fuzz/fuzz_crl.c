/* Looks a chain that is otherwise good up in revocation lists. Signatures hold, so that a changed list is believed. */
#include "fuzz.h"
#include "pagetls.h"

/* How many lists a record holds; negative when it cannot be read. */
static int count_lists(const fuzz_record *list)
{
    pagetls_verification *v = pagetls_verification_new();
    int count = pagetls_verification_add_crls(v, list->p, list->len);
    pagetls_verification_free(v);
    return count;
}

void fuzz_crl(const uint8_t *data, size_t size)
{
    fuzz_case input;
    size_t before = fuzz_start();
    fuzz_all_signed = 1;
    fuzz_read(&input, data, size);
    int ok = fuzz_judge(&input, 0);
    if (ok == 1) {
        FUZZ_MUST(fuzz_judge(&input, FUZZ_NO_CRLS) == 1); /* a list makes no chain good */
    }
    /* What cannot be read as a list changes nothing. */
    for (size_t i = 0; i < input.count; i++) {
        if (input.record[i].type == FUZZ_CRL && count_lists(&input.record[i]) < 0) {
            fuzz_case without = input;
            without.record[i].type = 0;
            FUZZ_MUST(fuzz_judge(&without, 0) == ok);
        }
    }
    if (input.options & FUZZ_NO_MEMORY) {
        FUZZ_MUST(fuzz_judge(&input, FUZZ_OUT_OF_MEMORY) != 1 || ok == 1);
    }
    FUZZ_MUST(pagetls_heap_in_use() == before);
}
