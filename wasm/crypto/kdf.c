#include "crypto/kdf.h"

#include <string.h>

#include "crypto/md5.h"
#include "host/heap.h"
#include "host/zeroize.h"

int pagetls_hmac_init(pagetls_hmac *hmac, pagetls_digest digest, const uint8_t *key, size_t len)
{
    const size_t block = pagetls_digest_block(digest);
    uint8_t pad[PAGETLS_DIGEST_BLOCK_MAX] = { 0 };
    hmac->size = pagetls_digest_size(digest);
    hmac->outer = NULL;
    hmac->inner = pagetls_begun_digest_new(digest, NULL, 0);
    if (hmac->inner == NULL) {
        return -1;
    }
    if (len > block) {
        pagetls_begun_digest_finish(hmac->inner, key, len, pad);
    } else {
        memcpy(pad, key, len);
    }
    pagetls_begun_digest_free(hmac->inner);
    for (size_t i = 0; i < block; i++) {
        pad[i] ^= 0x36;
    }
    hmac->inner = pagetls_begun_digest_new(digest, pad, block);
    for (size_t i = 0; i < block; i++) {
        pad[i] ^= 0x36 ^ 0x5C;
    }
    hmac->outer = pagetls_begun_digest_new(digest, pad, block);
    pagetls_zeroize(pad, sizeof(pad));
    return hmac->inner == NULL || hmac->outer == NULL ? -1 : 0;
}

void pagetls_hmac_compute(pagetls_hmac *hmac, const uint8_t *data, size_t len, uint8_t *out)
{
    pagetls_begun_digest_finish(hmac->inner, data, len, out);
    pagetls_begun_digest_finish(hmac->outer, out, hmac->size, out);
}

void pagetls_hmac_free(pagetls_hmac *hmac)
{
    pagetls_begun_digest_free(hmac->inner);
    pagetls_begun_digest_free(hmac->outer);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

int pagetls_pbkdf2(pagetls_digest digest, const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt,
                   size_t salt_len, uint32_t iterations, uint8_t *out, size_t len)
{
    uint8_t sum[PAGETLS_DIGEST_MAX];
    uint8_t u[PAGETLS_DIGEST_MAX];
    pagetls_hmac hmac;
    uint8_t *message = pagetls_heap_calloc(1, salt_len + 4);
    int ret = pagetls_hmac_init(&hmac, digest, passphrase, passphrase_len);
    if (message == NULL || ret != 0) {
        ret = -1;
        len = 0;
    } else if (salt_len > 0) {
        memcpy(message, salt, salt_len);
    }
    for (uint32_t block = 1; len > 0; block++) {
        const uint8_t number[] = { (uint8_t) (block >> 24), (uint8_t) (block >> 16), (uint8_t) (block >> 8),
                                   (uint8_t) block };
        const size_t part = smaller(len, hmac.size);
        memcpy(message + salt_len, number, sizeof(number));
        pagetls_hmac_compute(&hmac, message, salt_len + sizeof(number), u);
        memcpy(sum, u, sizeof(sum));
        for (uint32_t i = 1; i < iterations; i++) {
            pagetls_hmac_compute(&hmac, u, hmac.size, u);
            for (size_t j = 0; j < hmac.size; j++) {
                sum[j] ^= u[j];
            }
        }
        memcpy(out, sum, part);
        out += part;
        len -= part;
    }
    pagetls_zeroize(sum, sizeof(sum));
    pagetls_zeroize(u, sizeof(u));
    pagetls_hmac_free(&hmac);
    pagetls_heap_free(message);
    return ret;
}

/* Copies `from` repeatedly until `len` octets are written. */
static void fill(uint8_t *out, size_t len, const uint8_t *from, size_t from_len)
{
    for (size_t i = 0, j = 0; i < len; i++) {
        out[i] = from[j];
        j = j + 1 == from_len ? 0 : j + 1;
    }
}

static size_t round_up(size_t len, size_t block)
{
    return (len + block - 1) / block * block;
}

/* The letters are those of RFC 7292, appendix B.2. */
int pagetls_pkcs12_kdf(pagetls_digest digest, int purpose, const uint8_t *passphrase, size_t passphrase_len,
                       const uint8_t *salt, size_t salt_len, uint32_t iterations, uint8_t *out, size_t len)
{
    const size_t v = pagetls_digest_block(digest);
    const size_t u = pagetls_digest_size(digest);
    const size_t s_len = round_up(salt_len, v);
    const size_t i_len = s_len + round_up(passphrase_len, v);
    uint8_t d[PAGETLS_DIGEST_BLOCK_MAX];
    uint8_t a[PAGETLS_DIGEST_MAX];
    uint8_t *i = pagetls_heap_calloc(1, i_len + 1);
    memset(d, purpose, sizeof(d));
    pagetls_begun_digest *first = pagetls_begun_digest_new(digest, d, v);
    pagetls_begun_digest *empty = pagetls_begun_digest_new(digest, NULL, 0);
    const int ret = i == NULL || first == NULL || empty == NULL ? -1 : 0;
    if (ret == 0) {
        fill(i, s_len, salt, salt_len);
        fill(i + s_len, i_len - s_len, passphrase, passphrase_len);
    } else {
        len = 0;
    }
    while (len > 0) {
        const size_t part = smaller(len, u);
        pagetls_begun_digest_finish(first, i, i_len, a);
        for (uint32_t n = 1; n < iterations; n++) {
            pagetls_begun_digest_finish(empty, a, u, a);
        }
        memcpy(out, a, part);
        out += part;
        len -= part;
        fill(d, v, a, u); /* B */
        for (size_t block = 0; block < i_len; block += v) {
            unsigned carry = 1;
            for (size_t j = v; j-- > 0;) {
                carry += (unsigned) i[block + j] + d[j];
                i[block + j] = (uint8_t) carry;
                carry >>= 8;
            }
        }
    }
    pagetls_zeroize(a, sizeof(a));
    pagetls_zeroize(d, sizeof(d));
    pagetls_begun_digest_free(first);
    pagetls_begun_digest_free(empty);
    pagetls_heap_free(i);
    return ret;
}

int pagetls_md5_kdf(const uint8_t *passphrase, size_t passphrase_len, const uint8_t salt[8], uint8_t *out, size_t len)
{
    enum { SIZE = 16, SALT = 8, PADDING = 72 };
    uint8_t *message = pagetls_heap_calloc(1, SIZE + passphrase_len + SALT + PADDING);
    size_t from = SIZE; /* the first digest has none before it */
    if (message == NULL) {
        return -1;
    }
    memcpy(message + SIZE, passphrase, passphrase_len);
    memcpy(message + SIZE + passphrase_len, salt, SALT);
    while (len > 0) {
        const size_t part = smaller(len, SIZE);
        pagetls_md5(message + from, SIZE - from + passphrase_len + SALT, message);
        memcpy(out, message, part);
        out += part;
        len -= part;
        from = 0;
    }
    pagetls_heap_free(message);
    return 0;
}
