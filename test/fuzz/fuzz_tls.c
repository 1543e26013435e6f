/* Runs a whole connection: feeds it the bytes of a server, writes and reads data, and ends it. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../helpers/add_crls.h"
#include "tls_play.h"

static fuzz_tls_transcript server;
static fuzz_tls_transcript client;

/* --- the parts of an input -------------------------------------------------------------------- */

static size_t number(const fuzz_record *record, size_t at)
{
    return record->len < at + 2 ? 0 : (size_t) record->p[at] << 8 | record->p[at + 1];
}

static void feed_repeated(fuzz_tls_play *p, const fuzz_record *record)
{
    static uint8_t bytes[1 << 16];
    size_t count = number(record, 0);
    size_t start = number(record, 2);
    size_t unit = number(record, 4);
    if (record->len < 6 || start > record->len - 6 || unit > record->len - 6 - start) {
        return;
    }
    size_t end = record->len - 6 - start - unit;
    if (unit > 0 && count > (sizeof(bytes) - start - end) / unit) {
        count = (sizeof(bytes) - start - end) / unit;
    }
    count = unit == 0 ? 0 : count;
    memcpy(bytes, record->p + 6, start);
    for (size_t i = 0; i < count; i++) {
        memcpy(bytes + start + i * unit, record->p + 6 + start, unit);
    }
    memcpy(bytes + start + count * unit, record->p + 6 + start + unit, end);
    fuzz_tls_feed(p, bytes, start + count * unit + end);
}

static void write_data(fuzz_tls_play *p, const uint8_t *bytes, size_t len)
{
    size_t space = pagetls_connection_space(p->connection, PAGETLS_APP_OUT);
    len = len < space ? len : space;
    len = len < FUZZ_TLS_MAX_BYTES - p->written.len ? len : FUZZ_TLS_MAX_BYTES - p->written.len;
    fuzz_tls_write_queue(p, PAGETLS_APP_OUT, bytes, len);
}

static void generate_data(fuzz_tls_play *p, size_t len)
{
    static uint8_t bytes[1 << 16];
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t) ((p->written.len + i) * 31 >> 3);
    }
    write_data(p, bytes, len);
}

static void export_keys(fuzz_tls_play *p, const fuzz_record *label)
{
    uint8_t key[32];
    size_t len = label->len < 20 ? label->len : 20;
    int ret = pagetls_connection_export(p->connection, key, sizeof(key), (const char *) label->p, len, label->p, len, 1);
    FUZZ_ASSERT(ret <= 0 && (ret < 0 || (p->state & PAGETLS_HANDSHAKE_DONE)));
    FUZZ_ASSERT(ret == 0 || !(p->state & PAGETLS_HANDSHAKE_DONE) || !p->enough_memory ||
                (p->input->depth & FUZZ_TLS_REQUESTS) != 0); /* it may be renegotiating */
}

static void update_keys(fuzz_tls_play *p)
{
    int ret = pagetls_connection_update_keys(p->connection);
    int can_send = (p->state & PAGETLS_HANDSHAKE_DONE) && !(p->state & (PAGETLS_CLOSED | PAGETLS_FAILED)) && !p->closing;
    FUZZ_ASSERT(ret == (can_send ? 0 : PAGETLS_ERR_STATE) || (can_send && ret == PAGETLS_ERR_NO_KEY_UPDATE));
    p->updates += ret == 0;
}

static void set_option(fuzz_tls_play *p, const fuzz_record *record)
{
    const char *text = (const char *) record->p;
    int ret = 0;
    switch (record->type) {
        case FUZZ_TLS_SERVERNAME: ret = pagetls_connection_set_servername(p->connection, text, record->len); break;
        case FUZZ_TLS_ALPN: ret = pagetls_connection_set_alpn(p->connection, record->p, record->len); break;
        case FUZZ_TLS_CIPHERS: ret = pagetls_connection_set_ciphers(p->connection, text, record->len); break;
        case FUZZ_TLS_GROUPS: ret = pagetls_connection_set_groups(p->connection, record->p, record->len); break;
        case FUZZ_TLS_SCHEMES:
            ret = pagetls_connection_set_signature_schemes(p->connection, record->p, record->len);
            break;
        case FUZZ_TLS_IDENTITY: p->identity = *record; return;
        case FUZZ_TLS_WAIT:
            ret = pagetls_connection_wait_for_identity(p->connection);
            p->waits |= ret == 0;
            break;
        default:
            ret = pagetls_connection_add_identity(p->connection, p->identity.p, p->identity.len, record->p, record->len,
                                                  NULL, 0);
            break;
    }
    FUZZ_ASSERT(ret <= 0 && (!p->started || (p->state & PAGETLS_NEEDS_IDENTITY) || ret == PAGETLS_ERR_STATE));
}

