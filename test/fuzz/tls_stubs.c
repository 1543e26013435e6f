/* TLS without cryptography (tls.h): wraps calls between Mbed TLS's files (targets.cmake). */
#include <string.h>

#include "mbedtls/cipher.h"
#include "mbedtls/constant_time.h"
#include "mbedtls/ecdh.h"
#include "mbedtls/md.h"
#include "mbedtls/pk.h"
#include "mbedtls/renegotiation.h"
#include "psa/crypto.h"
#include "tls.h"

#define WRAPPED(result, name, ...)                                                                                     \
    result __wrap_##name(__VA_ARGS__);                                                                                 \
    result __real_##name(__VA_ARGS__);                                                                                 \
    result __wrap_##name(__VA_ARGS__)

static int stubbed;

void fuzz_tls_stub(int on)
{
    stubbed = fuzz_all_signed = on;
}

/* --- records ------------------------------------------------------------------------------- */

WRAPPED(int, mbedtls_cipher_auth_encrypt_ext, mbedtls_cipher_context_t *ctx, const unsigned char *iv, size_t iv_len,
        const unsigned char *ad, size_t ad_len, const unsigned char *input, size_t ilen, unsigned char *output,
        size_t output_len, size_t *olen, size_t tag_len)
{
    if (!stubbed) {
        return __real_mbedtls_cipher_auth_encrypt_ext(ctx, iv, iv_len, ad, ad_len, input, ilen, output, output_len,
                                                      olen, tag_len);
    }
    FUZZ_ASSERT(output_len >= ilen + tag_len);
    memmove(output, input, ilen);
    memset(output + ilen, 0, tag_len);
    *olen = ilen + tag_len;
    return 0;
}

WRAPPED(int, mbedtls_cipher_auth_decrypt_ext, mbedtls_cipher_context_t *ctx, const unsigned char *iv, size_t iv_len,
        const unsigned char *ad, size_t ad_len, const unsigned char *input, size_t ilen, unsigned char *output,
        size_t output_len, size_t *olen, size_t tag_len)
{
    if (!stubbed) {
        return __real_mbedtls_cipher_auth_decrypt_ext(ctx, iv, iv_len, ad, ad_len, input, ilen, output, output_len,
                                                      olen, tag_len);
    }
    FUZZ_ASSERT(ilen >= tag_len && output_len >= ilen - tag_len);
    if (fuzz_has_bad_marker(input + ilen - tag_len, tag_len)) {
        return MBEDTLS_ERR_CIPHER_AUTH_FAILED;
    }
    memmove(output, input, ilen - tag_len);
    *olen = ilen - tag_len;
    return 0;
}

/* --- the handshake --------------------------------------------------------------------------- */

/* Finished: the first argument is what the server sent. With stubbed signatures and tags there are no other calls. */
WRAPPED(int, mbedtls_ct_memcmp, const void *a, const void *b, size_t n)
{
    return stubbed ? fuzz_has_bad_marker(a, n) : __real_mbedtls_ct_memcmp(a, b, n);
}

/* Without memory for the hash of the transcript, ssl_compute_master() of Mbed TLS 3.6.6 reads 64 octets of a buffer of
 * 48: the keys are wrong, and the handshake fails (test/native/test_connection.c). So no allocation fails here. */
WRAPPED(int, mbedtls_md_setup, mbedtls_md_context_t *ctx, const mbedtls_md_info_t *info, int hmac)
{
    fuzz_pause_failures = stubbed;
    int ret = __real_mbedtls_md_setup(ctx, info, hmac);
    fuzz_pause_failures = 0;
    return ret;
}

