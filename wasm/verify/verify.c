/* Judging a chain. The handshake and a chain alone go through pagetls_verification_judge():
 * the linker leads Mbed TLS's own calls here (--wrap, see CMakeLists.txt). */
#include "verify/verify.h"

#include <math.h>
#include <string.h>

#include "mbedtls/error.h"
#include "mbedtls/oid.h"
#include "pem_blocks.h"
#include "platform.h"
#include "trust_store.h"
#include "verify/names.h"

/* The names that the linker gives: the wrapped function and the original. */
int __real_mbedtls_x509_crt_verify_restartable(mbedtls_x509_crt *, mbedtls_x509_crt *,
    mbedtls_x509_crl *, const mbedtls_x509_crt_profile *, const char *, uint32_t *,
    int (*)(void *, mbedtls_x509_crt *, int, uint32_t *), void *, mbedtls_x509_crt_restart_ctx *);
int __wrap_mbedtls_x509_crt_verify_restartable(mbedtls_x509_crt *, mbedtls_x509_crt *,
    mbedtls_x509_crl *, const mbedtls_x509_crt_profile *, const char *, uint32_t *,
    int (*)(void *, mbedtls_x509_crt *, int, uint32_t *), void *, mbedtls_x509_crt_restart_ctx *);
int __real_mbedtls_x509_crt_parse_der(mbedtls_x509_crt *, const unsigned char *, size_t);
int __wrap_mbedtls_x509_crt_parse_der(mbedtls_x509_crt *, const unsigned char *, size_t);

#define ID MBEDTLS_X509_ID_FLAG
#define NIST_CURVES (ID(MBEDTLS_ECP_DP_SECP256R1) | ID(MBEDTLS_ECP_DP_SECP384R1) | ID(MBEDTLS_ECP_DP_SECP521R1))
#define SHA2 (ID(MBEDTLS_MD_SHA256) | ID(MBEDTLS_MD_SHA384) | ID(MBEDTLS_MD_SHA512))

const mbedtls_x509_crt_profile *pagetls_profile(int profile)
{
    static const mbedtls_x509_crt_profile webpki = { SHA2, 0xFFFFFFF, NIST_CURVES, 2048 };
    static const mbedtls_x509_crt_profile rfc5280 = { SHA2 | ID(MBEDTLS_MD_SHA224), 0xFFFFFFF, NIST_CURVES, 2048 };
    switch (profile) {
        case PAGETLS_PROFILE_WEBPKI:  return &webpki;
        case PAGETLS_PROFILE_RFC5280: return &rfc5280;
        case PAGETLS_PROFILE_SUITEB:  return &mbedtls_x509_crt_profile_suiteb;
        default:                      return NULL;
    }
}

/* --- judging --------------------------------------------------------------------- */

/* The path that Mbed TLS settled on, leaf at 0. */
typedef struct {
    mbedtls_x509_crt *certificate[MBEDTLS_X509_MAX_VERIFY_CHAIN_SIZE];
    uint32_t flags[MBEDTLS_X509_MAX_VERIFY_CHAIN_SIZE];
    size_t len;
} judged_path;

/* Mbed TLS calls this from the top of its path down to the leaf. */
static int note_certificate(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    judged_path *path = context;
    if (depth < 0 || (size_t) depth >= MBEDTLS_X509_MAX_VERIFY_CHAIN_SIZE) {
        return MBEDTLS_ERR_X509_FATAL_ERROR;
    }
    path->certificate[depth] = certificate;
    path->flags[depth] = *flags;
    if ((size_t) depth >= path->len) {
        path->len = (size_t) depth + 1;
    }
    return 0;
}

/* What a server's own certificate must allow: every key exchange here signs. */
static uint32_t check_leaf(const pagetls_verification *verification, const mbedtls_x509_crt *leaf)
{
    uint32_t flags = 0;
    if (verification->hostname.text[0] != '\0' && !pagetls_names_match(leaf, &verification->hostname)) {
        flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    }
    if (mbedtls_x509_crt_check_key_usage(leaf, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) != 0) {
        flags |= MBEDTLS_X509_BADCERT_KEY_USAGE;
    }
    if (mbedtls_x509_crt_check_extended_key_usage(leaf, MBEDTLS_OID_SERVER_AUTH,
                                                  MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)) != 0) {
        flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    }
    return flags;
}

