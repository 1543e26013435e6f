#include "secrets.h"

#include <stdio.h>
#include <string.h>

#include "adapter.h"
#include "crypto/aes_inverse.h"
#include "crypto/curve.h"
#include "crypto/des.h"
#include "crypto/md5.h"
#include "crypto/rc2.h"
#include "crypto/secret.h"
#include "crypto/sha1.h"
#include "crypto/x25519.h"
#include "mbedtls/aes.h"
#include "mbedtls/ccm.h"
#include "mbedtls/chacha20.h"
#include "mbedtls/chachapoly.h"
#include "mbedtls/gcm.h"

#ifdef __has_include
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define HAS_VALGRIND
#endif
#endif

#ifndef HAS_VALGRIND
#define VALGRIND_MAKE_MEM_UNDEFINED(p, len) ((void) (p), (void) (len))
#define VALGRIND_MAKE_MEM_DEFINED(p, len) ((void) (p), (void) (len))
#define VALGRIND_GET_VBITS(p, bits, len) ((void) (p), (void) (bits), (void) (len), 0)
#define RUNNING_ON_VALGRIND 0
#endif

/* Lengths of pieces: whole blocks, partial blocks, and batches with a remainder. */
static const size_t piece[] = { 5, 16, 300, 64, 128, 1030 };
enum { PIECES = sizeof(piece) / sizeof(piece[0]), MAX_PIECE_BYTES = 1030 };

static uint8_t key[32];               /* secret */
static uint8_t data[MAX_PIECE_BYTES]; /* secret */
static uint8_t tag[16];
static const uint8_t nonce[12] = { 1, 2, 3 }; /* not secret, as in TLS; nor are lengths */
static const uint8_t ad[21] = { 4, 5, 6 };

static void make_secret(void)
{
    VALGRIND_MAKE_MEM_UNDEFINED(key, sizeof(key));
    VALGRIND_MAKE_MEM_UNDEFINED(data, sizeof(data));
}

/* Whether Valgrind considers the output secret. If not, it lost track of the input. */
static int is_secret(const uint8_t *bytes, size_t len)
{
    uint8_t undefined[16];
    (void) VALGRIND_GET_VBITS(bytes, undefined, len);
    for (size_t i = 0; i < len; i++) {
        if (undefined[i] != 0xff) {
            return 0;
        }
    }
    return 1;
}

static int chacha20(int unused)
{
    (void) unused;
    mbedtls_chacha20_context ctx;
    mbedtls_chacha20_init(&ctx);
    int ret = mbedtls_chacha20_setkey(&ctx, key) | mbedtls_chacha20_starts(&ctx, nonce, 0xfffffffe);
    for (size_t i = 0; i < PIECES; i++) {
        ret |= mbedtls_chacha20_update(&ctx, piece[i], data, data);
    }
    mbedtls_chacha20_free(&ctx);
    return ret;
}

static int chachapoly(int decrypt)
{
    mbedtls_chachapoly_context ctx;
    mbedtls_chachapoly_init(&ctx);
    int ret = mbedtls_chachapoly_setkey(&ctx, key);
    ret |= mbedtls_chachapoly_starts(&ctx, nonce, decrypt ? MBEDTLS_CHACHAPOLY_DECRYPT : MBEDTLS_CHACHAPOLY_ENCRYPT);
    ret |= mbedtls_chachapoly_update_aad(&ctx, ad, sizeof(ad));
    for (size_t i = 0; i < PIECES; i++) {
        ret |= mbedtls_chachapoly_update(&ctx, piece[i], data, data);
    }
    ret |= mbedtls_chachapoly_finish(&ctx, tag);
    mbedtls_chachapoly_free(&ctx);
    return ret;
}

