/**
 * \file player.h
 * \brief Records handshakes over loopback, and replays them without a server.
 *
 * The client's randomness comes from a seed, so the server's recorded answer fits another handshake with the same seed.
 * A test can cut it, corrupt it, or make an allocation fail at any point, with the same result every time.
 */
#ifndef PAGETLS_TEST_PLAYER_H
#define PAGETLS_TEST_PLAYER_H

#include "check.h"
#include "pagetls.h"

/** Upper bound on the heap that an idle connection uses, including its trust anchors, in bytes. */
#define PLAYER_IDLE_HEAP_MAX 8000

typedef struct {
    uint8_t bytes[96 * 1024];
    size_t len;
} recording;

/** The host name of the case on the command line. */
const char *player_host(void);
/** A connection to that host with the roots of the case; NULL when out of memory. Resets the seed. */
pagetls_connection *player_client(void);
/** Sets further options of each connection; NULL: none. A test that sets it resets it. */
extern void (*player_configure)(pagetls_connection *connection);
/** A socket connected to the server on the command line, or -1 (printed). */
int player_dial(void);
/**
 * Moves bytes between the socket and the connection until \p done returns 1 or the connection fails. Records them in
 * \p sent and \p received unless NULL. Returns the state bits.
 */
uint32_t player_run(pagetls_connection *connection, int socket, int (*done)(pagetls_connection *), recording *sent,
                    recording *received);
int player_handshake_done(pagetls_connection *connection);
int player_peer_closed(pagetls_connection *connection);
/** Records a complete handshake with the server on the command line. Returns 1, or 0 on failure (printed). */
int player_record(recording *sent, recording *received);
#define PLAYER_OUT_OF_MEMORY (UINT32_C(1) << 31) /**< not a state bit: no memory for the queue */
/** Puts bytes into NET_IN and pumps, \p step bytes at a time. Returns the state bits, or PLAYER_OUT_OF_MEMORY. */
uint32_t player_feed(pagetls_connection *connection, const uint8_t *bytes, size_t len, size_t step);
/** Ends the transport and pumps. */
uint32_t player_eof(pagetls_connection *connection);
/** Removes up to \p len bytes from a queue; returns how many. */
size_t player_take(pagetls_connection *connection, int queue, uint8_t *to, size_t len);
/** Puts all \p len bytes into a queue. Returns 1, or 0 if they do not fit. */
int player_put(pagetls_connection *connection, int queue, const void *bytes, size_t len);
/** 1 if the report is JSON and contains \p part. */
int player_report_has(pagetls_connection *connection, const char *part);

#endif
