/* One TLS connection: four queues and a pump. options.c has its options, handshake.c its handshakes, rekey.c its KeyUpdates,
 * later_requests.c requests for a client certificate after the handshake, report.c its report and key log. */
#include "tls/connection_parts.h"

#include <string.h>

#include "host/heap.h"
#include "mbedtls/connection_state.h"
#include "mbedtls/empty_records.h"
#include "mbedtls/errors.h"
#include "mbedtls/failure.h"
#include "mbedtls/handshake_cleanup.h"
#include "mbedtls/hooks.h"

pagetls_connection *pagetls_connection_new(void)
{
    pagetls_connection *connection = pagetls_heap_calloc(1, sizeof(*connection));
    if (connection == NULL) {
        return NULL;
    }
    mbedtls_ssl_init(&connection->ssl);
    connection->protocol.verification = &connection->verification;
    mbedtls_ssl_config_init(&connection->config);
    pagetls_verification_init(&connection->verification);
    pagetls_record_buffers_init(&connection->buffers);
    connection->verify_required = 1;
    connection->alert = -1;
    for (int i = 0; i < PAGETLS_QUEUE_COUNT; i++) {
        connection->queue[i].capacity = PAGETLS_HEAP_QUEUE_BYTES; /* three full records with their framing fit */
    }
    connection->handshake = pagetls_heap_calloc(1, sizeof(*connection->handshake));
    if (connection->handshake == NULL ||
        mbedtls_ssl_config_defaults(&connection->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
        pagetls_connection_free(connection);
        return NULL;
    }
    return connection;
}

pagetls_verification *pagetls_connection_verification(pagetls_connection *connection)
{
    return &connection->verification;
}

static void free_handshake_config(pagetls_connection *connection)
{
    if (connection->handshake != NULL) {
        pagetls_heap_free(connection->handshake);
        connection->handshake = NULL;
    }
}

void pagetls_connection_free(pagetls_connection *connection)
{
    if (connection == NULL) {
        return;
    }
    pagetls_ssl_free(&connection->ssl, &connection->config);
    pagetls_connection_free_later(connection);
    mbedtls_ssl_config_free(&connection->config);
    free_handshake_config(connection);
    pagetls_client_auth_free(connection->client_auth);
    pagetls_verification_clear(&connection->verification);
    for (int i = 0; i < PAGETLS_QUEUE_COUNT; i++) {
        pagetls_queue_free(&connection->queue[i]);
    }
    pagetls_heap_free(connection->alpn_text);
    pagetls_heap_free(connection->alpn);
    pagetls_heap_free(connection->ciphers);
    pagetls_heap_free(connection->groups);
    pagetls_heap_free(connection->signature_schemes);
    pagetls_heap_free(connection->keylog);
    pagetls_heap_free(connection->keylog_returned);
    pagetls_heap_free(connection->keylog_names);
    pagetls_heap_free(connection);
}

/* --- queues -------------------------------------------------------------------- */

enum { QUEUE_INDEX_MASK = PAGETLS_QUEUE_COUNT - 1 };

size_t pagetls_connection_space(const pagetls_connection *connection, int queue)
{
    return pagetls_queue_space(&connection->queue[queue & QUEUE_INDEX_MASK]);
}

uint8_t *pagetls_connection_reserve(pagetls_connection *connection, int queue)
{
    return pagetls_queue_reserve(&connection->queue[queue & QUEUE_INDEX_MASK]);
}

void pagetls_connection_commit(pagetls_connection *connection, int queue, size_t len)
{
    pagetls_queue_commit(&connection->queue[queue & QUEUE_INDEX_MASK], len);
}

size_t pagetls_connection_pending(const pagetls_connection *connection, int queue)
{
    return pagetls_queue_size(&connection->queue[queue & QUEUE_INDEX_MASK]);
}

const uint8_t *pagetls_connection_peek(const pagetls_connection *connection, int queue)
{
    return pagetls_queue_peek(&connection->queue[queue & QUEUE_INDEX_MASK]);
}

void pagetls_connection_consume(pagetls_connection *connection, int queue, size_t len)
{
    pagetls_queue_consume(&connection->queue[queue & QUEUE_INDEX_MASK], len);
    pagetls_queue_trim(&connection->queue[queue & QUEUE_INDEX_MASK]);
}

/* --- BIO: Mbed TLS's access to the network queues ----------------------------------- */

enum { RECORD_VERSION_AT = 1 };

static int bio_send(void *context, const unsigned char *bytes, size_t len)
{
    pagetls_connection *connection = context;
    pagetls_queue *out = &connection->queue[PAGETLS_NET_OUT];
    pagetls_record_buffers_mark_out_used(&connection->buffers, &connection->ssl, bytes + len);
    size_t space = pagetls_queue_space(out);
    if (space == 0) {
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    }
    uint8_t *to = pagetls_queue_reserve(out);
    if (to == NULL) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    len = len < space ? len : space;
    memcpy(to, bytes, len);
    connection->sent_alert |= bytes[0] == MBEDTLS_SSL_MSG_ALERT; /* TLS 1.3 does not show the type */
    if (!connection->hello_sent) {
        /* As all widely used clients do, for servers that look at it (RFC 8446, section 5.1 and appendix D.2): the
         * version in the header of the first record is that of TLS 1.0. */
        to[RECORD_VERSION_AT + 1] = 1;
        connection->hello_sent = 1;
    }
    pagetls_queue_commit(out, len);
    return (int) len;
}

static pagetls_message_rest *rest_of(pagetls_connection *connection)
{
    const int is_over = (connection->state & PAGETLS_HANDSHAKE_DONE) != 0 && !connection->protocol.renegotiates;
    return connection->handshake == NULL || is_over ? NULL : &connection->handshake->rest;
}

static int bio_recv(void *context, unsigned char *bytes, size_t len)
{
    pagetls_connection *connection = context;
    pagetls_queue *in = &connection->queue[PAGETLS_NET_IN];
    size_t size = pagetls_queue_size(in);
    int ret = pagetls_message_check(&connection->ssl, rest_of(connection));
    if (ret == 0) {
        ret = pagetls_empty_records_check(&connection->ssl, &connection->record_counts);
    }
    if (ret != 0) {
        return ret;
    }
    if (size == 0) {
        return connection->eof ? 0 : MBEDTLS_ERR_SSL_WANT_READ; /* 0: end of file */
    }
    ret = pagetls_protocol_check_record(&connection->ssl, *pagetls_queue_peek(in));
    if (ret != 0) {
        return ret;
    }
    len = len < size ? len : size;
    pagetls_record_buffers_mark_in_used(&connection->buffers, &connection->ssl, bytes + len);
    memcpy(bytes, pagetls_queue_peek(in), len);
    pagetls_queue_consume(in, len);
    return (int) len;
}

/* --- the pump ------------------------------------------------------------------------ */

static void fail(pagetls_connection *connection, int code)
{
    connection->error = code;
    connection->state |= PAGETLS_FAILED;
}

/* The most specific code for the Mbed TLS error \p native in the current state. Sets the error's subject. */
static int error_code_for(pagetls_connection *connection, int native)
{
    pagetls_failed_message message = pagetls_ssl_failed_message(&connection->ssl);
    const pagetls_verification *verification = &connection->verification;
    int open = (connection->state & PAGETLS_HANDSHAKE_DONE) != 0;
    int code = pagetls_error_from_native(native, open ? PAGETLS_ERR_PROTOCOL : PAGETLS_ERR_HANDSHAKE);
    if (native == MBEDTLS_ERR_SSL_CONN_EOF || native == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        return open ? PAGETLS_ERR_TRUNCATED : PAGETLS_ERR_HANDSHAKE_CLOSED;
    }
    if (pagetls_empty_records_exceeded(&connection->record_counts)) {
        return PAGETLS_ERR_EMPTY_RECORDS;
    }
    if (connection->key_updates.spent > PAGETLS_KEY_UPDATES_MAX) {
        return PAGETLS_ERR_KEY_UPDATES;
    }
    if (connection->later != NULL && connection->later->exceeded) {
        return PAGETLS_ERR_CERTIFICATE_REQUESTS;
    }
    if (pagetls_message_is_too_long(&connection->ssl)) {
        connection->error_subject = message.type;
        return PAGETLS_ERR_MESSAGE_SIZE;
    }
    if (pagetls_ssl_cookie_is_too_long(&connection->ssl, native)) {
        connection->error_subject = MBEDTLS_SSL_HS_CLIENT_HELLO;
        return PAGETLS_ERR_MESSAGE_SIZE;
    }
    if (verification->chain_too_long) {
        return PAGETLS_ERR_CHAIN_SENT;
    }
    if (connection->protocol.violation != PAGETLS_VIOLATION_NONE) {
        connection->error_subject = (int) connection->protocol.violation;
        return connection->protocol.violation == PAGETLS_VIOLATION_VERSION ? PAGETLS_ERR_VERSION : PAGETLS_ERR_VIOLATION;
    }
    if (open) {
        return native == MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE ? PAGETLS_ERR_POST_HANDSHAKE : code;
    }
    if (code == PAGETLS_ERR_OUT_OF_MEMORY || code == PAGETLS_ERR_RANDOM || code == PAGETLS_ERR_ALERT) {
        return code;
    }
    const pagetls_stored_certificate *leaf = verification->chain;
    if (leaf != NULL && !pagetls_is_readable(leaf)) {
        return PAGETLS_ERR_CERT_PARSE;
    }
    /* If verification is not required, a key that the core cannot use makes the handshake fail later. */
    if (leaf != NULL && !connection->verify_required && leaf->certificate.key.state == PAGETLS_KEY_UNUSABLE) {
        return PAGETLS_ERR_KEY_UNUSABLE;
    }
    if (code == PAGETLS_ERR_CERT_VERIFY_FAILED || code == PAGETLS_ERR_CERT_PARSE) {
        return code;
    }
    uint16_t scheme = pagetls_failed_message_scheme(&message);
    connection->error_subject = scheme;
    return pagetls_failed_message_code(&message, code, native, pagetls_ssl_scheme_is_offered(&connection->ssl, scheme));
}

static void fail_native(pagetls_connection *connection, int native)
{
    connection->alert = native == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE ? pagetls_ssl_alert(&connection->ssl) : -1;
    if (native == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE && connection->alert < 0) {
        /* There was no alert: a TLS 1.3 server sent an empty certificate list (RFC 8446, section 4.4.2.4). */
        native = MBEDTLS_ERR_SSL_DECODE_ERROR;
    }
    if (connection->alert == MBEDTLS_SSL_ALERT_MSG_CLOSE_NOTIFY) {
        connection->alert = -1; /* at the level of an error */
        native = MBEDTLS_ERR_SSL_CONN_EOF;
    }
    connection->native = native;
    if (connection->protocol.violation == PAGETLS_VIOLATION_NONE) {
        connection->protocol.violation = pagetls_protocol_violation_of(&connection->ssl, native);
    }
    int code = error_code_for(connection, native);
    if (code == PAGETLS_ERR_SIGNATURE_SCHEME) { /* for which Mbed TLS has decrypt_error in TLS 1.3 */
        connection->protocol.has_alert = 1;
        connection->protocol.alert = PAGETLS_ALERT_ILLEGAL_PARAMETER; /* RFC 8446, section 4.4.3 */
    }
    connection->alert_waits = pagetls_protocol_send_alert(&connection->protocol, &connection->ssl, native);
    fail(connection, code);
}

static int would_block(int ret)
{
    return ret == MBEDTLS_ERR_SSL_WANT_READ || ret == MBEDTLS_ERR_SSL_WANT_WRITE;
}

static void set_up(pagetls_connection *connection)
{
    int code = pagetls_connection_configure(connection);
    if (code != 0) {
        fail(connection, code);
        return;
    }
    int ret = mbedtls_ssl_setup(&connection->ssl, &connection->config);
    if (ret == 0) {
        /* Mbed TLS uses this name only for the SNI, which must not be an IP literal (RFC 6066, section 3). The
         * verification has the name that the certificate must match. */
        const pagetls_hostname *name = &connection->handshake->servername;
        int no_sni = name->ip_len != 0 || name->text[0] == '\0';
        ret = mbedtls_ssl_set_hostname(&connection->ssl, no_sni ? NULL : name->text);
    }
    if (ret != 0) {
        fail_native(connection, ret);
        return;
    }
    mbedtls_ssl_set_bio(&connection->ssl, connection, bio_send, bio_recv, NULL);
    if (connection->keylog_enabled) {
        mbedtls_ssl_set_export_keys_cb(&connection->ssl, pagetls_connection_log_key, connection);
    }
}

static void run_handshake(pagetls_connection *connection)
{
    int ret = pagetls_connection_continue_handshake(connection, mbedtls_ssl_handshake);
    if (ret == 0) {
        ret = pagetls_connection_begin_later(connection);
    }
    if (ret == 0) {
        const int may_renegotiate = pagetls_connection_may_renegotiate(connection);
        pagetls_handshake_cleanup(&connection->ssl, may_renegotiate);
        if (!may_renegotiate) {
            free_handshake_config(connection);
        }
        if (connection->client_auth != NULL && connection->later == NULL) {
            pagetls_client_auth_forget(connection->client_auth);
        }
        pagetls_stored_crls_free(&connection->verification.crls);
        connection->state |= PAGETLS_HANDSHAKE_DONE;
    } else if (!would_block(ret)) {
        fail_native(connection, ret);
    }
}

/* Sends answers to requests, and a KeyUpdate, if any are due. Returns 1 if records may follow. */
static int may_write(pagetls_connection *connection)
{
    int ret = connection->protocol.renegotiates ? MBEDTLS_ERR_SSL_WANT_READ
        : connection->retry_len > 0             ? 0
                                                : pagetls_connection_send_answers(connection);
    if (ret == 0 && connection->retry_len == 0) {
        ret = pagetls_connection_send_key_update(connection);
    }
    if (ret != 0 && !would_block(ret)) {
        fail_native(connection, ret);
    }
    return ret == 0;
}

static void write_records(pagetls_connection *connection)
{
    pagetls_queue *out = &connection->queue[PAGETLS_APP_OUT];
    while (may_write(connection) && pagetls_queue_size(out) > 0) {
        /* Mbed TLS requires that an unfinished write is repeated with the same length. */
        size_t len = connection->retry_len > 0 ? connection->retry_len : pagetls_queue_size(out);
        int ret = mbedtls_ssl_write(&connection->ssl, pagetls_queue_peek(out), len);
        if (would_block(ret)) {
            connection->retry_len = len;
            return;
        }
        connection->retry_len = 0;
        if (ret < 0) {
            fail_native(connection, ret);
            return;
        }
        pagetls_key_update_save(&connection->key_updates);
        pagetls_queue_consume(out, (size_t) ret);
    }
}

static void read_records(pagetls_connection *connection)
{
    const pagetls_queue *from = &connection->queue[PAGETLS_NET_IN];
    pagetls_queue *in = &connection->queue[PAGETLS_APP_IN];
    for (;;) {
        int ret = pagetls_connection_continue_later(connection);
        if (ret == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
            connection->state |= PAGETLS_PEER_CLOSED;
            return;
        }
        if (ret != 0 && ret != MBEDTLS_ERR_SSL_WAITING_SERVER_HELLO_RENEGO) {
            if (!would_block(ret)) {
                fail_native(connection, ret);
            }
            return;
        }
        if (pagetls_queue_space(in) == 0) {
            return;
        }
        uint8_t *to = pagetls_queue_reserve(in);
        if (to == NULL) {
            fail_native(connection, MBEDTLS_ERR_SSL_ALLOC_FAILED);
            return;
        }
        size_t before = pagetls_queue_size(from);
        ret = mbedtls_ssl_read(&connection->ssl, to, pagetls_queue_space(in));
        size_t left = pagetls_queue_size(from);
        if (ret < 0 &&
            (pagetls_message_continue(&connection->ssl, rest_of(connection), &ret) ||
             pagetls_connection_receive_key_update(connection, &ret) ||
             pagetls_connection_receive_request(connection, &ret))) {
            continue;
        }
        if (connection->sent_alert &&
            (ret >= 0 || would_block(ret) || ret == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE ||
             ret == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || ret == MBEDTLS_ERR_SSL_CONN_EOF)) {
            /* We did not fail, so it was the one alert that is no error: no_renegotiation (RFC 5246, section 7.2.2). */
            connection->requests |= PAGETLS_REQUESTED_RENEGOTIATION;
        }
        connection->sent_alert = 0;
        if (ret == MBEDTLS_ERR_SSL_WANT_READ && left < before && (left > 0 || connection->eof)) {
            continue; /* Mbed TLS returns after a no_renegotiation alert, even if more data follows */
        }
        if (would_block(ret)) {
            return;
        }
        int at_end = connection->eof && left == 0;
        if (ret == 0 && !at_end) {
            continue; /* an empty record (RFC 8446, section 5.4) */
        }
        if (ret == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
            connection->state |= PAGETLS_PEER_CLOSED;
            return;
        }
        if (ret <= 0) { /* Mbed TLS also returns 0 for an end without close_notify */
            fail_native(connection, ret == 0 ? MBEDTLS_ERR_SSL_CONN_EOF : ret);
            return;
        }
        pagetls_key_update_earn(&connection->key_updates, (size_t) ret);
        pagetls_queue_commit(in, (size_t) ret);
    }
}

static void send_close_notify(pagetls_connection *connection)
{
    if (may_write(connection) && connection->closing && pagetls_queue_size(&connection->queue[PAGETLS_APP_OUT]) == 0) {
        int ret = mbedtls_ssl_close_notify(&connection->ssl);
        if (ret == 0) {
            connection->state |= PAGETLS_CLOSED;
        } else if (!would_block(ret)) {
            fail_native(connection, ret);
        }
    }
}

/* 1 if the connection has not failed and none of the bits \p ended is set. */
static int is_running(const pagetls_connection *connection, uint32_t ended)
{
    return (connection->state & (PAGETLS_FAILED | ended)) == 0;
}

/* Transfers data on an open connection, which has record buffers only while it does so. */
static void transfer_records(pagetls_connection *connection)
{
    if (pagetls_record_buffers_released(&connection->ssl)) {
        if (pagetls_queue_size(&connection->queue[PAGETLS_NET_IN]) == 0 && !connection->eof &&
            pagetls_queue_size(&connection->queue[PAGETLS_APP_OUT]) == 0 && !connection->closing &&
            (connection->key_update & PAGETLS_KEY_UPDATE_REQUEST) == 0) {
            return;
        }
        int ret = pagetls_record_buffers_acquire(&connection->buffers, &connection->ssl);
        if (ret != 0) {
            fail_native(connection, ret);
            return;
        }
    }
    if (is_running(connection, PAGETLS_CLOSED)) {
        write_records(connection);
    }
    const int renegotiated = connection->protocol.renegotiates;
    if (is_running(connection, PAGETLS_PEER_CLOSED)) {
        read_records(connection);
    }
    if (renegotiated && is_running(connection, PAGETLS_CLOSED)) {
        write_records(connection); /* what had to wait */
    }
    if (is_running(connection, PAGETLS_CLOSED)) {
        send_close_notify(connection);
    }
    if (is_running(connection, 0) && !connection->protocol.renegotiates) {
        pagetls_record_buffers_release(&connection->buffers, &connection->ssl);
    }
}

uint32_t pagetls_connection_pump(pagetls_connection *connection)
{
    pagetls_hooks_set_active(&connection->verification);
    pagetls_protocol_set_active(&connection->protocol);
    pagetls_client_auth_set_active(connection->client_auth);
    connection->state &= ~(uint32_t) PAGETLS_NEEDS_IDENTITY;
    if (!connection->started) {
        connection->started = 1;
        set_up(connection);
    }
    if (is_running(connection, PAGETLS_HANDSHAKE_DONE)) {
        run_handshake(connection);
    }
    if ((connection->state & PAGETLS_HANDSHAKE_DONE) != 0 && is_running(connection, 0)) {
        transfer_records(connection);
    } else if (connection->alert_waits) {
        connection->alert_waits =
            pagetls_protocol_send_alert(&connection->protocol, &connection->ssl, connection->native);
    }
    pagetls_hooks_set_active(NULL);
    pagetls_protocol_set_active(NULL);
    pagetls_client_auth_set_active(NULL);
    for (int i = 0; i < PAGETLS_QUEUE_COUNT; i++) {
        pagetls_queue_trim(&connection->queue[i]);
    }
    return connection->state;
}

void pagetls_connection_eof(pagetls_connection *connection)
{
    connection->eof = 1;
}

void pagetls_connection_close(pagetls_connection *connection)
{
    connection->closing = 1;
}

int pagetls_connection_error(const pagetls_connection *connection)
{
    pagetls_error_record(connection->error, connection->native);
    return connection->error;
}

int pagetls_connection_error_subject(const pagetls_connection *connection)
{
    return connection->error_subject;
}

int pagetls_connection_alert(const pagetls_connection *connection)
{
    return connection->alert;
}

uint32_t pagetls_connection_requests(const pagetls_connection *connection)
{
    return connection->requests;
}

int pagetls_connection_export(pagetls_connection *connection, uint8_t *out, size_t len, const char *label,
                              size_t label_len, const uint8_t *context, size_t context_len, int use_context)
{
    int ret = mbedtls_ssl_export_keying_material(&connection->ssl, out, len, label, label_len, context, context_len,
                                                 use_context);
    return ret == 0 ? 0 : pagetls_error_from_native(ret, PAGETLS_ERR_EXPORT);
}
