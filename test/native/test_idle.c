/* Idle connections: when they release and acquire their record buffers (mbedtls/record_buffers.h). */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "forge.h"
#include "groups.h"
#include "host/heap.h"
#include "native_host.h"
#include "player.h"

#define BUFFERS (2 * (size_t) PAGETLS_HEAP_RECORD_BYTES)

static void holds_little_memory(void)
{
    record_keys server;
    record_keys client;
    size_t heap;
    size_t before = pagetls_heap_in_use();
    pagetls_connection *connection = forge_idle(forge_connection(&server, &client), &heap);
    REQUIRE(connection != NULL);
    CHECK(heap - before < PLAYER_IDLE_HEAP_MAX);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE); /* no work */
    CHECK_INT(pagetls_heap_in_use(), heap);
    pagetls_connection_free(connection);
}

static int is_data(pagetls_connection *connection, const uint8_t *bytes, size_t len)
{
    int same = pagetls_connection_pending(connection, PAGETLS_APP_IN) == len &&
        memcmp(pagetls_connection_peek(connection, PAGETLS_APP_IN), bytes, len) == 0;
    pagetls_connection_consume(connection, PAGETLS_APP_IN, SIZE_MAX);
    return same;
}

/* Sends a text, and decrypts the record to check it. */
static int sends(pagetls_connection *connection, record_keys *client, const char *text)
{
    uint8_t record[200];
    uint8_t type;
    return player_put(connection, PAGETLS_APP_OUT, text, strlen(text)) &&
        pagetls_connection_pump(connection) == PAGETLS_HANDSHAKE_DONE &&
        forge_receive(connection, client, record, sizeof(record), &type) == (int) strlen(text) &&
        type == APPLICATION_DATA && memcmp(record + 5, text, strlen(text)) == 0;
}

/* Two connections use the same cached blocks in turn. The first one is left with a partial record of every length. */
static void keeps_partial_records(void)
{
    record_keys server[2];
    record_keys client[2];
    pagetls_connection *connection[2];
    size_t heap;
    uint8_t record[100];
    uint8_t other[100];
    connection[0] = forge_idle(forge_connection(&server[0], &client[0]), &heap);
    connection[1] = forge_idle(forge_connection(&server[1], &client[1]), &heap);
    REQUIRE(connection[0] != NULL && connection[1] != NULL);
    for (size_t at = 1, len = 2; at < len; at++) {
        uint8_t text[] = "its first half, and its second";
        text[0] = (uint8_t) at;
        check_context("%zu bytes", at);
        len = forge_record(&server[0], record, APPLICATION_DATA, text, sizeof(text));
        CHECK_INT(player_feed(connection[0], record, at, at), PAGETLS_HANDSHAKE_DONE);
        CHECK_INT(pagetls_heap_in_use(), heap + BUFFERS);
        size_t other_len = forge_record(&server[1], other, APPLICATION_DATA, "other", 5);
        CHECK_INT(player_feed(connection[1], other, other_len, 7), PAGETLS_HANDSHAKE_DONE);
        CHECK(is_data(connection[1], (const uint8_t *) "other", 5));
        CHECK(sends(connection[1], &client[1], "to the other"));
        CHECK(sends(connection[0], &client[0], "in between"));
        CHECK_INT(player_feed(connection[0], record + at, len - at, len), PAGETLS_HANDSHAKE_DONE);
        CHECK(is_data(connection[0], text, sizeof(text)));
        CHECK_INT(pagetls_heap_in_use(), heap);
    }
    pagetls_connection_free(connection[0]);
    pagetls_connection_free(connection[1]);
}

static void keeps_unread_data(void)
{
    static uint8_t content[FORGE_CONTENT_MAX];
    static uint8_t record[FORGE_RECORD_SIZE];
    record_keys server;
    record_keys client;
    size_t heap;
    pagetls_connection *connection = forge_idle(forge_connection(&server, &client), &heap);
    REQUIRE(connection != NULL);
    for (size_t i = 0; i < sizeof(content); i++) {
        content[i] = (uint8_t) (i * 7 >> 3);
    }
    /* Four records fill the queue except for one byte, so the fifth leaves all but one byte in the record buffer. */
    for (int i = 0; i < 5; i++) {
        size_t len = forge_record(&server, record, APPLICATION_DATA, content, sizeof(content) - (i == 3));
        CHECK_INT(player_feed(connection, record, len, len), PAGETLS_HANDSHAKE_DONE);
    }
    CHECK_INT(pagetls_connection_space(connection, PAGETLS_APP_IN), 0);
    CHECK_INT(pagetls_heap_in_use(), heap + BUFFERS + PAGETLS_HEAP_QUEUE_BYTES);
    pagetls_connection_consume(connection, PAGETLS_APP_IN, SIZE_MAX);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE);
    CHECK(is_data(connection, content + 1, sizeof(content) - 1));
    CHECK_INT(pagetls_heap_in_use(), heap);
    pagetls_connection_free(connection);
}

