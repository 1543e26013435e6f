/* Handshake messages in fragments (mbedtls/message_buffer.h) and empty records (mbedtls/empty_records.h), after the
 * handshake. test/tls/fragments.test.js has those during it. */
#include <string.h>

#include "check.h"
#include "forge.h"
#include "groups.h"
#include "host/heap.h"
#include "player.h"

static const uint8_t ticket[] = { 4, 0, 0, 15, 0, 0, 0, 60, 1, 2, 3, 4, 0, 0, 2, 7, 7, 0, 0 };
enum { TICKETS = 3, FLIGHT = TICKETS * sizeof(ticket) };

static void fill_flight(uint8_t flight[FLIGHT])
{
    for (size_t i = 0; i < TICKETS; i++) {
        memcpy(flight + i * sizeof(ticket), ticket, sizeof(ticket));
    }
}

/* Feeds a record, all at once or byte by byte. */
static uint32_t feed(pagetls_connection *connection, record_keys *server, uint8_t type, const void *content, size_t len)
{
    static uint8_t record[FORGE_RECORD_SIZE];
    size_t record_len = forge_record(server, record, type, content, len);
    return player_feed(connection, record, record_len, len % 2 == 0 ? record_len : 1);
}

static int receives(pagetls_connection *connection, record_keys *server, const char *text)
{
    int ok = feed(connection, server, APPLICATION_DATA, text, strlen(text)) == PAGETLS_HANDSHAKE_DONE &&
        pagetls_connection_pending(connection, PAGETLS_APP_IN) == strlen(text) &&
        memcmp(pagetls_connection_peek(connection, PAGETLS_APP_IN), text, strlen(text)) == 0;
    pagetls_connection_consume(connection, PAGETLS_APP_IN, SIZE_MAX);
    return ok;
}

static void assembles_fragments_of_every_size(void)
{
    record_keys server;
    record_keys client;
    size_t heap;
    uint8_t flight[FLIGHT];
    fill_flight(flight);
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = forge_idle(forge_replay(&server, &client), &heap);
    REQUIRE(connection != NULL);
    for (size_t size = 1; size <= FLIGHT; size++) {
        check_context("fragments of %zu", size);
        for (size_t at = 0; at < FLIGHT; at += size) {
            size_t len = FLIGHT - at < size ? FLIGHT - at : size;
            CHECK_INT(feed(connection, &server, HANDSHAKE, flight + at, len), PAGETLS_HANDSHAKE_DONE);
        }
        CHECK_INT(pagetls_heap_in_use(), heap);
        CHECK(receives(connection, &server, "data"));
    }
    pagetls_connection_free(connection);
}

static void assembles_fragments_cut_anywhere(void)
{
    record_keys server;
    record_keys client;
    size_t heap;
    uint8_t flight[FLIGHT];
    fill_flight(flight);
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = forge_idle(forge_replay(&server, &client), &heap);
    REQUIRE(connection != NULL);
    for (size_t first = 1; first < FLIGHT; first++) {
        for (size_t second = first + 1; second <= FLIGHT; second++) {
            check_context("cut at %zu and %zu", first, second);
            const size_t cuts[] = { 0, first, second, FLIGHT };
            for (int i = 0; i < 3 && cuts[i] < FLIGHT; i++) {
                REQUIRE(feed(connection, &server, HANDSHAKE, flight + cuts[i], cuts[i + 1] - cuts[i]) ==
                        PAGETLS_HANDSHAKE_DONE);
            }
            REQUIRE(pagetls_heap_in_use() == heap && receives(connection, &server, "data"));
        }
    }
    pagetls_connection_free(connection);
}

/* Each number of bytes of a header, and half of a message, before a record that is as long as possible. */
static void enlarges_the_buffer_for_the_next_record(void)
{
    static uint8_t tickets[FORGE_CONTENT_MAX + 2 * sizeof(ticket)];
    record_keys server;
    record_keys client;
    size_t heap;
    for (size_t i = 0; i < sizeof(tickets); i++) {
        tickets[i] = ticket[i % sizeof(ticket)];
    }
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = forge_idle(forge_replay(&server, &client), &heap);
    REQUIRE(connection != NULL);
    for (size_t first = 1; first < sizeof(ticket); first++) {
        check_context("%zu bytes", first);
        size_t last = (first + FORGE_CONTENT_MAX) % sizeof(ticket);
        CHECK_INT(feed(connection, &server, HANDSHAKE, tickets, first), PAGETLS_HANDSHAKE_DONE);
        CHECK_INT(feed(connection, &server, HANDSHAKE, tickets + first, FORGE_CONTENT_MAX), PAGETLS_HANDSHAKE_DONE);
        if (last > 0) {
            CHECK_INT(feed(connection, &server, HANDSHAKE, ticket + last, sizeof(ticket) - last),
                      PAGETLS_HANDSHAKE_DONE);
        }
        CHECK_INT(pagetls_heap_in_use(), heap);
        CHECK(receives(connection, &server, "data"));
    }
    pagetls_connection_free(connection);
}

