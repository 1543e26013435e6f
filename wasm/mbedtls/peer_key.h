/**
 * \file peer_key.h
 * \brief A certificate's public key in Mbed TLS's type.
 */
#ifndef PAGETLS_PEER_KEY_H
#define PAGETLS_PEER_KEY_H

#include "mbedtls/pk.h"
#include "x509/spki.h"

enum { PAGETLS_PEER_KEY_LOADED, PAGETLS_PEER_KEY_UNUSABLE, PAGETLS_PEER_KEY_OUT_OF_MEMORY };

/**
 * Loads \p key into \p pk, which must be initialized and stays empty on failure. Sets key->state, unless out of memory.
 */
int pagetls_peer_key_load(mbedtls_pk_context *pk, pagetls_public_key *key);

#endif