/* One of many connections that are active in turn. */
typedef struct {
    pagetls_connection *connection;
    record_keys server, client;
    uint8_t record[1200]; /* being received */
    size_t len, at;
    uint32_t in, out; /* data bytes so far */
} client_state;

static uint8_t byte_at(const client_state *which, uint32_t at)
{
    return (uint8_t) ((at * 2654435761u >> 24) + which->server.key[at % 32] + at % 251);
}

/* Receives a random part of the next record, and checks the data once the record is complete. */
static int move_in(client_state *c, uint32_t random)
{
    uint8_t content[1000];
    if (c->at == c->len) {
        size_t len = random % 7 == 0 ? 0 : random / 7 % sizeof(content);
        for (size_t i = 0; i < len; i++) {
            content[i] = byte_at(c, c->in + (uint32_t) i);
        }
        c->len = forge_record(&c->server, c->record, APPLICATION_DATA, content, len);
        c->at = 0;
        c->in += (uint32_t) len;
    }
    size_t part = random % 3 == 0 ? c->len - c->at : random % (c->len - c->at + 1);
    int ok = player_feed(c->connection, c->record + c->at, part, part + 1) == PAGETLS_HANDSHAKE_DONE;
    c->at += part;
    size_t len = player_take(c->connection, PAGETLS_APP_IN, content, sizeof(content));
    for (size_t i = 0; i < len; i++) {
        ok &= content[i] == byte_at(c, c->in - (uint32_t) len + (uint32_t) i);
    }
    return ok && (len > 0) == (c->at == c->len && part > 0 && c->len > 5 + 1 + 16);
}

static int move_out(client_state *c, uint32_t random)
{
    uint8_t bytes[1000];
    uint8_t type;
    size_t len = 1 + random % 900;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = byte_at(c, c->out + (uint32_t) i);
    }
    int ok = player_put(c->connection, PAGETLS_APP_OUT, bytes, len) &&
        pagetls_connection_pump(c->connection) == PAGETLS_HANDSHAKE_DONE &&
        forge_receive(c->connection, &c->client, bytes, sizeof(bytes), &type) == (int) len && type == APPLICATION_DATA;
    for (size_t i = 0; ok && i < len; i++, c->out++) {
        ok = bytes[5 + i] == byte_at(c, c->out);
    }
    return ok;
}

static void connections_reuse_buffers(void)
{
    enum { MANY = 60, STEPS = 20000 };
    static client_state all[MANY];
    uint32_t random = 20260615;
    size_t heap = 0;
    REQUIRE(forge_record_handshake());
    memset(all, 0, sizeof(all));
    for (int i = 0; i < MANY; i++) {
        size_t before = pagetls_heap_in_use();
        all[i].connection = forge_replay(&all[i].server, &all[i].client);
        REQUIRE(all[i].connection != NULL);
        heap = pagetls_heap_in_use() - before;
    }
    CHECK(heap < PAGETLS_HEAP_RECORD_BYTES);
    for (int step = 0; step < STEPS; step++) {
        random = random * 1664525 + 1013904223;
        client_state *c = &all[(random >> 8) % MANY];
        check_context("step %d", step);
        REQUIRE(random >> 31 ? move_in(c, random >> 12 & 0xFFFF) : move_out(c, random >> 12 & 0xFFFF));
    }
    for (int i = 0; i < MANY; i++) {
        pagetls_connection_free(all[i].connection);
    }
}

static int sends_close_notify(pagetls_connection *connection, record_keys *client)
{
    uint8_t record[100];
    uint8_t type;
    return forge_receive(connection, client, record, sizeof(record), &type) == 2 && type == ALERT &&
        memcmp(record + 5, "\x01\x00", 2) == 0;
}

