#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the handshake and the session */
#include "mbedtls/handshake_cleanup.h"

#include "host/heap.h"
#include "ssl_misc.h"

void pagetls_handshake_cleanup(mbedtls_ssl_context *ssl, int keep_certificate)
{
    if (ssl->handshake != NULL) {
        mbedtls_ssl_handshake_free(ssl);
        pagetls_heap_free(ssl->handshake);
        ssl->handshake = NULL;
        /* Prepared for TLS 1.2, in case the server had chosen it. */
        mbedtls_ssl_transform_free(ssl->transform_negotiate);
        pagetls_heap_free(ssl->transform_negotiate);
        ssl->transform_negotiate = NULL;
    }
    if (!keep_certificate) {
        mbedtls_x509_crt_free(ssl->session->peer_cert);
        pagetls_heap_free(ssl->session->peer_cert);
        ssl->session->peer_cert = NULL;
    }
}
