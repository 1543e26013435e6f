/* Reads and describes every certificate of the input. */
#include <string.h>

#include "fuzz.h"
#include "oracle.h"
#include "pagetls.h"

static void describe(const fuzz_record *record, const fuzz_case *input)
{
    int error = 0;
    int again = 0;
    size_t start = fuzz_allocations;
    char *text = pagetls_describe_certificate(record->p, record->len, &error);
    long allocation =
        input->options & FUZZ_FAIL_ALLOCATION ? (long) (input->allocation % (fuzz_allocations - start + 1)) : -1;
    FUZZ_ASSERT(text == NULL ? error == PAGETLS_ERR_CERTIFICATE : error == 0 && fuzz_is_json(text));
    FUZZ_ASSERT(text != NULL || strlen(pagetls_error_detail(error)) > 0);
    fuzz_compare_parsers(record->p, record->len);
    fuzz_fail_allocation_after(allocation);
    char *second = pagetls_describe_certificate(record->p, record->len, &again);
    fuzz_fail_allocation_after(-1);
    if (second == NULL) {
        FUZZ_ASSERT(again == error || (allocation >= 0 && again == PAGETLS_ERR_OUT_OF_MEMORY));
    } else {
        FUZZ_ASSERT(again == 0 && text != NULL && strcmp(text, second) == 0);
    }
    pagetls_free(text);
    pagetls_free(second);
}

void fuzz_describe(const uint8_t *data, size_t size)
{
    fuzz_case input;
    size_t before = fuzz_start();
    fuzz_read(&input, data, size);
    for (size_t i = 0; i < input.count; i++) {
        describe(&input.record[i], &input);
    }
    FUZZ_ASSERT(pagetls_heap_in_use() == before);
}
