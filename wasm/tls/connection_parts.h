/**
 * \file connection_parts.h
 * \brief The internals of a connection, shared by connection.c (queues and pump), options.c, handshake.c,
 * rekey.c, later_requests.c and report.c.
 */
#ifndef PAGETLS_CONNECTION_PARTS_H
#define PAGETLS_CONNECTION_PARTS_H

#include "mbedtls/client_auth.h"
#include "mbedtls/empty_records.h"
#include "mbedtls/message_buffer.h"
#include "mbedtls/post_handshake_auth.h"
#include "mbedtls/protocol_hooks.h"
#include "mbedtls/record_buffers.h"
#include "mbedtls/ssl.h"
#include "pagetls.h"
#include "tls/key_update.h"
#include "tls/queue.h"
#include "verify/verification.h"

#define PAGETLS_QUEUE_COUNT 4
/** Size of a cipher suite's name in bytes, with its NUL; more than that of any suite. */
#define PAGETLS_CIPHER_NAME_SIZE 80
/** Mbed TLS's names of cipher suites have - for _, and for TLS 1.3 they have this prefix instead of "TLS_". */
#define PAGETLS_TLS13_CIPHER_PREFIX "TLS1-3-"

/** State that only the handshake needs. */
typedef struct {
    pagetls_hostname servername;
    pagetls_message_rest rest;
} pagetls_handshake_config;

/** State of a connection that accepts requests for a client certificate after the handshake. */
typedef struct {
    pagetls_post_handshake_auth auth; /**< TLS 1.3 */
    pagetls_answer *answers;          /**< to be sent */
    uint8_t asks_host;                /**< TLS 1.3: the host has to answer before the next message is read */
    uint8_t exceeded;                 /**< there were too many requests */
    uint8_t hello_requested;          /**< TLS 1.2: a renegotiation is to begin */
} pagetls_later_requests;

/** What identifies the traffic secrets of a connection in the key log. */
typedef struct {
    uint8_t client_random[32];
    unsigned updates[2]; /**< of the keys for receiving and for sending */
} pagetls_keylog_names;

/* Why a KeyUpdate is to be sent: the peer has requested it, or the host, which also requests one of the peer. */
enum { PAGETLS_KEY_UPDATE_ANSWER = 1, PAGETLS_KEY_UPDATE_REQUEST = 2 };

struct pagetls_connection {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    pagetls_verification verification;
    pagetls_queue queue[PAGETLS_QUEUE_COUNT];
    pagetls_record_buffers buffers;
    pagetls_protocol protocol;

    pagetls_later_requests *later;       /**< NULL: none are accepted */
    pagetls_handshake_config *handshake; /**< NULL after the handshake, unless there may be another */
    pagetls_client_auth *client_auth;    /**< the client's certificates and keys; NULL: none */

    /* config and ssl point to these, so they must live as long. */
    char *alpn_text;   /**< the protocol names, NUL-terminated, one after another */
    const char **alpn; /**< pointers to them, then NULL */
    int *ciphers;      /**< suite numbers, then 0 */
    uint16_t *groups;  /**< numbers, then 0, as are the next */
    uint16_t *signature_schemes;
    uint8_t verify_required;
    uint8_t keylog_enabled;
    uint8_t started;
    uint8_t hello_sent; /**< at least the header of the first record */
    uint8_t eof;        /**< the transport has ended */
    uint8_t closing;    /**< the host wants to close */
    uint8_t key_update; /**< PAGETLS_KEY_UPDATE_… bits: one is to be sent */

    uint32_t state;                        /**< the bits of pagetls_connection_pump() */
    int error;                             /**< a PAGETLS_ERR_…, or 0 */
    int native;                            /**< Mbed TLS's number behind it, or 0 */
    int alert;                             /**< fatal alert that the peer sent, or -1 */
    int alert_waits;                       /**< our alert, for space in NET_OUT */
    int sent_alert;                        /**< an alert was sent since the last call of mbedtls_ssl_read() */
    int error_subject;                     /**< as pagetls_connection_error_subject() */
    uint32_t requests;                     /**< the bits of pagetls_connection_requests() */
    pagetls_record_counts record_counts;   /**< of records in a row that bring nothing */
    size_t retry_len;                      /**< length of the write that must be repeated, or 0 */
    pagetls_key_update_budget key_updates; /**< received */

    char *keylog;                       /**< lines that the host has not read yet */
    char *keylog_returned;              /**< lines of the last pagetls_connection_take_keylog() */
    pagetls_keylog_names *keylog_names; /**< NULL without a key log */
};

/** Turns the options into Mbed TLS's configuration. 0 or a PAGETLS_ERR_…. */
int pagetls_connection_configure(pagetls_connection *connection);
/** Callback that appends to the key log (NSS key log format). */
mbedtls_ssl_export_keys_t pagetls_connection_log_key;
/** Appends the new secret of a direction (mbedtls/traffic_keys.h) to the key log, if there is one. */
void pagetls_connection_log_update(pagetls_connection *connection, int direction);

/**
 * Continues a handshake as far as possible. Sets PAGETLS_NEEDS_IDENTITY if the host has to answer first.
 * \param step  mbedtls_ssl_handshake(), or pagetls_renegotiation_continue()
 * \return 0 when it is over, or Mbed TLS's error, which may be that it would block
 */
int pagetls_connection_continue_handshake(pagetls_connection *connection, int (*step)(mbedtls_ssl_context *));

void pagetls_connection_free_later(pagetls_connection *connection);
/** After the handshake: keeps what later requests need, or frees `later` if there can be none. 0 or Mbed TLS's error. */
int pagetls_connection_begin_later(pagetls_connection *connection);
int pagetls_connection_may_renegotiate(const pagetls_connection *connection);
/** Sends what has been left unsent, then answers. As pagetls_connection_send_key_update(), before which it is called. */
int pagetls_connection_send_answers(pagetls_connection *connection);
/**
 * Before the next call of mbedtls_ssl_read(): continues a request that waits, or a renegotiation, or begins it.
 * \return 0: there is none; MBEDTLS_ERR_SSL_WAITING_SERVER_HELLO_RENEGO: data is to be read first; otherwise Mbed TLS's
 *         error, which may be that it would block, or PEER_CLOSE_NOTIFY
 */
int pagetls_connection_continue_later(pagetls_connection *connection);
/** Handles the request that made mbedtls_ssl_read() return *ret, as pagetls_connection_receive_key_update(). */
int pagetls_connection_receive_request(pagetls_connection *connection, int *ret);
/**
 * Sends what has been left unsent, then a KeyUpdate if one is due: an answer only before data. Not to be called while a write must be repeated.
 * \return 0 when records may be written, otherwise Mbed TLS's error
 */
int pagetls_connection_send_key_update(pagetls_connection *connection);
/**
 * Handles the KeyUpdate that made mbedtls_ssl_read() return *ret.
 * \return 1 if it is to be called again; 0 with *ret the error to report
 */
int pagetls_connection_receive_key_update(pagetls_connection *connection, int *ret);

#endif
