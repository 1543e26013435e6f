/**
 * \file certificate.h
 * \brief A certificate as the verifier sees it: Mbed TLS's parse, and the extensions as slices.
 */
#ifndef PAGETLS_CERTIFICATE_H
#define PAGETLS_CERTIFICATE_H

#include "der.h"
#include "mbedtls/x509_crt.h"

/* The extensions that are understood (RFC 5280, section 4.2). */
typedef enum {
    PAGETLS_EXT_SAN, PAGETLS_EXT_KEY_USAGE, PAGETLS_EXT_EKU, PAGETLS_EXT_BASIC_CONSTRAINTS,
    PAGETLS_EXT_SKI, PAGETLS_EXT_AKI, PAGETLS_EXT_NAME_CONSTRAINTS, PAGETLS_EXT_POLICIES,
    PAGETLS_EXT_POLICY_MAPPINGS, PAGETLS_EXT_POLICY_CONSTRAINTS, PAGETLS_EXT_INHIBIT_ANY_POLICY,
    PAGETLS_EXT_ISSUER_ALT_NAME, PAGETLS_EXT_CRL_POINTS, PAGETLS_EXT_AIA,
    PAGETLS_EXTENSIONS
} pagetls_extension;

/** The most extensions of a certificate; with more it counts as malformed. */
#define PAGETLS_EXTENSIONS_MAX 100

typedef struct {
    mbedtls_x509_crt *crt;
    pagetls_slice ext[PAGETLS_EXTENSIONS];  /**< the DER inside; p is NULL when it is not there */
    uint32_t critical;                      /**< a bit for each of the above */
    pagetls_slice unknown_critical;         /**< the OID of the first such extension */
    pagetls_slice duplicate;                /**< the OID of an extension that is there twice */
    uint8_t malformed;                      /**< the list itself, or BOOLEAN DEFAULT FALSE written out… */
    uint8_t has_extensions;
    uint8_t self_issued;                    /**< subject and issuer are the same name */
    uint8_t ca;                             /**< basicConstraints says so */
    uint8_t bad_basic_constraints;
    int64_t path_length;                    /**< -1: none */
    pagetls_slice ski;                      /**< the key identifiers; p is NULL when there is none */
    pagetls_slice aki;
    uint8_t aki_other_fields;               /**< authorityCertIssuer or authorityCertSerialNumber */
    uint16_t key_usage;                     /**< bit 15 is digitalSignature, bit 10 keyCertSign, bit 9 cRLSign */
} pagetls_certificate;

#define PAGETLS_KU_DIGITAL_SIGNATURE 0x8000
#define PAGETLS_KU_CERT_SIGN 0x0400
#define PAGETLS_KU_CRL_SIGN 0x0200

/** Reads the extensions of \p crt, which must outlive \p certificate. Never fails: what is wrong is noted in it. */
void pagetls_certificate_read(pagetls_certificate *certificate, mbedtls_x509_crt *crt);

/**
 * Appends a certificate to \p chain as mbedtls_x509_crt_parse_der() does, but takes every extension, for the verifier
 * looks at them later; and no fields that are not DER, nor anything after the certificate's end.
 * \param make_copy  0: \p der must outlive the chain
 */
int pagetls_certificate_parse(mbedtls_x509_crt *chain, const uint8_t *der, size_t len, int make_copy);

static inline int pagetls_certificate_has(const pagetls_certificate *certificate, pagetls_extension extension)
{
    return certificate->ext[extension].p != NULL;
}

static inline int pagetls_certificate_critical(const pagetls_certificate *certificate, pagetls_extension extension)
{
    return (int) (certificate->critical >> extension & 1u);
}

/** Compares two Names (RFC 5280, section 7.1): case and inner white space of strings do not count. */
int pagetls_name_equal(pagetls_slice a, pagetls_slice b);
/** 1 when the first RDNs of \p name are those of \p prefix. Both are the content of a Name's SEQUENCE. */
int pagetls_name_starts_with(pagetls_slice name, pagetls_slice prefix);

#endif
