#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include "public_key.h"

#include <string.h>

#include "crypto/ed25519.h"
#include "crypto/x25519.h"
#include "ed25519_cases.h"
#include "mbedtls/ecdh.h"
#include "mbedtls/ecdsa.h"
#include "mbedtls/rsa.h"
#include "random.h"

/* Mbed TLS's own functions, behind the linker's wraps. In a build without the kernel, they are not wrapped. */
#if defined(PAGETLS_FAST_X25519) || defined(PAGETLS_FAST_P256) || defined(PAGETLS_FAST_P384) ||                        \
    defined(PAGETLS_FAST_P521)
#define REAL_MUL __real_mbedtls_ecp_mul
int REAL_MUL(mbedtls_ecp_group *, mbedtls_ecp_point *, const mbedtls_mpi *, const mbedtls_ecp_point *,
             int (*)(void *, unsigned char *, size_t), void *);
#else
#define REAL_MUL mbedtls_ecp_mul
#endif
#if defined(PAGETLS_FAST_P256) || defined(PAGETLS_FAST_P384) || defined(PAGETLS_FAST_P521)
#define REAL_READ_SIGNATURE __real_mbedtls_ecdsa_read_signature
int REAL_READ_SIGNATURE(mbedtls_ecdsa_context *, const unsigned char *, size_t, const unsigned char *, size_t);
#else
#define REAL_READ_SIGNATURE mbedtls_ecdsa_read_signature
#endif
int mbedtls_mpi_exp_mod_unsafe(mbedtls_mpi *, const mbedtls_mpi *, const mbedtls_mpi *, const mbedtls_mpi *,
                               mbedtls_mpi *);
#ifdef PAGETLS_FAST_RSA
#define REAL_POWER __real_mbedtls_mpi_exp_mod_unsafe
int REAL_POWER(mbedtls_mpi *, const mbedtls_mpi *, const mbedtls_mpi *, const mbedtls_mpi *, mbedtls_mpi *);
#else
#define REAL_POWER mbedtls_mpi_exp_mod_unsafe
#endif

mbedtls_ecp_group_id kernel_group_id(int curve)
{
    return curve == KERNEL_CURVE25519 ? MBEDTLS_ECP_DP_CURVE25519
        : curve == KERNEL_P256        ? MBEDTLS_ECP_DP_SECP256R1
        : curve == KERNEL_P384        ? MBEDTLS_ECP_DP_SECP384R1
                                      : MBEDTLS_ECP_DP_SECP521R1;
}

static int read_number(mbedtls_mpi *out, kernel_bytes bytes)
{
    return mbedtls_mpi_read_binary(out, bytes.p, bytes.len);
}

static int multiply(int fast, const kernel_public_input *input, uint8_t *out, size_t *out_len)
{
    mbedtls_ecp_group group;
    mbedtls_ecp_point point;
    mbedtls_ecp_point result;
    mbedtls_mpi k;
    random_source random = { .seed = 1 };
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&point);
    mbedtls_ecp_point_init(&result);
    mbedtls_mpi_init(&k);
    const kernel_bytes *in = input->in;
    int ret = mbedtls_ecp_group_load(&group, kernel_group_id(input->curve));
    if (ret == 0) {
        ret = input->curve == KERNEL_CURVE25519 ? mbedtls_mpi_read_binary_le(&k, in[0].p, in[0].len)
                                                : read_number(&k, in[0]);
    }
    if (ret == 0 && in[1].len > 0) {
        ret = mbedtls_ecp_point_read_binary(&group, &point, in[1].p, in[1].len);
    }
    if (ret == 0) {
        ret = (fast ? mbedtls_ecp_mul : REAL_MUL)(&group, &result, &k, in[1].len > 0 ? &point : &group.G,
                                                  kernel_random_bytes, &random);
    }
    if (ret == 0) {
        ret = mbedtls_ecp_point_write_binary(&group, &result, MBEDTLS_ECP_PF_UNCOMPRESSED, out_len, out,
                                             KERNEL_PUBLIC_MAX_BYTES);
    }
    mbedtls_ecp_group_free(&group);
    mbedtls_ecp_point_free(&point);
    mbedtls_ecp_point_free(&result);
    mbedtls_mpi_free(&k);
    return ret;
}

static int verify(int fast, const kernel_public_input *input)
{
    mbedtls_ecdsa_context ctx;
    mbedtls_ecdsa_init(&ctx);
    const kernel_bytes *in = input->in;
    int ret = mbedtls_ecp_group_load(&ctx.grp, kernel_group_id(input->curve));
    if (ret == 0) {
        ret = mbedtls_ecp_point_read_binary(&ctx.grp, &ctx.Q, in[0].p, in[0].len);
    }
    if (ret == 0) { /* as Mbed TLS checks every key that it parses */
        ret = mbedtls_ecp_check_pubkey(&ctx.grp, &ctx.Q);
    }
    if (ret == 0) {
        ret = (fast ? mbedtls_ecdsa_read_signature : REAL_READ_SIGNATURE)(&ctx, in[1].p, in[1].len, in[2].p, in[2].len);
    }
    mbedtls_ecdsa_free(&ctx);
    return ret;
}

