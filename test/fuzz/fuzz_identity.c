/* Finds the keys and certificates of a client identity. The input: an octet of options, the length of the passphrase, the
 * passphrase, and a file. */
#include <stdlib.h>
#include <string.h>

#include "crypto/kdf.h"
#include "fuzz.h"
#include "host/limits.h"
#include "identity/identity_file.h"
#include "mbedtls/pem.h"
#include "pagetls.h"
#include "x509/pem.h"

enum { HAS_PASSPHRASE = 1, FAIL_ALLOCATION = 2, HEADER = 2, PARTS_MAX = 2000 };

/* A hash of everything that was visited. */
typedef struct {
    size_t count;
    size_t limit; /* no part is longer than the file */
    uint32_t sum;
    pagetls_slice wanted; /* whether this key was visited */
    int found;
} visited;

/* Passphrases cost almost nothing here: otherwise an input may take seconds, as the limits allow. */
int __wrap_pagetls_pbkdf2(pagetls_digest digest, const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt,
                          size_t salt_len, uint32_t iterations, uint8_t *out, size_t len);
int __real_pagetls_pbkdf2(pagetls_digest digest, const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt,
                          size_t salt_len, uint32_t iterations, uint8_t *out, size_t len);
int __wrap_pagetls_pkcs12_kdf(pagetls_digest digest, int purpose, const uint8_t *passphrase, size_t passphrase_len,
                              const uint8_t *salt, size_t salt_len, uint32_t iterations, uint8_t *out, size_t len);
int __real_pagetls_pkcs12_kdf(pagetls_digest digest, int purpose, const uint8_t *passphrase, size_t passphrase_len,
                              const uint8_t *salt, size_t salt_len, uint32_t iterations, uint8_t *out, size_t len);
int __wrap_pagetls_scrypt(const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt, size_t salt_len,
                          uint32_t n, uint32_t r, uint32_t p, uint8_t *out, size_t len);
int __real_pagetls_scrypt(const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt, size_t salt_len,
                          uint32_t n, uint32_t r, uint32_t p, uint8_t *out, size_t len);

static uint32_t few(uint32_t iterations)
{
    FUZZ_ASSERT(iterations > 0 && iterations <= PAGETLS_PASSPHRASE_ITERATIONS);
    return iterations < 3 ? iterations : 3;
}

int __wrap_pagetls_pbkdf2(pagetls_digest digest, const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt,
                          size_t salt_len, uint32_t iterations, uint8_t *out, size_t len)
{
    return __real_pagetls_pbkdf2(digest, passphrase, passphrase_len, salt, salt_len, few(iterations), out, len);
}

int __wrap_pagetls_pkcs12_kdf(pagetls_digest digest, int purpose, const uint8_t *passphrase, size_t passphrase_len,
                              const uint8_t *salt, size_t salt_len, uint32_t iterations, uint8_t *out, size_t len)
{
    return __real_pagetls_pkcs12_kdf(digest, purpose, passphrase, passphrase_len, salt, salt_len, few(iterations), out,
                                     len);
}

int __wrap_pagetls_scrypt(const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt, size_t salt_len,
                          uint32_t n, uint32_t r, uint32_t p, uint8_t *out, size_t len)
{
    FUZZ_ASSERT(n >= 2 && (n & (n - 1)) == 0 && r > 0 && p > 0);
    FUZZ_ASSERT((uint64_t) 128 * n * r * p <= (uint64_t) PAGETLS_SCRYPT_BYTES);
    return __real_pagetls_scrypt(passphrase, passphrase_len, salt, salt_len, 2, r < 4 ? r : 4, p < 3 ? p : 3, out, len);
}

static int visit(void *context, pagetls_identity_part part, pagetls_slice der)
{
    visited *v = context;
    FUZZ_ASSERT(der.len <= v->limit);
    for (size_t i = 0; i < der.len; i++) {
        v->sum = v->sum * 31 + der.p[i];
    }
    v->found |= part == PAGETLS_IDENTITY_KEY && pagetls_slices_equal(der, v->wanted);
    return ++v->count > PARTS_MAX ? 1 : 0;
}

static int walk(pagetls_slice file, pagetls_slice text, visited *v)
{
    pagetls_passphrase passphrase = { .text = text };
    int is_pkcs12 = 0;
    v->limit = file.len;
    const int ret = pagetls_identity_file_walk(file.p, file.len, &passphrase, visit, v, &is_pkcs12);
    FUZZ_ASSERT(ret == 1 || ret == 0 || ret == PAGETLS_ERR_OUT_OF_MEMORY || ret == PAGETLS_ERR_KEY ||
                (ret <= PAGETLS_ERR_KEY_DOCUMENT && ret >= PAGETLS_ERR_KEY_COST));
    FUZZ_ASSERT(ret != PAGETLS_ERR_PASSPHRASE_WRONG || passphrase.used);
    FUZZ_ASSERT(passphrase.iterations <= PAGETLS_PASSPHRASE_ITERATIONS &&
                passphrase.decrypted <= PAGETLS_ENCRYPTED_BYTES);
    pagetls_passphrase_free(&passphrase);
    return ret;
}

/* A key that Mbed TLS decodes from PEM is one that we find. */
static void compare_pem_decoders(pagetls_slice file)
{
    mbedtls_pem_context theirs;
    size_t used = 0;
    size_t len = 0;
    char *text = malloc(file.len + 1);
    FUZZ_ASSERT(text != NULL);
    memcpy(text, file.p, file.len);
    text[file.len] = '\0';
    mbedtls_pem_init(&theirs);
    if (strlen(text) == file.len && strncmp(text, "-----BEGIN PRIVATE KEY-----", 27) == 0 &&
        mbedtls_pem_read_buffer(&theirs, "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----",
                                (const uint8_t *) text, NULL, 0, &used) == 0) {
        visited v = { .wanted.p = mbedtls_pem_get_buffer(&theirs, &len) };
        v.wanted.len = len;
        const int ret = walk(file, (pagetls_slice) { NULL, 0 }, &v);
        FUZZ_ASSERT(v.found || ret != 0);
    }
    mbedtls_pem_free(&theirs);
    free(text);
}

void fuzz_identity(const uint8_t *data, size_t size)
{
    const size_t before = fuzz_start();
    if (size < HEADER) {
        return;
    }
    const size_t most = size - HEADER;
    const size_t passphrase_len = data[1] < most ? data[1] : most;
    const pagetls_slice text = { data[0] & HAS_PASSPHRASE ? data + HEADER : NULL, passphrase_len };
    const pagetls_slice file = { data + HEADER + passphrase_len, most - passphrase_len };
    visited first = { .count = 0 };
    visited again = { .count = 0 };
    const int ret = walk(file, text, &first);
    fuzz_fail_allocation_after(data[0] & FAIL_ALLOCATION ? data[0] >> 2 : -1);
    const int second = walk(file, text, &again);
    fuzz_fail_allocation_after(-1);
    FUZZ_ASSERT(second == PAGETLS_ERR_OUT_OF_MEMORY ||
                (second == ret && first.count == again.count && first.sum == again.sum));
    compare_pem_decoders(file);
    pagetls_connection *connection = pagetls_connection_new();
    FUZZ_ASSERT(connection != NULL);
    (void) pagetls_connection_add_identity(connection, file.p, file.len, NULL, 0, text.p, text.len);
    pagetls_connection_free(connection);
    FUZZ_ASSERT(pagetls_heap_in_use() == before);
}
