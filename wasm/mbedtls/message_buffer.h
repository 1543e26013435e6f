/**
 * \file message_buffer.h
 * \brief Enlarges the record buffer for handshake messages longer than a record: usually long certificate chains.
 *
 * Mbed TLS 3.6 assembles a handshake message in the buffer for one record, so a message of more than 16 KiB fails. With
 * MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH the length of that buffer may change between two records, and Mbed TLS shrinks it
 * after the handshake. So when the first record tells the length of the message, the BIO stops reading with WANT_READ,
 * we replace the buffer with a larger one, and the handshake continues.
 */
#ifndef PAGETLS_MESSAGE_BUFFER_H
#define PAGETLS_MESSAGE_BUFFER_H

#include "host/limits.h"
#include "mbedtls/ssl.h"

/** 1 when the current handshake message does not fit into the buffer. */
int pagetls_message_needs_larger_buffer(const mbedtls_ssl_context *ssl);
/** 1 when the current message is longer than #PAGETLS_MESSAGE_MAX, or longer than a record after the handshake. */
int pagetls_message_is_too_long(const mbedtls_ssl_context *ssl);
/** Enlarges the buffer to hold the current message, which must not be too long. 0 or MBEDTLS_ERR_SSL_ALLOC_FAILED. */
int pagetls_message_enlarge_buffer(mbedtls_ssl_context *ssl);

#endif
