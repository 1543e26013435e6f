/* Runs a handshake of a connection: its first, or a renegotiation. */
#include "mbedtls/failure.h"
#include "tls/connection_parts.h"

int pagetls_connection_continue_handshake(pagetls_connection *connection, int (*step)(mbedtls_ssl_context *))
{
    mbedtls_ssl_context *ssl = &connection->ssl;
    int ret;
    do {
        ret = step(ssl);
        connection->requests |= pagetls_ssl_requests(ssl) | pagetls_client_auth_outcome();
        if (ret == MBEDTLS_ERR_SSL_WANT_READ && pagetls_client_auth_is_waiting(connection->client_auth)) {
            connection->state |= PAGETLS_NEEDS_IDENTITY;
            return ret;
        }
    } while (pagetls_message_continue(ssl, &connection->handshake->rest, &ret));
    return ret;
}
