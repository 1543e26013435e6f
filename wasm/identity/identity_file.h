/**
 * \file identity_file.h
 * \brief Finds private keys, and the certificates of PKCS#12, in an input: PEM, DER, or either in base64.
 */
#ifndef PAGETLS_IDENTITY_FILE_H
#define PAGETLS_IDENTITY_FILE_H

#include "identity/encrypted_key.h"

/**
 * Calls \p visit for each private key in \p input, and each certificate if it is PKCS#12.
 * \param[out] is_pkcs12  whether it is PKCS#12
 * \return 0; PAGETLS_ERR_KEY_DOCUMENT if there is no key, or a damaged PEM block, which may be one; another PAGETLS_ERR_…
 *         for a key that cannot be decrypted; or the visitor's result
 */
int pagetls_identity_file_walk(const uint8_t *input, size_t len, pagetls_passphrase *passphrase,
                               pagetls_identity_visitor *visit, void *context, int *is_pkcs12);

#endif
