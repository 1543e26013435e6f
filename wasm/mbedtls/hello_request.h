/**
 * \file hello_request.h
 * \brief Makes mbedtls_ssl_read() return UNEXPECTED_MESSAGE for a HelloRequest that is accepted (renegotiation.h).
 *
 * Included before ssl_msg.c (-include, see CMakeLists.txt), where ssl_tls12_handle_hs_message_post_handshake(), a static
 * function, has the macro's only use with a received message. The others are about messages that a server sends.
 */
#ifndef PAGETLS_HELLO_REQUEST_H
#define PAGETLS_HELLO_REQUEST_H

#include "ssl_misc.h" /* first: it permits access to private fields */

/** The type of HelloRequest; -1, the type of nothing, if the message received last is one, and is accepted. */
int pagetls_hello_request_type(const mbedtls_ssl_context *ssl);

#undef MBEDTLS_SSL_HS_HELLO_REQUEST
#define MBEDTLS_SSL_HS_HELLO_REQUEST pagetls_hello_request_type(ssl)

#endif