static int aes(int bits)
{
    mbedtls_aes_context ctx;
    mbedtls_aes_init(&ctx);
    int ret = mbedtls_aes_setkey_enc(&ctx, key, (unsigned) bits);
    ret |= mbedtls_aes_crypt_ecb(&ctx, MBEDTLS_AES_ENCRYPT, data, data);
    mbedtls_aes_free(&ctx);
    return ret;
}

static int gcm(int bits, int mode)
{
    size_t written;
    mbedtls_gcm_context ctx;
    mbedtls_gcm_init(&ctx);
    int ret = mbedtls_gcm_setkey(&ctx, MBEDTLS_CIPHER_ID_AES, key, (unsigned) bits);
    for (size_t nonce_len = 11; nonce_len <= 12; nonce_len++) {
        ret |= mbedtls_gcm_starts(&ctx, mode, nonce, nonce_len);
        ret |= mbedtls_gcm_update_ad(&ctx, ad, sizeof(ad));
        for (size_t i = 0; i < PIECES; i++) {
            ret |= mbedtls_gcm_update(&ctx, data, piece[i], data, piece[i], &written);
        }
        ret |= mbedtls_gcm_finish(&ctx, NULL, 0, &written, tag, sizeof(tag));
    }
    mbedtls_gcm_free(&ctx);
    return ret;
}

static int gcm_encrypt(int bits)
{
    return gcm(bits, MBEDTLS_GCM_ENCRYPT);
}

static int gcm_decrypt(int bits)
{
    return gcm(bits, MBEDTLS_GCM_DECRYPT);
}

static int ccm(int bits)
{
    mbedtls_ccm_context ctx;
    mbedtls_ccm_init(&ctx);
    int ret = mbedtls_ccm_setkey(&ctx, MBEDTLS_CIPHER_ID_AES, key, (unsigned) bits);
    ret |= mbedtls_ccm_encrypt_and_tag(&ctx, 100, nonce, sizeof(nonce), ad, sizeof(ad), data, data, tag, 16);
    mbedtls_ccm_free(&ctx);
    return ret;
}

static int compare(int unused)
{
    (void) unused;
    memset(data, -secrets_differ(key, data, sizeof(key)), 16);
    return 0;
}

/* --- private keys ------------------------------------------------------------------- */

static int x25519(int unused)
{
    (void) unused;
    static const uint8_t base[32] = { 9 };
    pagetls_x25519(data, key, base);
    return 0;
}

/* Multiplies a public point by the key, shortened to a valid scalar. */
static int multiply_on_curve(int bits)
{
    const pagetls_curve *curve = bits == 256 ? &pagetls_p256 : bits == 384 ? &pagetls_p384 : &pagetls_p521;
    uint8_t k[PAGETLS_CURVE_MAX_BYTES] = { 0 };
    uint8_t point[2 * PAGETLS_CURVE_MAX_BYTES];
    k[curve->bytes - 1] = 5;
    curve->multiply(point, k, NULL);
    if (!curve->is_on_curve(point)) {
        return 1;
    }
    memcpy(k + curve->bytes - 32, key, 32);
    k[0] = 0;
    curve->multiply(data, k, point);
    return 0;
}

/* --- private keys in files ------------------------------------------------------------ */

static int aes_inverse(int bits)
{
    pagetls_aes_inverse_key round_keys;
    pagetls_aes_inverse_set_key(&round_keys, key, (size_t) bits / 8);
    pagetls_aes_inverse_decrypt(&round_keys, data);
    return 0;
}

static int des(int bits)
{
    pagetls_des_key round_keys;
    pagetls_des_set_key(&round_keys, key, (size_t) bits / 8);
    pagetls_des_decrypt(&round_keys, data);
    pagetls_des_decrypt(&round_keys, data + 8);
    return 0;
}

static int rc2(int bits)
{
    pagetls_rc2_key expanded;
    pagetls_rc2_set_key(&expanded, key, (size_t) bits / 8);
    pagetls_rc2_decrypt(&expanded, data);
    pagetls_rc2_decrypt(&expanded, data + 8);
    return 0;
}

