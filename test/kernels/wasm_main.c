/* The exports of kernels.wasm, for kernels.js. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "differential.h"
#include "host_aead.h"
#include "leftovers.h"
#include "public_key.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

uint8_t *EXPORT(kernels_input)(void);
const char *EXPORT(kernels_cases)(uint32_t first, uint32_t count);
const char *EXPORT(kernels_misuse)(void);
int EXPORT(kernels_run)(int fast, int algorithm, int decrypt, unsigned key_bits, size_t nonce_len, uint32_t counter,
                        size_t ad_len, size_t len, size_t tag_len, uint32_t pieces, int layered);
void EXPORT(kernels_host)(int enabled);
void EXPORT(kernels_leave_secret)(int method);
unsigned EXPORT(kernels_repeat)(int fast, int algorithm, unsigned key_bits, size_t len, unsigned times);
const char *EXPORT(kernels_public_cases)(uint32_t first, uint32_t count);
int EXPORT(kernels_public_run)(int fast, int operation, int curve, size_t len0, size_t len1, size_t len2, size_t len3);
size_t EXPORT(kernels_public_out_len)(void);
int EXPORT(kernels_public_repeat)(int fast, int operation, int curve, unsigned times);

__attribute__((import_module("pagetls"), import_name("aead"))) kernel_aead imported_aead;

static uint8_t input_bytes[1 << 18];

/* The buffer for inputs: key, nonce, additional data, data and tag, without gaps. The output replaces data and tag. */
uint8_t *kernels_input(void)
{
    return input_bytes;
}

const char *kernels_cases(uint32_t first, uint32_t count)
{
    const char *what = NULL;
    for (uint32_t i = 0; i < count && what == NULL; i++) {
        what = kernel_random_case((uint64_t) first + i);
    }
    return what;
}

const char *kernels_misuse(void)
{
    return kernel_compare_misuse();
}

int kernels_run(int fast, int algorithm, int decrypt, unsigned key_bits, size_t nonce_len, uint32_t counter,
                size_t ad_len, size_t len, size_t tag_len, uint32_t pieces, int layered)
{
    uint8_t *nonce = input_bytes + key_bits / 8;
    uint8_t *ad = nonce + nonce_len;
    uint8_t *data = ad + ad_len;
    kernel_input input = {
        .algorithm = algorithm,
        .decrypt = decrypt,
        .key = input_bytes,
        .key_bits = key_bits,
        .nonce = nonce,
        .nonce_len = nonce_len,
        .counter = counter,
        .ad = ad,
        .ad_len = ad_len,
        .in = data,
        .len = len,
        .out = data,
        .tag = data + len,
        .tag_len = tag_len,
        .pieces = pieces,
        .layered = layered,
    };
    return fast ? kernel_fast_run(&input) : kernel_reference_run(&input);
}

/* Uses the imported function as the host's ciphers, or none. */
void kernels_host(int enabled)
{
    kernel_host_aead = enabled ? imported_aead : NULL;
}

/* The secret is at the start of the input buffer. */
void kernels_leave_secret(int method)
{
    kernel_leave_secret(method, input_bytes);
}

unsigned kernels_repeat(int fast, int algorithm, unsigned key_bits, size_t len, unsigned times)
{
    return fast ? kernel_fast_repeat(algorithm, key_bits, len, times)
                : kernel_reference_repeat(algorithm, key_bits, len, times);
}

const char *kernels_public_cases(uint32_t first, uint32_t count)
{
    const char *what = NULL;
    for (uint32_t i = 0; i < count && what == NULL; i++) {
        what = kernel_public_case((uint64_t) first + i);
    }
    return what;
}

static size_t public_out_len;

/* The inputs are in the input buffer, without gaps. The output replaces them. */
int kernels_public_run(int fast, int operation, int curve, size_t len0, size_t len1, size_t len2, size_t len3)
{
    uint8_t out[KERNEL_PUBLIC_MAX_BYTES];
    const size_t len[] = { len0, len1, len2, len3 };
    kernel_public_input input = { .operation = operation, .curve = curve };
    const uint8_t *p = input_bytes;
    for (size_t i = 0; i < 4; i++) {
        input.in[i] = (kernel_bytes) { p, len[i] };
        p += len[i];
    }
    int ret = kernel_public(fast, &input, out, &public_out_len);
    memcpy(input_bytes, out, public_out_len);
    return ret;
}

size_t kernels_public_out_len(void)
{
    return public_out_len;
}

int kernels_public_repeat(int fast, int operation, int curve, unsigned times)
{
    return kernel_public_repeat(fast, operation, curve, times);
}
