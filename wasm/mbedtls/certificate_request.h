/**
 * \file certificate_request.h
 * \brief What a server's CertificateRequest accepts (RFC 5246, section 7.4.4; RFC 8446, section 4.3.2), and the signature
 * scheme for a key. Uses nothing of Mbed TLS.
 */
#ifndef PAGETLS_CERTIFICATE_REQUEST_H
#define PAGETLS_CERTIFICATE_REQUEST_H

#include "x509/certificate.h"
#include "x509/der.h"

/** Points into the message. */
typedef struct {
    pagetls_slice context;      /**< certificate_request_context; only in TLS 1.3 */
    pagetls_slice types;        /**< ClientCertificateType, an octet each; only in TLS 1.2 */
    pagetls_slice schemes;      /**< two octets each */
    pagetls_slice cert_schemes; /**< for the signatures of certificates */
    pagetls_slice authorities;  /**< DistinguishedName, each after two octets with its length */
    int tls13;
} pagetls_certificate_request;

/** The client's key. */
typedef struct {
    int is_rsa;  /**< otherwise ECDSA */
    size_t bits; /**< of the modulus or the curve */
} pagetls_client_key;

/** Reads the body of the message. If it is malformed, the request is empty, and fits no key. */
void pagetls_certificate_request_read(pagetls_certificate_request *request, pagetls_slice body, int tls13);
/**
 * The scheme for signatures with \p key: the first of \p ours that the server lists too.
 * \param ours  in order of preference, then 0
 * \return 0 if the server does not accept the key
 */
uint16_t pagetls_certificate_request_scheme(const pagetls_certificate_request *request, const pagetls_client_key *key,
                                            const uint16_t *ours);

/** How a certificate fits. A server may accept a chain where none does. */
enum {
    PAGETLS_FITS_SIGNATURES = 1, /**< the server does not leave out the algorithm that it is signed with */
    PAGETLS_FITS_AUTHORITIES = 2 /**< the server names its issuer, or names none at all */
};
/** PAGETLS_FITS_… bits for one of the client's certificates. */
unsigned pagetls_certificate_request_fits(const pagetls_certificate_request *request,
                                          const pagetls_certificate *certificate);

#endif