static void acquires_buffers_for_other_records(void)
{
    static const uint8_t ticket[] = { 4, 0, 0, 15, 0, 0, 0, 60, 1, 2, 3, 4, 0, 0, 2, 7, 7, 0, 0 };
    record_keys server;
    record_keys client;
    size_t heap;
    uint8_t record[200];
    pagetls_connection *connection = forge_idle(forge_connection(&server, &client), &heap);
    REQUIRE(connection != NULL);
    for (int i = 0; i < 3; i++) {
        size_t len = i == 0 ? forge_record(&server, record, HANDSHAKE, ticket, sizeof(ticket))
            : i == 1        ? forge_record(&server, record, ALERT, "\x01\x5A", 2) /* a warning alert */
                            : forge_record(&server, record, APPLICATION_DATA, "", 0);
        check_context("%d", i);
        CHECK_INT(player_feed(connection, record, len, 1), PAGETLS_HANDSHAKE_DONE);
        CHECK_INT(pagetls_heap_in_use(), heap);
    }
    CHECK(sends(connection, &client, "still there"));
    /* A partial ticket: a handshake message that continues in the next record. */
    size_t len = forge_record(&server, record, HANDSHAKE, ticket, 9);
    CHECK_INT(player_feed(connection, record, len, len), PAGETLS_HANDSHAKE_DONE);
    CHECK_INT(pagetls_heap_in_use(), heap + BUFFERS);
    CHECK(sends(connection, &client, "and here"));
    len = forge_record(&server, record, HANDSHAKE, ticket + 9, sizeof(ticket) - 9);
    CHECK_INT(player_feed(connection, record, len, len), PAGETLS_HANDSHAKE_DONE);
    CHECK_INT(pagetls_heap_in_use(), heap);
    len = forge_record(&server, record, ALERT, "\x01\x00", 2); /* close_notify */
    CHECK_INT(player_feed(connection, record, len, len), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED);
    pagetls_connection_close(connection);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED | PAGETLS_CLOSED);
    CHECK(sends_close_notify(connection, &client));
    pagetls_connection_free(connection);
}

