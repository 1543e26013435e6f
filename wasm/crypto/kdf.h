/**
 * \file kdf.h
 * \brief Keys from passphrases: HMAC, PBKDF2, scrypt, the key derivation of PKCS#12, and OpenSSL's for old PEM files.
 *
 * Passphrases, keys and everything in between are secret; lengths, salts and costs are not. scrypt is the exception: its
 * addresses depend on the passphrase, by design (RFC 7914, section 13).
 */
#ifndef PAGETLS_KDF_H
#define PAGETLS_KDF_H

#include "crypto/digest.h"

/** HMAC (RFC 2104) with a key. */
typedef struct {
    pagetls_begun_digest *inner;
    pagetls_begun_digest *outer;
    size_t size; /**< of its output, in octets */
} pagetls_hmac;

/** Returns 0, or -1 when out of memory. Free with pagetls_hmac_free(), also after a failure. */
int pagetls_hmac_init(pagetls_hmac *hmac, pagetls_digest digest, const uint8_t *key, size_t len);
/** \param[out] out  hmac->size octets; may be a part of \p data */
void pagetls_hmac_compute(pagetls_hmac *hmac, const uint8_t *data, size_t len, uint8_t *out);
void pagetls_hmac_free(pagetls_hmac *hmac);

/**
 * PBKDF2 (RFC 8018, section 5.2).
 * \return 0, or -1 when out of memory
 */
int pagetls_pbkdf2(pagetls_digest digest, const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt,
                   size_t salt_len, uint32_t iterations, uint8_t *out, size_t len);

/** The purposes of pagetls_pkcs12_kdf() (RFC 7292, appendix B.3). */
enum { PAGETLS_PKCS12_KEY = 1, PAGETLS_PKCS12_IV = 2, PAGETLS_PKCS12_MAC = 3 };

/**
 * The key derivation of PKCS#12 (RFC 7292, appendix B.2).
 * \param passphrase  a BMPString with its terminator, as in appendix B.1
 * \return 0, or -1 when out of memory
 */
int pagetls_pkcs12_kdf(pagetls_digest digest, int purpose, const uint8_t *passphrase, size_t passphrase_len,
                       const uint8_t *salt, size_t salt_len, uint32_t iterations, uint8_t *out, size_t len);

/**
 * scrypt (RFC 7914). Needs 128 r (n + p + 1) octets of memory for a time.
 * \param n  a power of two, at least 2
 * \return 0, or -1 when out of memory
 */
int pagetls_scrypt(const uint8_t *passphrase, size_t passphrase_len, const uint8_t *salt, size_t salt_len, uint32_t n,
                   uint32_t r, uint32_t p, uint8_t *out, size_t len);

/**
 * OpenSSL's EVP_BytesToKey() with MD5 and one iteration, for PEM files with DEK-Info.
 * \return 0, or -1 when out of memory
 */
int pagetls_md5_kdf(const uint8_t *passphrase, size_t passphrase_len, const uint8_t salt[8], uint8_t *out, size_t len);

#endif
