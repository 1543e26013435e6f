#include "differential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gcm_nonce.h"
#include "host_aead.h"
#include "random.h"

/* Without AddressSanitizer, guard bytes detect writes beyond a buffer. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define GUARD 0
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define GUARD 0
#endif
#ifndef GUARD
#define GUARD 16
#endif
#define GUARD_BYTE 0x5c

/* --- one case ------------------------------------------------------------------- */

/* A buffer with a chosen alignment, between guard bytes. */
typedef struct {
    uint8_t *block;
    uint8_t *bytes;
    size_t len;
    unsigned offset;
} buffer;

static buffer make_buffer(size_t len, unsigned offset, const uint8_t *content)
{
    buffer out = { malloc(offset + len + GUARD + (len == 0)), NULL, len, offset };
    if (out.block == NULL) {
        abort();
    }
    out.bytes = out.block + offset;
    memset(out.block, GUARD_BYTE, offset + len + GUARD);
    if (content != NULL && len > 0) {
        memcpy(out.bytes, content, len);
    }
    return out;
}

/* Whether the bytes before and after the buffer are unchanged. */
static int is_guard_intact(const buffer *b)
{
    for (size_t i = 0; i < b->offset; i++) {
        if (b->block[i] != GUARD_BYTE) {
            return 0;
        }
    }
    const size_t end = b->len + GUARD;
    for (size_t i = b->len; i < end; i++) {
        if (b->bytes[i] != GUARD_BYTE) {
            return 0;
        }
    }
    return 1;
}

typedef struct {
    int code;
    buffer out;
    uint8_t tag[32];
} result;

static void run(result *r, kernel_run *implementation, const kernel_input *given, int placement, unsigned offset)
{
    kernel_input input = *given;
    size_t before = placement == KERNEL_OVERLAPPING ? 1 + offset * 3 : 0;
    buffer in = make_buffer(before + input.len, offset, NULL);
    buffer key = make_buffer(input.key_bits / 8, offset % 7, input.key);
    buffer nonce = make_buffer(input.nonce_len, offset % 5, input.nonce);
    buffer ad = make_buffer(input.ad_len, offset % 3, input.ad);
    input.key = key.bytes;
    input.nonce = nonce.bytes;
    input.ad = ad.bytes;
    r->out = placement == KERNEL_SEPARATE ? make_buffer(input.len, (offset + 9) % 16, NULL) : in;
    if (input.len > 0) {
        memcpy(in.bytes + before, given->in, input.len);
    }
    input.in = in.bytes + before;
    input.out = r->out.bytes;
    memset(r->tag, GUARD_BYTE, sizeof(r->tag));
    if (given->decrypt) {
        memcpy(r->tag, given->tag, given->tag_len);
    }
    input.tag = r->tag;
    r->code = implementation(&input);
    if (placement == KERNEL_SEPARATE) {
        free(in.block);
    }
    free(key.block);
    free(nonce.block);
    free(ad.block);
}

static int same(const uint8_t *a, const uint8_t *b, size_t len)
{
    return len == 0 || memcmp(a, b, len) == 0;
}

static const char *differs(const result *fast, const result *reference, size_t len)
{
    return fast->code != reference->code                                         ? "the code"
        : !is_guard_intact(&fast->out)                                           ? "bytes outside of the output"
        : fast->code == 0 && !same(fast->tag, reference->tag, sizeof(fast->tag)) ? "the tag"
        : fast->code == 0 && !same(fast->out.bytes, reference->out.bytes, len)   ? "the output"
                                                                                 : NULL;
}

static const char *compare_back(const kernel_input *given, const result *encrypted, int placement, unsigned offset,
                                long flip)
{
    kernel_input back = *given;
    result fast;
    result reference;
    uint8_t tag[32];
    buffer in = make_buffer(given->len, 0, encrypted->out.bytes);
    memcpy(tag, encrypted->tag, sizeof(tag));
    long bits = 8 * (long) (given->tag_len + given->len);
    if (flip >= 0 && bits > 0) {
        size_t at = (size_t) (flip % bits) / 8;
        uint8_t *byte = at < given->tag_len ? tag + at : in.bytes + (at - given->tag_len);
        *byte ^= (uint8_t) (1 << flip % 8);
    }
    back.decrypt = 1;
    back.in = in.bytes;
    back.tag = tag;
    run(&fast, kernel_fast_run, &back, placement, offset);
    back.pieces = 0;
    run(&reference, kernel_reference_run, &back, KERNEL_SEPARATE, 0);
    const char *what = differs(&fast, &reference, given->len);
    if (what == NULL && flip < 0 && (fast.code != 0 || !same(fast.out.bytes, given->in, given->len))) {
        what = "the decrypted data";
    }
    if (what == NULL && flip >= 0 && bits > 0 && fast.code == 0) {
        what = "an accepted forgery"; /* not by chance: the shortest tag has 32 bits */
    }
    for (size_t i = 0; what == NULL && fast.code != 0 && i < given->len; i++) {
        what = fast.out.bytes[i] != 0 ? "the output after a forgery" : NULL;
    }
    free(in.block);
    free(fast.out.block);
    free(reference.out.block);
    return what;
}