static int sends_alert(pagetls_connection *connection, record_keys *client, uint8_t alert)
{
    uint8_t record[100];
    uint8_t type;
    return forge_receive(connection, client, record, sizeof(record), &type) == 2 && type == ALERT && record[5] == 2 &&
        record[6] == alert;
}

static void rejects_records_between_fragments(void)
{
    record_keys server;
    record_keys client;
    size_t heap;
    REQUIRE(forge_record_handshake());
    for (size_t first = 1; first < sizeof(ticket); first++) {
        for (int empty = 0; empty < 2; empty++) {
            check_context("after %zu bytes, %s", first, empty ? "an empty handshake record" : "data");
            pagetls_connection *connection = forge_idle(forge_replay(&server, &client), &heap);
            REQUIRE(connection != NULL);
            CHECK_INT(feed(connection, &server, HANDSHAKE, ticket, first), PAGETLS_HANDSHAKE_DONE);
            CHECK_INT(feed(connection, &server, empty ? HANDSHAKE : APPLICATION_DATA, "data", empty ? 0 : 4),
                      PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
            CHECK_INT(pagetls_connection_error(connection), empty ? PAGETLS_ERR_VIOLATION : PAGETLS_ERR_POST_HANDSHAKE);
            CHECK(!empty || sends_alert(connection, &client, 10)); /* unexpected_message */
            CHECK_INT(pagetls_connection_pending(connection, PAGETLS_APP_IN), 0);
            pagetls_connection_free(connection);
        }
    }
}

static void limits_empty_records(void)
{
    record_keys server;
    record_keys client;
    size_t heap;
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = forge_idle(forge_replay(&server, &client), &heap);
    REQUIRE(connection != NULL);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < PAGETLS_EMPTY_RECORDS_MAX; i++) {
            CHECK_INT(feed(connection, &server, APPLICATION_DATA, "", 0), PAGETLS_HANDSHAKE_DONE);
        }
        CHECK_INT(pagetls_heap_in_use(), heap);
        CHECK(receives(connection, &server, "data"));
    }
    for (int i = 0; i < PAGETLS_EMPTY_RECORDS_MAX; i++) {
        CHECK_INT(feed(connection, &server, APPLICATION_DATA, "", 0), PAGETLS_HANDSHAKE_DONE);
    }
    CHECK_INT(feed(connection, &server, APPLICATION_DATA, "", 0), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_EMPTY_RECORDS);
    CHECK(sends_alert(connection, &client, 10));
    pagetls_connection_free(connection);
}

static void limits_warning_alerts(void)
{
    static const uint8_t user_canceled[] = { 1, 90 };
    record_keys server;
    record_keys client;
    size_t heap;
    REQUIRE(forge_record_handshake());
    pagetls_connection *connection = forge_idle(forge_replay(&server, &client), &heap);
    REQUIRE(connection != NULL);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < PAGETLS_WARNING_ALERTS_MAX; i++) {
            CHECK_INT(feed(connection, &server, ALERT, user_canceled, 2), PAGETLS_HANDSHAKE_DONE);
            /* Neither kind resets the other's count. */
            for (int k = 0; k < PAGETLS_EMPTY_RECORDS_MAX / PAGETLS_WARNING_ALERTS_MAX; k++) {
                CHECK_INT(feed(connection, &server, APPLICATION_DATA, "", 0), PAGETLS_HANDSHAKE_DONE);
            }
        }
        CHECK(receives(connection, &server, "data"));
    }
    for (int i = 0; i < PAGETLS_WARNING_ALERTS_MAX; i++) {
        CHECK_INT(feed(connection, &server, ALERT, user_canceled, 2), PAGETLS_HANDSHAKE_DONE);
        CHECK_INT(feed(connection, &server, APPLICATION_DATA, "", 0), PAGETLS_HANDSHAKE_DONE);
    }
    CHECK_INT(feed(connection, &server, ALERT, user_canceled, 2), PAGETLS_HANDSHAKE_DONE | PAGETLS_FAILED);
    CHECK_INT(pagetls_connection_error(connection), PAGETLS_ERR_EMPTY_RECORDS);
    CHECK(sends_alert(connection, &client, 10));
    pagetls_connection_free(connection);
}

const native_test fragment_tests[] = {
    { "messages arrive in fragments of every size", assembles_fragments_of_every_size },
    { "messages that are cut anywhere are assembled", assembles_fragments_cut_anywhere },
    { "a record as long as possible follows a fragment", enlarges_the_buffer_for_the_next_record },
    { "fragments must follow each other", rejects_records_between_fragments },
    { "32 empty records in a row are accepted, and one more is an error", limits_empty_records },
    { "4 warning alerts in a row are accepted, and one more is an error", limits_warning_alerts },
    { NULL, NULL },
};
