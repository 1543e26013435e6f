/* KeyUpdate (RFC 8446, section 4.6.3): its rules (tls/key_update.h), and connections that send and receive it. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the number of records that were sent */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "forge.h"
#include "groups.h"
#include "host/heap.h"
#include "native_host.h"
#include "player.h"
#include "tls/connection_parts.h"

#define NOW 1781524800000.0
static const uint8_t update[] = { 24, 0, 0, 1, 0 };
static const uint8_t request[] = { 24, 0, 0, 1, 1 };
static const uint8_t ticket[] = { 4, 0, 0, 15, 0, 0, 0, 60, 1, 2, 3, 4, 0, 0, 2, 7, 7, 0, 0 };

/* --- rules --------------------------------------------------------------------------- */

static void reads_messages(void)
{
    static const struct {
        uint8_t message[6];
        size_t len, remaining;
        int alert, requested;
    } cases[] = {
        { { 24, 0, 0, 1, 0 }, 5, 5, 0, 0 },      { { 24, 0, 0, 1, 1 }, 5, 5, 0, 1 },
        { { 24, 0, 0, 0 }, 4, 4, 50, 0 },        { { 24, 0, 0, 2, 0, 0 }, 6, 6, 50, 0 },
        { { 24, 0, 0, 1, 2 }, 5, 5, 47, 0 },     { { 24, 0, 0, 1, 255 }, 5, 5, 47, 0 },
        { { 24, 0, 0, 1, 0, 24 }, 5, 6, 10, 0 }, { { 24, 0, 0, 1, 1, 4 }, 5, 16384, 10, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int requested = 0;
        check_context("case %zu", i);
        CHECK_INT(pagetls_key_update_read(cases[i].message, cases[i].len, cases[i].remaining, &requested),
                  cases[i].alert);
        CHECK_INT(requested, cases[i].requested);
    }
}

static int spend_all(pagetls_key_update_budget *budget, double now)
{
    int count = 0;
    while (count < 2000 && pagetls_key_update_spend(budget, now)) {
        count++;
    }
    budget->spent--; /* as if the last one had not been */
    return count;
}

static void limits_their_number(void)
{
    pagetls_key_update_budget budget = { 0, 0, 0 };
    CHECK_INT(spend_all(&budget, NOW), PAGETLS_KEY_UPDATES_MAX);
    CHECK_INT(spend_all(&budget, NOW + PAGETLS_KEY_UPDATE_MS - 1), 0);
    CHECK_INT(spend_all(&budget, NOW + PAGETLS_KEY_UPDATE_MS), 1);
    CHECK_INT(spend_all(&budget, NOW + 2 * PAGETLS_KEY_UPDATE_MS - 1), 0);
    CHECK_INT(spend_all(&budget, NOW + 5.5 * PAGETLS_KEY_UPDATE_MS), 4);
    CHECK_INT(spend_all(&budget, NOW + 6 * PAGETLS_KEY_UPDATE_MS), 1);
    CHECK_INT(spend_all(&budget, NOW + 1e9 * PAGETLS_KEY_UPDATE_MS), PAGETLS_KEY_UPDATES_MAX);
    for (int i = 0; i < 10; i++) { /* as many bytes as five of them */
        pagetls_key_update_earn(&budget, PAGETLS_KEY_UPDATE_BYTES / 2);
    }
    CHECK_INT(spend_all(&budget, NOW + 1e9 * PAGETLS_KEY_UPDATE_MS), 5);
    CHECK_INT(spend_all(&budget, NOW), 0); /* set back */
    CHECK_INT(spend_all(&budget, NOW + PAGETLS_KEY_UPDATE_MS), 1);
    CHECK_INT(spend_all(&budget, (double) NAN), 0); /* no clock */
    CHECK_INT(spend_all(&budget, NOW), 0);
    for (int i = 0; i < 100000; i++) { /* one a second, for longer than a day */
        CHECK_INT(pagetls_key_update_spend(&budget, NOW + (i + 2.0) * PAGETLS_KEY_UPDATE_MS), 1);
    }
    for (int i = 0; i < 1000; i++) { /* received data cannot be saved up */
        pagetls_key_update_earn(&budget, PAGETLS_KEY_UPDATE_BYTES);
    }
    CHECK_INT(spend_all(&budget, NOW), PAGETLS_KEY_UPDATES_MAX);
    for (int i = 0; i < 40; i++) { /* records that were sent can */
        pagetls_key_update_save(&budget);
    }
    CHECK_INT(spend_all(&budget, NOW), 40);
    for (int i = 0; i < 3 * PAGETLS_KEY_UPDATES_SAVED; i++) {
        pagetls_key_update_save(&budget);
    }
    pagetls_key_update_earn(&budget, PAGETLS_KEY_UPDATE_BYTES);
    CHECK_INT(spend_all(&budget, NOW + 1e6 * PAGETLS_KEY_UPDATE_MS),
              PAGETLS_KEY_UPDATES_SAVED + PAGETLS_KEY_UPDATES_MAX);
}

static void is_due_in_time(void)
{
    CHECK_INT(pagetls_key_update_is_due((const uint8_t[8]) { 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF }), 0);
    CHECK_INT(pagetls_key_update_is_due((const uint8_t[8]) { 0, 0, 0, 0, 0, 0x80, 0, 0 }), 1);
    CHECK_INT(pagetls_key_update_is_due((const uint8_t[8]) { 0, 0, 0, 0, 1, 0, 0, 0 }), 1);
    CHECK_INT(pagetls_key_update_is_due((const uint8_t[8]) { 1, 0, 0, 0, 0, 0, 0, 0 }), 1);
}

/* --- a connection ----------------------------------------------------------------------- */

static record_keys server;
static record_keys client;

static pagetls_connection *open_connection(void)
{
    native_host_set_now(NOW);
    return forge_replay(&server, &client);
}

static uint32_t feed(pagetls_connection *connection, uint8_t type, const void *content, size_t len)
{
    uint8_t record[200];
    size_t record_len = forge_record(&server, record, type, content, len);
    return player_feed(connection, record, record_len, record_len);
}

static int receives(pagetls_connection *connection, const char *text)
{
    int ok = feed(connection, APPLICATION_DATA, text, strlen(text)) == PAGETLS_HANDSHAKE_DONE &&
        pagetls_connection_pending(connection, PAGETLS_APP_IN) == strlen(text) &&
        memcmp(pagetls_connection_peek(connection, PAGETLS_APP_IN), text, strlen(text)) == 0;
    pagetls_connection_consume(connection, PAGETLS_APP_IN, SIZE_MAX);
    return ok;
}

/* 1 if the next record that is sent has this content. */
static int sent_is(pagetls_connection *connection, uint8_t type, const void *content, size_t len)
{
    uint8_t record[200];
    uint8_t sent_type;
    return forge_receive(connection, &client, record, sizeof(record), &sent_type) == (int) len && sent_type == type &&
        memcmp(record + 5, content, len) == 0;
}

/* 1 if the next record is a KeyUpdate; the next one must have the new keys. */
static int sent_is_update(pagetls_connection *connection, const uint8_t message[5])
{
    int ok = sent_is(connection, HANDSHAKE, message, 5);
    forge_update_keys(&client);
    return ok;
}

static int sends(pagetls_connection *connection, const char *text)
{
    return player_put(connection, PAGETLS_APP_OUT, text, strlen(text)) &&
        pagetls_connection_pump(connection) == PAGETLS_HANDSHAKE_DONE &&
        sent_is(connection, APPLICATION_DATA, text, strlen(text));
}

static void follows_the_server(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    uint8_t keys[2][32];
    CHECK_INT(pagetls_connection_export(connection, keys[0], 32, "label", 5, NULL, 0, 0), 0);
    pagetls_free(pagetls_connection_report(connection));
    (void) pagetls_connection_take_keylog(connection);
    size_t heap = pagetls_heap_in_use();
    for (int i = 1; i <= 100; i++) {
        check_context("KeyUpdate %d", i);
        native_host_set_now(NOW + i * (double) PAGETLS_KEY_UPDATE_MS);
        CHECK_INT(feed(connection, HANDSHAKE, update, sizeof(update)), PAGETLS_HANDSHAKE_DONE);
        forge_update_keys(&server);
        CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
        CHECK(strstr(pagetls_connection_take_keylog(connection), "SERVER_TRAFFIC_SECRET_") != NULL);
        (void) pagetls_connection_take_keylog(connection);
        CHECK_INT(pagetls_heap_in_use(), heap);
        CHECK(receives(connection, "under the new keys") && sends(connection, "under the old keys"));
    }
    CHECK_INT(pagetls_connection_export(connection, keys[1], 32, "label", 5, NULL, 0, 0), 0);
    CHECK(memcmp(keys[0], keys[1], 32) == 0);
    pagetls_connection_free(connection);
}

static void answers_requests_once(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    for (int requests = 1; requests <= 5; requests++) {
        uint8_t all[300];
        size_t len = 0;
        check_context("%d requests", requests);
        for (int i = 0; i < requests; i++) {
            len += forge_record(&server, all + len, HANDSHAKE, request, sizeof(request));
            forge_update_keys(&server);
        }
        CHECK_INT(player_feed(connection, all, len, requests % 2 == 0 ? len : 1), PAGETLS_HANDSHAKE_DONE);
        CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
        CHECK(receives(connection, "ping"));
        CHECK(player_put(connection, PAGETLS_APP_OUT, "pong", 4));
        CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE);
        CHECK(sent_is_update(connection, update) && sent_is(connection, APPLICATION_DATA, "pong", 4));
        CHECK(sends(connection, "and no other answer"));
    }
    pagetls_connection_free(connection);
}

