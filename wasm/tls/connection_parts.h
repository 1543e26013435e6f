/**
 * \file connection_parts.h
 * \brief The inside of a connection, shared by the files that make it up: connection.c (queues and pump), options.c,
 *        report.c.
 */
#ifndef PAGETLS_CONNECTION_PARTS_H
#define PAGETLS_CONNECTION_PARTS_H

#include "mbedtls/identity.h"
#include "mbedtls/record_buffers.h"
#include "mbedtls/ssl.h"
#include "pagetls.h"
#include "tls/queue.h"
#include "verify/verification.h"

#define PAGETLS_QUEUE_COUNT 4

/** What only a handshake needs. */
typedef struct {
    pagetls_hostname servername;
    pagetls_identity identity; /**< the client's own */
} pagetls_handshake_config;

struct pagetls_connection {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    pagetls_verification verification;
    pagetls_queue queue[PAGETLS_QUEUE_COUNT];
    pagetls_record_buffers buffers;

    pagetls_handshake_config *handshake; /**< NULL when the handshake is over */

    /* What config and ssl point to, so it must live as long. */
    char *alpn_text;   /**< the protocols, NUL-terminated, one after another */
    const char **alpn; /**< their starts, then NULL */
    int *ciphers;      /**< suite numbers, then 0 */
    int required;
    int keylog_enabled;

    uint32_t state; /**< the bits of pagetls_connection_pump() */
    int error;      /**< a PAGETLS_ERR_…, or 0 */
    int native;     /**< Mbed TLS's number behind it, or 0 */
    int alert;      /**< that the peer sent, or -1 */
    int started;
    int eof;        /**< the transport ended */
    int closing;    /**< the host wants to close */
    size_t writing; /**< length of the write that Mbed TLS asked to be repeated */

    char *keylog;      /**< lines not yet taken */
    char *keylog_lent; /**< lines lent to the host */
};

/** Turns the options into Mbed TLS's configuration. 0 or a PAGETLS_ERR_…. */
int pagetls_connection_configure(pagetls_connection *connection);
/** The callback that keeps key log lines (NSS key log format). */
mbedtls_ssl_export_keys_t pagetls_connection_log_key;

#endif
