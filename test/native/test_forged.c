/* Records that a conforming server does not send (forge.h). */
#include <string.h>

#include "check.h"
#include "forge.h"
#include "groups.h"
#include "host/heap.h"
#include "host/limits.h"
#include "player.h"

static int app_in_is(pagetls_connection *connection, const char *text)
{
    return pagetls_connection_pending(connection, PAGETLS_APP_IN) == strlen(text) &&
        memcmp(pagetls_connection_peek(connection, PAGETLS_APP_IN), text, strlen(text)) == 0;
}

static void reads_after_records_without_data(void)
{
    record_keys server;
    record_keys client;
    uint8_t all[1000];
    size_t len = 0;
    static const uint8_t ticket[] = { 4, 0, 0, 15, 0, 0, 0, 60, 1, 2, 3, 4, 0, 0, 2, 7, 7, 0, 0 };
    pagetls_connection *connection = forge_connection(&server, &client);
    REQUIRE(connection != NULL);
    len += forge_record(&server, all + len, HANDSHAKE, ticket, sizeof(ticket));
    len += forge_record(&server, all + len, APPLICATION_DATA, "", 0); /* empty records (RFC 8446, section 5.4) */
    len += forge_record(&server, all + len, APPLICATION_DATA, "", 0);
    len += forge_record(&server, all + len, ALERT, "\x01\x5A", 2); /* user_canceled */
    len += forge_record(&server, all + len, ALERT, "\x01\x5A", 2);
    len += forge_record(&server, all + len, APPLICATION_DATA, "data", 4);
    len += forge_record(&server, all + len, ALERT, "\x01\x00", 2); /* close_notify */
    /* All at once: no later input could hide a pump that stopped too early. */
    CHECK_INT(player_feed(connection, all, len, len), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED);
    CHECK_INT(pagetls_connection_error(connection), 0);
    CHECK(app_in_is(connection, "data"));
    CHECK_INT(player_eof(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED);
    pagetls_connection_free(connection);
}

static void writes_after_the_peer_has_closed(void)
{
    record_keys server;
    record_keys client;
    uint8_t record[200];
    uint8_t type;
    pagetls_connection *connection = forge_connection(&server, &client);
    REQUIRE(connection != NULL);
    size_t len = forge_record(&server, record, ALERT, "\x01\x00", 2);
    CHECK_INT(player_feed(connection, record, len, 1), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED);
    CHECK(player_put(connection, PAGETLS_APP_OUT, "answer",
                     6)); /* RFC 8446, section 6.1: only the peer's side is closed */
    pagetls_connection_close(connection);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_PEER_CLOSED | PAGETLS_CLOSED);
    CHECK_INT(forge_receive(connection, &client, record, sizeof(record), &type), 6);
    CHECK(type == APPLICATION_DATA && memcmp(record + 5, "answer", 6) == 0);
    CHECK_INT(forge_receive(connection, &client, record, sizeof(record), &type), 2);
    CHECK(type == ALERT && memcmp(record + 5, "\x01\x00", 2) == 0);
    pagetls_connection_free(connection);
}

static void keeps_data_before_a_bad_record(void)
{
    record_keys server;
    record_keys client;
    uint8_t all[200];
    uint8_t alert[100];
    uint8_t type;
    pagetls_connection *connection = forge_connection(&server, &client);
    REQUIRE(connection != NULL);
    size_t len = forge_record(&server, all, APPLICATION_DATA, "good", 4);
    len += forge_record(&server, all + len, APPLICATION_DATA, "evil", 4);
    all[len - 1] ^= 1;
    CHECK_INT(player_feed(connection, all, len, len), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK(app_in_is(connection, "good"));
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_BAD_RECORD);
    CHECK_INT(pagetls_error_native(PAGETLS_ERR_BAD_RECORD), -0x7180); /* MBEDTLS_ERR_SSL_INVALID_MAC */
    CHECK_INT(forge_receive(connection, &client, alert, sizeof(alert), &type), 2);
    CHECK(type == ALERT && memcmp(alert + 5, "\x02\x14", 2) == 0); /* fatal bad_record_mac */
    /* The connection no longer accepts or sends anything. */
    CHECK(player_put(connection, PAGETLS_APP_OUT, "more", 4));
    pagetls_connection_close(connection);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
    pagetls_connection_free(connection);
}

static void check_rejected(uint8_t type, const void *content, size_t content_len, int error, int native, int alert)
{
    record_keys server;
    record_keys client;
    static uint8_t record[FORGE_RECORD_SIZE];
    pagetls_connection *connection = forge_connection(&server, &client);
    REQUIRE(connection != NULL);
    size_t len = forge_record(&server, record, type, content, content_len);
    CHECK_INT(player_feed(connection, record, len, len), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), error);
    CHECK_INT(pagetls_error_native(error), native);
    CHECK_INT(pagetls_connection_alert(connection), alert);
    pagetls_connection_free(connection);
}