/* Signature of a TLS 1.2 key exchange. All others are verified with mbedtls_pk_verify_ext() (host.c). */
WRAPPED(int, mbedtls_pk_verify_restartable, mbedtls_pk_context *key, mbedtls_md_type_t md, const unsigned char *hash,
        size_t hash_len, const unsigned char *signature, size_t signature_len, mbedtls_pk_restart_ctx *restart)
{
    if (!stubbed) {
        return __real_mbedtls_pk_verify_restartable(key, md, hash, hash_len, signature, signature_len, restart);
    }
    return fuzz_has_bad_marker(signature, signature_len) ? MBEDTLS_ERR_PK_SIG_LEN_MISMATCH : 0;
}

static int sign(const mbedtls_pk_context *key, unsigned char *signature, size_t size, size_t *len)
{
    *len = mbedtls_pk_get_len(key);
    FUZZ_ASSERT(*len <= size);
    memset(signature, 7, *len);
    return 0;
}

WRAPPED(int, mbedtls_pk_sign_restartable, mbedtls_pk_context *key, mbedtls_md_type_t md, const unsigned char *hash,
        size_t hash_len, unsigned char *signature, size_t size, size_t *len,
        int (*f_rng)(void *, unsigned char *, size_t), void *p_rng, mbedtls_pk_restart_ctx *restart)
{
    return stubbed
        ? sign(key, signature, size, len)
        : __real_mbedtls_pk_sign_restartable(key, md, hash, hash_len, signature, size, len, f_rng, p_rng, restart);
}

WRAPPED(int, mbedtls_pk_sign_ext, mbedtls_pk_type_t type, mbedtls_pk_context *key, mbedtls_md_type_t md,
        const unsigned char *hash, size_t hash_len, unsigned char *signature, size_t size, size_t *len,
        int (*f_rng)(void *, unsigned char *, size_t), void *p_rng)
{
    return stubbed ? sign(key, signature, size, len)
                   : __real_mbedtls_pk_sign_ext(type, key, md, hash, hash_len, signature, size, len, f_rng, p_rng);
}

/* In a renegotiation, the verify_data of both sides is this. */
WRAPPED(pagetls_renegotiated, pagetls_renegotiation_before, const mbedtls_ssl_context *ssl, int extended_master_secret)
{
    pagetls_renegotiated before = __real_pagetls_renegotiation_before(ssl, extended_master_secret);
    if (stubbed) {
        memset(before.verify_data, 3, sizeof(before.verify_data));
    }
    return before;
}

/* --- key exchanges ------------------------------------------------------------------------- */

/* Randomness is constant, and so are our keys: the arithmetic is done once for each key share of a server. */
#define EXCHANGES_MAX 32

typedef struct {
    uint8_t share[160]; /* the cache key: TLS 1.2's parameters; TLS 1.3's type of key and the server's share */
    size_t share_len;
    uint8_t public_key[140];
    size_t public_len;
    uint8_t secret[140];
    size_t secret_len;
} exchange;

static exchange known[EXCHANGES_MAX];
static size_t known_count;

static exchange *find_exchange(const void *share, size_t len)
{
    size_t i = 0;
    while (i < EXCHANGES_MAX && (known[i].share_len != len || memcmp(known[i].share, share, len) != 0)) {
        i++;
    }
    if (i == EXCHANGES_MAX) {
        i = known_count++ % EXCHANGES_MAX;
        memset(&known[i], 0, sizeof(known[i]));
        memcpy(known[i].share, share, len);
        known[i].share_len = len;
    }
    return &known[i];
}

static void store_bytes(uint8_t *to, size_t *to_len, const uint8_t *bytes, size_t len)
{
    FUZZ_ASSERT(len <= sizeof(known[0].secret));
    memcpy(to, bytes, len);
    *to_len = len;
}

static int load_bytes(const uint8_t *from, size_t from_len, uint8_t *out, size_t size, size_t *len)
{
    if (from_len == 0 || from_len > size) {
        return 0;
    }
    memcpy(out, from, from_len);
    *len = from_len;
    return 1;
}

/* TLS 1.3 */