static int sha1(int unused)
{
    (void) unused;
    uint32_t state[5];
    memcpy(state, key, sizeof(state));
    pagetls_sha1_process(state, data);
    memcpy(data, state, 16);
    return 0;
}

static int md5(int unused)
{
    (void) unused;
    pagetls_md5(data, 100, data);
    return 0;
}

/* --- leaks that Valgrind must report -------------------------------------------------- */

static int leak_by_branch(int unused)
{
    (void) unused;
    volatile int count = 0;
    for (size_t i = 0; i < sizeof(key); i++) {
        if (key[i] & 1) {
            count++;
        }
    }
    return 0;
}

static int leak_by_index(int unused)
{
    (void) unused;
    static volatile uint8_t table[256];
    table[0] = table[key[0]]; /* stored, as Valgrind ignores a load whose result is unused */
    return 0;
}

static int leak_of_reference_aes(int bits)
{
    kernel_input input = {
        .algorithm = KERNEL_AES, .key = key, .key_bits = (unsigned) bits, .in = data, .len = 16, .out = data
    };
    return kernel_reference_run(&input);
}

/* --- the list of operations ------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*run)(int parameter);
    int parameter;
    int tagged;
    int leaks;
} operations[] = {
    { "chacha20", chacha20, 0, 0, 0 },
    { "chachapoly-encrypt", chachapoly, 0, 1, 0 },
    { "chachapoly-decrypt", chachapoly, 1, 1, 0 },
    { "aes-128", aes, 128, 0, 0 },
    { "aes-192", aes, 192, 0, 0 },
    { "aes-256", aes, 256, 0, 0 },
    { "gcm-128-encrypt", gcm_encrypt, 128, 1, 0 },
    { "gcm-256-encrypt", gcm_encrypt, 256, 1, 0 },
    { "gcm-128-decrypt", gcm_decrypt, 128, 1, 0 },
    { "gcm-256-decrypt", gcm_decrypt, 256, 1, 0 },
    { "ccm-128", ccm, 128, 1, 0 },
    { "compare", compare, 0, 0, 0 },
    { "x25519", x25519, 0, 0, 0 },
    { "multiply-p256", multiply_on_curve, 256, 0, 0 },
    { "multiply-p384", multiply_on_curve, 384, 0, 0 },
    { "multiply-p521", multiply_on_curve, 521, 0, 0 },
    { "aes-inverse-128", aes_inverse, 128, 0, 0 },
    { "aes-inverse-256", aes_inverse, 256, 0, 0 },
    { "des", des, 192, 0, 0 },
    { "rc2", rc2, 40, 0, 0 },
    { "sha1", sha1, 0, 0, 0 },
    { "md5", md5, 0, 0, 0 },
    { "leak-by-branch", leak_by_branch, 0, 0, 1 },
    { "leak-by-index", leak_by_index, 0, 0, 1 },
    { "leak-of-mbedtls-aes", leak_of_reference_aes, 128, 0, 1 },
};

int kernel_run_with_secrets(const char *name)
{
    const size_t count = sizeof(operations) / sizeof(operations[0]);
    if (strcmp(name, "list") == 0) {
        for (size_t i = 0; i < count; i++) {
            printf("%s%s\n", operations[i].leaks ? "!" : "", operations[i].name);
        }
        return 0;
    }
    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "kernels_test: not running under Valgrind, or built without valgrind/memcheck.h.\n");
        return 3;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, operations[i].name) == 0) {
            make_secret();
            int ret = operations[i].run(operations[i].parameter);
            VALGRIND_MAKE_MEM_DEFINED(&ret, sizeof(ret));
            int secret = is_secret(data, 16) && (!operations[i].tagged || is_secret(tag, sizeof(tag)));
            return ret != 0 ? 2 : secret ? 0 : 4;
        }
    }
    return 2;
}