static void accepts_other_messages_before_it(void)
{
    uint8_t both[sizeof(ticket) + sizeof(update)];
    memcpy(both, ticket, sizeof(ticket));
    memcpy(both + sizeof(ticket), update, sizeof(update));
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    CHECK_INT(feed(connection, HANDSHAKE, both, sizeof(both)), PAGETLS_HANDSHAKE_DONE);
    forge_update_keys(&server);
    CHECK(receives(connection, "after a ticket"));
    for (size_t cut = 1; cut < sizeof(both); cut++) {
        check_context("cut at %zu", cut);
        CHECK_INT(feed(connection, HANDSHAKE, both, cut), PAGETLS_HANDSHAKE_DONE);
        CHECK_INT(feed(connection, HANDSHAKE, both + cut, sizeof(both) - cut), PAGETLS_HANDSHAKE_DONE);
        forge_update_keys(&server);
        CHECK(receives(connection, "after fragments"));
    }
    pagetls_connection_free(connection);
}

static void check_rejected(const void *content, size_t len, int error, uint8_t alert)
{
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    CHECK_INT(feed(connection, HANDSHAKE, content, len), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), error);
    CHECK_INT(pagetls_connection_alert(connection), -1);
    CHECK(sent_is(connection, ALERT, (const uint8_t[]) { 2, alert }, 2));
    pagetls_connection_free(connection);
}

