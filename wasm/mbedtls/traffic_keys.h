/**
 * \file traffic_keys.h
 * \brief Handshake messages on an open TLS 1.3 connection, and its keys (RFC 8446, sections 4.6, 7.2 and 7.3): what Mbed
 * TLS cannot.
 *
 * Mbed TLS keeps the traffic secrets in its session, in memory that it allocates for every connection, and ends
 * mbedtls_ssl_read() with UNEXPECTED_MESSAGE at a message that is not a ticket. The pump then handles it, and reads on.
 */
#ifndef PAGETLS_TRAFFIC_KEYS_H
#define PAGETLS_TRAFFIC_KEYS_H

#include "mbedtls/ssl.h"
#include "pagetls.h"

/** The two directions. */
enum { PAGETLS_RECEIVING, PAGETLS_SENDING };

/** Their types (appendix B.3). */
enum { PAGETLS_CERTIFICATE_REQUEST = 13, PAGETLS_KEY_UPDATE = 24 };

/** The message of this type that made mbedtls_ssl_read() return \p ret; NULL if it did so for another reason. */
const uint8_t *pagetls_traffic_received(const mbedtls_ssl_context *ssl, int ret, uint8_t type, size_t *len,
                                        size_t *remaining);
/** Rejects it with an alert that the error to be reported will send (connection_state.h). Returns that error. */
int pagetls_traffic_reject(mbedtls_ssl_context *ssl, int alert);
/**
 * The number of records sent under the current key, in 8 bytes; NULL in TLS 1.2, where we cannot change keys, and which has
 * no limit but that of its sequence numbers, 2^64 (RFC 5246, section 6.1). RFC 8446's would end uploads of 400 GB that every
 * other client finishes; after 2^32 full records, or 70 TB, AES-GCM still leaves an attacker an advantage below 2^-44.
 */
const uint8_t *pagetls_traffic_records_sent(const mbedtls_ssl_context *ssl);
/** Replaces the traffic secret and the keys of a direction, zeroizing the old ones. 0 or Mbed TLS's error. */
int pagetls_traffic_update_keys(mbedtls_ssl_context *ssl, int direction);
/** The hash of the cipher suite. */
mbedtls_md_type_t pagetls_traffic_hash(const mbedtls_ssl_context *ssl);
/**
 * Sends a record with (a part of) handshake messages, at most #MBEDTLS_SSL_OUT_CONTENT_LEN bytes. 0,
 * MBEDTLS_ERR_SSL_WANT_WRITE when a part is yet to be sent, or an error.
 */
int pagetls_traffic_send(mbedtls_ssl_context *ssl, const uint8_t *content, size_t len);
/** Sends a KeyUpdate, and changes our keys. 0, MBEDTLS_ERR_SSL_WANT_WRITE when a part is yet to be sent, or an error. */
int pagetls_traffic_send_update(mbedtls_ssl_context *ssl, int request);
/** Sends what has been written but not sent. 0 or Mbed TLS's error. */
int pagetls_traffic_flush(mbedtls_ssl_context *ssl);
/** The current secret of a direction, for the key log. */
const uint8_t *pagetls_traffic_secret(const mbedtls_ssl_context *ssl, int direction, size_t *len);

#endif
