/**
 * \file player.h
 * \brief Handshakes over loopback, recorded; and played again without a server.
 *
 * The client's randomness comes from a seed, so what a server once answered fits
 * a second handshake with the same seed: it can be cut, corrupted or starved of
 * memory at any place, with the same result every time.
 */
#ifndef PAGETLS_TEST_PLAYER_H
#define PAGETLS_TEST_PLAYER_H

#include "check.h"
#include "pagetls.h"

#define CLOCK 1781524800000.0 /* 2026-06-15T12:00:00Z */

typedef struct {
    uint8_t bytes[96 * 1024];
    size_t len;
} tape;

/** The host that the case of the command line is for. */
const char *player_host(void);
/** A connection for that host with the roots of the case; NULL when memory ran out. The seed is wound back. */
pagetls_connection *player_client(void);
/** A socket connected to the server of the command line, or -1 (noted). */
int player_dial(void);
/**
 * Moves bytes between the socket and the connection until \p done says 1 or the connection fails.
 * \p sent and \p received, if given, record. Returns the state bits.
 */
uint32_t player_run(pagetls_connection *connection, int socket, int (*done)(pagetls_connection *), tape *sent,
                    tape *received);
int player_shaken(pagetls_connection *connection);
int player_ended(pagetls_connection *connection);
/** What a whole handshake with the server of the command line moved. 1, or 0 (noted). */
int player_record(tape *sent, tape *received);
#define PLAYER_NO_MEMORY (UINT32_C(1) << 31) /**< no state bit: there was none for the queue */
/** Puts bytes into NET_IN, \p step at a time, pumping after each. Returns the state bits, or PLAYER_NO_MEMORY. */
uint32_t player_feed(pagetls_connection *connection, const uint8_t *bytes, size_t len, size_t step);
/** Tells the end of the transport and pumps. */
uint32_t player_hang_up(pagetls_connection *connection);
/** Takes up to \p len bytes out of a queue. */
size_t player_take(pagetls_connection *connection, int queue, uint8_t *to, size_t len);
/** Puts all of \p len bytes into a queue; 1, or 0 when they do not fit. */
int player_put(pagetls_connection *connection, int queue, const void *bytes, size_t len);
/** 1 when the report is JSON and has \p part. */
int player_reports(pagetls_connection *connection, const char *part);

#endif
