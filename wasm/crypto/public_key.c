/* Our public-key kernels in the place of Mbed TLS's, by the linker's --wrap (kernels.cmake): a call from one of its
 * files to another comes here, and goes on to its own function where a kernel is not for it. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include <string.h>

#include "curve.h"
#include "mbedtls/ecdsa.h"
#include "mbedtls/ecp.h"
#include "mbedtls/error.h"
#include "mbedtls/platform_util.h"
#include "modulus.h"
#include "x25519.h"

#define WRAPPED(result, name, ...)                                                                           \
    result __wrap_##name(__VA_ARGS__);                                                                       \
    result __real_##name(__VA_ARGS__);                                                                       \
    result __wrap_##name(__VA_ARGS__)

#define MAX PAGETLS_CURVE_MAX_BYTES

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

/* 0, or an error: a coordinate is too long, or the point is not on the curve, or not affine. */
static int read_point(uint8_t out[2 * MAX], const pagetls_curve *curve, const mbedtls_ecp_point *point)
{
    return mbedtls_mpi_cmp_int(&point->Z, 1) != 0 ||
            mbedtls_mpi_write_binary(&point->X, out, curve->bytes) != 0 ||
            mbedtls_mpi_write_binary(&point->Y, out + curve->bytes, curve->bytes) != 0 || !curve->has(out)
        ? MBEDTLS_ERR_ECP_INVALID_KEY
        : 0;
}

WRAPPED(int, mbedtls_ecp_check_pubkey, const mbedtls_ecp_group *group, const mbedtls_ecp_point *point)
{
    const pagetls_curve *curve = curve_of(group);
    uint8_t bytes[2 * MAX];
    return curve != NULL ? read_point(bytes, curve, point) : __real_mbedtls_ecp_check_pubkey(group, point);
}

/* --- k times a point ---------------------------------------------------------------------- */

/* Whether k is neither 0 nor the order or more; all it tells about k is that. */
static int is_scalar(const pagetls_curve *curve, const uint8_t *k)
{
    int below = 0; /* -1 once a byte, from the last on, has shown that k is below */
    unsigned bits = 0;
    for (size_t i = curve->bytes; i-- > 0;) {
        below = (k[i] - curve->order[i] + below) >> 8;
        bits |= k[i];
    }
    return (below & (int) ((bits + 0xff) >> 8)) != 0;
}

static int multiply_on(const pagetls_curve *curve, const mbedtls_ecp_group *group, mbedtls_ecp_point *r,
                       const mbedtls_mpi *k, const mbedtls_ecp_point *point)
{
    uint8_t scalar[MAX];
    uint8_t bytes[2 * MAX];
    int ret = MBEDTLS_ERR_ECP_INVALID_KEY;
    if (k->s > 0 && mbedtls_mpi_write_binary(k, scalar, curve->bytes) == 0 && is_scalar(curve, scalar)) {
        ret = point == &group->G ? 0 : read_point(bytes, curve, point);
    }
    if (ret == 0) {
        curve->multiply(bytes, scalar, point == &group->G ? NULL : bytes);
        ret = mbedtls_mpi_read_binary(&r->X, bytes, curve->bytes);
    }
    if (ret == 0) {
        ret = mbedtls_mpi_read_binary(&r->Y, bytes + curve->bytes, curve->bytes);
    }
    mbedtls_platform_zeroize(scalar, sizeof(scalar));
    mbedtls_platform_zeroize(bytes, sizeof(bytes));
    return ret != 0 ? ret : mbedtls_mpi_lset(&r->Z, 1);
}

#ifdef PAGETLS_FAST_X25519
static int multiply_x25519(const mbedtls_ecp_group *group, mbedtls_ecp_point *r, const mbedtls_mpi *k,
                           const mbedtls_ecp_point *point)
{
    uint8_t scalar[32];
    uint8_t u[32];
    int ret = mbedtls_ecp_check_pubkey(group, point); /* no point of low order */
    if (ret == 0) {
        ret = mbedtls_mpi_write_binary_le(&point->X, u, sizeof(u));
    }
    /* The bits of a key that X25519 would set or clear are so already, or it is none (RFC 7748, section 5). */
    if (ret == 0 &&
        (mbedtls_mpi_write_binary_le(k, scalar, sizeof(scalar)) != 0 || (scalar[0] & 7) != 0 ||
         scalar[31] >> 6 != 1)) {
        ret = MBEDTLS_ERR_ECP_INVALID_KEY;
    }
    if (ret == 0) {
        pagetls_x25519(u, scalar, u);
        mbedtls_mpi_free(&r->Y);
        ret = mbedtls_mpi_read_binary_le(&r->X, u, sizeof(u));
    }
    mbedtls_platform_zeroize(scalar, sizeof(scalar));
    mbedtls_platform_zeroize(u, sizeof(u));
    return ret != 0 ? ret : mbedtls_mpi_lset(&r->Z, 1);
}
#endif

typedef int random_function(void *, unsigned char *, size_t);

