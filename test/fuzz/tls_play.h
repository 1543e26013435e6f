/**
 * \file tls_play.h
 * \brief A connection that is played with: bytes go into its queues and come out, and after each pump all is looked at.
 */
#ifndef PAGETLS_FUZZ_TLS_PLAY_H
#define PAGETLS_FUZZ_TLS_PLAY_H

#include "pagetls.h"
#include "tls.h"

#define FUZZ_TLS_QUEUES 4
#define FUZZ_TLS_MOST (1u << 18) /* bytes in each direction */

typedef struct {
    const fuzz_case *input;
    pagetls_connection *connection;
    size_t step;
    int with_memory; /* no allocation fails */
    int ended;       /* the host has no memory for a queue */
    int started;
    int offers_tls13;
    int required;
    int closing;
    int was_full; /* NET_OUT has been without room */
    uint32_t state;
    int error;
    int alert;
    size_t capacity[FUZZ_TLS_QUEUES];
    fuzz_record identity;  /* the client's certificates, until their key comes */
    fuzz_tls_tape wire;    /* fed */
    fuzz_tls_tape sent;    /* taken from NET_OUT */
    fuzz_tls_tape written; /* put into APP_OUT */
    fuzz_tls_tape taken;   /* from APP_IN */
} fuzz_tls_play;

/** Puts bytes into NET_IN or APP_OUT, which have room for them. Ends the play when there is no memory. */
void fuzz_tls_put(fuzz_tls_play *p, int queue, const uint8_t *bytes, size_t len);
/** Takes up to that many bytes from NET_OUT or APP_IN. */
void fuzz_tls_drain(fuzz_tls_play *p, int queue, size_t len);
/** Pumps until nothing changes, which is once, and empties what is not slow. */
void fuzz_tls_pump(fuzz_tls_play *p);
/** Puts bytes into NET_IN in pieces, and pumps after each. */
void fuzz_tls_feed(fuzz_tls_play *p, const uint8_t *bytes, size_t len);
/** Brings all that is still in the queues where it belongs; then the connection has nothing to do. */
void fuzz_tls_settle(fuzz_tls_play *p);

#endif
