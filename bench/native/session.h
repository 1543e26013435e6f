/**
 * \file session.h
 * \brief A pagetls connection over a TCP socket, and the client's part of the protocol of bench/lib/server-process.js.
 */
#ifndef PAGETLS_BENCH_SESSION_H
#define PAGETLS_BENCH_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "pagetls.h"

typedef struct {
    int socket;
    pagetls_connection *connection;
} session;

typedef struct {
    uint16_t port; /**< on loopback */
    pagetls_trust_store *trust;
    const char *host;   /**< the name that the leaf must contain */
    int version;        /**< 0x0303, 0x0304, or 0 for either */
    const char *cipher; /**< its IANA name, or NULL for any */
} session_options;

/* Each returns NULL, or an error message that is valid until the next call. */

/** Returns when the handshake is complete and the chain verified. The caller must close, even after a failure. */
const char *session_open(session *s, const session_options *options);
const char *session_download(session *s, size_t len);
/** Returns when the server has confirmed that it received everything. */
const char *session_upload(session *s, size_t len);
/** Sends close_notify and frees the connection. Does nothing if none is open. */
void session_close(session *s);

#endif
