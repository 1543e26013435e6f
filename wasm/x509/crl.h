/**
 * \file crl.h
 * \brief A certificate revocation list (RFC 5280, section 5.1), read once into typed fields: slices of its DER.
 */
#ifndef PAGETLS_X509_CRL_H
#define PAGETLS_X509_CRL_H

#include "x509/algorithms.h"
#include "x509/datetime.h"
#include "x509/distribution_point.h"

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
    pagetls_slice number;      /**< content octets of cRLNumber; p is NULL if it is absent, critical or malformed */
    pagetls_slice base_number; /**< of deltaCRLIndicator; p is NULL if it is absent or malformed */
    pagetls_slice authority_key_id; /**< of the signing key; p is NULL if absent */
    pagetls_slice scope;            /**< issuingDistributionPoint, as it is encoded; p is NULL if absent */
    pagetls_issuing_point point;    /**< the same, decoded; all certificates and reasons if it is absent or malformed */
    uint8_t is_delta;               /**< it has a deltaCRLIndicator */
    uint8_t has_other_issuers;      /**< an entry names its certificate's issuer: possible in an indirect CRL only */
    uint8_t has_unusable_extension; /**< malformed, twice, or critical and unknown: of the CRL or of an entry */
} pagetls_crl;

/**
 * Reads \p len octets, which must outlive \p crl, and every entry.
 * \return 0, or -1 with \p error set
 */
int pagetls_crl_read(pagetls_crl *crl, const uint8_t *der, size_t len, pagetls_read_error *error);

/* CRLReason (section 5.3.1). */
enum { PAGETLS_REASON_CODE_NONE = 0, PAGETLS_REASON_CODE_HOLD = 6, PAGETLS_REASON_CODE_REMOVE = 8 };

/** An entry of revokedCertificates. */
typedef struct {
    pagetls_slice serial; /**< content octets; p is NULL if the entry is malformed before it */
    pagetls_element date;
    uint8_t reason;                 /**< a CRLReason; PAGETLS_REASON_CODE_NONE if it is absent or malformed */
    pagetls_slice issuer_names;     /**< GeneralNames of certificateIssuer; p is NULL if absent */
    uint8_t has_unusable_extension; /**< it is malformed, or has an extension twice, or one that is critical and unknown */
} pagetls_crl_entry;

/** Reads the next entry from \p revoked. Returns 0, or -1 if the rest cannot be read. */
int pagetls_crl_entry_next(pagetls_slice *revoked, pagetls_crl_entry *entry);

/**
 * Finds the certificate with this serial number (content octets) and issuer (with its header), in one pass. Of several
 * entries, that with the most lasting reason: the last is removeFromCRL, the last but one certificateHold.
 * \return 1 with \p found set, or 0
 */
int pagetls_crl_find(const pagetls_crl *crl, pagetls_slice serial, pagetls_slice issuer, pagetls_crl_entry *found);

#endif
