/* Plays a connection, and checks the properties that hold after every pump for any input. */
#include "tls_play.h"

#include <string.h>

static fuzz_tls_transcript server;

/* --- the queues --------------------------------------------------------------------------- */

void fuzz_tls_drain(fuzz_tls_play *p, int queue, size_t len)
{
    fuzz_tls_buffer *tape = queue == PAGETLS_NET_OUT ? &p->sent : &p->received;
    size_t pending = pagetls_connection_pending(p->connection, queue);
    len = len < pending ? len : pending;
    if (len > 0) {
        fuzz_tls_buffer_append(tape, pagetls_connection_peek(p->connection, queue), len);
        pagetls_connection_consume(p->connection, queue, len);
    }
}

void fuzz_tls_write_queue(fuzz_tls_play *p, int queue, const uint8_t *bytes, size_t len)
{
    uint8_t *to = pagetls_connection_reserve(p->connection, queue);
    FUZZ_ASSERT(len <= pagetls_connection_space(p->connection, queue));
    if (to == NULL) {
        FUZZ_ASSERT(!p->enough_memory);
        p->aborted = 1;
        return;
    }
    if (len > 0) {
        memcpy(to, bytes, len);
    }
    pagetls_connection_commit(p->connection, queue, len);
    fuzz_tls_buffer_append(queue == PAGETLS_NET_IN ? &p->fed : &p->written, bytes, len);
}

/* --- properties after each pump ------------------------------------------------------------- */

static void check_handshake(const fuzz_tls_play *p)
{
    size_t consumed = p->fed.len - pagetls_connection_pending(p->connection, PAGETLS_NET_IN);
    fuzz_tls_read_server(&server, p->offers_tls13, p->fed.bytes, consumed);
    FUZZ_ASSERT(fuzz_tls_is_handshake(&server));
}

static void check_state(fuzz_tls_play *p, uint32_t state, size_t app_in)
{
    size_t now = pagetls_connection_pending(p->connection, PAGETLS_APP_IN);
    int error = pagetls_connection_error(p->connection);
    int alert = pagetls_connection_alert(p->connection);
    FUZZ_ASSERT(state <= 31 && (p->state & ~state & ~(uint32_t) PAGETLS_NEEDS_IDENTITY) == 0);
    FUZZ_ASSERT((state & PAGETLS_NEEDS_IDENTITY) == 0 || (p->waits && (state & PAGETLS_FAILED) == 0));
    FUZZ_ASSERT((state & PAGETLS_HANDSHAKE_DONE) != 0 ||
                ((state & (PAGETLS_CLOSED | PAGETLS_PEER_CLOSED)) == 0 && now == 0));
    FUZZ_ASSERT((state & PAGETLS_CLOSED) == 0 || p->closing);
    FUZZ_ASSERT(error <= 0 && (error < 0) == ((state & PAGETLS_FAILED) != 0));
    FUZZ_ASSERT(alert >= -1 && alert <= 255 && (alert == -1 || error == PAGETLS_ERR_ALERT));
    if (p->state & PAGETLS_FAILED) {
        FUZZ_ASSERT(state == p->state && error == p->error && alert == p->alert);
    }
    FUZZ_ASSERT((p->state & (PAGETLS_FAILED | PAGETLS_PEER_CLOSED)) == 0 || now == app_in);
    for (int queue = 0; queue < FUZZ_TLS_QUEUES; queue++) {
        size_t pending = pagetls_connection_pending(p->connection, queue);
        FUZZ_ASSERT(pending + pagetls_connection_space(p->connection, queue) == p->capacity[queue]);
        FUZZ_ASSERT((pagetls_connection_peek(p->connection, queue) == NULL) == (pending == 0));
    }
    if (state & ~p->state & PAGETLS_HANDSHAKE_DONE) {
        check_handshake(p);
    }
    p->was_full |= pagetls_connection_space(p->connection, PAGETLS_NET_OUT) == 0;
    p->state = state;
    p->error = error;
    p->alert = alert;
}

