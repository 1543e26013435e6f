/**
 * \file ed25519.h
 * \brief Ed25519 verification (RFC 8032, section 5.1.7). In variable time: all input is public.
 *
 * Strict: S must be below the order of the base point, and the y-coordinates of the key and of R below p. The equation
 * is the one without the cofactor, as in OpenSSL and Go: the encoding of S B - k A must be R.
 */
#ifndef PAGETLS_ED25519_H
#define PAGETLS_ED25519_H

#include <stddef.h>
#include <stdint.h>

#define PAGETLS_ED25519_KEY_BYTES 32
#define PAGETLS_ED25519_SIGNATURE_BYTES 64

/** Whether \p key encodes a point of the curve (section 5.1.3). */
int pagetls_ed25519_is_key(const uint8_t key[PAGETLS_ED25519_KEY_BYTES]);

/** Errors of pagetls_ed25519_verify(). */
enum {
    PAGETLS_ED25519_BAD_INPUT = -1,     /**< the key is not a point, or the signature is malformed */
    PAGETLS_ED25519_VERIFY_FAILED = -2, /**< the signature does not match this key and message */
};

/** \return 0 if the signature is valid. */
int pagetls_ed25519_verify(const uint8_t key[PAGETLS_ED25519_KEY_BYTES], const uint8_t *message, size_t message_len,
                           const uint8_t *signature, size_t signature_len);

#endif
