#include "player.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native_host.h"

#define SEED 20260615

const char *player_host(void)
{
    static char host[64];
    snprintf(host, sizeof(host), "%s.pagetls.test", arguments.case_id);
    return host;
}

void (*player_configure)(pagetls_connection *connection);

pagetls_connection *player_client(void)
{
    size_t len;
    uint8_t *roots = check_cert_file(arguments.case_id, "roots.pem", &len);
    pagetls_connection *connection = pagetls_connection_new();
    pagetls_trust_store *store = pagetls_trust_store_new();
    native_host_seed(SEED);
    if (roots != NULL && connection != NULL && store != NULL && pagetls_trust_store_add(store, roots, len) > 0) {
        pagetls_verification *verification = pagetls_connection_verification(connection);
        pagetls_verification_set_trust(verification, store);
        pagetls_verification_set_clock(verification, CHECK_CLOCK_MS);
        CHECK_INT(pagetls_verification_set_hostname(verification, player_host(), strlen(player_host())), 0);
        CHECK_INT(pagetls_connection_set_servername(connection, player_host(), strlen(player_host())), 0);
        if (player_configure != NULL) {
            player_configure(connection);
        }
    } else {
        pagetls_connection_free(connection);
        connection = NULL;
    }
    pagetls_trust_store_free(store);
    free(roots);
    return connection;
}

int player_dial(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t) arguments.port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (!check_that(fd >= 0 && connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0,
                    "the server accepts a connection", __FILE__, __LINE__)) {
        close(fd);
        return -1;
    }
    return fd;
}

int player_handshake_done(pagetls_connection *connection)
{
    return (pagetls_connection_pump(connection) & PAGETLS_HANDSHAKE_DONE) != 0 &&
        pagetls_connection_pending(connection, PAGETLS_NET_OUT) == 0;
}

int player_peer_closed(pagetls_connection *connection)
{
    return (pagetls_connection_pump(connection) & PAGETLS_PEER_CLOSED) != 0;
}

static void append(recording *to, const uint8_t *bytes, size_t len)
{
    if (to != NULL && check_that(len <= sizeof(to->bytes) - to->len, "the recording fits", __FILE__, __LINE__)) {
        memcpy(to->bytes + to->len, bytes, len);
        to->len += len;
    }
}

uint32_t player_run(pagetls_connection *connection, int socket, int (*done)(pagetls_connection *), recording *sent,
                    recording *received)
{
    while ((pagetls_connection_pump(connection) & PAGETLS_FAILED) == 0 && !done(connection)) {
        size_t out = pagetls_connection_pending(connection, PAGETLS_NET_OUT);
        size_t in = pagetls_connection_space(connection, PAGETLS_NET_IN);
        struct pollfd ready = { .fd = socket, .events = (short) ((out > 0 ? POLLOUT : 0) | (in > 0 ? POLLIN : 0)) };
        if (poll(&ready, 1, -1) < 0) {
            break;
        }
        if (ready.revents & POLLOUT) {
            const uint8_t *from = pagetls_connection_peek(connection, PAGETLS_NET_OUT);
            ssize_t n = send(socket, from, out, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n > 0) {
                append(sent, from, (size_t) n);
                pagetls_connection_consume(connection, PAGETLS_NET_OUT, (size_t) n);
            }
        }
        if (ready.revents & (POLLIN | POLLHUP | POLLERR)) {
            uint8_t *to = pagetls_connection_reserve(connection, PAGETLS_NET_IN);
            ssize_t n = recv(socket, to, in, 0);
            if (n > 0) {
                append(received, to, (size_t) n);
                pagetls_connection_commit(connection, PAGETLS_NET_IN, (size_t) n);
            } else {
                pagetls_connection_eof(connection);
            }
        }
    }
    return pagetls_connection_pump(connection);
}

int player_record(recording *sent, recording *received)
{
    sent->len = received->len = 0;
    int fd = player_dial();
    pagetls_connection *connection = player_client();
    int done = fd >= 0 && connection != NULL &&
        (player_run(connection, fd, player_handshake_done, sent, received) & PAGETLS_HANDSHAKE_DONE) != 0;
    if (connection != NULL && !done) {
        CHECK_INT(pagetls_connection_error(connection), 0);
    }
    pagetls_connection_free(connection);
    close(fd);
    return done;
}

uint32_t player_feed(pagetls_connection *connection, const uint8_t *bytes, size_t len, size_t step)
{
    uint32_t state = pagetls_connection_pump(connection);
    size_t n;
    for (size_t at = 0; at < len; at += n) {
        size_t space = pagetls_connection_space(connection, PAGETLS_NET_IN);
        n = len - at < step ? len - at : step;
        n = n < space ? n : space;
        if (!player_put(connection, PAGETLS_NET_IN, bytes + at, n)) {
            return PLAYER_OUT_OF_MEMORY;
        }
        if (n == 0) {
            break;
        }
        state = pagetls_connection_pump(connection);
    }
    return state;
}

uint32_t player_eof(pagetls_connection *connection)
{
    pagetls_connection_eof(connection);
    return pagetls_connection_pump(connection);
}

size_t player_take(pagetls_connection *connection, int queue, uint8_t *to, size_t len)
{
    size_t pending = pagetls_connection_pending(connection, queue);
    len = len < pending ? len : pending;
    if (len > 0) {
        memcpy(to, pagetls_connection_peek(connection, queue), len);
        pagetls_connection_consume(connection, queue, len);
    }
    return len;
}

int player_put(pagetls_connection *connection, int queue, const void *bytes, size_t len)
{
    if (len > pagetls_connection_space(connection, queue)) {
        return 0;
    }
    uint8_t *to = pagetls_connection_reserve(connection, queue);
    if (to == NULL) {
        return 0;
    }
    if (len > 0) {
        memcpy(to, bytes, len);
    }
    pagetls_connection_commit(connection, queue, len);
    return 1;
}

int player_report_has(pagetls_connection *connection, const char *part)
{
    char *report = pagetls_connection_report(connection);
    int has = report != NULL && check_is_json(report) && strstr(report, part) != NULL;
    pagetls_free(report);
    return has;
}
