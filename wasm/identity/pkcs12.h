/**
 * \file pkcs12.h
 * \brief PKCS#12 (RFC 7292), in DER or BER.
 */
#ifndef PAGETLS_PKCS12_H
#define PAGETLS_PKCS12_H

#include "identity/encrypted_key.h"

/**
 * Verifies the MAC, if there is one, and visits each private key and certificate.
 * \param content  of the outermost SEQUENCE; everything is decrypted in place
 * \return 0, a PAGETLS_ERR_…, or the visitor's result
 */
int pagetls_identity_walk_pkcs12(pagetls_identity_walk *walk, pagetls_slice content);

#endif
