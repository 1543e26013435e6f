/**
 * \file verify.h
 * \brief The one function that judges a certificate chain, for the handshake and for a chain alone.
 */
#ifndef PAGETLS_VERIFY_H
#define PAGETLS_VERIFY_H

#include "hostname.h"
#include "mbedtls/x509_crt.h"
#include "pagetls.h"
#include "verify/verdict.h"

struct pagetls_verification {
    /* What to judge by. */
    pagetls_trust_store *trust;
    pagetls_hostname hostname; /**< empty text: no name is asked for */
    double clock_ms;           /**< NaN: the host's clock */
    int profile;               /**< PAGETLS_PROFILE_… */
    int max_depth;             /**< intermediates at the most; -1: no limit */
    pagetls_crl *crls;         /**< owned */
    /* What was judged, and how. */
    pagetls_verdict verdict;
};

void pagetls_verification_init(pagetls_verification *verification);
void pagetls_verification_clear(pagetls_verification *verification);

/** The certificate profile that PAGETLS_PROFILE_… stands for; NULL if it stands for none. */
const mbedtls_x509_crt_profile *pagetls_profile(int profile);

/**
 * Judges \p chain (leaf first) and fills verification->verdict.
 *
 * \param[out] flags  every MBEDTLS_X509_BADCERT_… / BADCRL_… that was found, at any depth.
 * \return 0 when the chain is good, MBEDTLS_ERR_X509_CERT_VERIFY_FAILED when it is
 *         not, another negative code when that could not be found out (flags are then all set).
 */
int pagetls_verification_judge(pagetls_verification *verification, mbedtls_x509_crt *chain,
                               uint32_t *flags);

/**
 * While a handshake runs, Mbed TLS's own calls of certificate parsing and
 * judging are led to this verification. NULL ends that. There is one at a time:
 * the core has no threads and the pump does not call out.
 */
void pagetls_verification_attend(pagetls_verification *verification);

#endif
