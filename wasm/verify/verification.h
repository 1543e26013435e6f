/**
 * \file verification.h
 * \brief The one function that judges a certificate chain, for the handshake and for a chain alone.
 */
#ifndef PAGETLS_VERIFICATION_H
#define PAGETLS_VERIFICATION_H

#include "host/limits.h"
#include "pagetls.h"
#include "verify/result.h"
#include "verify/trust_store.h"
#include "x509/hostname.h"

struct pagetls_verification {
    /* What to judge by. */
    pagetls_trust_store *trust;
    pagetls_hostname hostname; /**< empty text: no name is asked for */
    double clock_ms;           /**< milliseconds since 1970; NaN: the host's clock */
    int profile;               /**< PAGETLS_PROFILE_… */
    int max_depth;             /**< intermediates at the most; -1: no limit */
    pagetls_stored_crl *crls;
    /* What is judged: the chain as it was sent, leaf first. */
    pagetls_stored_certificate *chain;
    pagetls_stored_certificate *chain_end;
    size_t chain_len;
    int chain_incomplete; /**< memory ran out while it was kept: never good */
    pagetls_result result;
};

void pagetls_verification_init(pagetls_verification *verification);
void pagetls_verification_clear(pagetls_verification *verification);

/**
 * Appends a certificate to the chain.
 * \return it, or NULL when memory ran out or the chain is too long: then the chain is incomplete
 */
pagetls_stored_certificate *pagetls_verification_append(pagetls_verification *verification, const uint8_t *der,
                                                        size_t len);
/** Judges the chain, at the verification's time, and fills verification->result. */
void pagetls_verification_judge(pagetls_verification *verification);
/** Frees the chain, and of the result all but outcome, flags and time. */
void pagetls_verification_drop_chain(pagetls_verification *verification);

#endif
