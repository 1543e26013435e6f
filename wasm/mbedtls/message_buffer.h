/**
 * \file message_buffer.h
 * \brief Room for handshake messages longer than a record: as a rule, long certificate chains.
 *
 * Mbed TLS 3.6 gathers a handshake message in the buffer of one record, so one of more than 16 KiB fails. With
 * MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH that buffer has a length of its own, which may change between two records;
 * Mbed TLS itself makes it small again when the handshake is over. So when the first record shows how long the
 * message will be, the BIO stops the reading with WANT_READ, a larger buffer is put in, and the handshake goes on.
 */
#ifndef PAGETLS_MESSAGE_BUFFER_H
#define PAGETLS_MESSAGE_BUFFER_H

#include "host/limits.h"
#include "mbedtls/ssl.h"

/** 1 when a handshake message has begun that the buffer has no room for. */
int pagetls_message_needs_larger_buffer(const mbedtls_ssl_context *ssl);
/** 1 when the message that has begun is longer than #PAGETLS_MESSAGE_MAX, or comes when all should be short. */
int pagetls_message_is_too_long(const mbedtls_ssl_context *ssl);
/** Makes the room, for one message that is not too long. 0 or MBEDTLS_ERR_SSL_ALLOC_FAILED. */
int pagetls_message_enlarge_buffer(mbedtls_ssl_context *ssl);

#endif