static void rejects_malformed_ones(void)
{
    REQUIRE(forge_record_handshake());
    check_rejected("\x18\x00\x00\x00", 4, PAGETLS_ERR_PROTOCOL, 50); /* decode_error */
    check_rejected("\x18\x00\x00\x02\x00\x00", 6, PAGETLS_ERR_PROTOCOL, 50);
    check_rejected("\x18\x00\x00\x01\x02", 5, PAGETLS_ERR_PROTOCOL, 47); /* illegal_parameter */
    check_rejected("\x18\x00\x00\x01\x00\x18\x00\x00\x01\x00", 10, PAGETLS_ERR_POST_HANDSHAKE, 10);
    check_rejected("\x18\x00\x00\x01\x01\x04", 6, PAGETLS_ERR_POST_HANDSHAKE, 10); /* unexpected_message */
}

static void rejects_the_old_keys_afterwards(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    CHECK_INT(feed(connection, HANDSHAKE, update, sizeof(update)), PAGETLS_HANDSHAKE_DONE);
    CHECK_INT(feed(connection, APPLICATION_DATA, "old", 3), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_BAD_RECORD);
    CHECK(sent_is(connection, ALERT, "\x02\x14", 2));
    pagetls_connection_free(connection);
}

static void fails_after_too_many(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    for (int i = 0; i < PAGETLS_KEY_UPDATES_MAX; i++) {
        CHECK_INT(feed(connection, HANDSHAKE, update, sizeof(update)), PAGETLS_HANDSHAKE_DONE);
        forge_update_keys(&server);
        CHECK(receives(connection, "a little data does not reset the count"));
    }
    CHECK_INT(feed(connection, HANDSHAKE, request, sizeof(request)), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_KEY_UPDATES);
    CHECK(sent_is(connection, ALERT, "\x02\x0A", 2));
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
    pagetls_connection_free(connection);
}