static void pump_once(fuzz_tls_play *p)
{
    size_t app_in = pagetls_connection_pending(p->connection, PAGETLS_APP_IN);
    check_state(p, pagetls_connection_pump(p->connection), app_in);
}

/* A pump does everything it can: a second one right after it does nothing. */
void fuzz_tls_pump(fuzz_tls_play *p)
{
    size_t pending[FUZZ_TLS_QUEUES];
    p->started = 1;
    pump_once(p);
    for (int queue = 0; queue < FUZZ_TLS_QUEUES; queue++) {
        pending[queue] = pagetls_connection_pending(p->connection, queue);
    }
    uint32_t state = p->state;
    pump_once(p);
    for (int queue = 0; queue < FUZZ_TLS_QUEUES && p->enough_memory; queue++) {
        FUZZ_ASSERT(pending[queue] == pagetls_connection_pending(p->connection, queue));
    }
    FUZZ_ASSERT(state == p->state || !p->enough_memory);
    if (!(p->input->options & FUZZ_TLS_SLOW_NET)) {
        fuzz_tls_drain(p, PAGETLS_NET_OUT, SIZE_MAX);
    }
    if (!(p->input->options & FUZZ_TLS_SLOW_READER)) {
        fuzz_tls_drain(p, PAGETLS_APP_IN, SIZE_MAX);
    }
}

void fuzz_tls_answer(fuzz_tls_play *p)
{
    const int waits = (p->state & PAGETLS_NEEDS_IDENTITY) != 0;
    char *request = pagetls_connection_certificate_request(p->connection);
    FUZZ_ASSERT(request == NULL ? !waits || !p->enough_memory : fuzz_is_json(request));
    pagetls_free(request);
    FUZZ_ASSERT(pagetls_connection_answer_request(p->connection) == (waits ? 0 : PAGETLS_ERR_STATE));
    if (waits) {
        FUZZ_ASSERT(pagetls_connection_answer_request(p->connection) == 0); /* the same until the next pump */
    }
}

/* Writes chunks as a host does: at most the free space of NET_IN; when it is full, empties the slow queues. */
void fuzz_tls_feed(fuzz_tls_play *p, const uint8_t *bytes, size_t len)
{
    size_t step = p->step > len / 256 ? p->step : len / 256 + 1; /* at most 256 chunks */
    len = len < FUZZ_TLS_MAX_BYTES - p->fed.len ? len : FUZZ_TLS_MAX_BYTES - p->fed.len;
    for (size_t at = 0; at < len && !p->aborted && !(p->state & PAGETLS_FAILED);) {
        size_t n = step < len - at ? step : len - at;
        size_t space = pagetls_connection_space(p->connection, PAGETLS_NET_IN);
        n = n < space ? n : space;
        if (n == 0) {
            size_t slow = p->received.len + p->sent.len;
            fuzz_tls_drain(p, PAGETLS_NET_OUT, 5000);
            fuzz_tls_drain(p, PAGETLS_APP_IN, 5000);
            const int waited = (p->state & PAGETLS_NEEDS_IDENTITY) != 0;
            fuzz_tls_answer(p);
            fuzz_tls_pump(p);
            if (p->received.len + p->sent.len == slow && !waited) {
                FUZZ_ASSERT(p->state & (PAGETLS_FAILED | PAGETLS_PEER_CLOSED)); /* otherwise the connection is stuck */
                break;
            }
            continue;
        }
        fuzz_tls_write_queue(p, PAGETLS_NET_IN, bytes + at, n);
        fuzz_tls_pump(p);
        at += n;
    }
}

void fuzz_tls_settle(fuzz_tls_play *p)
{
    size_t moved;
    int rounds = 0;
    do {
        moved = p->received.len + p->sent.len;
        pump_once(p);
        fuzz_tls_drain(p, PAGETLS_NET_OUT, SIZE_MAX);
        fuzz_tls_drain(p, PAGETLS_APP_IN, SIZE_MAX);
        FUZZ_ASSERT(++rounds < 50);
    } while (p->received.len + p->sent.len != moved);
}
