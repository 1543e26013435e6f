/* HelloRetryRequest (RFC 8446, section 4.1.4): a cookie, and a key share that stays. hello_retry.h has the rest. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the handshake */
#include "psa_util_internal.h"
#include "ssl_misc.h"

/* The linker calls these instead of the functions without __wrap_. */
int __real_mbedtls_ssl_tls13_check_received_extension(mbedtls_ssl_context *, int, unsigned, uint32_t);
int __wrap_mbedtls_ssl_tls13_check_received_extension(mbedtls_ssl_context *, int, unsigned, uint32_t);
int __real_mbedtls_ssl_tls13_generate_and_write_xxdh_key_exchange(mbedtls_ssl_context *, uint16_t, unsigned char *,
                                                                  unsigned char *, size_t *);
int __wrap_mbedtls_ssl_tls13_generate_and_write_xxdh_key_exchange(mbedtls_ssl_context *, uint16_t, unsigned char *,
                                                                  unsigned char *, size_t *);

/* Section 4.2.2: an extension with "opaque cookie<1..2^16-1>" and nothing else, which Mbed TLS does not check. It has
 * checked the lengths of the extensions before that of the cookie, and of the cookie's. */
static int has_malformed_cookie(const mbedtls_ssl_context *ssl)
{
    enum { VERSION = 2, SUITE_AND_COMPRESSION = 3, EXTENSIONS_LEN = 2 };
    const unsigned char *p = ssl->in_msg + mbedtls_ssl_hs_hdr_len(ssl) + VERSION + MBEDTLS_SERVER_HELLO_RANDOM_LEN;
    p += 1 + p[0] + SUITE_AND_COMPRESSION + EXTENSIONS_LEN;
    while (MBEDTLS_GET_UINT16_BE(p, 0) != MBEDTLS_TLS_EXT_COOKIE) {
        p += 4 + MBEDTLS_GET_UINT16_BE(p, 2);
    }
    size_t len = MBEDTLS_GET_UINT16_BE(p, 2);
    return len < 3 || MBEDTLS_GET_UINT16_BE(p, 4) != len - 2;
}

int __wrap_mbedtls_ssl_tls13_check_received_extension(mbedtls_ssl_context *ssl, int hs_msg_type, unsigned type,
                                                      uint32_t allowed)
{
    mbedtls_ssl_handshake_params *handshake = ssl->handshake;
    uint32_t mask = mbedtls_ssl_get_extension_mask(type);
    if (mask == MBEDTLS_SSL_EXT_MASK(UNRECOGNIZED)) {
        if (hs_msg_type != MBEDTLS_SSL_HS_CERTIFICATE_REQUEST && hs_msg_type != MBEDTLS_SSL_HS_NEW_SESSION_TICKET) {
            /* Section 4.2: a response to an extension that was not sent. The other messages are no responses. */
            MBEDTLS_SSL_PEND_FATAL_ALERT(MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_EXT, MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION);
            return MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION;
        }
    } else if ((handshake->received_extensions & mask) != 0) {
        /* Section 4.2: "There MUST NOT be more than one extension of the same type in a given extension block." */
        MBEDTLS_SSL_PEND_FATAL_ALERT(MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER, MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER);
        return MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER;
    }
    if (hs_msg_type == MBEDTLS_SSL_TLS1_3_HS_HELLO_RETRY_REQUEST && type == MBEDTLS_TLS_EXT_COOKIE) {
        if (has_malformed_cookie(ssl)) {
            MBEDTLS_SSL_PEND_FATAL_ALERT(MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR, MBEDTLS_ERR_SSL_DECODE_ERROR);
            return MBEDTLS_ERR_SSL_DECODE_ERROR;
        }
        handshake->sent_extensions |= mask; /* section 4.2: a cookie is the only extension that need not be asked for */
    }
    return __real_mbedtls_ssl_tls13_check_received_extension(ssl, hs_msg_type, type, allowed);
}

int __wrap_mbedtls_ssl_tls13_generate_and_write_xxdh_key_exchange(mbedtls_ssl_context *ssl, uint16_t group,
                                                                  unsigned char *buf, unsigned char *end,
                                                                  size_t *out_len)
{
    mbedtls_svc_key_id_t share = ssl->handshake->xxdh_psa_privkey;
    if (!ssl->handshake->hello_retry_request_flag || mbedtls_svc_key_id_is_null(share)) {
        return __real_mbedtls_ssl_tls13_generate_and_write_xxdh_key_exchange(ssl, group, buf, end, out_len);
    }
    psa_status_t status = psa_export_public_key(share, buf, (size_t) (end - buf), out_len);
    return PSA_TO_MBEDTLS_ERR_LIST(status, psa_to_ssl_errors, psa_generic_status_to_mbedtls);
}
