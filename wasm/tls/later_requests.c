/* A server's requests for a client certificate after the handshake, if the host accepts them: CertificateRequests in
 * TLS 1.3 (mbedtls/post_handshake_auth.h), renegotiations in TLS 1.2 (mbedtls/renegotiation.h). */
#include "host/heap.h"
#include "host/limits.h"
#include "mbedtls/handshake_cleanup.h"
#include "mbedtls/renegotiation.h"
#include "mbedtls/traffic_keys.h"
#include "tls/connection_parts.h"

/* Bits of pagetls_connection_requests() that each request changes. */
static const uint32_t ABOUT_CERTIFICATES =
    PAGETLS_REQUESTED_CERTIFICATE | PAGETLS_SENT_CERTIFICATE | PAGETLS_REJECTED_CERTIFICATE | PAGETLS_UNNAMED_AUTHORITY;

int pagetls_connection_set_renegotiation(pagetls_connection *connection)
{
    if (connection->started || connection->later != NULL) {
        return PAGETLS_ERR_STATE;
    }
    connection->later = pagetls_heap_calloc(1, sizeof(*connection->later));
    if (connection->later == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    connection->protocol.requests_left = PAGETLS_LATER_REQUESTS_MAX;
    return 0;
}

void pagetls_connection_free_later(pagetls_connection *connection)
{
    pagetls_later_requests *later = connection->later;
    connection->protocol.requests_left = 0;
    connection->later = NULL;
    if (later != NULL) {
        pagetls_post_handshake_auth_free(&later->auth);
        for (pagetls_answer *next; later->answers != NULL; later->answers = next) {
            next = later->answers->next;
            pagetls_heap_free(later->answers);
        }
        pagetls_heap_free(later);
    }
}

int pagetls_connection_begin_later(pagetls_connection *connection)
{
    if (connection->later == NULL) {
        return 0;
    }
    if (mbedtls_ssl_get_version_number(&connection->ssl) == MBEDTLS_SSL_VERSION_TLS1_3) {
        return pagetls_post_handshake_auth_begin(&connection->later->auth, &connection->ssl);
    }
    if (!pagetls_renegotiation_is_secure(&connection->ssl)) {
        pagetls_connection_free_later(connection);
    }
    return 0;
}

/* --- TLS 1.3 ---------------------------------------------------------------------------------- */

int pagetls_connection_send_answers(pagetls_connection *connection)
{
    pagetls_later_requests *later = connection->later;
    int ret = pagetls_traffic_flush(&connection->ssl);
    while (ret == 0 && later != NULL && later->answers != NULL) {
        pagetls_answer *answer = later->answers;
        size_t len = answer->len - answer->at;
        len = len < MBEDTLS_SSL_OUT_CONTENT_LEN ? len : MBEDTLS_SSL_OUT_CONTENT_LEN;
        ret = pagetls_traffic_send(&connection->ssl, answer->bytes + answer->at, len);
        answer->at += len; /* also if a part of the record waits for space */
        if (answer->at == answer->len) {
            later->answers = answer->next;
            pagetls_heap_free(answer);
        }
    }
    return ret;
}

static int answer(pagetls_connection *connection, const uint8_t *message, size_t len)
{
    pagetls_later_requests *later = connection->later;
    pagetls_answer **end = &later->answers;
    const int is_new = !later->asks_host;
    int waiting = 0;
    for (; *end != NULL; end = &(*end)->next) {
        waiting++;
    }
    if (is_new && (connection->protocol.requests_left == 0 || waiting == PAGETLS_LATER_ANSWERS_MAX)) {
        later->exceeded = 1;
        return pagetls_traffic_reject(&connection->ssl, PAGETLS_ALERT_UNEXPECTED_MESSAGE);
    }
    connection->protocol.requests_left = (uint8_t) (connection->protocol.requests_left - is_new);
    int ret = pagetls_post_handshake_auth_answer(&later->auth, &connection->ssl, message, len, is_new, end);
    later->asks_host = ret == MBEDTLS_ERR_SSL_WANT_READ;
    if (later->asks_host) {
        connection->state |= PAGETLS_NEEDS_IDENTITY;
    }
    if (ret != 0) {
        return ret;
    }
    if ((connection->state & PAGETLS_CLOSED) != 0) { /* nothing can be sent any more */
        pagetls_heap_free(*end);
        *end = NULL;
        return 0;
    }
    connection->requests = (connection->requests & ~ABOUT_CERTIFICATES) | PAGETLS_REQUESTED_CERTIFICATE |
        ((*end)->has_certificate ? PAGETLS_SENT_CERTIFICATE : 0) | pagetls_client_auth_outcome();
    ret = connection->retry_len > 0 ? 0 : pagetls_connection_send_answers(connection);
    return ret == MBEDTLS_ERR_SSL_WANT_WRITE ? 0 : ret;
}

/* Answers the CertificateRequest that made mbedtls_ssl_read() return *ret. Returns 0 if it did so for another reason. */
static int answer_received(pagetls_connection *connection, int *ret)
{
    size_t len;
    size_t remaining;
    const uint8_t *message =
        pagetls_traffic_received(&connection->ssl, *ret, PAGETLS_CERTIFICATE_REQUEST, &len, &remaining);
    if (message == NULL) {
        return 0;
    }
    *ret = answer(connection, message, len);
    return 1;
}

/* --- TLS 1.2 ---------------------------------------------------------------------------------- */

int pagetls_connection_may_renegotiate(const pagetls_connection *connection)
{
    return connection->later != NULL && pagetls_renegotiation_is_secure(&connection->ssl);
}

/* Not within a record that is sent in part. Meanwhile, data may be read. */
static int may_begin(pagetls_connection *connection)
{
    return connection->later->hello_requested && connection->retry_len == 0 &&
        (connection->state & PAGETLS_CLOSED) == 0 && pagetls_traffic_flush(&connection->ssl) == 0;
}

static int renegotiate(pagetls_connection *connection)
{
    int ret = pagetls_connection_continue_handshake(connection, pagetls_renegotiation_continue);
    if (ret == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        pagetls_renegotiation_abandon(&connection->ssl);
    }
    connection->protocol.renegotiates = ret != 0 && ret != MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY;
    return ret;
}

/* --- both ------------------------------------------------------------------------------------- */

int pagetls_connection_continue_later(pagetls_connection *connection)
{
    pagetls_later_requests *later = connection->later;
    int ret = MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE;
    if (later == NULL) {
        return 0;
    }
    if (later->asks_host) { /* the request is still Mbed TLS's last message */
        return answer_received(connection, &ret) ? ret : 0;
    }
    if (!connection->protocol.renegotiates) {
        if (!may_begin(connection)) {
            return 0;
        }
        later->hello_requested = 0;
        connection->protocol.renegotiates = 1;
        connection->requests &= ~ABOUT_CERTIFICATES;       /* which were about the last handshake */
        pagetls_record_buffers_init(&connection->buffers); /* Mbed TLS may replace them */
    }
    return renegotiate(connection);
}

int pagetls_connection_receive_request(pagetls_connection *connection, int *ret)
{
    if (connection->later == NULL) {
        return 0;
    }
    if (*ret == MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE && connection->protocol.requests_left > 0 &&
        pagetls_renegotiation_is_requested(&connection->ssl)) { /* hello_request.h */
        connection->protocol.requests_left--;
        connection->later->hello_requested = 1;
        return 1;
    }
    return answer_received(connection, ret) && *ret == 0;
}
