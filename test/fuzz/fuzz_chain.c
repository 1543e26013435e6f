/* Judges a chain: certificates, anchors, revocation lists and a host, in every way that must agree. */
#include "fuzz.h"

static void judge(const uint8_t *data, size_t size, int all_signed)
{
    fuzz_case input;
    fuzz_all_signed = all_signed;
    fuzz_read(&input, data, size);
    fuzz_judge_all(&input);
}

void fuzz_chain(const uint8_t *data, size_t size)
{
    judge(data, size, 0);
}

void fuzz_chain_signed(const uint8_t *data, size_t size)
{
    judge(data, size, 1);
}
