#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the message */
#include "mbedtls/session_ticket.h"

#include "mbedtls/message_buffer.h"

enum { NEW_SESSION_TICKET = 4 }; /* RFC 8446, appendix B.3 */

pagetls_violation pagetls_session_ticket_check(const mbedtls_ssl_context *ssl)
{
    const size_t header = mbedtls_ssl_hs_hdr_len(ssl);
    if (ssl->tls_version != MBEDTLS_SSL_VERSION_TLS1_3 || !pagetls_message_is_complete(ssl, NEW_SESSION_TICKET)) {
        return PAGETLS_VIOLATION_NONE;
    }
    pagetls_server_message message = {
        .type = NEW_SESSION_TICKET,
        .tls13 = 1,
        .body = ssl->in_msg + header,
        .len = ssl->in_hslen - header,
    };
    return pagetls_server_message_check(&message);
}

int pagetls_session_ticket_type(const mbedtls_ssl_context *ssl)
{
    return pagetls_session_ticket_check(ssl) == PAGETLS_VIOLATION_NONE ? NEW_SESSION_TICKET : -1;
}
