/* Replaces Mbed TLS's public-key arithmetic with our kernels. The linker's --wrap (crypto/kernels.cmake) redirects
 * calls between Mbed TLS's files to this one, which calls Mbed TLS's function when no kernel applies. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* coordinates of points, the sign of a number, the group and the point of a key */
#include "crypto/curve.h"
#include "crypto/ecdsa.h"
#include "crypto/modulus.h"
#include "crypto/x25519.h"
#include "host/zeroize.h"
#include "mbedtls/ecdsa.h"
#include "mbedtls/ecp.h"

#define WRAPPED(result, name, ...)                                                                                     \
    result __wrap_##name(__VA_ARGS__);                                                                                 \
    result __real_##name(__VA_ARGS__);                                                                                 \
    result __wrap_##name(__VA_ARGS__)

#define MAX_BYTES PAGETLS_CURVE_MAX_BYTES

#if defined(PAGETLS_FAST_P256) || defined(PAGETLS_FAST_P384) || defined(PAGETLS_FAST_P521)
#define FAST_ECDSA
#endif
#if defined(FAST_ECDSA) || defined(PAGETLS_FAST_X25519)

static const pagetls_curve *curve_of(const mbedtls_ecp_group *group)
{
    switch (group->id) {
#ifdef PAGETLS_FAST_P256
        case MBEDTLS_ECP_DP_SECP256R1: return &pagetls_p256;
#endif
#ifdef PAGETLS_FAST_P384
        case MBEDTLS_ECP_DP_SECP384R1: return &pagetls_p384;
#endif
#ifdef PAGETLS_FAST_P521
        case MBEDTLS_ECP_DP_SECP521R1: return &pagetls_p521;
#endif
        default: return NULL;
    }
}

/* 1 when the point is affine and its coordinates fit into the curve's length. It need not be on the curve. */
static int read_point(uint8_t out[2 * MAX_BYTES], const pagetls_curve *curve, const mbedtls_ecp_point *point)
{
    return mbedtls_mpi_cmp_int(&point->Z, 1) == 0 && mbedtls_mpi_write_binary(&point->X, out, curve->bytes) == 0 &&
        mbedtls_mpi_write_binary(&point->Y, out + curve->bytes, curve->bytes) == 0;
}

WRAPPED(int, mbedtls_ecp_check_pubkey, const mbedtls_ecp_group *group, const mbedtls_ecp_point *point)
{
    const pagetls_curve *curve = curve_of(group);
    uint8_t bytes[2 * MAX_BYTES];
    if (curve == NULL) {
        return __real_mbedtls_ecp_check_pubkey(group, point);
    }
    return read_point(bytes, curve, point) && curve->is_on_curve(bytes) ? 0 : MBEDTLS_ERR_ECP_INVALID_KEY;
}

/* --- scalar multiplication ---------------------------------------------------------------- */

static int multiply_on_nist_curve(const pagetls_curve *curve, const mbedtls_ecp_group *group, mbedtls_ecp_point *r,
                                  const mbedtls_mpi *k, const mbedtls_ecp_point *point)
{
    uint8_t scalar[MAX_BYTES];
    uint8_t bytes[2 * MAX_BYTES];
    const int of_base = point == &group->G;
    int ret = MBEDTLS_ERR_ECP_INVALID_KEY;
    if (k->s > 0 && mbedtls_mpi_write_binary(k, scalar, curve->bytes) == 0 &&
        (of_base || read_point(bytes, curve, point)) &&
        pagetls_curve_multiply(curve, bytes, scalar, of_base ? NULL : bytes) == 0) {
        ret = mbedtls_mpi_read_binary(&r->X, bytes, curve->bytes);
    }
    if (ret == 0) {
        ret = mbedtls_mpi_read_binary(&r->Y, bytes + curve->bytes, curve->bytes);
    }
    pagetls_zeroize(scalar, sizeof(scalar));
    pagetls_zeroize(bytes, sizeof(bytes));
    return ret != 0 ? ret : mbedtls_mpi_lset(&r->Z, 1);
}

#ifdef PAGETLS_FAST_X25519
static int multiply_x25519(const mbedtls_ecp_group *group, mbedtls_ecp_point *r, const mbedtls_mpi *k,
                           const mbedtls_ecp_point *point)
{
    uint8_t scalar[32];
    uint8_t u[32];
    int ret = mbedtls_ecp_check_pubkey(group, point); /* rejects points of low order */
    if (ret == 0) {
        ret = mbedtls_mpi_write_binary_le(&point->X, u, sizeof(u));
    }
    /* A valid key already has the bits that X25519 sets and clears (RFC 7748, section 5). */
    if (ret == 0 &&
        (mbedtls_mpi_write_binary_le(k, scalar, sizeof(scalar)) != 0 || (scalar[0] & 7) != 0 || scalar[31] >> 6 != 1)) {
        ret = MBEDTLS_ERR_ECP_INVALID_KEY;
    }
    if (ret == 0) {
        pagetls_x25519(u, scalar, u);
        mbedtls_mpi_free(&r->Y);
        ret = mbedtls_mpi_read_binary_le(&r->X, u, sizeof(u));
    }
    pagetls_zeroize(scalar, sizeof(scalar));
    pagetls_zeroize(u, sizeof(u));
    return ret != 0 ? ret : mbedtls_mpi_lset(&r->Z, 1);
}
#endif

