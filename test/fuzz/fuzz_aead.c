/* Compares our ciphers with Mbed TLS's (test/kernels). The input has a header of 12 octets, which selects the calls,
 * then key, nonce, additional data and data. */
#include <stdio.h>
#include <string.h>

#include "differential.h"
#include "fuzz.h"
#include "host_aead.h"

#define HEADER 12

typedef struct {
    const uint8_t *p;
    size_t left;
} remaining_input;

/* The next *len bytes; fewer at the end of the input. */
static const uint8_t *read_bytes(remaining_input *from, size_t *len)
{
    const uint8_t *p = from->p;
    *len = *len < from->left ? *len : from->left;
    from->p += *len;
    from->left -= *len;
    return p;
}

void fuzz_aead(const uint8_t *data, size_t size)
{
    uint8_t header[HEADER] = { 0 };
    uint8_t key[64] = { 0 };
    uint8_t nonce[256] = { 0 };
    remaining_input from = { data, size };
    size_t len = HEADER;
    const uint8_t *p = read_bytes(&from, &len);
    memcpy(header, p, len);
    int algorithm = header[0] % KERNEL_ALGORITHMS;
    int chacha = algorithm == KERNEL_CHACHA20 || algorithm == KERNEL_CHACHAPOLY;
    int tagged = algorithm != KERNEL_CHACHA20 && algorithm != KERNEL_AES;
    unsigned kind = header[1];
    kernel_input input = {
        .algorithm = algorithm,
        .key = key,
        .key_bits = chacha    ? 256
            : kind % 16 == 15 ? 8 * (kind / 16)
                              : 128 + 64 * (kind % 3),
        .nonce = nonce,
        .nonce_len = chacha ? 12 : header[3],
        .counter = (uint32_t) header[5] - 8,
        .ad_len = tagged ? header[5] * 4u + header[6] % 4u : 0,
        .pieces = (uint32_t) header[7] << 8 | header[8],
        .layered = tagged && (header[2] & 4) != 0,
        .tag_len = algorithm == KERNEL_CHACHAPOLY ? 16
            : tagged                              ? header[4] % 18
                                                  : 0,
    };
    len = sizeof(key);
    p = read_bytes(&from, &len);
    memcpy(key, p, len);
    len = input.nonce_len;
    p = read_bytes(&from, &len);
    memcpy(nonce, p, len);
    input.ad = read_bytes(&from, &input.ad_len);
    input.in = from.p;
    input.len = algorithm == KERNEL_AES ? from.left - from.left % 16 : from.left;
    long flip = (header[2] & 2) != 0 ? (long) (header[9] << 8 | header[10]) : -1;
    int placed = algorithm == KERNEL_GCM && (header[2] & 8) != 0 && !input.layered ? KERNEL_OVERLAPPING : header[2] & 1;
    kernel_host_aead = (header[2] & 16) != 0 ? kernel_reference_host_aead : NULL;
    const char *difference = kernel_compare(&input, placed, header[11] % 16, flip);
    if (difference != NULL) {
        fprintf(stderr, "differs: %s\n", difference);
    }
    FUZZ_ASSERT(difference == NULL);
}
