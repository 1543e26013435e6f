/* Reads and describes every certificate of the input. */
#include <string.h>

#include "fuzz.h"
#include "good.h"
#include "pagetls.h"

static void describe(const fuzz_record *record, const fuzz_case *input)
{
    int error = 0;
    int again = 0;
    size_t start = fuzz_allocations;
    char *text = pagetls_describe_certificate(record->p, record->len, &error);
    long allocation = input->options & FUZZ_NO_MEMORY ? (long) (input->allocation % (fuzz_allocations - start + 1)) : -1;
    FUZZ_MUST(text == NULL ? error == PAGETLS_ERR_CERTIFICATE : error == 0 && fuzz_is_json(text));
    FUZZ_MUST(text != NULL || strlen(pagetls_error_detail(error)) > 0);
    fuzz_must_read_alike(record->p, record->len);
    fuzz_fail_allocation(allocation);
    char *second = pagetls_describe_certificate(record->p, record->len, &again);
    fuzz_fail_allocation(-1);
    if (second == NULL) {
        FUZZ_MUST(again == error || (allocation >= 0 && again == PAGETLS_ERR_OUT_OF_MEMORY));
    } else {
        FUZZ_MUST(again == 0 && text != NULL && strcmp(text, second) == 0);
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
    FUZZ_MUST(pagetls_heap_in_use() == before);
}
