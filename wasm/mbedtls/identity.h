/**
 * \file identity.h
 * \brief The client's own certificate chain and private key, in Mbed TLS's types.
 */
#ifndef PAGETLS_IDENTITY_H
#define PAGETLS_IDENTITY_H

#include "mbedtls/pk.h"
#include "mbedtls/x509_crt.h"
#include "x509/der.h"

typedef struct {
    mbedtls_x509_crt chain; /**< the DER of each certificate, and the public key of the first */
    mbedtls_pk_context key;
} pagetls_identity;

void pagetls_identity_init(pagetls_identity *identity);
void pagetls_identity_free(pagetls_identity *identity);
/**
 * Reads chain and key, in PEM, DER or PKCS#12. On failure the identity is empty again. Nothing is verified: the server
 * decides. Only the key must be the leaf's, which is the first certificate that has this key.
 *
 * If the first certificate is the leaf, the chain is sent as it is. If not, the leaf comes first, then the certificates of
 * its issuers, then all others; of PKCS#12, which may have certificates of other keys, those that can be read and did not
 * issue one of these are left out.
 *
 * \param key         p is NULL: it is in \p chain
 * \param passphrase  p is NULL: none
 * \return 0, or a PAGETLS_ERR_…
 */
int pagetls_identity_read(pagetls_identity *identity, pagetls_slice chain, pagetls_slice key, pagetls_slice passphrase);

#endif
