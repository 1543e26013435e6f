/**
 * \file passphrase.h
 * \brief A passphrase, and decryption with it: PBES2 (RFC 8018), PKCS#12 (RFC 7292), and old PEM files.
 *
 * Functions return 0, or a PAGETLS_ERR_… with details for js/identity.js.
 */
#ifndef PAGETLS_PASSPHRASE_H
#define PAGETLS_PASSPHRASE_H

#include "crypto/cbc.h"
#include "crypto/digest.h"
#include "x509/der.h"

typedef struct {
    pagetls_slice text;  /**< in UTF-8; other octets count as Latin-1 where that matters. p is NULL: none was given */
    uint8_t *bmp;        /**< the BMPString of RFC 7292, appendix B.1; made when it is needed first */
    size_t bmp_len;      /**< in octets, with its terminator */
    uint32_t iterations; /**< spent so far */
    size_t decrypted;    /**< octets so far */
    uint8_t used;        /**< something was encrypted with it, or authenticated */
} pagetls_passphrase;

/** Frees the BMPString. \p text is the caller's. */
void pagetls_passphrase_free(pagetls_passphrase *passphrase);

/** Makes \p bmp, unless it has been made. */
int pagetls_passphrase_make_bmp(pagetls_passphrase *passphrase);

/** Counts the \p iterations for \p blocks of output; fails beyond PAGETLS_PASSPHRASE_ITERATIONS. */
int pagetls_passphrase_spend(pagetls_passphrase *passphrase, int64_t iterations, size_t blocks);

/**
 * Derives a key by PBKDF2 (RFC 8018, appendix A.2) or scrypt (RFC 7914, section 7).
 * \param kdf  content of the AlgorithmIdentifier
 */
int pagetls_passphrase_derive(pagetls_passphrase *passphrase, pagetls_slice kdf, uint8_t *out, size_t len);

/**
 * Decrypts \p data in place, and removes the padding.
 * \param algorithm  content of the AlgorithmIdentifier: PBES2, or an algorithm of PKCS#12
 */
int pagetls_passphrase_decrypt(pagetls_passphrase *passphrase, pagetls_slice algorithm, uint8_t *data, size_t *len);

/**
 * The same for a PEM block with DEK-Info (OpenSSL's old form).
 * \param dek_info  its value: the name of the cipher, a comma, and the initialization vector in hexadecimal
 */
int pagetls_passphrase_decrypt_pem(pagetls_passphrase *passphrase, pagetls_slice dek_info, uint8_t *data, size_t *len);

/** The hash with this OID: of a hash, or of HMAC with it; PAGETLS_DIGEST_NONE if it is not supported. */
pagetls_digest pagetls_digest_from_oid(pagetls_slice oid);

/** Sets the error for an algorithm that is not supported. */
int pagetls_unsupported_encryption(pagetls_slice oid);
/** Sets the error for a file that is damaged. */
int pagetls_damaged_identity(void);

#endif
