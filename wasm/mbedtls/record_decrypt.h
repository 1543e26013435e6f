/**
 * \file record_decrypt.h
 * \brief Leads ssl_msg.c's decryption of records to protocol_hooks.c, with variables of the calling function.
 *
 * Included before ssl_msg.c (-include, see CMakeLists.txt). Afterwards, Mbed TLS removes the padding and the type of a
 * TLSInnerPlaintext (RFC 8446, section 5.2).
 */
#ifndef PAGETLS_RECORD_DECRYPT_H
#define PAGETLS_RECORD_DECRYPT_H

#include "ssl_misc.h" /* first: it permits access to private fields */

#include "mbedtls/cipher.h"

/**
 * mbedtls_cipher_auth_decrypt_ext() and the checks.
 * \param type  in the record's header
 * \return its error, or that of a violation
 */
int pagetls_record_decrypt(const mbedtls_ssl_transform *transform, uint8_t type, mbedtls_cipher_context_t *ctx,
                           const unsigned char *iv, size_t iv_len, const unsigned char *ad, size_t ad_len,
                           const unsigned char *input, size_t ilen, unsigned char *output, size_t output_len,
                           size_t *olen, size_t tag_len);

#define mbedtls_cipher_auth_decrypt_ext(...) pagetls_record_decrypt(transform, rec->type, __VA_ARGS__)

#endif