static void fails_on_a_fatal_alert(void)
{
    check_rejected(ALERT, "\x02\x50", 2, PAGETLS_ERR_ALERT, -0x7780, 0x50); /* internal_error */
}

static void fails_on_unexpected_messages(void)
{
    /* HelloRequest */
    check_rejected(HANDSHAKE, "\x00\x00\x00\x00", 4, PAGETLS_ERR_POST_HANDSHAKE, -0x7700, -1);
    static uint8_t long_content[FORGE_CONTENT_MAX + 1];
    check_rejected(APPLICATION_DATA, long_content, sizeof(long_content), PAGETLS_ERR_VIOLATION, -0x6700,
                   -1); /* more than 2^14 octets */
}

static void bounds_memory_without_reader(void)
{
    record_keys server;
    record_keys client;
    static uint8_t chunk[16000];
    static uint8_t record[FORGE_RECORD_SIZE];
    static uint8_t out[7000];
    size_t sealed = 0;
    size_t taken = 0;
    size_t record_len = 0;
    size_t record_at = 0;
    pagetls_connection *connection = forge_connection(&server, &client);
    REQUIRE(connection != NULL);
    size_t max_heap = pagetls_heap_in_use() + 2 * PAGETLS_HEAP_QUEUE_BYTES + 2 * PAGETLS_HEAP_RECORD_BYTES + 4096;
    for (int round = 0; taken < 40 * sizeof(chunk); round++) {
        /* Put in as much as fits; take out pieces of odd sizes. */
        for (;;) {
            if (record_at == record_len) {
                if (sealed == 40 * sizeof(chunk)) {
                    break;
                }
                for (size_t i = 0; i < sizeof(chunk); i++) {
                    chunk[i] = (uint8_t) ((sealed + i) * 31 >> 3);
                }
                record_len = forge_record(&server, record, APPLICATION_DATA, chunk, sizeof(chunk));
                record_at = 0;
                sealed += sizeof(chunk);
            }
            size_t space = pagetls_connection_space(connection, PAGETLS_NET_IN);
            size_t n = record_len - record_at < space ? record_len - record_at : space;
            REQUIRE(player_put(connection, PAGETLS_NET_IN, record + record_at, n));
            record_at += n;
            REQUIRE(pagetls_connection_pump(connection) == PAGETLS_HANDSHAKE_DONE);
            if (n == 0) {
                break;
            }
        }
        CHECK(pagetls_heap_in_use() <= max_heap);
        if (round == 0) { /* the pump stopped because the queues are full, not because they are empty */
            CHECK_INT(pagetls_connection_space(connection, PAGETLS_APP_IN), 0);
            CHECK_INT(pagetls_connection_space(connection, PAGETLS_NET_IN), 0);
        }
        size_t n = player_take(connection, PAGETLS_APP_IN, out, 1 + (size_t) round * 997 % sizeof(out));
        for (size_t i = 0; i < n; i++, taken++) {
            REQUIRE(out[i] == (uint8_t) (taken * 31 >> 3));
        }
        REQUIRE(pagetls_connection_pump(connection) == PAGETLS_HANDSHAKE_DONE);
    }
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_APP_IN), 0);
    pagetls_connection_free(connection);
}

static void sends_every_byte_once(void)
{
    record_keys server;
    record_keys client;
    static uint8_t chunk[30000];
    static uint8_t wire[40000];
    const size_t total = 500000;
    size_t put = 0;
    size_t got = 0;
    size_t wire_len = 0;
    int closed = 0;
    pagetls_connection *connection = forge_connection(&server, &client);
    REQUIRE(connection != NULL);
    for (size_t round = 1; !closed; round++) {
        size_t n = 1 + round * 7919 % sizeof(chunk);
        n = n < total - put ? n : total - put;
        for (size_t i = 0; i < n; i++) {
            chunk[i] = (uint8_t) ((put + i) * 13 >> 2);
        }
        if (n > 0 && player_put(connection, PAGETLS_APP_OUT, chunk, n)) {
            put += n;
        } else if (put == total) {
            pagetls_connection_close(connection);
        }
        REQUIRE((pagetls_connection_pump(connection) & PAGETLS_FAILED) == 0);
        CHECK(pagetls_connection_pending(connection, PAGETLS_NET_OUT) <= PAGETLS_HEAP_QUEUE_BYTES);
        /* The network accepts less than the application writes, so NET_OUT is mostly full. */
        n = 1 + round * 5003 % 9000;
        wire_len += player_take(connection, PAGETLS_NET_OUT, wire + wire_len, n);
        for (;;) {
            size_t record_len = wire_len < 5 ? 0 : 5u + ((size_t) wire[3] << 8 | wire[4]);
            if (record_len == 0 || wire_len < record_len) {
                break;
            }
            uint8_t type;
            int len = forge_open(&client, wire, record_len, &type);
            REQUIRE(len >= 0);
            if (type == ALERT) {
                CHECK(memcmp(wire + 5, "\x01\x00", 2) == 0);
                CHECK_INT(got, total);
                closed = 1;
            }
            for (size_t i = 0; type == APPLICATION_DATA && i < (size_t) len; i++, got++) {
                REQUIRE(wire[5 + i] == (uint8_t) (got * 13 >> 2));
            }
            memmove(wire, wire + record_len, wire_len - record_len);
            wire_len -= record_len;
        }
    }
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
    CHECK_INT(wire_len, 0);
    pagetls_connection_free(connection);
}