typedef int random_function(void *, unsigned char *, size_t);

WRAPPED(int, mbedtls_ecp_mul_restartable, mbedtls_ecp_group *group, mbedtls_ecp_point *r, const mbedtls_mpi *k,
        const mbedtls_ecp_point *point, random_function *f_rng, void *p_rng, mbedtls_ecp_restart_ctx *restart)
{
    const pagetls_curve *curve = curve_of(group);
    if (f_rng == NULL) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    if (curve != NULL) {
        return multiply_on_nist_curve(curve, group, r, k, point);
    }
#ifdef PAGETLS_FAST_X25519
    if (group->id == MBEDTLS_ECP_DP_CURVE25519) {
        return multiply_x25519(group, r, k, point);
    }
#endif
#ifdef PAGETLS_FAST_ALL_CURVES
    (void) p_rng;
    (void) restart;
    return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
#else
    return __real_mbedtls_ecp_mul_restartable(group, r, k, point, f_rng, p_rng, restart);
#endif
}

WRAPPED(int, mbedtls_ecp_mul, mbedtls_ecp_group *group, mbedtls_ecp_point *r, const mbedtls_mpi *k,
        const mbedtls_ecp_point *point, random_function *f_rng, void *p_rng)
{
    return __wrap_mbedtls_ecp_mul_restartable(group, r, k, point, f_rng, p_rng, NULL);
}
#endif

/* --- ECDSA ---------------------------------------------------------------------------------- */

#ifdef FAST_ECDSA
WRAPPED(int, mbedtls_ecdsa_read_signature, mbedtls_ecdsa_context *ctx, const unsigned char *hash, size_t hash_len,
        const unsigned char *signature, size_t signature_len)
{
    const pagetls_curve *curve = curve_of(&ctx->grp);
    uint8_t key[2 * MAX_BYTES];
    if (curve == NULL) {
#ifdef PAGETLS_FAST_ALL_CURVES
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
#else
        return __real_mbedtls_ecdsa_read_signature(ctx, hash, hash_len, signature, signature_len);
#endif
    }
    int result = read_point(key, curve, &ctx->Q)
        ? pagetls_ecdsa_verify(curve, key, hash, hash_len, signature, signature_len)
        : PAGETLS_ECDSA_BAD_INPUT;
    return result == 0                          ? 0
        : result == PAGETLS_ECDSA_VERIFY_FAILED ? MBEDTLS_ERR_ECP_VERIFY_FAILED
                                                : MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
}
#endif

/* --- RSA ------------------------------------------------------------------------------------ */

#ifdef PAGETLS_FAST_RSA
/** pagetls_modulus_power() takes the exponent as a uint64_t. */
#define EXPONENT_MAX_BITS 64

WRAPPED(int, mbedtls_mpi_exp_mod_unsafe, mbedtls_mpi *x, const mbedtls_mpi *base, const mbedtls_mpi *exponent,
        const mbedtls_mpi *n, mbedtls_mpi *r_squared)
{
    uint8_t bytes[PAGETLS_MODULUS_MAX_BYTES];
    pagetls_modulus modulus;
    const size_t len = mbedtls_mpi_size(n);
    const size_t bits = mbedtls_mpi_bitlen(exponent);
    if (len > sizeof(bytes) || bits == 0 || bits > EXPONENT_MAX_BITS || mbedtls_mpi_cmp_int(exponent, 0) < 0 ||
        mbedtls_mpi_cmp_int(n, 0) < 0 || mbedtls_mpi_cmp_int(base, 0) < 0 || mbedtls_mpi_cmp_mpi(base, n) >= 0 ||
        mbedtls_mpi_write_binary(n, bytes, len) != 0 || pagetls_modulus_set(&modulus, bytes, len) != 0 ||
        mbedtls_mpi_write_binary(base, bytes, len) != 0) {
        return __real_mbedtls_mpi_exp_mod_unsafe(x, base, exponent, n, r_squared);
    }
    uint8_t exponent_bytes[EXPONENT_MAX_BITS / 8];
    uint64_t e = 0;
    int ret = mbedtls_mpi_write_binary(exponent, exponent_bytes, sizeof(exponent_bytes));
    for (size_t i = 0; i < sizeof(exponent_bytes); i++) {
        e = e << 8 | exponent_bytes[i];
    }
    if (ret == 0) {
        pagetls_modulus_power(&modulus, bytes, bytes, e);
        ret = mbedtls_mpi_read_binary(x, bytes, len);
    }
    return ret;
}
#endif
