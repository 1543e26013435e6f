/* What kernels.wasm exports, for module.js. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "differential.h"
#include "host_aead.h"
#include "leftovers.h"
#include "public_key.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

uint8_t *EXPORT(kernels_room)(void);
const char *EXPORT(kernels_cases)(uint32_t first, uint32_t count);
const char *EXPORT(kernels_misuse)(void);
int EXPORT(kernels_run)(int fast, int algorithm, int decrypt, unsigned key_bits, size_t nonce_len, uint32_t counter,
                        size_t ad_len, size_t len, size_t tag_len, uint32_t pieces, int layered);
void EXPORT(kernels_host)(int there);
void EXPORT(kernels_leave)(int way);
unsigned EXPORT(kernels_repeat)(int fast, int algorithm, unsigned key_bits, size_t len, unsigned times);
const char *EXPORT(kernels_public_cases)(uint32_t first, uint32_t count);
int EXPORT(kernels_public_run)(int fast, int operation, int curve, size_t len0, size_t len1, size_t len2, size_t len3);
size_t EXPORT(kernels_public_out_len)(void);
int EXPORT(kernels_public_repeat)(int fast, int operation, int curve, unsigned times);

__attribute__((import_module("pagetls"), import_name("aead"))) kernel_aead imported_aead;

static uint8_t room[1 << 18];

/* Where inputs are put: the key, the nonce, the additional data, the data and the tag, one after the other. Data and
 * tag are replaced by what comes of them. */
uint8_t *kernels_room(void)
{
    return room;
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
    uint8_t *nonce = room + key_bits / 8;
    uint8_t *ad = nonce + nonce_len;
    uint8_t *data = ad + ad_len;
    kernel_input input = {
        .algorithm = algorithm,
        .decrypt = decrypt,
        .key = room,
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

/* Whether the import is the host's ciphers, which are not there otherwise. */
void kernels_host(int there)
{
    kernel_host = there ? imported_aead : NULL;
}

/* The secret is at the start of the room. */
void kernels_leave(int way)
{
    kernel_leave(way, room);
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

/* The inputs are one after the other; what comes of them replaces them. */
int kernels_public_run(int fast, int operation, int curve, size_t len0, size_t len1, size_t len2, size_t len3)
{
    uint8_t out[KERNEL_PUBLIC_OUT];
    const size_t len[] = { len0, len1, len2, len3 };
    kernel_public_input input = { .operation = operation, .curve = curve };
    const uint8_t *p = room;
    for (size_t i = 0; i < 4; i++) {
        input.in[i] = (kernel_bytes) { p, len[i] };
        p += len[i];
    }
    int ret = kernel_public(fast, &input, out, &public_out_len);
    memcpy(room, out, public_out_len);
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
