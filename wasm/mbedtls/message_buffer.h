/**
 * \file message_buffer.h
 * \brief Handshake messages in fragments of any size, up to #PAGETLS_MESSAGE_MAX bytes: what Mbed TLS does not assemble.
 *
 * Mbed TLS 3.6 assembles a handshake message in the buffer for one record. Three kinds of fragments make it fail:
 *
 * - A record that does not fit behind the fragments before it, which is usual in long certificate chains, and possible
 *   in any message. With MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH the buffer may be replaced between two calls, and Mbed TLS
 *   shrinks it after the handshake.
 * - A header that is split over records: the first fragment has less than four bytes. We present those as fragments of a
 *   message of unknown length. Once the header is complete, the BIO stops reading with WANT_READ, and we set the length,
 *   or, if the message is complete already, let Mbed TLS read it again as if it had arrived in one record.
 * - A message that is complete, and more than 65,535 bytes long with those behind it in its last record. We set these
 *   aside until the message has been processed, if it is a Certificate, before which and behind which keys stay the same.
 *
 * Each ends a call of mbedtls_ssl_handshake() or mbedtls_ssl_read() early; the pump then calls it again.
 */
#ifndef PAGETLS_MESSAGE_BUFFER_H
#define PAGETLS_MESSAGE_BUFFER_H

#include "host/limits.h"
#include "mbedtls/ssl.h"

/** Messages that are set aside, in the record buffer; all zeros at first. Only during a handshake. */
typedef struct {
    size_t at;
    size_t len; /**< 0: none */
} pagetls_message_rest;

/** For the BIO: 0, or the error to return instead of reading the next record. \p rest may be NULL, as below. */
int pagetls_message_check(const mbedtls_ssl_context *ssl, const pagetls_message_rest *rest);
/**
 * What has arrived of the handshake message that was received last, with its header. Valid until the next call for \p ssl.
 * \return NULL, with a \p len of 0, if the last record was of another kind
 */
const uint8_t *pagetls_message_received(const mbedtls_ssl_context *ssl, size_t *len);
/** 1 when that message has this type, and all of it has arrived: in_hslen bytes at in_msg, with its header. */
int pagetls_message_is_complete(const mbedtls_ssl_context *ssl, uint8_t type);
/** 1 when the current message is longer than #PAGETLS_MESSAGE_MAX, or longer than a record after the handshake. */
int pagetls_message_is_too_long(const mbedtls_ssl_context *ssl);
/**
 * After mbedtls_ssl_handshake() or mbedtls_ssl_read() returned \p ret: 1 when that was only about fragments, and the
 * function is to be called again. Otherwise 0, with *ret the error to report.
 */
int pagetls_message_continue(mbedtls_ssl_context *ssl, pagetls_message_rest *rest, int *ret);

#endif
