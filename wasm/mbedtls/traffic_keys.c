#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the message, the session's secrets, the transform and the counters */
#include "mbedtls/traffic_keys.h"

#include <string.h>

#include "mbedtls/message_buffer.h"
#include "mbedtls/platform_util.h"
#include "ssl_misc.h"
#include "ssl_tls13_keys.h"

const uint8_t *pagetls_traffic_received(const mbedtls_ssl_context *ssl, int ret, uint8_t type, size_t *len,
                                        size_t *remaining)
{
    if (ret != MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE || ssl->tls_version != MBEDTLS_SSL_VERSION_TLS1_3 ||
        !pagetls_message_is_complete(ssl, type)) {
        return NULL;
    }
    *len = ssl->in_hslen;
    *remaining = ssl->in_msglen;
    return ssl->in_msg;
}

int pagetls_traffic_reject(mbedtls_ssl_context *ssl, int alert)
{
    int ret = alert == MBEDTLS_SSL_ALERT_MSG_DECODE_ERROR  ? MBEDTLS_ERR_SSL_DECODE_ERROR
        : alert == MBEDTLS_SSL_ALERT_MSG_ILLEGAL_PARAMETER ? MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER
                                                           : MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE;
    MBEDTLS_SSL_PEND_FATAL_ALERT((unsigned char) alert, ret);
    return ret;
}

const uint8_t *pagetls_traffic_records_sent(const mbedtls_ssl_context *ssl)
{
    return ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_3 ? ssl->cur_out_ctr : NULL;
}

mbedtls_md_type_t pagetls_traffic_hash(const mbedtls_ssl_context *ssl)
{
    const mbedtls_ssl_ciphersuite_t *suite = mbedtls_ssl_ciphersuite_from_id(ssl->session->ciphersuite);
    return suite == NULL ? MBEDTLS_MD_NONE : (mbedtls_md_type_t) suite->mac;
}

static psa_algorithm_t hash_of(const mbedtls_ssl_context *ssl)
{
    return mbedtls_md_psa_alg_from_type(pagetls_traffic_hash(ssl));
}

const uint8_t *pagetls_traffic_secret(const mbedtls_ssl_context *ssl, int direction, size_t *len)
{
    const mbedtls_ssl_tls13_application_secrets *secrets = &ssl->session->app_secrets;
    *len = PSA_HASH_LENGTH(hash_of(ssl));
    return direction == PAGETLS_SENDING ? secrets->client_application_traffic_secret_N
                                        : secrets->server_application_traffic_secret_N;
}

int pagetls_traffic_update_keys(mbedtls_ssl_context *ssl, int direction)
{
    int sending = direction == PAGETLS_SENDING;
    mbedtls_ssl_transform *transform = ssl->transform_application;
    mbedtls_cipher_context_t *cipher = sending ? &transform->cipher_ctx_enc : &transform->cipher_ctx_dec;
    int bits = mbedtls_cipher_get_key_bitlen(cipher);
    unsigned char next[MBEDTLS_TLS1_3_MD_MAX_SIZE];
    mbedtls_ssl_key_set keys = { 0 };
    size_t len;
    unsigned char *secret = (unsigned char *) pagetls_traffic_secret(ssl, direction, &len);
    int ret = mbedtls_ssl_tls13_hkdf_expand_label(hash_of(ssl), secret, len,
                                                  MBEDTLS_SSL_TLS1_3_LBL_WITH_LEN(traffic_upd), NULL, 0, next, len);
    if (ret == 0) { /* it makes the keys of both directions */
        ret = mbedtls_ssl_tls13_make_traffic_keys(hash_of(ssl), next, next, len, (size_t) bits / 8, transform->ivlen,
                                                  &keys);
    }
    if (ret == 0) {
        ret = mbedtls_cipher_setkey(cipher, keys.client_write_key, bits, sending ? MBEDTLS_ENCRYPT : MBEDTLS_DECRYPT);
    }
    if (ret == 0) {
        memcpy(sending ? transform->iv_enc : transform->iv_dec, keys.client_write_iv, transform->ivlen);
        memcpy(secret, next, len);
        memset(sending ? ssl->cur_out_ctr : ssl->in_ctr, 0, MBEDTLS_SSL_SEQUENCE_NUMBER_LEN); /* section 5.3 */
    }
    mbedtls_platform_zeroize(next, sizeof(next));
    mbedtls_platform_zeroize(&keys, sizeof(keys));
    return ret;
}

int pagetls_traffic_flush(mbedtls_ssl_context *ssl)
{
    return mbedtls_ssl_flush_output(ssl);
}

int pagetls_traffic_send(mbedtls_ssl_context *ssl, const uint8_t *content, size_t len)
{
    memcpy(ssl->out_msg, content, len);
    ssl->out_msgtype = MBEDTLS_SSL_MSG_HANDSHAKE;
    ssl->out_msglen = len;
    return mbedtls_ssl_write_record(ssl, 1 /* and flush */);
}

int pagetls_traffic_send_update(mbedtls_ssl_context *ssl, int request)
{
    const unsigned char message[] = { PAGETLS_KEY_UPDATE, 0, 0, 1, (unsigned char) request };
    int sent = pagetls_traffic_send(ssl, message, sizeof(message));
    if (sent != 0 && sent != MBEDTLS_ERR_SSL_WANT_WRITE) {
        return sent;
    }
    int ret = pagetls_traffic_update_keys(ssl, PAGETLS_SENDING); /* the record is encrypted already */
    return ret != 0 ? ret : sent;
}
