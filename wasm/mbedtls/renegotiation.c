#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the length of the message, the state, the sessions and the verify_data */
#include "mbedtls/renegotiation.h"

#include <string.h>

#include "mbedtls/message_buffer.h"
#include "ssl_misc.h"

enum { HELLO_REQUEST = 0 }; /* RFC 5246, section 7.4 */

int pagetls_renegotiation_is_secure(const mbedtls_ssl_context *ssl)
{
    return ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_2 &&
        ssl->secure_renegotiation == MBEDTLS_SSL_SECURE_RENEGOTIATION;
}

static int is_hello_request(const mbedtls_ssl_context *ssl)
{
    return pagetls_message_is_complete(ssl, HELLO_REQUEST) && ssl->in_hslen == mbedtls_ssl_hs_hdr_len(ssl);
}

int pagetls_renegotiation_is_requested(const mbedtls_ssl_context *ssl)
{
    return ssl->state == MBEDTLS_SSL_HANDSHAKE_OVER && pagetls_renegotiation_is_secure(ssl) && is_hello_request(ssl);
}

int pagetls_renegotiation_is_request_ignored(const mbedtls_ssl_context *ssl)
{
    const mbedtls_ssl_handshake_params *handshake = ssl->handshake;
    /* Before ServerHello, the version is not known yet. */
    return handshake != NULL && ssl->state != MBEDTLS_SSL_HANDSHAKE_OVER && is_hello_request(ssl) &&
        (ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_2 ||
         (ssl->state == MBEDTLS_SSL_SERVER_HELLO && !handshake->hello_retry_request_flag &&
          handshake->min_tls_version == MBEDTLS_SSL_VERSION_TLS1_2));
}

int pagetls_renegotiation_continue(mbedtls_ssl_context *ssl)
{
    ssl->renego_records_seen = 0; /* Mbed TLS accepts 16 before ServerHello; here they may be any number */
    return mbedtls_ssl_renegotiate(ssl);
}

void pagetls_renegotiation_abandon(mbedtls_ssl_context *ssl)
{
    ssl->renego_status = MBEDTLS_SSL_RENEGOTIATION_DONE;
    mbedtls_ssl_handshake_set_state(ssl, MBEDTLS_SSL_HANDSHAKE_OVER);
}

pagetls_renegotiated pagetls_renegotiation_before(const mbedtls_ssl_context *ssl, int extended_master_secret)
{
    const mbedtls_x509_crt *leaf = ssl->session->peer_cert;
    pagetls_renegotiated before = {
        .leaf = leaf == NULL ? (pagetls_slice) { NULL, 0 } : (pagetls_slice) { leaf->raw.p, leaf->raw.len },
        .protocol = ssl->alpn_chosen,
        .extended_master_secret = extended_master_secret,
    };
    memcpy(before.verify_data, ssl->own_verify_data, PAGETLS_VERIFY_DATA_LEN);
    memcpy(before.verify_data + PAGETLS_VERIFY_DATA_LEN, ssl->peer_verify_data, PAGETLS_VERIFY_DATA_LEN);
    return before;
}
