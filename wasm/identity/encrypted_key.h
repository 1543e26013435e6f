/**
 * \file encrypted_key.h
 * \brief The visitor of private keys and certificates, and the decryption of private keys for it.
 *
 * These functions write to their input.
 */
#ifndef PAGETLS_ENCRYPTED_KEY_H
#define PAGETLS_ENCRYPTED_KEY_H

#include "identity/passphrase.h"

typedef enum {
    PAGETLS_IDENTITY_KEY,        /**< PKCS#8, PKCS#1 or SEC 1, decrypted */
    PAGETLS_IDENTITY_CERTIFICATE /**< of PKCS#12 */
} pagetls_identity_part;

/** Called with each part in DER, which is zeroized after the walk. A result other than 0 stops it and is returned. */
typedef int pagetls_identity_visitor(void *context, pagetls_identity_part part, pagetls_slice der);

typedef struct {
    pagetls_identity_visitor *visit;
    void *context;
    pagetls_passphrase *passphrase;
    int keys; /**< found so far */
    int is_pkcs12;
} pagetls_identity_walk;

/** Decrypts a private key (RFC 5958, section 3) in place, and visits it. \p content is that of the SEQUENCE. */
int pagetls_identity_walk_encrypted_key(pagetls_identity_walk *walk, pagetls_slice content);
/** Visits what was decrypted, unless it is no private key: then the passphrase is wrong. */
int pagetls_identity_walk_decrypted_key(pagetls_identity_walk *walk, pagetls_slice key);
int pagetls_identity_visit_key(pagetls_identity_walk *walk, pagetls_slice der);
/**
 * The octets of an OCTET STRING, or of one with an implicit tag. The parts of one that BER has divided are joined, in
 * place. Returns 0 or -1.
 */
int pagetls_octets_join(const pagetls_element *element, pagetls_slice *octets);

#endif
