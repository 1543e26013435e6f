/**
 * \file certificate.h
 * \brief A certificate (RFC 5280, section 4.1), read once into typed fields: slices of its DER.
 *
 * The reader accepts certificates that break rules, as long as the structure can be read: verify/ checks the rules. An
 * unreadable certificate gives a pagetls_read_error.
 */
#ifndef PAGETLS_CERTIFICATE_H
#define PAGETLS_CERTIFICATE_H

#include "host/limits.h"
#include "x509/algorithms.h"
#include "x509/datetime.h"
#include "x509/spki.h"

/* The extensions that the core decodes (RFC 5280, section 4.2). */
typedef enum {
    PAGETLS_EXT_SAN,
    PAGETLS_EXT_KEY_USAGE,
    PAGETLS_EXT_EKU,
    PAGETLS_EXT_BASIC_CONSTRAINTS,
    PAGETLS_EXT_SKI,
    PAGETLS_EXT_AKI,
    PAGETLS_EXT_NAME_CONSTRAINTS,
    PAGETLS_EXT_POLICIES,
    PAGETLS_EXT_POLICY_MAPPINGS,
    PAGETLS_EXT_POLICY_CONSTRAINTS,
    PAGETLS_EXT_INHIBIT_ANY_POLICY,
    PAGETLS_EXT_ISSUER_ALT_NAME,
    PAGETLS_EXT_CRL_POINTS,
    PAGETLS_EXT_AIA,
    PAGETLS_EXT_COUNT
} pagetls_extension;

/** An Extension, not decoded. */
typedef struct {
    pagetls_slice oid; /**< content octets */
    int critical;
    pagetls_slice value; /**< content of extnValue: DER */
} pagetls_raw_extension;

/** Reads the next Extension from \p list. Returns 0 or -1. Accepts an explicit `critical` FALSE, as many CAs write. */
int pagetls_extension_next(pagetls_slice *list, pagetls_raw_extension *extension);
/** The extension with this OID; PAGETLS_EXT_COUNT if the core does not decode it. */
pagetls_extension pagetls_extension_from_oid(pagetls_slice oid);

/* Bits of keyUsage, the first one the most significant (RFC 5280, section 4.2.1.3). */
#define PAGETLS_KU_DIGITAL_SIGNATURE 0x8000
#define PAGETLS_KU_CERT_SIGN 0x0400
#define PAGETLS_KU_CRL_SIGN 0x0200
#define PAGETLS_KU_BITS 9

typedef struct {
    pagetls_slice der;                     /**< the whole certificate; p is NULL if its signature is not known */
    const uint8_t *sha256;                 /**< then: SHA-256 of the whole certificate, 32 octets; otherwise NULL */
    pagetls_slice tbs;                     /**< tbsCertificate with its header: the signed part */
    int64_t version;                       /**< 1 if absent */
    pagetls_slice serial;                  /**< content octets of the INTEGER */
    pagetls_signature_algorithm algorithm; /**< signatureAlgorithm */
    uint8_t algorithms_differ;             /**< signatureAlgorithm and tbsCertificate.signature differ */
    pagetls_slice signature;               /**< signatureValue; p is NULL if not known */
    pagetls_slice issuer;                  /**< with its header */
    pagetls_slice subject;                 /**< with its header */
    uint8_t self_issued;                   /**< issuer and subject are the same name */
    pagetls_time not_before;
    pagetls_time not_after;
    pagetls_public_key key;
    uint8_t has_unique_id; /**< issuerUniqueID or subjectUniqueID */

    /* Extensions. Those that the core does not decode are only in `extensions`. */
    pagetls_slice extensions;                   /**< all of them; p is NULL if there are none */
    uint8_t too_many_extensions;                /**< more than PAGETLS_EXTENSIONS_MAX: the rest is not read */
    pagetls_slice extension[PAGETLS_EXT_COUNT]; /**< content of extnValue; p is NULL if absent */
    uint32_t critical;                          /**< one bit for each entry of `extension` */
    uint32_t malformed; /**< likewise: the value is malformed, and its fields below hold only what could be read */
    pagetls_slice unknown_critical; /**< the OID of the first unknown critical extension */
    pagetls_slice duplicate;        /**< the OID of an extension that occurs twice */

    pagetls_slice alternative_names; /**< GeneralNames of subjectAltName */
    uint16_t key_usage;
    pagetls_slice purposes; /**< the OIDs in extKeyUsage */
    uint8_t ca;
    int64_t path_length;          /**< -1: none */
    pagetls_slice subject_key_id; /**< p is NULL if absent, here and below */
    pagetls_slice authority_key_id;
    pagetls_slice authority_issuer; /**< GeneralNames: authorityCertIssuer */
    pagetls_slice authority_serial;
    pagetls_slice permitted; /**< GeneralSubtrees of nameConstraints */
    pagetls_slice excluded;
    pagetls_slice policies;            /**< PolicyInformation elements */
    int64_t require_explicit_policy;   /**< -1: none */
    pagetls_slice access_descriptions; /**< of authorityInfoAccess */
    pagetls_slice crl_points;          /**< DistributionPoint elements */
} pagetls_certificate;

/**
 * Reads \p len octets, which must outlive \p certificate.
 * \return 0, or -1 with \p error set
 */
int pagetls_certificate_read(pagetls_certificate *certificate, const uint8_t *der, size_t len,
                             pagetls_read_error *error);

/**
 * Reads a tbsCertificate of a trust anchor, whose signature nobody verifies; signatureAlgorithm is the one within. Sets
 * neither `der` nor `sha256`.
 * \return 0, or -1 with \p error set
 */
int pagetls_certificate_read_tbs(pagetls_certificate *certificate, const uint8_t *tbs, size_t len,
                                 pagetls_read_error *error);

static inline int pagetls_certificate_has(const pagetls_certificate *certificate, pagetls_extension extension)
{
    return certificate->extension[extension].p != NULL;
}

static inline int pagetls_certificate_critical(const pagetls_certificate *certificate, pagetls_extension extension)
{
    return (int) (certificate->critical >> extension & 1u);
}

static inline int pagetls_certificate_malformed(const pagetls_certificate *certificate, pagetls_extension extension)
{
    return (int) (certificate->malformed >> extension & 1u);
}

/** 1 if keyUsage is present and lacks any of \p bits. */
static inline int pagetls_certificate_lacks_usage(const pagetls_certificate *certificate, uint16_t bits)
{
    return pagetls_certificate_has(certificate, PAGETLS_EXT_KEY_USAGE) && (certificate->key_usage & bits) != bits;
}

#endif