static void sends_the_alert_when_there_is_space(void)
{
    static uint8_t data[60000];
    static uint8_t wire[2 * PAGETLS_HEAP_QUEUE_BYTES];
    const uint32_t failed = PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED;
    REQUIRE(forge_record_handshake());
    for (size_t before = 0; before < 40; before++) { /* also when a part of the alert fits */
        record_keys server;
        record_keys client;
        uint8_t bad[64];
        pagetls_connection *connection = forge_replay(&server, &client);
        REQUIRE(connection != NULL);
        /* Three records, and one of which that many bytes are missing in NET_OUT. */
        const size_t records_len = 3 * (FORGE_CONTENT_MAX + 22);
        size_t last_len = PAGETLS_HEAP_QUEUE_BYTES - records_len - 22 + 2 - before;
        CHECK(player_put(connection, PAGETLS_APP_OUT, data, 3 * FORGE_CONTENT_MAX) &&
              pagetls_connection_pump(connection) == PAGETLS_HANDSHAKE_DONE);
        CHECK(player_put(connection, PAGETLS_APP_OUT, data, last_len) &&
              pagetls_connection_pump(connection) == PAGETLS_HANDSHAKE_DONE);
        size_t len = forge_record(&server, bad, APPLICATION_DATA, "data", 4);
        bad[len - 1] ^= 1;
        CHECK_INT(player_feed(connection, bad, len, len), failed);
        CHECK_INT(pagetls_connection_pump(connection), failed);
        size_t wire_len = player_take(connection, PAGETLS_NET_OUT, wire, sizeof(wire));
        CHECK_INT(pagetls_connection_pump(connection), failed);
        wire_len += player_take(connection, PAGETLS_NET_OUT, wire + wire_len, sizeof(wire) - wire_len);
        CHECK_INT(pagetls_connection_pump(connection), failed);
        CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
        CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_BAD_RECORD);
        size_t got = 0;
        int alerts = 0;
        for (size_t at = 0; at < wire_len;) {
            uint8_t type;
            size_t record_len = 5u + ((size_t) wire[at + 3] << 8 | wire[at + 4]);
            REQUIRE(record_len <= wire_len - at);
            int content = forge_open(&client, wire + at, record_len, &type);
            REQUIRE(content >= 0 && alerts == 0);
            alerts += type == ALERT && content == 2 && memcmp(wire + at + 5, "\x02\x14", 2) == 0; /* bad_record_mac */
            got += type == APPLICATION_DATA ? (size_t) content : 0;
            at += record_len;
        }
        check_context("%zu bytes of space", before);
        CHECK_INT(alerts, 1);
        CHECK_INT(got, 3 * FORGE_CONTENT_MAX + last_len);
        pagetls_connection_free(connection);
    }
}

const native_test forged_tests[] = {
    { "reading continues after tickets, empty records and warning alerts", reads_after_records_without_data },
    { "writing continues after the peer has closed its side", writes_after_the_peer_has_closed },
    { "data before a bad record is kept, and an alert is sent", keeps_data_before_a_bad_record },
    { "a fatal alert fails the connection, with its number", fails_on_a_fatal_alert },
    { "a message that is unexpected after the handshake fails the connection", fails_on_unexpected_messages },
    { "memory is bounded if the application does not read, and every byte arrives", bounds_memory_without_reader },
    { "every byte is sent exactly once, however slow the network is", sends_every_byte_once },
    { "the alert of a failed connection waits for space", sends_the_alert_when_there_is_space },
    { NULL, NULL },
};
