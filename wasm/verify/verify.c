/* Judging a chain. The handshake and a chain alone go through pagetls_verification_judge():
 * the linker leads Mbed TLS's own calls here (--wrap, see CMakeLists.txt). */
#include "verify/verify.h"

#include <math.h>
#include <string.h>

#include "mbedtls/oid.h"
#include "pem_blocks.h"
#include "platform.h"
#include "trust_store.h"

/* The names that the linker gives to what is called instead. */
int __wrap_mbedtls_x509_crt_verify_restartable(mbedtls_x509_crt *, mbedtls_x509_crt *,
    mbedtls_x509_crl *, const mbedtls_x509_crt_profile *, const char *, uint32_t *,
    int (*)(void *, mbedtls_x509_crt *, int, uint32_t *), void *, mbedtls_x509_crt_restart_ctx *);
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

int pagetls_verification_judge(pagetls_verification *verification, mbedtls_x509_crt *chain,
                               uint32_t *flags)
{
    pagetls_verdict *verdict = &verification->verdict;
    pagetls_trust_store *trust = verification->trust;

    pagetls_clock_set(verification->clock_ms);
    verdict->time = pagetls_clock_seconds(NULL);
    verdict->judged = 1;
    *flags = UINT32_MAX;

    const pagetls_criteria criteria = {
        .hostname = &verification->hostname,
        .profile = pagetls_profile(verification->profile),
        .webpki = verification->profile == PAGETLS_PROFILE_WEBPKI,
        .max_depth = verification->max_depth,
        .time = verdict->time,
    };
    pagetls_search_result result;
    int ret = pagetls_search(chain, trust != NULL && trust->count > 0 ? &trust->roots : NULL, verification->crls,
                             &criteria, &result);
    if (ret == 0) {
        pagetls_verdict_take(verdict, &result);
        if (!result.best->path.anchored && result.best->problems.count == 0) { /* cannot be; but never good by mistake */
            verdict->incomplete = 1;
        }
    } else {
        verdict->incomplete = 1;
        pagetls_verdict_add_parse_error(verdict, 0, ret);
    }
    pagetls_search_free(&result);
    if (ret != 0 || verdict->incomplete) {
        return ret != 0 ? ret : MBEDTLS_ERR_X509_FATAL_ERROR;
    }
    *flags = verdict->flags;
    return verdict->flags == 0 ? 0 : MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
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
    pagetls_verdict *verdict = attended != NULL && !attended->verdict.judged ? &attended->verdict : NULL;
    if (verdict != NULL) {
        pagetls_verdict_add_sent(verdict, buf, buflen);
    }
    /* Every extension is let through here: the path that uses the certificate is judged by them. */
    int ret = pagetls_certificate_parse(chain, buf, buflen, 1);
    if (pagetls_is_want_of_memory(ret)) {
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    if (ret != 0 && verdict != NULL && verdict->sent_len > 1) {
        /* A certificate beside the leaf that cannot be read is no reason to end the handshake: it is passed
         * over, and a path that needs it will not be found. Mbed TLS has a code for that, but in TLS 1.3 it
         * ends the handshake with it if the certificate is the last. */
        pagetls_verdict_set_unreadable(verdict, verdict->sent_len - 1, ret);
        return 0;
    }
    if (ret != 0 && verdict != NULL) {
        pagetls_verdict_add_parse_error(verdict, 0, ret);
    }
    /* Nor may it pass over the leaf, and take the next for it. */
    return ret == MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG + MBEDTLS_ERR_OID_NOT_FOUND ? MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG : ret;
}

/* --- the handle ------------------------------------------------------------------------ */

void pagetls_verification_init(pagetls_verification *verification)
{
    memset(verification, 0, sizeof(*verification));
    verification->clock_ms = NAN;
    verification->max_depth = -1;
}

void pagetls_verification_clear(pagetls_verification *verification)
{
    if (attended == verification) {
        attended = NULL;
    }
    pagetls_trust_store_free(verification->trust);
    pagetls_crl_free(&verification->crls);
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

int pagetls_verification_set_max_depth(pagetls_verification *verification, int max_depth)
{
    if (max_depth < 0) {
        return PAGETLS_ERR_OPTION;
    }
    verification->max_depth = max_depth;
    return 0;
}

static int add_crl(void *context, const uint8_t *der, size_t len)
{
    pagetls_verification *verification = context;
    return pagetls_crl_add(&verification->crls, der, len);
}

int pagetls_verification_add_crls(pagetls_verification *verification, const uint8_t *input, size_t len)
{
    int ret = pagetls_pem_walk(input, len, "X509 CRL", add_crl, verification, NULL);
    return ret == 0 ? PAGETLS_ERR_NO_PEM : ret;
}