int pagetls_verification_judge(pagetls_verification *verification, mbedtls_x509_crt *chain,
                               uint32_t *flags)
{
    pagetls_verdict *verdict = &verification->verdict;
    judged_path path = { .len = 0 };
    pagetls_trust_store *trust = verification->trust;

    pagetls_clock_set(verification->clock_ms);
    verdict->time = pagetls_clock_seconds(NULL);

    uint32_t all = 0;
    int ret = __real_mbedtls_x509_crt_verify_restartable(
        chain, trust != NULL && trust->count > 0 ? &trust->roots : NULL,
        verification->crl_count > 0 ? &verification->crls : NULL,
        pagetls_profile(verification->profile), NULL, &all, note_certificate, &path, NULL);
    verdict->judged = 1;
    if (ret != 0 && ret != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        verdict->incomplete = 1;
        pagetls_verdict_add_parse_error(verdict, 0, ret);
        *flags = UINT32_MAX;
        return ret;
    }
    if (path.len > 0) {
        path.flags[0] |= check_leaf(verification, chain);
    } else {
        verdict->incomplete = 1;
    }
    for (size_t depth = 0; depth < path.len; depth++) {
        pagetls_verdict_add_path(verdict, path.certificate[depth]);
        pagetls_verdict_add_flags(verdict, depth, path.flags[depth], path.certificate[depth],
                                  &verification->hostname);
        all |= path.flags[depth];
    }
    verdict->flags = all;
    if (verdict->incomplete) {
        all = UINT32_MAX;
    }
    *flags = all;
    return all == 0 ? 0 : MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
}

/* --- stepping into the handshake ----------------------------------------------------- */

static pagetls_verification *attended;

void pagetls_verification_attend(pagetls_verification *verification)
{
    attended = verification;
}

int __wrap_mbedtls_x509_crt_verify_restartable(mbedtls_x509_crt *crt, mbedtls_x509_crt *trust_ca,
    mbedtls_x509_crl *ca_crl, const mbedtls_x509_crt_profile *profile, const char *cn,
    uint32_t *flags, int (*f_vrfy)(void *, mbedtls_x509_crt *, int, uint32_t *), void *p_vrfy,
    mbedtls_x509_crt_restart_ctx *rs_ctx)
{
    (void) trust_ca, (void) ca_crl, (void) profile, (void) cn, (void) f_vrfy, (void) p_vrfy, (void) rs_ctx;
    if (attended == NULL) { /* no handshake of ours: refuse rather than guess */
        *flags = UINT32_MAX;
        return MBEDTLS_ERR_X509_FATAL_ERROR;
    }
    return pagetls_verification_judge(attended, crt, flags);
}

int __wrap_mbedtls_x509_crt_parse_der(mbedtls_x509_crt *chain, const unsigned char *buf, size_t buflen)
{
    if (attended != NULL && !attended->verdict.judged) {
        pagetls_verdict_add_sent(&attended->verdict, buf, buflen);
    }
    int ret = __real_mbedtls_x509_crt_parse_der(chain, buf, buflen);
    if (ret != 0 && attended != NULL && !attended->verdict.judged) {
        pagetls_verdict_add_parse_error(&attended->verdict, attended->verdict.sent_len == 0 ? 0
                                       : attended->verdict.sent_len - 1, ret);
    }
    return ret;
}

/* --- the handle ------------------------------------------------------------------------ */

void pagetls_verification_init(pagetls_verification *verification)
{
    memset(verification, 0, sizeof(*verification));
    verification->clock_ms = NAN;
    mbedtls_x509_crl_init(&verification->crls);
}

void pagetls_verification_clear(pagetls_verification *verification)
{
    if (attended == verification) {
        attended = NULL;
    }
    pagetls_trust_store_free(verification->trust);
    mbedtls_x509_crl_free(&verification->crls);
    pagetls_verdict_clear(&verification->verdict);
    pagetls_verification_init(verification);
}

void pagetls_verification_set_trust(pagetls_verification *verification, pagetls_trust_store *store)
{
    pagetls_trust_store *old = verification->trust;
    verification->trust = store == NULL ? NULL : pagetls_trust_store_retain(store);
    pagetls_trust_store_free(old);
}

int pagetls_verification_set_hostname(pagetls_verification *verification, const char *text, size_t len)
{
    return pagetls_hostname_read(&verification->hostname, text, len);
}

void pagetls_verification_set_clock(pagetls_verification *verification, double milliseconds)
{
    verification->clock_ms = milliseconds;
}

int pagetls_verification_set_profile(pagetls_verification *verification, int profile)
{
    if (pagetls_profile(profile) == NULL) {
        return PAGETLS_ERR_OPTION;
    }
    verification->profile = profile;
    return 0;
}

static int add_crl(void *context, const uint8_t *der, size_t len)
{
    pagetls_verification *verification = context;
    int ret = mbedtls_x509_crl_parse_der(&verification->crls, der, len);
    if (ret == 0) {
        verification->crl_count++;
    }
    return ret;
}

int pagetls_verification_add_crls(pagetls_verification *verification, const uint8_t *input, size_t len)
{
    int ret = pagetls_pem_walk(input, len, "X509 CRL", add_crl, verification, NULL);
    return ret == 0 ? PAGETLS_ERR_NO_PEM : ret;
}
