/**
 * \file identity.h
 * \brief The client's own certificate chain and private key, in Mbed TLS's types.
 */
#ifndef PAGETLS_IDENTITY_H
#define PAGETLS_IDENTITY_H

#include "mbedtls/pk.h"
#include "mbedtls/x509_crt.h"

typedef struct {
    mbedtls_x509_crt chain; /**< the DER of each certificate, and the public key of the first */
    mbedtls_pk_context key;
} pagetls_identity;

void pagetls_identity_init(pagetls_identity *identity);
void pagetls_identity_free(pagetls_identity *identity);
/**
 * Reads chain and key, in PEM or DER. On failure the identity is empty again.
 * \return 0, or a PAGETLS_ERR_…
 */
int pagetls_identity_read(pagetls_identity *identity, const uint8_t *chain, size_t chain_len, const uint8_t *key,
                          size_t key_len);

#endif
