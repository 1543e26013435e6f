/**
 * \file build.h
 * \brief Builds DER by hand: certificates and CRLs that no tool would write.
 */
#ifndef PAGETLS_TEST_BUILD_H
#define PAGETLS_TEST_BUILD_H

#include "x509/der.h"

/** The octets of a string literal. */
#define OCTETS(literal) ((pagetls_slice) { (const uint8_t *) (literal), sizeof(literal) - 1 })
#define EMPTY ((pagetls_slice) { NULL, 0 })

/** Builds an element whose content is these slices, concatenated. It is valid until build_free(). */
#define BUILD(tag, ...)                                                                                                \
    build_element((tag), (const pagetls_slice[]) { __VA_ARGS__ },                                                      \
                  sizeof((const pagetls_slice[]) { __VA_ARGS__ }) / sizeof(pagetls_slice))
#define BUILD_SEQUENCE(...) BUILD(DER_SEQUENCE, __VA_ARGS__)

pagetls_slice build_element(uint8_t tag, const pagetls_slice *parts, size_t count);
/** Concatenates the slices, without a header. */
pagetls_slice build_join(const pagetls_slice *parts, size_t count);
/** \p len octets of \p octet. */
pagetls_slice build_fill(uint8_t octet, size_t len);
void build_free(void);

/**
 * A SubjectPublicKeyInfo. \p algorithm is the content of its AlgorithmIdentifier, and \p key that of its BIT STRING
 * without the number of unused bits.
 */
pagetls_slice build_key(pagetls_slice algorithm, pagetls_slice key);
/** A Name with one attribute: a CN whose string has the type \p tag. */
pagetls_slice build_name(uint8_t tag, pagetls_slice text);

/* The parts of a certificate, in order. */
enum {
    BUILD_VERSION,
    BUILD_SERIAL,
    BUILD_INNER_ALGORITHM,
    BUILD_ISSUER,
    BUILD_VALIDITY,
    BUILD_SUBJECT,
    BUILD_PUBLIC_KEY,
    BUILD_EXTENSIONS, /**< preceded by the unique identifiers, if any */
    BUILD_ALGORITHM,
    BUILD_SIGNATURE,
    BUILD_TRAILING, /**< data after the certificate; normally empty */
    BUILD_PARTS
};
/* The parts of a CRL, in order. */
enum {
    BUILD_CRL_VERSION,
    BUILD_CRL_INNER_ALGORITHM,
    BUILD_CRL_ISSUER,
    BUILD_CRL_THIS_UPDATE,
    BUILD_CRL_NEXT_UPDATE,
    BUILD_CRL_REVOKED,
    BUILD_CRL_EXTENSIONS,
    BUILD_CRL_ALGORITHM,
    BUILD_CRL_SIGNATURE,
    BUILD_CRL_TRAILING,
    BUILD_CRL_PARTS
};

/** Parts of an ordinary certificate, to be changed and passed to build_certificate(). The signature is not valid. */
void build_certificate_parts(pagetls_slice parts[BUILD_PARTS]);
pagetls_slice build_certificate(const pagetls_slice parts[BUILD_PARTS]);
void build_crl_parts(pagetls_slice parts[BUILD_CRL_PARTS]);
pagetls_slice build_crl(const pagetls_slice parts[BUILD_CRL_PARTS]);

#endif