WRAPPED(int, mbedtls_ecp_mul_restartable, mbedtls_ecp_group *group, mbedtls_ecp_point *r,
        const mbedtls_mpi *k, const mbedtls_ecp_point *point, random_function *f_rng, void *p_rng,
        mbedtls_ecp_restart_ctx *restart)
{
    const pagetls_curve *curve = curve_of(group);
    if (f_rng == NULL) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    if (curve != NULL) {
        return multiply_on(curve, group, r, k, point);
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
/* Reads an INTEGER of DER: not negative, no longer than need be (X.690, section 8.3), and below the order, but not 0. */
static int read_scalar(uint8_t *out, const pagetls_curve *curve, const uint8_t **p, const uint8_t *end)
{
    if (end - *p < 3 || (*p)[0] != 0x02 || (*p)[1] > end - *p - 2) {
        return 0;
    }
    size_t len = (*p)[1];
    const uint8_t *bytes = *p + 2;
    if (len == 0 || bytes[0] >= 0x80 || (len > 1 && bytes[0] == 0 && bytes[1] < 0x80)) {
        return 0;
    }
    *p = bytes + len;
    if (bytes[0] == 0) {
        bytes++;
        len--;
    }
    if (len > curve->bytes) {
        return 0;
    }
    memset(out, 0, curve->bytes - len);
    memcpy(out + curve->bytes - len, bytes, len);
    return is_scalar(curve, out);
}

/* A SEQUENCE of two numbers (RFC 3279, section 2.2.3), and nothing after it. */
static int read_signature(uint8_t *r, uint8_t *s, const pagetls_curve *curve, const uint8_t *p, size_t len)
{
    const uint8_t *end = p + len;
    const size_t header = len > 2 + 127 ? 3 : 2; /* P-521's may need a length of two octets */
    if (len < header || len > 255 || p[0] != 0x30 || (header == 3 && p[1] != 0x81) ||
        p[header - 1] != len - header) {
        return 0;
    }
    p += header;
    return read_scalar(r, curve, &p, end) && read_scalar(s, curve, &p, end) && p == end;
}

WRAPPED(int, mbedtls_ecdsa_read_signature, mbedtls_ecdsa_context *ctx, const unsigned char *hash,
        size_t hash_len, const unsigned char *signature, size_t signature_len)
{
    const pagetls_curve *curve = curve_of(&ctx->grp);
    uint8_t q[2 * MAX], r[MAX], s[MAX], e[MAX] = { 0 }, u1[MAX], u2[MAX];
    pagetls_modulus order;
    if (curve == NULL) {
#ifdef PAGETLS_FAST_ALL_CURVES
        return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
#else
        return __real_mbedtls_ecdsa_read_signature(ctx, hash, hash_len, signature, signature_len);
#endif
    }
    if (!read_signature(r, s, curve, signature, signature_len)) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    int ret = read_point(q, curve, &ctx->Q);
    if (ret != 0 || pagetls_modulus_set(&order, curve->order, curve->bytes) != 0) {
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    }
    /* FIPS 186-5, section 6.4.2. e is what of the hash comes first. */
    const size_t len = hash_len < curve->bytes ? hash_len : curve->bytes;
    memcpy(e + curve->bytes - len, hash, len);
    pagetls_modulus_invert(s, s, curve->order, curve->bytes);
    pagetls_modulus_multiply(&order, u1, e, s);
    pagetls_modulus_multiply(&order, u2, r, s);
    return curve->verify(q, u1, u2, r) ? 0 : MBEDTLS_ERR_ECP_VERIFY_FAILED;
}
#endif

/* --- RSA ------------------------------------------------------------------------------------ */

#ifdef PAGETLS_FAST_RSA
WRAPPED(int, mbedtls_mpi_exp_mod_unsafe, mbedtls_mpi *x, const mbedtls_mpi *base, const mbedtls_mpi *exponent,
        const mbedtls_mpi *n, mbedtls_mpi *r_squared)
{
    uint8_t bytes[PAGETLS_MODULUS_MAX_BYTES];
    pagetls_modulus modulus;
    const size_t len = mbedtls_mpi_size(n);
    const size_t bits = mbedtls_mpi_bitlen(exponent);
    if (len > sizeof(bytes) || bits == 0 || bits > 64 || mbedtls_mpi_cmp_int(exponent, 0) < 0 ||
        mbedtls_mpi_cmp_int(n, 0) < 0 || mbedtls_mpi_cmp_int(base, 0) < 0 ||
        mbedtls_mpi_cmp_mpi(base, n) >= 0 || mbedtls_mpi_write_binary(n, bytes, len) != 0 ||
        pagetls_modulus_set(&modulus, bytes, len) != 0 || mbedtls_mpi_write_binary(base, bytes, len) != 0) {
        return __real_mbedtls_mpi_exp_mod_unsafe(x, base, exponent, n, r_squared);
    }
    uint8_t power[8];
    uint64_t e = 0;
    int ret = mbedtls_mpi_write_binary(exponent, power, sizeof(power));
    for (size_t i = 0; i < sizeof(power); i++) {
        e = e << 8 | power[i];
    }
    if (ret == 0) {
        pagetls_modulus_power(&modulus, bytes, bytes, e);
        ret = mbedtls_mpi_read_binary(x, bytes, len);
    }
    return ret;
}
#endif
