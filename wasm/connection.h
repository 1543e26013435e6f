/**
 * \file connection.h
 * \brief The inside of a connection, shared by the three files that make it up:
 *        connection.c (queues and pump), connection_options.c, connection_report.c.
 */
#ifndef PAGETLS_CONNECTION_H
#define PAGETLS_CONNECTION_H

#include "mbedtls/pk.h"
#include "mbedtls/ssl.h"
#include "pagetls.h"
#include "queue.h"
#include "record_buffers.h"
#include "verify/verify.h"

#define PAGETLS_QUEUES 4

/** What only a handshake needs. */
typedef struct {
    pagetls_hostname servername;
    mbedtls_x509_crt identity; /**< the client's own chain */
    mbedtls_pk_context key;
} pagetls_handshake_needs;

struct pagetls_connection {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    pagetls_verification verification;
    pagetls_queue queue[PAGETLS_QUEUES];
    pagetls_record_buffers buffers;

    pagetls_handshake_needs *needs; /**< NULL when the handshake is over */

    /* What config and ssl point to, so it must live as long. */
    char *alpn_text;          /**< the protocols, NUL-terminated, one after another */
    const char **alpn;        /**< their starts, then NULL */
    int *ciphers;             /**< suite numbers, then 0 */
    int required;
    int keylog_enabled;

    uint32_t state;           /**< the bits of pagetls_connection_pump() */
    int error;
    int started;
    int eof;                  /**< the transport ended */
    int closing;              /**< the host wants to close */
    size_t writing;           /**< length of the write that Mbed TLS asked to be repeated */

    char *keylog;             /**< lines not yet taken */
    char *keylog_taken;       /**< lines lent to the host */
};

/** Turns the options into Mbed TLS's configuration. 0 or a negative code. */
int pagetls_connection_configure(pagetls_connection *connection);
/** The callback that keeps key log lines (NSS key log format). */
mbedtls_ssl_export_keys_t pagetls_connection_keep_key;

#endif
