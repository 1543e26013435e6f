/* Verifies a chain: certificates, anchors, CRLs and a host, in all variants whose results must agree. */
#include "fuzz.h"

static void verify_input(const uint8_t *data, size_t size, int all_signed)
{
    fuzz_case input;
    fuzz_all_signed = all_signed;
    fuzz_read(&input, data, size);
    fuzz_verify_variants(&input);
}

void fuzz_chain(const uint8_t *data, size_t size)
{
    verify_input(data, size, 0);
}

void fuzz_chain_signed(const uint8_t *data, size_t size)
{
    verify_input(data, size, 1);
}
