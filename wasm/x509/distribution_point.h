/**
 * \file distribution_point.h
 * \brief Where a certificate's CRLs are (RFC 5280, section 4.2.1.13), and which certificates a CRL is about (5.2.5).
 */
#ifndef PAGETLS_DISTRIBUTION_POINT_H
#define PAGETLS_DISTRIBUTION_POINT_H

#include "x509/der.h"

/* ReasonFlags: bit n of a mask is bit n of the BIT STRING. Bit 0 is unused. */
#define PAGETLS_ALL_REASONS 0x1FE
#define PAGETLS_REASON_CERTIFICATE_HOLD (1u << 6)

/** A DistributionPoint of a certificate. */
typedef struct {
    pagetls_slice name;       /**< DistributionPointName, with its header; p is NULL if absent */
    uint16_t reasons;         /**< PAGETLS_ALL_REASONS if absent */
    pagetls_slice crl_issuer; /**< GeneralNames; p is NULL if absent */
} pagetls_distribution_point;

/** Reads the next DistributionPoint from \p list. Returns 0, or -1 if there are no more or it is malformed. */
int pagetls_distribution_point_next(pagetls_slice *list, pagetls_distribution_point *point);

/** The IssuingDistributionPoint of a CRL. */
typedef struct {
    pagetls_slice name;     /**< DistributionPointName, with its header; p is NULL if absent */
    uint16_t reasons;       /**< onlySomeReasons; PAGETLS_ALL_REASONS if absent */
    uint8_t only_users;     /**< onlyContainsUserCerts */
    uint8_t only_cas;       /**< onlyContainsCACerts */
    uint8_t only_attribute; /**< onlyContainsAttributeCerts */
    uint8_t indirect;       /**< indirectCRL: entries may name other issuers */
} pagetls_issuing_point;

/** Reads the extension's value. Returns 0 or -1. */
int pagetls_issuing_point_read(pagetls_issuing_point *point, pagetls_slice value);

/** The GeneralNames of a DistributionPointName's fullName; p is NULL for a nameRelativeToCRLIssuer. */
pagetls_slice pagetls_distribution_point_full_name(pagetls_slice name);

#endif
