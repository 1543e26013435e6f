/**
 * \file verification.h
 * \brief Verifies a certificate chain: the same function for a handshake and for a chain without a connection.
 */
#ifndef PAGETLS_VERIFICATION_H
#define PAGETLS_VERIFICATION_H

#include "host/limits.h"
#include "pagetls.h"
#include "verify/result.h"
#include "verify/stored_crls.h"
#include "verify/trust_store.h"
#include "x509/hostname.h"

struct pagetls_verification {
    /* The criteria. */
    pagetls_trust_store *trust;
    pagetls_hostname hostname; /**< with an empty text, names are not checked */
    int hostname_optional;     /**< 1: a leaf without the name is a warning, not a problem */
    int below_public_suffix;   /**< 1: the host is directly below a public suffix, as the caller knows */
    double clock_ms;           /**< milliseconds since 1970; NaN: the host's clock */
    int profile;               /**< PAGETLS_PROFILE_… */
    int max_depth;             /**< maximum number of intermediates; -1: no limit */
    pagetls_stored_crls crls;
    /* The chain as sent, leaf first. */
    pagetls_stored_certificate *chain;
    pagetls_stored_certificate *chain_end;
    size_t chain_len;
    pagetls_skipped_list skipped_chain; /**< in the inputs of pagetls_verification_add_chain() */
    pagetls_skipped_list skipped_crls;
    int chain_incomplete; /**< out of memory or too long while appending: the result is never PAGETLS_GOOD */
    int chain_too_long;   /**< which of them */
    pagetls_result result;
};

void pagetls_verification_init(pagetls_verification *verification);
void pagetls_verification_clear(pagetls_verification *verification);

/**
 * Appends a certificate to the chain.
 * \return the stored certificate; NULL when out of memory or the chain is too long: then the chain is incomplete
 */
pagetls_stored_certificate *pagetls_verification_append(pagetls_verification *verification, const uint8_t *der,
                                                        size_t len);
/** Verifies the chain, and fills verification->result. */
void pagetls_verification_verify(pagetls_verification *verification);
/** Frees the chain and the paths of the result; keeps its outcome, flags and time. */
void pagetls_verification_drop_chain(pagetls_verification *verification);

#endif