static void sends_on_demand(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    pagetls_free(pagetls_connection_report(connection));
    (void) pagetls_connection_take_keylog(connection);
    size_t heap = pagetls_heap_in_use();
    for (int i = 0; i < 20; i++) {
        CHECK_INT(pagetls_connection_update_keys(connection), 0);
        CHECK_INT(pagetls_connection_update_keys(connection), 0); /* one message */
        CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE);
        CHECK(sent_is_update(connection, request));
        CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
        (void) pagetls_connection_take_keylog(connection);
        (void) pagetls_connection_take_keylog(connection);
        CHECK_INT(pagetls_heap_in_use(), heap);
        CHECK(sends(connection, "new keys"));
        CHECK_INT(feed(connection, HANDSHAKE, update, sizeof(update)), PAGETLS_HANDSHAKE_DONE); /* its answer */
        forge_update_keys(&server);
        CHECK(receives(connection, "new keys too"));
    }
    /* A request of the server that crosses ours is answered, too. */
    uint8_t record[100];
    size_t len = forge_record(&server, record, HANDSHAKE, request, sizeof(request));
    forge_update_keys(&server);
    CHECK_INT(pagetls_connection_update_keys(connection), 0);
    CHECK_INT(player_feed(connection, record, len, len), PAGETLS_HANDSHAKE_DONE);
    CHECK(sent_is_update(connection, request));
    CHECK(player_put(connection, PAGETLS_APP_OUT, "data", 4));
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE);
    CHECK(sent_is_update(connection, update) && sent_is(connection, APPLICATION_DATA, "data", 4));
    pagetls_connection_free(connection);
}