static void perform(fuzz_tls_play *p, const fuzz_record *record)
{
    switch (record->type) {
        case FUZZ_TLS_SERVERNAME:
        case FUZZ_TLS_ALPN:
        case FUZZ_TLS_CIPHERS:
        case FUZZ_TLS_GROUPS:
        case FUZZ_TLS_SCHEMES:
        case FUZZ_TLS_IDENTITY:
        case FUZZ_TLS_WAIT:
        case FUZZ_TLS_KEY: set_option(p, record); return;
        case FUZZ_TLS_WIRE:
            fuzz_tls_pump(p);
            fuzz_tls_feed(p, record->p, record->len);
            return;
        case FUZZ_TLS_REPEAT:
            fuzz_tls_pump(p);
            feed_repeated(p, record);
            return;
        case FUZZ_TLS_WRITE: write_data(p, record->p, record->len); break;
        case FUZZ_TLS_GENERATE: generate_data(p, number(record, 0)); break;
        case FUZZ_TLS_READ: fuzz_tls_drain(p, PAGETLS_APP_IN, number(record, 0)); break;
        case FUZZ_TLS_SEND: fuzz_tls_drain(p, PAGETLS_NET_OUT, number(record, 0)); break;
        case FUZZ_TLS_EOF: pagetls_connection_eof(p->connection); break;
        case FUZZ_TLS_CLOSE:
            pagetls_connection_close(p->connection);
            p->closing = 1;
            break;
        case FUZZ_TLS_UPDATE: update_keys(p); break;
        case FUZZ_TLS_ANSWER: fuzz_tls_answer(p); break;
        case FUZZ_TLS_EXPORT: export_keys(p, record); return;
        case FUZZ_TLS_KEYLOG: (void) pagetls_connection_take_keylog(p->connection); return;
        default: return;
    }
    if (!p->aborted) {
        fuzz_tls_pump(p);
    }
}

/* --- a whole connection --------------------------------------------------------------------------- */

static int set_options(fuzz_tls_play *p)
{
    static const int versions[][2] = { { 0x0303, 0x0304 }, { 0x0303, 0x0303 }, { 0x0304, 0x0304 }, { 0x0304, 0x0303 } };
    const int *version = versions[p->input->depth & FUZZ_TLS_VERSIONS];
    pagetls_trust_store *trust = pagetls_trust_store_new();
    pagetls_verification *verification = pagetls_connection_verification(p->connection);
    fuzz_record host = fuzz_find(p->input, FUZZ_HOST);
    int ok = trust != NULL;
    for (size_t i = 0; ok && i < p->input->count; i++) {
        const fuzz_record *record = &p->input->record[i];
        if (record->type == FUZZ_ANCHOR) {
            (void) pagetls_trust_store_add(trust, record->p, record->len);
        } else if (record->type == FUZZ_CRL) {
            ok = add_crls(verification, record->p, record->len) >= 0 || p->enough_memory;
        }
    }
    pagetls_verification_set_trust(verification, trust);
    pagetls_trust_store_free(trust);
    pagetls_verification_set_clock(verification, fuzz_clock(p->input));
    (void) pagetls_verification_set_profile(verification, p->input->options & FUZZ_PROFILE);
    (void) pagetls_verification_set_hostname(verification, (const char *) host.p, host.len);
    p->offers_tls13 = (p->input->depth & FUZZ_TLS_VERSIONS) != 1;
    p->required = (p->input->options & FUZZ_TLS_OPTIONAL) == 0;
    pagetls_connection_set_verify_required(p->connection, p->required);
    pagetls_connection_set_keylog(p->connection, (p->input->depth & FUZZ_TLS_WITH_KEYLOG) != 0);
    if (p->input->depth & FUZZ_TLS_REQUESTS) {
        ok = ok && pagetls_connection_set_renegotiation(p->connection) == 0;
        FUZZ_ASSERT(ok || !p->enough_memory);
    }
    FUZZ_ASSERT((pagetls_connection_set_versions(p->connection, version[0], version[1]) == 0) ==
                (version[0] <= version[1]));
    return ok;
}

