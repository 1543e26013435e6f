/**
 * \file crl.h
 * \brief A certificate revocation list (RFC 5280, section 5.1), read once into typed fields: slices of its DER.
 */
#ifndef PAGETLS_X509_CRL_H
#define PAGETLS_X509_CRL_H

#include "x509/algorithms.h"
#include "x509/datetime.h"

typedef struct {
    pagetls_slice tbs; /**< tbsCertList with its header: the signed part */
    pagetls_signature_algorithm algorithm;
    pagetls_slice signature;
    pagetls_slice issuer; /**< with its header */
    pagetls_time this_update;
    pagetls_time next_update;
    uint8_t has_next_update;
    pagetls_slice revoked; /**< entries, for pagetls_crl_entry_next() */
    /* Extensions (section 5.2). */
    uint8_t has_number;             /**< cRLNumber is present and not critical */
    uint8_t has_unusable_extension; /**< malformed, critical and unknown, or deltaCRLIndicator */
    pagetls_slice issuing_point;    /**< content of issuingDistributionPoint; p is NULL if absent */
    pagetls_slice authority_key_id; /**< of the signing key; p is NULL if absent */
} pagetls_crl;

/**
 * Reads \p len octets, which must outlive \p crl.
 * \return 0, or -1 with \p error set
 */
int pagetls_crl_read(pagetls_crl *crl, const uint8_t *der, size_t len, pagetls_read_error *error);

/** An entry of revokedCertificates. */
typedef struct {
    pagetls_slice serial; /**< content octets */
    pagetls_element date;
    uint8_t has_unusable_extension; /**< malformed or critical */
} pagetls_crl_entry;

/** Reads the next entry from \p revoked. Returns 0, or -1 if it is malformed. */
int pagetls_crl_entry_next(pagetls_slice *revoked, pagetls_crl_entry *entry);

#endif
