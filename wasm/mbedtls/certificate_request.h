/**
 * \file certificate_request.h
 * \brief What a server's CertificateRequest accepts (RFC 5246, section 7.4.4; RFC 8446, section 4.3.2), and the signature
 * scheme for a key. Uses nothing of Mbed TLS.
 */
#ifndef PAGETLS_CERTIFICATE_REQUEST_H
#define PAGETLS_CERTIFICATE_REQUEST_H

#include "x509/der.h"

/** Points into the message. */
typedef struct {
    pagetls_slice types;       /**< ClientCertificateType, an octet each; only in TLS 1.2 */
    pagetls_slice schemes;     /**< two octets each */
    pagetls_slice authorities; /**< DistinguishedName, each after two octets with its length */
    int tls13;
} pagetls_certificate_request;

/** The client's key. */
typedef struct {
    int is_rsa;  /**< otherwise ECDSA */
    size_t bits; /**< of the modulus or the curve */
} pagetls_client_key;

/** Reads the body of the message. If it is malformed, the request is empty, and fits no key. */
void pagetls_certificate_request_read(pagetls_certificate_request *request, pagetls_slice body, int tls13);
/** 1 if the server names this issuer, in DER. */
int pagetls_certificate_request_names(const pagetls_certificate_request *request, pagetls_slice issuer);
/**
 * The scheme for signatures with \p key: the first of \p ours that the server lists too.
 * \param ours  in order of preference, then 0
 * \return 0 if the server does not accept the key
 */
uint16_t pagetls_certificate_request_scheme(const pagetls_certificate_request *request, const pagetls_client_key *key,
                                            const uint16_t *ours);

/** Bits: what the server's schemes with SHA-256 or stronger sign with. Other bits have no meaning. */
enum { PAGETLS_ACCEPTS_RSA_PSS = 1, PAGETLS_ACCEPTS_RSA_PKCS1 = 1 << 1, PAGETLS_ACCEPTS_ECDSA = 1 << 3 };
/** The PAGETLS_ACCEPTS_… bits of \p request. */
unsigned pagetls_certificate_request_accepts(const pagetls_certificate_request *request);

#endif
