/* The one alert of a connection that fails. Mbed TLS sends its own at once, in TLS 1.3 in clear although there are keys,
 * and for some errors sends none. Here its alerts wait until the connection has failed. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the output, the pending alert and the keys of the handshake */
#include "mbedtls/ecp.h"
#include "mbedtls/protocol_hooks.h"
#include "ssl_misc.h"

int __real_mbedtls_ssl_send_alert_message(mbedtls_ssl_context *, unsigned char, unsigned char);
int __wrap_mbedtls_ssl_send_alert_message(mbedtls_ssl_context *, unsigned char, unsigned char);
int __wrap_mbedtls_ssl_handle_pending_alert(mbedtls_ssl_context *);

static void remember(uint8_t alert)
{
    pagetls_protocol *protocol = pagetls_protocol_active();
    if (protocol != NULL && !protocol->has_alert) {
        protocol->has_alert = 1;
        protocol->alert = alert;
    }
}

/* In WebAssembly, also called by ssl_msg.c itself, for close_notify and no_renegotiation. */
int __wrap_mbedtls_ssl_send_alert_message(mbedtls_ssl_context *ssl, unsigned char level, unsigned char message)
{
    if (level != MBEDTLS_SSL_ALERT_LEVEL_FATAL || pagetls_protocol_active() == NULL) {
        return __real_mbedtls_ssl_send_alert_message(ssl, level, message);
    }
    remember(message);
    return 0;
}

int __wrap_mbedtls_ssl_handle_pending_alert(mbedtls_ssl_context *ssl)
{
    if (ssl->send_alert == 0) {
        return 0;
    }
    remember(ssl->alert_type);
    ssl->send_alert = 0;
    return ssl->alert_reason;
}

/* The alert for an error (RFC 8446, section 6.2); -1 for none. */
static int alert_for(const mbedtls_ssl_context *ssl, int native)
{
    switch (native) {
        case MBEDTLS_ERR_SSL_CONN_EOF:
        case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE: return -1;
        case MBEDTLS_ERR_SSL_INVALID_MAC: return PAGETLS_ALERT_BAD_RECORD_MAC;
        case MBEDTLS_ERR_SSL_INVALID_RECORD:
            /* Section 5: a record of an unknown type. Otherwise a length is wrong. */
            return ssl->in_left > 0 ? PAGETLS_ALERT_UNEXPECTED_MESSAGE : PAGETLS_ALERT_DECODE_ERROR;
        case MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE: return PAGETLS_ALERT_UNEXPECTED_MESSAGE;
        case MBEDTLS_ERR_SSL_DECODE_ERROR: return PAGETLS_ALERT_DECODE_ERROR;
        case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION: return PAGETLS_ALERT_PROTOCOL_VERSION;
        case MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION: return PAGETLS_ALERT_UNSUPPORTED_EXTENSION;
        case MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE: return PAGETLS_ALERT_HANDSHAKE_FAILURE;
        case MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER:
        case MBEDTLS_ERR_SSL_BAD_INPUT_DATA: /* such as an ALPN protocol that was not offered */
        case MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL: return PAGETLS_ALERT_ILLEGAL_PARAMETER;
        default: return PAGETLS_ALERT_INTERNAL_ERROR;
    }
}

/* RFC 8446, appendix A.1: once the server's first flight has begun, "alerts … are sent under the appropriate keys".
 * Mbed TLS changes to them only after the server's Finished. */
static int use_handshake_keys(mbedtls_ssl_context *ssl)
{
    if (ssl->transform_out != NULL || ssl->handshake == NULL || ssl->handshake->transform_handshake == NULL) {
        return 0;
    }
    int ret = mbedtls_ssl_tls13_write_change_cipher_spec(ssl); /* appendix D.4: before the encrypted flight */
    mbedtls_ssl_set_outbound_transform(ssl, ssl->handshake->transform_handshake);
    return ret != 0 ? ret : mbedtls_ssl_flush_output(ssl);
}

int pagetls_protocol_send_alert(pagetls_protocol *protocol, mbedtls_ssl_context *ssl, int native)
{
    int pending = __wrap_mbedtls_ssl_handle_pending_alert(ssl);
    (void) pending; /* it is remembered */
    int alert = protocol->violation != PAGETLS_VIOLATION_NONE ? pagetls_violation_alert(protocol->violation)
        : protocol->has_alert                                 ? protocol->alert
                                                              : alert_for(ssl, native);
    if (ssl->state == MBEDTLS_SSL_SERVER_HELLO && ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_3 &&
        native == MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE) {
        alert = PAGETLS_ALERT_ILLEGAL_PARAMETER; /* section 4.2.8.2: the server's public key is not valid */
    }
    if (alert == MBEDTLS_SSL_ALERT_MSG_NO_CERT) { /* section 4.4.2.4: "MUST abort the handshake with a decode_error" */
        alert = PAGETLS_ALERT_DECODE_ERROR;
    }
    if (alert < 0 || ssl->out_buf == NULL || (ssl->state <= MBEDTLS_SSL_CLIENT_HELLO && ssl->transform_out == NULL)) {
        return 0;
    }
    int ret = mbedtls_ssl_flush_output(ssl);
    if (ret == 0 && !protocol->alert_written) {
        ret = use_handshake_keys(ssl);
        if (ret == 0) {
            protocol->alert_written = 1;
            ret = __real_mbedtls_ssl_send_alert_message(ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL, (unsigned char) alert);
        }
    }
    return ret ==
        MBEDTLS_ERR_SSL_WANT_WRITE; /* other errors are ignored: the connection has failed for another reason */
}