/* The reader does not follow renegotiations, and when requests are answered depends on what has been sent. */
static int has_requests(const fuzz_tls_play *p)
{
    return (p->input->depth & FUZZ_TLS_REQUESTS) != 0 && server.requested;
}

static void check_data(const fuzz_tls_play *p)
{
    size_t left = pagetls_connection_pending(p->connection, PAGETLS_APP_OUT);
    fuzz_tls_read_server(&server, p->offers_tls13, p->fed.bytes, p->fed.len);
    if (has_requests(p) && server.version != 0x0304) {
        client.data.len = 0;
        return;
    }
    fuzz_tls_read_client(&client, &server, p->sent.bytes, p->sent.len);
    /* Delivered data is a prefix of what the server sent; sent data is a prefix of what was written. */
    FUZZ_ASSERT(p->received.len <= server.data.len &&
                memcmp(p->received.bytes, server.data.bytes, p->received.len) == 0);
    FUZZ_ASSERT(client.data.len <= p->written.len && memcmp(client.data.bytes, p->written.bytes, client.data.len) == 0);
    FUZZ_ASSERT(client.data.len == 0 || (p->state & PAGETLS_HANDSHAKE_DONE));
    if (!(p->state & PAGETLS_FAILED) && !p->aborted) {
        FUZZ_ASSERT(client.whole == p->sent.len);
        FUZZ_ASSERT(client.data.len + left == p->written.len);
        FUZZ_ASSERT((client.requests > 0) == (p->updates > 0));
        FUZZ_ASSERT(left == 0 || (p->state & (PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED)) != PAGETLS_HANDSHAKE_DONE);
    }
    FUZZ_ASSERT(client.requests <= p->updates && client.updates - client.requests <= server.requests);
    FUZZ_ASSERT(client.whole == p->sent.len || p->was_full || !p->enough_memory);
    FUZZ_ASSERT(!(p->state & PAGETLS_CLOSED) || (p->state & PAGETLS_FAILED) || client.closed);
    FUZZ_ASSERT(!(p->state & PAGETLS_PEER_CLOSED) || server.closed);
    FUZZ_ASSERT(p->alert == -1 || p->alert == server.fatal);
}

/* Whether the report says ok. It may be missing when out of memory, also during verification. */
static int report_is_ok(const fuzz_tls_play *p, int first)
{
    char *report = pagetls_connection_report(p->connection);
    FUZZ_ASSERT(report == NULL ? !p->enough_memory : fuzz_is_json(report));
    int ok = report != NULL && strstr(report, "\"verification\":{\"ok\":true,") != NULL;
    if (ok && first) {
        fuzz_tls_check_report(report, p->input);
    }
    pagetls_free(report);
    return ok;
}

static void check_report(const fuzz_tls_play *p)
{
    int ok = report_is_ok(p, 1);
    FUZZ_ASSERT(ok || !p->required || !(p->state & PAGETLS_HANDSHAKE_DONE));
    FUZZ_ASSERT(report_is_ok(p, 0) == ok); /* the second report has no certificates */
}

/* Returns the number of leaked bytes. */
static size_t run_connection(fuzz_tls_play *p, const fuzz_case *input, size_t step, long allocation)
{
    size_t before = pagetls_heap_in_use();
    memset(p, 0, offsetof(fuzz_tls_play, fed));
    p->fed.len = p->sent.len = p->written.len = p->received.len = 0;
    p->input = input;
    p->step = step;
    p->enough_memory = allocation < 0;
    p->alert = -1;
    fuzz_fail_allocation_after(allocation);
    p->connection = pagetls_connection_new();
    if (p->connection != NULL) {
        for (int queue = 0; queue < FUZZ_TLS_QUEUES; queue++) {
            p->capacity[queue] = pagetls_connection_space(p->connection, queue);
        }
        p->aborted = !set_options(p);
        for (size_t i = 0; i < input->count && !p->aborted; i++) {
            perform(p, &input->record[i]);
        }
        fuzz_fail_allocation_after(-1);
        if (!p->aborted) {
            fuzz_tls_settle(p);
        }
        check_data(p);
        check_report(p);
    }
    fuzz_fail_allocation_after(-1);
    FUZZ_ASSERT(p->connection != NULL || !p->enough_memory);
    pagetls_connection_free(p->connection);
    return pagetls_heap_in_use() - before;
}