static void closes_while_idle(void)
{
    record_keys server;
    record_keys client;
    size_t heap;
    uint8_t record[100];
    pagetls_connection *connection = forge_idle(forge_connection(&server, &client), &heap);
    REQUIRE(connection != NULL);
    pagetls_connection_close(connection);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    CHECK(sends_close_notify(connection, &client));
    CHECK_INT(pagetls_heap_in_use(), heap);
    size_t len = forge_record(&server, record, APPLICATION_DATA, "late", 4); /* the peer may still send */
    CHECK_INT(player_feed(connection, record, len, 10), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    CHECK(is_data(connection, (const uint8_t *) "late", 4));
    CHECK_INT(player_eof(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_TRUNCATED);
    pagetls_connection_free(connection);
}

/* Each kind of work that acquires buffers, and each of the two allocations. */
static void fails_without_memory_for_buffers(void)
{
    REQUIRE(forge_record_handshake());
    for (int work = 0; work < 3; work++) {
        for (long n = 0; n < 2; n++) {
            record_keys server;
            record_keys client;
            uint8_t record[100];
            pagetls_connection *connection = forge_replay(&server, &client);
            REQUIRE(connection != NULL);
            check_context("%d, allocation %ld", work, n);
            if (work == 0) {
                size_t len = forge_record(&server, record, APPLICATION_DATA, "data", 4);
                CHECK(player_put(connection, PAGETLS_NET_IN, record, len));
            } else if (work == 1) {
                CHECK(player_put(connection, PAGETLS_APP_OUT, "data", 4));
            } else {
                pagetls_connection_close(connection);
            }
            native_host_fail_allocation(n);
            CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
            CHECK(native_host_allocation_failed());
            native_host_fail_allocation(-1);
            CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_OUT_OF_MEMORY);
            CHECK_INT(pagetls_error_native(PAGETLS_ERR_OUT_OF_MEMORY), -0x7F00); /* MBEDTLS_ERR_SSL_ALLOC_FAILED */
            CHECK_INT(pagetls_connection_alert(connection), -1);
            CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
            CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
            pagetls_connection_free(connection);
        }
    }
}

/* Allocates all cached blocks of a size, which are not cleared on allocation, and checks that they are zeros. */
static int cached_blocks_are_zeros(size_t len)
{
    uint8_t *block[PAGETLS_HEAP_CACHED_BLOCKS];
    int zeros = 1;
    for (int i = 0; i < PAGETLS_HEAP_CACHED_BLOCKS; i++) {
        block[i] = pagetls_heap_calloc(1, len);
        for (size_t k = 0; block[i] != NULL && k < len; k++) {
            zeros &= block[i][k] == 0;
        }
    }
    for (int i = 0; i < PAGETLS_HEAP_CACHED_BLOCKS; i++) {
        pagetls_heap_free(block[i]);
    }
    return zeros;
}

static void zeroizes_cached_blocks(void)
{
    static uint8_t content[FORGE_CONTENT_MAX];
    static uint8_t record[FORGE_RECORD_SIZE];
    record_keys server;
    record_keys client;
    size_t heap;
    memset(content, 'x', sizeof(content));
    pagetls_heap_clear_cache();
    pagetls_connection *connection = forge_idle(forge_connection(&server, &client), &heap);
    REQUIRE(connection != NULL);
    CHECK(cached_blocks_are_zeros(PAGETLS_HEAP_RECORD_BYTES) &&
          cached_blocks_are_zeros(PAGETLS_HEAP_QUEUE_BYTES)); /* they were used by the handshake */
    for (size_t len = 0; len <= sizeof(content); len += len < 40 ? 1 : 1021) {
        check_context("%zu bytes", len);
        size_t record_len = forge_record(&server, record, APPLICATION_DATA, content, len);
        CHECK_INT(player_feed(connection, record, record_len, 1 + record_len / 2), PAGETLS_HANDSHAKE_DONE);
        pagetls_connection_consume(connection, PAGETLS_APP_IN, len / 2);
        pagetls_connection_consume(connection, PAGETLS_APP_IN, SIZE_MAX);
        CHECK(cached_blocks_are_zeros(PAGETLS_HEAP_RECORD_BYTES) && cached_blocks_are_zeros(PAGETLS_HEAP_QUEUE_BYTES));
        CHECK(player_put(connection, PAGETLS_APP_OUT, content, len));
        CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE);
        pagetls_connection_consume(connection, PAGETLS_NET_OUT, SIZE_MAX);
        CHECK(cached_blocks_are_zeros(PAGETLS_HEAP_RECORD_BYTES) && cached_blocks_are_zeros(PAGETLS_HEAP_QUEUE_BYTES));
        CHECK_INT(pagetls_heap_in_use(), heap);
    }
    pagetls_connection_free(connection);
    CHECK(cached_blocks_are_zeros(PAGETLS_HEAP_RECORD_BYTES) && cached_blocks_are_zeros(PAGETLS_HEAP_QUEUE_BYTES));
}

static void exports_while_idle(void)
{
    record_keys server;
    record_keys client;
    size_t heap;
    uint8_t record[100];
    uint8_t keys[2][32];
    pagetls_connection *connection = forge_idle(forge_connection(&server, &client), &heap);
    REQUIRE(connection != NULL);
    for (int i = 0; i < 2; i++) {
        CHECK_INT(pagetls_connection_export(connection, keys[i], 32, "label", 5, NULL, 0, 0), 0);
        size_t len = forge_record(&server, record, APPLICATION_DATA, "data", 4);
        CHECK_INT(player_feed(connection, record, i == 0 ? len - 1 : 0, len), PAGETLS_HANDSHAKE_DONE);
    }
    CHECK(memcmp(keys[0], keys[1], 32) == 0);
    pagetls_connection_free(connection);
}

const native_test idle_tests[] = {
    { "an idle connection holds little memory, and a pump without work allocates nothing", holds_little_memory },
    { "a partial record is kept while other connections work", keeps_partial_records },
    { "data that the application has not read is kept", keeps_unread_data },
    { "connections that reuse each other's buffers do not see each other's bytes", connections_reuse_buffers },
    { "tickets, warnings and empty records acquire buffers briefly, and a partial message keeps them",
      acquires_buffers_for_other_records },
    { "an idle connection can be closed, and still receives after that", closes_while_idle },
    { "an idle connection fails if there is no memory for its buffers", fails_without_memory_for_buffers },
    { "a cached block is all zeros", zeroizes_cached_blocks },
    { "an idle connection exports the same keying material as an active one", exports_while_idle },
    { NULL, NULL },
};