const char *kernel_compare(const kernel_input *given, int placement, unsigned offset, long flip)
{
    kernel_input input = *given;
    result fast;
    result reference;
    input.decrypt = 0;
    run(&fast, kernel_fast_run, &input, placement, offset);
    input.pieces = 0;
    run(&reference, kernel_reference_run, &input, KERNEL_SEPARATE, 0);
    const char *what = differs(&fast, &reference, given->len);
    int has_tag =
        given->algorithm == KERNEL_CHACHAPOLY || given->algorithm == KERNEL_GCM || given->algorithm == KERNEL_CCM;
    if (what == NULL && fast.code == 0 && has_tag) {
        what = compare_back(given, &reference, placement, offset, flip);
    }
    free(fast.out.block);
    free(reference.out.block);
    return what;
}

/* --- random cases ----------------------------------------------------------------- */

/* Mostly random bytes, sometimes all 0 or all 0xff. */
static void random_fill(random_source *state, uint8_t *out, size_t len)
{
    unsigned how = random_below(state, 16);
    for (size_t i = 0; i < len; i++) {
        out[i] = how == 0 ? 0 : how == 1 ? 0xff : (uint8_t) (next_random(state) >> 24);
    }
}

static size_t random_length(random_source *state)
{
    static const uint16_t edges[] = {
        0,   1,   15,  16,   17,   31,   32,   33,   47,   48,   49,   63,   64,   65,    79,  80,
        111, 112, 113, 127,  128,  129,  143,  144,  145,  191,  192,  193,  239,  240,   241, 255,
        256, 257, 383, 384,  447,  448,  449,  511,  512,  513,  639,  640,  704,  767,   768, 769,
        895, 960, 961, 1023, 1024, 1025, 1279, 1280, 2047, 2048, 4097, 8191, 8192, 16385,
    };
    unsigned how = random_below(state, 64);
    return how < 4 ? random_below(state, KERNEL_CASE_MAX_BYTES)
        : how < 32 ? random_below(state, 800)
        : how < 62 ? edges[random_below(state, 48)] /* below 900 */
                   : edges[random_below(state, sizeof(edges) / sizeof(edges[0]))];
}

static size_t random_nonce_length(random_source *state, int algorithm)
{
    unsigned how = random_below(state, 8);
    return algorithm == KERNEL_CCM ? 7 + random_below(state, how == 0 ? 9 : 7)
        : algorithm != KERNEL_GCM  ? 12
        : how < 4                  ? 12
        : how < 7                  ? random_below(state, 70)
                                   : random_below(state, 300);
}

static size_t random_tag_length(random_source *state, int algorithm)
{
    unsigned how = random_below(state, 8);
    return algorithm == KERNEL_CHACHAPOLY ? 16
        : algorithm == KERNEL_CCM         ? 4 + 2 * (size_t) random_below(state, 7)
        : algorithm != KERNEL_GCM         ? 0
        : how < 5                         ? 16
        : how < 7                         ? 4 + (size_t) random_below(state, 13)
                                          : (size_t) random_below(state, 20);
}

/* Computes a nonce for which GCM's counter wraps within 256 blocks. Returns NULL or an error. */
static const char *make_counter_wrap(random_source *state, kernel_input *input, uint8_t nonce[16])
{
    static const uint8_t zeros[16];
    uint8_t h[16];
    uint8_t first[16];
    uint8_t expected[16];
    uint8_t tag[16];
    kernel_input block = { .algorithm = KERNEL_AES, .key = input->key, .key_bits = input->key_bits, .len = 16 };
    random_fill(state, first, sizeof(first));
    memset(first + 12, 0xff, 3);
    block.in = zeros;
    block.out = h;
    int ret = kernel_reference_run(&block);
    kernel_gcm_nonce_for(nonce, first, h);
    input->nonce_len = 16;

    /* The tag of an empty message is the first counter block, encrypted. */
    block.in = first;
    block.out = expected;
    ret |= kernel_reference_run(&block);
    kernel_input nothing = { .algorithm = KERNEL_GCM,
                             .key = input->key,
                             .key_bits = input->key_bits,
                             .nonce = nonce,
                             .nonce_len = 16,
                             .tag = tag,
                             .tag_len = 16 };
    ret |= kernel_reference_run(&nothing);
    return ret == 0 && memcmp(tag, expected, 16) == 0 ? NULL : "the counter that the nonce should yield";
}