/* The first key grows PSA's key store, which keeps its size: do that before measuring leaks. */
static void warm_up(fuzz_tls_play *p)
{
    static int started;
    fuzz_case nothing = { .options = FUZZ_TLS_OPTIONAL };
    fuzz_start();
    if (!started) {
        (void) run_connection(p, &nothing, SIZE_MAX, -1);
        started = 1;
    }
}

static int equals(const fuzz_tls_buffer *a, const fuzz_tls_buffer *b)
{
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* LeakSanitizer, if linked. */
__attribute__((weak)) void __lsan_disable(void);
__attribute__((weak)) void __lsan_enable(void);

/* Mbed TLS 3.6.6 loses a cipher context of TLS 1.3 when memory runs out (test/native/test_connection.c). */
#define LOST_CIPHER_CONTEXT_MAX 1024

static void run_out_of_memory(fuzz_tls_play *p, const fuzz_case *input, size_t step)
{
    if (__lsan_disable != NULL) {
        __lsan_disable(); /* run_connection() counts the leak */
    }
    size_t lost = run_connection(p, input, step, (long) (input->allocation % 2048));
    if (__lsan_enable != NULL) {
        __lsan_enable();
    }
    FUZZ_ASSERT(lost == 0 || (server.version == 0x0304 && lost <= LOST_CIPHER_CONTEXT_MAX));
}

/* The size of chunks must not change the outcome. But a connection that fails may or may not have sent close_notify. */
static void compare_runs(fuzz_tls_play *a, fuzz_tls_play *b)
{
    uint32_t either = a->state & PAGETLS_FAILED ? PAGETLS_CLOSED : 0;
    if (a->error == PAGETLS_ERR_KEY_UPDATES || b->error == PAGETLS_ERR_KEY_UPDATES || has_requests(a)) {
        return; /* how many are too many depends on what we have sent meanwhile */
    }
    fuzz_tls_drop_updates(&server, &a->sent);
    fuzz_tls_drop_updates(&server, &b->sent);
    FUZZ_ASSERT((a->state | either) == (b->state | either));
    FUZZ_ASSERT(a->error == b->error && a->alert == b->alert && equals(&a->received, &b->received));
    FUZZ_ASSERT(either != 0 || equals(&a->sent, &b->sent));
}

void fuzz_tls(const uint8_t *data, size_t size)
{
    static const size_t steps[] = { SIZE_MAX, 1, 2, 5, 7, 100, 1000, 16384 };
    static fuzz_tls_play first;
    static fuzz_tls_play second;
    fuzz_case input;
    fuzz_tls_stub(1);
    warm_up(&first);
    fuzz_read(&input, data, size);
    size_t step = (size_t) (input.depth & FUZZ_TLS_STEP) >> 2;
    FUZZ_ASSERT(run_connection(&first, &input, steps[step], -1) == 0);
    snprintf(fuzz_outcome, sizeof(fuzz_outcome),
             "{\"flight\":\"%s\",\"state\":%u,\"error\":%d,\"alert\":%d,\"read\":%zu,\"wrote\":%zu}", server.flight,
             (unsigned) first.state, first.error, first.alert, first.received.len, client.data.len);
    if (input.depth & FUZZ_TLS_RUN_TWICE) {
        FUZZ_ASSERT(run_connection(&second, &input, steps[(step + 1) % 8], -1) == 0);
        compare_runs(&first, &second);
    }
    if (input.options & FUZZ_FAIL_ALLOCATION) {
        run_out_of_memory(&second, &input, steps[step]);
    }
    fuzz_tls_stub(0);
}
