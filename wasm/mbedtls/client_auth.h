/**
 * \file client_auth.h
 * \brief The client's identities: which one a server gets, and the signature scheme that it proves its key with.
 */
#ifndef PAGETLS_CLIENT_AUTH_H
#define PAGETLS_CLIENT_AUTH_H

#include "mbedtls/ssl.h"
#include "x509/der.h"

typedef struct pagetls_client_auth pagetls_client_auth;

/** NULL if memory is missing. */
pagetls_client_auth *pagetls_client_auth_new(void);
/** \p auth may be NULL. */
void pagetls_client_auth_free(pagetls_client_auth *auth);
/** Adds an identity, after those before it in order of preference; as pagetls_identity_read(). 0, or a PAGETLS_ERR_…. */
int pagetls_client_auth_add(pagetls_client_auth *auth, pagetls_slice chain, pagetls_slice key, pagetls_slice passphrase);
/** The identities of the connection that the pump runs; NULL outside of it, and without any. */
void pagetls_client_auth_set_active(pagetls_client_auth *auth);
/** Before the handshake of \p ssl: begins to hash its messages with what a signature in TLS 1.2 may need. */
void pagetls_client_auth_begin(pagetls_client_auth *auth, mbedtls_ssl_context *ssl);
/**
 * For the active connection: chooses by the CertificateRequest with this body: the first identity whose key the server
 * accepts and whose chain has an issuer that the server names, or else the first whose key it accepts. If there is none, an empty Certificate is sent
 * (RFC 5246, section 7.4.6; RFC 8446, section 4.4.2).
 */
void pagetls_client_auth_choose(mbedtls_ssl_context *ssl, pagetls_slice body);
/** For the active connection in TLS 1.3, behind its CertificateRequest: the scheme to sign with, for Mbed TLS. */
void pagetls_client_auth_set_scheme(mbedtls_ssl_context *ssl);
/** Bits of pagetls_connection_requests() for a server that does not accept any of the keys; otherwise 0. */
uint32_t pagetls_client_auth_rejection(void);

#endif