static int power(int fast, const kernel_bytes *in, uint8_t *out, size_t *out_len)
{
    mbedtls_mpi n, e, x;
    mbedtls_mpi_init(&n);
    mbedtls_mpi_init(&e);
    mbedtls_mpi_init(&x);
    int ret = read_number(&n, in[0]) | read_number(&e, in[1]) | read_number(&x, in[2]);
    if (ret == 0) {
        ret = (fast ? mbedtls_mpi_exp_mod_unsafe : REAL_POWER)(&x, &x, &e, &n, NULL);
    }
    if (ret == 0) {
        *out_len = in[0].len;
        ret = mbedtls_mpi_write_binary(&x, out, in[0].len);
    }
    mbedtls_mpi_free(&n);
    mbedtls_mpi_free(&e);
    mbedtls_mpi_free(&x);
    return ret;
}

static int rsa(int operation, const kernel_bytes *in)
{
    mbedtls_rsa_context ctx;
    mbedtls_rsa_init(&ctx);
    int ret = mbedtls_rsa_import_raw(&ctx, in[0].p, in[0].len, NULL, 0, NULL, 0, NULL, 0, in[1].p, in[1].len);
    if (ret == 0) {
        ret = mbedtls_rsa_complete(&ctx);
    }
    if (ret == 0 && in[3].len != mbedtls_rsa_get_len(&ctx)) {
        ret = MBEDTLS_ERR_RSA_VERIFY_FAILED; /* Mbed TLS's functions leave this check to the caller */
    }
    if (ret == 0) {
        ret = operation == KERNEL_PKCS1
            ? mbedtls_rsa_rsassa_pkcs1_v15_verify(&ctx, MBEDTLS_MD_SHA256, 32, in[2].p, in[3].p)
            : mbedtls_rsa_rsassa_pss_verify_ext(&ctx, MBEDTLS_MD_SHA256, 32, in[2].p, MBEDTLS_MD_SHA256, 32, in[3].p);
    }
    mbedtls_rsa_free(&ctx);
    return ret;
}

static int ed25519(int fast, const kernel_bytes *in)
{
    if (in[0].len != PAGETLS_ED25519_KEY_BYTES) {
        return PAGETLS_ED25519_BAD_INPUT;
    }
    return fast ? pagetls_ed25519_verify(in[0].p, in[1].p, in[1].len, in[2].p, in[2].len)
                : reference_ed25519_verify(in[0].p, in[1], in[2]);
}

int kernel_public(int fast, const kernel_public_input *input, uint8_t *out, size_t *out_len)
{
    *out_len = 0;
    switch (input->operation) {
        case KERNEL_X25519:
            *out_len = 32;
            pagetls_x25519(out, input->in[0].p, input->in[1].p);
            return 0;
        case KERNEL_MULTIPLY: return multiply(fast, input, out, out_len);
        case KERNEL_VERIFY: return verify(fast, input);
        case KERNEL_POWER: return power(fast, input->in, out, out_len);
        case KERNEL_ED25519: return ed25519(fast, input->in);
        default: return rsa(input->operation, input->in);
    }
}

/* --- for measuring ------------------------------------------------------------------------ */

/* Generates a key and computes the secret that it shares with itself, through the functions that TLS calls. */
static int exchange(int curve)
{
    mbedtls_ecdh_context ctx;
    uint8_t message[200];
    uint8_t secret[80];
    size_t len;
    random_source random = { .seed = 2 };
    mbedtls_ecdh_init(&ctx);
    int ret = mbedtls_ecdh_setup(&ctx, kernel_group_id(curve));
    if (ret == 0) {
        ret = mbedtls_ecdh_make_public(&ctx, &len, message, sizeof(message), kernel_random_bytes, &random);
    }
    if (ret == 0) {
        ret = mbedtls_ecdh_read_public(&ctx, message, len);
    }
    if (ret == 0) {
        ret = mbedtls_ecdh_calc_secret(&ctx, &len, secret, sizeof(secret), kernel_random_bytes, &random);
    }
    mbedtls_ecdh_free(&ctx);
    return ret;
}

int kernel_public_repeat(int fast, int operation, int curve, unsigned times)
{
    static uint8_t bytes[4][KERNEL_PUBLIC_MAX_BYTES];
    kernel_public_input input = { .operation = operation, .curve = curve };
    uint8_t out[KERNEL_PUBLIC_MAX_BYTES];
    size_t len;
    int ok = 1;
    kernel_public_example(&input, bytes);
    for (unsigned i = 0; i < times; i++) {
        ok &= operation == KERNEL_MULTIPLY ? exchange(curve) == 0 : kernel_public(fast, &input, out, &len) == 0;
    }
    return ok;
}
