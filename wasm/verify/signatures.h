/**
 * \file signatures.h
 * \brief Signatures of certificates and lists, each checked once, and not more than a fixed number of them.
 */
#ifndef PAGETLS_SIGNATURES_H
#define PAGETLS_SIGNATURES_H

#include "der.h"
#include "mbedtls/x509_crt.h"

/**
 * The most signatures that are checked of certificates, and as many of lists: what a hostile chain can cost. Those
 * by a P-521 key, or an RSA key of more than 4,096 bits, count twice.
 */
#define PAGETLS_SIGNATURES_MAX 24

/** What is signed, how, and the signature. */
typedef struct {
    pagetls_slice tbs;         /**< where it lies says which document it is */
    mbedtls_md_type_t md;
    mbedtls_pk_type_t pk;
    const void *options;       /**< mbedtls_pk_rsassa_pss_options, for RSASSA-PSS */
    pagetls_slice signature;
} pagetls_signed;

/** The most bits of an RSA key's public exponent: longer ones make every signature cost a thousand times as much. */
#define PAGETLS_RSA_EXPONENT_BITS 64

/** The bits of the public exponent; 0 of a key that is not RSA. */
size_t pagetls_rsa_exponent_bits(const mbedtls_pk_context *key);

typedef struct {
    struct {
        const uint8_t *document;
        const mbedtls_x509_crt *signer;
        int good;
    } known[PAGETLS_SIGNATURES_MAX];
    size_t count;
    size_t spent;
    int exhausted;             /**< one more was asked for */
} pagetls_signatures;

/**
 * 1 when the key of \p signer made the signature, 0 when not or when no more may be checked.
 * \p document and \p signer must live as long as \p signatures.
 */
int pagetls_signatures_check(pagetls_signatures *signatures, const pagetls_signed *document, mbedtls_x509_crt *signer);

/** 1 when the hashes of \p document, MGF1's included, are allowed. */
int pagetls_signed_md_is_allowed(const pagetls_signed *document, const mbedtls_x509_crt_profile *profile);

/** The signed part of a certificate. */
pagetls_signed pagetls_signed_certificate(const mbedtls_x509_crt *crt);

#endif
