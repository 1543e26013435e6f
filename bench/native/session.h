/**
 * \file session.h
 * \brief A connection of pagetls.h over a TCP socket, and what a server of bench/lib/server-process.js is asked for.
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
    const char *host;   /**< that the leaf must name */
    int version;        /**< 0x0303, 0x0304, or 0 for either */
    const char *cipher; /**< its IANA name, or NULL for any */
} session_options;

/* Each returns NULL, or what went wrong: text that is valid until the next call. */

/** Until the handshake is done and the server's chain is found good. The caller closes, also after a failure. */
const char *session_open(session *s, const session_options *options);
const char *session_download(session *s, size_t len);
/** Until the server has said that it has it all. */
const char *session_upload(session *s, size_t len);
/** Says that it ends, and frees what session_open() made. Harmless when nothing is open. */
void session_close(session *s);

#endif