/* Before the data that is put in next, but behind the record that the network did not take yet. */
static void sends_every_byte_once(void)
{
    static uint8_t chunk[30000];
    static uint8_t wire[40000];
    const size_t total = 500000;
    size_t put = 0;
    size_t got = 0;
    size_t wire_len = 0;
    int updates = 0;
    int closed = 0;
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    for (size_t round = 1; !closed; round++) {
        size_t n = 1 + round * 7919 % sizeof(chunk);
        n = n < total - put ? n : total - put;
        for (size_t i = 0; i < n; i++) {
            chunk[i] = (uint8_t) ((put + i) * 13 >> 2);
        }
        native_host_set_now(NOW + (double) round * PAGETLS_KEY_UPDATE_MS);
        if (n > 0 && player_put(connection, PAGETLS_APP_OUT, chunk, n)) {
            put += n;
        } else if (put == total) {
            pagetls_connection_close(connection);
        }
        if (round % 5 == 0) { /* after close(), there is no state for it any more */
            CHECK_INT(pagetls_connection_update_keys(connection), connection->closing ? PAGETLS_ERR_STATE : 0);
        } else if (round % 2 == 0) {
            REQUIRE((feed(connection, HANDSHAKE, request, sizeof(request)) & PAGETLS_FAILED) == 0);
            forge_update_keys(&server);
        }
        REQUIRE((pagetls_connection_pump(connection) & PAGETLS_FAILED) == 0);
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
            } else if (type == HANDSHAKE) {
                CHECK(len == 5 && memcmp(wire + 5, update, 4) == 0 && wire[5 + 4] <= 1);
                forge_update_keys(&client);
                updates++;
            }
            for (size_t i = 0; type == APPLICATION_DATA && i < (size_t) len; i++, got++) {
                REQUIRE(wire[5 + i] == (uint8_t) (got * 13 >> 2));
            }
            memmove(wire, wire + record_len, wire_len - record_len);
            wire_len -= record_len;
        }
    }
    CHECK(updates > 20);
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
    CHECK_INT(wire_len, 0);
    pagetls_connection_free(connection);
}

/* As if that many records had been sent. */
static void set_records(pagetls_connection *connection, uint64_t records)
{
    client.sequence = records;
    for (int i = 0; i < 8; i++) {
        connection->ssl.cur_out_ctr[7 - i] = (uint8_t) (records >> 8 * i);
    }
}

static void sends_before_the_limit(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    for (int i = 0; i < 3; i++) {
        set_records(connection, PAGETLS_KEY_RECORDS_MAX - 1);
        CHECK(sends(connection, "the last"));
        CHECK(player_put(connection, PAGETLS_APP_OUT, "the first", 9));
        CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE);
        CHECK(sent_is_update(connection, update) && sent_is(connection, APPLICATION_DATA, "the first", 9));
    }
    client.sequence = server.sequence = 0;
    pagetls_connection_free(connection);
}

static void answers_until_closed(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    uint8_t record[100];
    size_t len = forge_record(&server, record, HANDSHAKE, request, sizeof(request));
    forge_update_keys(&server);
    CHECK_INT(player_feed(connection, record, len, len), PAGETLS_HANDSHAKE_DONE);
    CHECK(player_put(connection, PAGETLS_APP_OUT, "the last", 8));
    pagetls_connection_close(connection);
    CHECK_INT(pagetls_connection_update_keys(connection), PAGETLS_ERR_STATE);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    CHECK(sent_is_update(connection, update) && sent_is(connection, APPLICATION_DATA, "the last", 8));
    CHECK(sent_is(connection, ALERT, "\x01\x00", 2));
    CHECK_INT(feed(connection, HANDSHAKE, request, sizeof(request)), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    forge_update_keys(&server);
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
    CHECK_INT(feed(connection, APPLICATION_DATA, "late", 4), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_APP_IN), 4);
    pagetls_connection_free(connection);
}

static void answers_before_close_notify(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    CHECK_INT(feed(connection, HANDSHAKE, request, sizeof(request)), PAGETLS_HANDSHAKE_DONE);
    forge_update_keys(&server);
    CHECK_INT(pagetls_connection_pending(connection, PAGETLS_NET_OUT), 0);
    pagetls_connection_close(connection);
    CHECK_INT(pagetls_connection_pump(connection), PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED);
    CHECK(sent_is_update(connection, update) && sent_is(connection, ALERT, "\x01\x00", 2));
    pagetls_connection_free(connection);
}

