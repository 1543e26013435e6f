/* Describes a certificate: one of build/certs with changes to it, or the input itself. */
#include <stdlib.h>

#include "fuzz.h"
#include "pagetls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = { data, size };
    uint8_t kind = fuzz_octet(&input);
    const fuzz_case *seed = &fuzz_cases()[kind % FUZZ_CASES];
    fuzz_document none = { NULL, 0 };
    fuzz_document base = kind >= 0xC0 ? none : kind >= 0x80 ? seed->anchor : seed->chain[(kind >> 3) % seed->chain_len];
    fuzz_document changed = fuzz_change(base, &input, kind >= 0xC0 ? 0 : 64);
    int error = 0;
    char *text = kind >= 0xC0 ? pagetls_describe_certificate(input.p, input.len, &error)
        : pagetls_describe_certificate(changed.der, changed.len, &error);
    if ((text == NULL) != (error != 0)) {
        abort();
    }
    pagetls_free(text);
    free(changed.der);
    return 0;
}