static exchange *find_psa_exchange(mbedtls_svc_key_id_t key, const uint8_t *share, size_t len)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t all[sizeof(known[0].share)] = { 0 };
    if (!stubbed || psa_get_key_attributes(key, &attributes) != PSA_SUCCESS || len > sizeof(all) - 4) {
        return NULL;
    }
    all[0] = (uint8_t) (psa_get_key_type(&attributes) >> 8);
    all[1] = (uint8_t) psa_get_key_type(&attributes);
    all[2] = (uint8_t) (psa_get_key_bits(&attributes) >> 8);
    all[3] = (uint8_t) psa_get_key_bits(&attributes);
    if (len > 0) {
        memcpy(all + 4, share, len);
    }
    return find_exchange(all, 4 + len);
}

WRAPPED(psa_status_t, psa_export_public_key, mbedtls_svc_key_id_t key, uint8_t *data, size_t size, size_t *len)
{
    exchange *e = find_psa_exchange(key, NULL, 0);
    if (e != NULL && load_bytes(e->public_key, e->public_len, data, size, len)) {
        return PSA_SUCCESS;
    }
    psa_status_t status = __real_psa_export_public_key(key, data, size, len);
    if (e != NULL && status == PSA_SUCCESS) {
        store_bytes(e->public_key, &e->public_len, data, *len);
    }
    return status;
}

WRAPPED(psa_status_t, psa_raw_key_agreement, psa_algorithm_t algorithm, mbedtls_svc_key_id_t key, const uint8_t *share,
        size_t share_len, uint8_t *out, size_t size, size_t *len)
{
    exchange *e = find_psa_exchange(key, share, share_len);
    if (e != NULL && load_bytes(e->secret, e->secret_len, out, size, len)) {
        return PSA_SUCCESS;
    }
    psa_status_t status = __real_psa_raw_key_agreement(algorithm, key, share, share_len, out, size, len);
    if (e != NULL && status == PSA_SUCCESS) {
        store_bytes(e->secret, &e->secret_len, out, *len);
    }
    return status;
}

/* TLS 1.2 */

static exchange *current; /* for the parameters read last */

WRAPPED(int, mbedtls_ecdh_read_params, mbedtls_ecdh_context *ctx, const unsigned char **buf, const unsigned char *end)
{
    const unsigned char *start = *buf;
    int ret = __real_mbedtls_ecdh_read_params(ctx, buf, end);
    size_t len = (size_t) (*buf - start);
    current = stubbed && ret == 0 && len <= sizeof(known[0].share) ? find_exchange(start, len) : NULL;
    return ret;
}

WRAPPED(int, mbedtls_ecdh_make_public, mbedtls_ecdh_context *ctx, size_t *len, unsigned char *buf, size_t size,
        int (*f_rng)(void *, unsigned char *, size_t), void *p_rng)
{
    /* Without a cached secret, the context needs a real key to compute it. */
    if (current != NULL && current->secret_len > 0 &&
        load_bytes(current->public_key, current->public_len, buf, size, len)) {
        return 0;
    }
    int ret = __real_mbedtls_ecdh_make_public(ctx, len, buf, size, f_rng, p_rng);
    if (current != NULL && ret == 0) {
        store_bytes(current->public_key, &current->public_len, buf, *len);
    }
    return ret;
}

WRAPPED(int, mbedtls_ecdh_calc_secret, mbedtls_ecdh_context *ctx, size_t *len, unsigned char *buf, size_t size,
        int (*f_rng)(void *, unsigned char *, size_t), void *p_rng)
{
    if (current != NULL && load_bytes(current->secret, current->secret_len, buf, size, len)) {
        return 0;
    }
    int ret = __real_mbedtls_ecdh_calc_secret(ctx, len, buf, size, f_rng, p_rng);
    if (current != NULL && ret == 0) {
        store_bytes(current->secret, &current->secret_len, buf, *len);
    }
    return ret;
}
