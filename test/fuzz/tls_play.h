/**
 * \file tls_play.h
 * \brief Plays a connection: moves bytes in and out of its queues, and checks its state after each pump.
 */
#ifndef PAGETLS_FUZZ_TLS_PLAY_H
#define PAGETLS_FUZZ_TLS_PLAY_H

#include "pagetls.h"
#include "tls.h"

#define FUZZ_TLS_QUEUES 4
#define FUZZ_TLS_MAX_BYTES (1u << 18) /* bytes in each direction */

typedef struct {
    const fuzz_case *input;
    pagetls_connection *connection;
    size_t step;
    int enough_memory; /* no allocation fails */
    int aborted;       /* a queue could not be allocated */
    int started;
    int offers_tls13;
    int required;
    int closing;
    int waits;    /* a request for a certificate needs an answer */
    int was_full; /* NET_OUT was full at least once */
    uint32_t state;
    int error;
    int alert;
    size_t updates; /* of the keys that the host asked for */
    size_t capacity[FUZZ_TLS_QUEUES];
    fuzz_record identity;     /* the client's certificates, until their key follows */
    fuzz_tls_buffer fed;      /* written to NET_IN */
    fuzz_tls_buffer sent;     /* read from NET_OUT */
    fuzz_tls_buffer written;  /* written to APP_OUT */
    fuzz_tls_buffer received; /* read from APP_IN */
} fuzz_tls_play;

/** Writes bytes to NET_IN or APP_OUT, which must have space for them. Sets \p aborted when out of memory. */
void fuzz_tls_write_queue(fuzz_tls_play *p, int queue, const uint8_t *bytes, size_t len);
/** Reads up to \p len bytes from NET_OUT or APP_IN. */
void fuzz_tls_drain(fuzz_tls_play *p, int queue, size_t len);
/** Pumps, checks that a second pump changes nothing, and empties the queues that are not slow. */
void fuzz_tls_pump(fuzz_tls_play *p);
/** If the connection waits for a client certificate: checks the request, and answers it with the identities so far. */
void fuzz_tls_answer(fuzz_tls_play *p);
/** Writes bytes to NET_IN in chunks, and pumps after each. */
void fuzz_tls_feed(fuzz_tls_play *p, const uint8_t *bytes, size_t len);
/** Pumps and empties the output queues until nothing moves. */
void fuzz_tls_settle(fuzz_tls_play *p);

#endif
