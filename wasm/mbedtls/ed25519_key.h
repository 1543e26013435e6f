/**
 * \file ed25519_key.h
 * \brief Ed25519 public keys as a type of Mbed TLS's keys, which has none.
 *
 * mbedtls_pk_verify_ext() verifies signatures with such a key if it gets PAGETLS_PK_ED25519 and MBEDTLS_MD_NONE: the
 * message takes the place of the hash (PureEdDSA, RFC 8032, section 5.1).
 */
#ifndef PAGETLS_ED25519_KEY_H
#define PAGETLS_ED25519_KEY_H

#include "crypto/ed25519.h"
#include "mbedtls/pk.h"

/** Not a value of Mbed TLS's. */
#define PAGETLS_PK_ED25519 ((mbedtls_pk_type_t) 0x0807)

/** Sets \p pk, which must be initialized. \return 0, or Mbed TLS's error code. */
int pagetls_ed25519_key_load(mbedtls_pk_context *pk, const uint8_t key[PAGETLS_ED25519_KEY_BYTES]);

#endif