static void writes_the_key_log(void)
{
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = open_connection();
    REQUIRE(connection != NULL);
    for (int i = 1; i <= 12; i++) {
        char names[2][80];
        CHECK_INT(pagetls_connection_update_keys(connection), 0);
        CHECK_INT(feed(connection, HANDSHAKE, update, sizeof(update)), PAGETLS_HANDSHAKE_DONE);
        forge_update_keys(&server);
        CHECK(sent_is_update(connection, request));
        const char *lines = pagetls_connection_take_keylog(connection);
        REQUIRE(lines != NULL);
        snprintf(names[0], sizeof(names[0]), "CLIENT_TRAFFIC_SECRET_%d ", i);
        snprintf(names[1], sizeof(names[1]), "SERVER_TRAFFIC_SECRET_%d ", i);
        for (int side = 0; side < 2; side++) {
            const char *line = strstr(lines, names[side]);
            char hex[65];
            const uint8_t *secret = side == 0 ? client.secret : server.secret;
            for (int k = 0; k < 32; k++) {
                snprintf(hex + 2 * k, 3, "%02x", secret[k]);
            }
            check_context("%s", names[side]);
            CHECK(line != NULL && strncmp(strchr(line, '\n') - 64, hex, 64) == 0);
        }
        CHECK(pagetls_connection_take_keylog(connection) == NULL);
    }
    pagetls_connection_free(connection);
}

static void fails_without_memory(void)
{
    REQUIRE(forge_record_handshake());
    int failures = 0;
    for (long n = 0;; n++) {
        pagetls_connection *connection = open_connection();
        REQUIRE(connection != NULL);
        check_context("allocation %ld", n);
        uint8_t record[100];
        size_t len = forge_record(&server, record, HANDSHAKE, request, sizeof(request));
        CHECK(player_put(connection, PAGETLS_NET_IN, record, len));
        native_host_fail_allocation(n);
        uint32_t state = pagetls_connection_pump(connection);
        if (player_put(connection, PAGETLS_APP_OUT, "data", 4)) {
            state = pagetls_connection_pump(connection);
        }
        int failed = native_host_allocation_failed();
        native_host_fail_allocation(-1);
        failures += (state & PAGETLS_FAILED) != 0;
        if ((state & PAGETLS_FAILED) != 0) {
            CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_OUT_OF_MEMORY);
        } else {
            forge_update_keys(&server);
            if (failed) { /* only the queue had no memory */
                pagetls_connection_free(connection);
                continue;
            }
            CHECK(sent_is_update(connection, update) && sent_is(connection, APPLICATION_DATA, "data", 4));
            CHECK(sends(connection, "alive") && receives(connection, "alive"));
        }
        pagetls_connection_free(connection);
        if (!failed) {
            break;
        }
    }
    CHECK(failures > 3);
}

const native_test key_update_tests[] = {
    { "a KeyUpdate has one form", reads_messages },
    { "32 KeyUpdates at once, one a second, for 16 KiB and for each record sent are accepted", limits_their_number },
    { "a KeyUpdate is due after 2^23 records", is_due_in_time },
    { "the server updates its keys, again and again, and ours stay; exports stay, too", follows_the_server },
    { "one KeyUpdate answers all requests before the next data", answers_requests_once },
    { "a KeyUpdate may follow a ticket in its record, and be cut anywhere", accepts_other_messages_before_it },
    { "a malformed KeyUpdate, or one that does not end its record, is rejected with its alert", rejects_malformed_ones },
    { "a record under the old keys is rejected after a KeyUpdate", rejects_the_old_keys_afterwards },
    { "too many KeyUpdates are an error", fails_after_too_many },
    { "we update our keys on demand, and request the server to", sends_on_demand },
    { "every byte is sent exactly once, also when keys are updated while the network is slow", sends_every_byte_once },
    { "we update our keys before they have encrypted too many records", sends_before_the_limit },
    { "requests are answered until our close_notify", answers_until_closed },
    { "a request is answered before close_notify, without data, too", answers_before_close_notify },
    { "the key log has every new secret", writes_the_key_log },
    { "a KeyUpdate fails without memory", fails_without_memory },
    { NULL, NULL },
};
