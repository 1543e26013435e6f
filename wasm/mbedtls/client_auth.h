/**
 * \file client_auth.h
 * \brief The client's identities: which one a server gets, and the signature scheme that it proves its key with.
 */
#ifndef PAGETLS_CLIENT_AUTH_H
#define PAGETLS_CLIENT_AUTH_H

#include "mbedtls/certificate_request.h"
#include "mbedtls/ssl.h"

typedef struct pagetls_client_auth pagetls_client_auth;

/** NULL if memory is missing. */
pagetls_client_auth *pagetls_client_auth_new(void);
/** \p auth may be NULL. */
void pagetls_client_auth_free(pagetls_client_auth *auth);
/** Adds an identity, after those before it in order of preference; as pagetls_identity_read(). 0, or a PAGETLS_ERR_…. */
int pagetls_client_auth_add(pagetls_client_auth *auth, pagetls_slice chain, pagetls_slice key, pagetls_slice passphrase);
/** When no request can follow: frees certificates, keys and all else but what the next functions return. */
void pagetls_client_auth_forget(pagetls_client_auth *auth);
/** The \p n-th identity's key in *key. Returns 0, or -1 if there are no more. */
int pagetls_client_auth_key(const pagetls_client_auth *auth, size_t n, pagetls_client_key *key);
/** The last CertificateRequest. Returns 0, or -1 if there was none; after pagetls_client_auth_forget(), if it was met. */
int pagetls_client_auth_request(const pagetls_client_auth *auth, pagetls_certificate_request *request);

/* --- the choice ---------------------------------------------------------------------------- */

/**
 * What a server gets for a CertificateRequest: of the identities whose key it accepts, one whose chain fits the authorities
 * that it names, or else any; of these, one whose chain fits its algorithms for certificates, or else any; of these, the
 * first. RFC 8446, section 4.4.2.3: a chain SHOULD fit the authorities, and what a server's lists leave out it may accept
 * nevertheless.
 */
typedef struct {
    mbedtls_ssl_key_cert *identity; /**< NULL: none, so an empty Certificate (RFC 5246, 7.4.6; RFC 8446, 4.4.2) */
    uint16_t scheme;                /**< of its CertificateVerify */
    unsigned fits;                  /**< PAGETLS_FITS_… bits of its chain */
} pagetls_client_choice;

/* --- in a handshake -------------------------------------------------------------------------- */

/** Makes the host answer each request: until pagetls_client_auth_answer(), the handshake waits. */
void pagetls_client_auth_ask_host(pagetls_client_auth *auth);
/** 1 while the handshake waits for the host. \p auth may be NULL. */
int pagetls_client_auth_is_waiting(const pagetls_client_auth *auth);
/** The host has added the identities to choose from, if any. */
void pagetls_client_auth_answer(pagetls_client_auth *auth);

/** The identities of the connection that the pump runs; NULL outside of it, and without any. */
void pagetls_client_auth_set_active(pagetls_client_auth *auth);
/**
 * For the active connection, with each handshake message of the server that Mbed TLS has read and not looked at: when the
 * server has requested a certificate and proved who it is, chooses what it gets.
 * \return 0, or an error of Mbed TLS: MBEDTLS_ERR_SSL_WANT_READ while the host has to answer
 */
int pagetls_client_auth_receive(mbedtls_ssl_context *ssl, uint8_t type, pagetls_slice body);
/**
 * The same for a CertificateRequest after the handshake, of TLS 1.3.
 * \param is_new  1 the first time, 0 if the host had to answer
 */
int pagetls_client_auth_receive_later(const mbedtls_ssl_context *ssl, pagetls_slice body, int is_new,
                                      pagetls_client_choice *choice);
/** Bits of pagetls_connection_requests() about the last choice. */
uint32_t pagetls_client_auth_outcome(void);

#endif