static const char *describe(uint64_t seed, const kernel_input *input, const char *what)
{
    static const char *const names[] = { "ChaCha20", "ChaCha20-Poly1305", "AES", "GCM", "CCM" };
    static char text[300];
    snprintf(text, sizeof(text),
             "%s: case %llu, %s, %u bits, %u bytes, %u of additional data, nonce of %u, tag of %u, pieces %u", what,
             (unsigned long long) seed, names[input->algorithm], input->key_bits, (unsigned) input->len,
             (unsigned) input->ad_len, (unsigned) input->nonce_len, (unsigned) input->tag_len, input->pieces);
    return text;
}

const char *kernel_random_case(uint64_t seed)
{
    static uint8_t data[KERNEL_CASE_MAX_BYTES];
    static uint8_t ad[KERNEL_CASE_MAX_BYTES];
    static const uint8_t algorithms[] = { KERNEL_CHACHA20, KERNEL_CHACHAPOLY, KERNEL_CHACHAPOLY, KERNEL_AES,
                                          KERNEL_GCM,      KERNEL_GCM,        KERNEL_GCM,        KERNEL_CCM };
    random_source random = { .seed = seed };
    random_source *state = &random;
    uint8_t key[64];
    uint8_t nonce[300];
    kernel_input input = { .algorithm = algorithms[random_below(state, sizeof(algorithms))],
                           .key = key,
                           .nonce = nonce,
                           .ad = ad,
                           .in = data,
                           .len = random_length(state) };
    if (input.algorithm == KERNEL_AES) {
        input.len -= input.len % 16;
    }
    int chacha = input.algorithm == KERNEL_CHACHA20 || input.algorithm == KERNEL_CHACHAPOLY;
    int odd_key = !chacha && random_below(state, 200) == 0;
    input.key_bits = chacha ? 256 : odd_key ? 8 * random_below(state, 64) : 128 + 64 * random_below(state, 3);
    input.nonce_len = random_nonce_length(state, input.algorithm);
    input.tag_len = random_tag_length(state, input.algorithm);
    input.ad_len = input.tag_len == 0 ? 0
        : random_below(state, 3) == 0 ? random_length(state)
                                      : random_below(state, 40);
    input.counter = random_below(state, 2) == 0 ? (uint32_t) next_random(state) : 0 - random_below(state, 200);
    input.pieces = random_below(state, 2) == 0 ? 0 : (uint32_t) next_random(state) | 1;
    input.layered = input.tag_len > 0 && random_below(state, 8) == 0;
    random_fill(state, key, sizeof(key));
    random_fill(state, nonce, input.nonce_len);
    random_fill(state, data, input.len);
    random_fill(state, ad, input.ad_len);
    const char *what = NULL;
    if (input.algorithm == KERNEL_GCM && !odd_key && random_below(state, 16) == 0) {
        what = make_counter_wrap(state, &input, nonce);
    }
    int placement = (int) random_below(state, input.algorithm == KERNEL_GCM && !input.layered ? 3 : 2);
    unsigned offset = random_below(state, 16);
    long flip = random_below(state, 4) == 0 ? (long) random_below(state, 1u << 20) : -1;
    kernel_aead *host = kernel_host_aead;
    kernel_host_aead = random_below(state, 2) == 0 ? NULL : kernel_reference_host_aead;
    if (what == NULL) {
        what = kernel_compare(&input, placement, offset, flip);
    }
    kernel_host_aead = host;
    return what == NULL ? NULL : describe(seed, &input, what);
}

const char *kernel_compare_misuse(void)
{
    static char text[100];
    for (int which = 0; which < KERNEL_MISUSES; which++) {
        int fast = kernel_fast_misuse(which);
        int reference = kernel_reference_misuse(which);
        if (fast != reference) {
            snprintf(text, sizeof(text), "invalid call %d returns %d, Mbed TLS %d", which, fast, reference);
            return text;
        }
    }
    return NULL;
}
