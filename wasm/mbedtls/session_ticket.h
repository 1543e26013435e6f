/**
 * \file session_ticket.h
 * \brief Checks the session tickets of TLS 1.3 before ssl_msg.c acts on them: without resumption it drops them unread.
 *
 * Included before ssl_msg.c (-include, see CMakeLists.txt), where ssl_tls13_is_new_session_ticket(), a static function,
 * has the only use of the macro. A malformed ticket is then a message that is not expected.
 */
#ifndef PAGETLS_SESSION_TICKET_H
#define PAGETLS_SESSION_TICKET_H

#include "ssl_misc.h" /* first: it permits access to private fields */

#include "mbedtls/protocol_checks.h"

/** The violation of the message that was received last and in full, if it is a ticket. Calls with others are harmless. */
pagetls_violation pagetls_session_ticket_check(const mbedtls_ssl_context *ssl);
/** The type of a NewSessionTicket; -1, the type of nothing, if the message is one that violates the protocol. */
int pagetls_session_ticket_type(const mbedtls_ssl_context *ssl);

#undef MBEDTLS_SSL_HS_NEW_SESSION_TICKET
#define MBEDTLS_SSL_HS_NEW_SESSION_TICKET pagetls_session_ticket_type(ssl)

#endif
