#include "session.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Mbed TLS's description of the error, or its number. */
static const char *error_text(int code)
{
    static char text[20];
    const char *detail = pagetls_error_detail(code);
    snprintf(text, sizeof(text), "error %d", code);
    return detail[0] != '\0' ? detail : text;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    const int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 &&
        (connect(fd, (struct sockaddr *) &address, sizeof(address)) != 0 ||
         setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Waits until the socket can send pending bytes or has received some, moves them, and pumps. NULL, or an error. */
static const char *exchange(session *s)
{
    pagetls_connection *connection = s->connection;
    const size_t out = pagetls_connection_pending(connection, PAGETLS_NET_OUT);
    const size_t in = pagetls_connection_space(connection, PAGETLS_NET_IN);
    struct pollfd ready = { .fd = s->socket, .events = (short) ((out > 0 ? POLLOUT : 0) | (in > 0 ? POLLIN : 0)) };
    if (poll(&ready, 1, -1) < 0) {
        return "poll() failed";
    }
    if ((ready.revents & POLLOUT) != 0) {
        ssize_t n =
            send(s->socket, pagetls_connection_peek(connection, PAGETLS_NET_OUT), out, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            pagetls_connection_consume(connection, PAGETLS_NET_OUT, (size_t) n);
        }
    }
    if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        uint8_t *to = pagetls_connection_reserve(connection, PAGETLS_NET_IN);
        ssize_t n = to == NULL ? 0 : recv(s->socket, to, in, 0);
        if (n > 0) {
            pagetls_connection_commit(connection, PAGETLS_NET_IN, (size_t) n);
        } else {
            pagetls_connection_eof(connection);
        }
    }
    if ((pagetls_connection_pump(connection) & PAGETLS_FAILED) != 0) {
        return error_text(pagetls_connection_error(connection));
    }
    return NULL;
}

const char *session_open(session *s, const session_options *options)
{
    s->socket = connect_to(options->port);
    s->connection = pagetls_connection_new();
    if (s->socket < 0 || s->connection == NULL) {
        return s->socket < 0 ? "cannot connect to the server" : "out of memory";
    }
    const size_t host_len = strlen(options->host);
    pagetls_verification *verification = pagetls_connection_verification(s->connection);
    pagetls_verification_set_trust(verification, options->trust);
    int ret = pagetls_verification_set_hostname(verification, options->host, host_len);
    if (ret == 0) {
        ret = pagetls_connection_set_servername(s->connection, options->host, host_len);
    }
    if (ret == 0 && options->version != 0) {
        ret = pagetls_connection_set_versions(s->connection, options->version, options->version);
    }
    if (ret == 0 && options->cipher != NULL) {
        ret = pagetls_connection_set_ciphers(s->connection, options->cipher, strlen(options->cipher));
    }
    const char *error = ret == 0 ? NULL : error_text(ret);
    if (error == NULL) {
        (void) pagetls_connection_pump(s->connection); /* creates the ClientHello */
    }
    while (error == NULL &&
           ((pagetls_connection_pump(s->connection) & PAGETLS_HANDSHAKE_DONE) == 0 ||
            pagetls_connection_pending(s->connection, PAGETLS_NET_OUT) > 0)) {
        error = exchange(s);
    }
    if (error == NULL) {
        char *report = pagetls_connection_report(s->connection); /* as connect() in JavaScript does */
        error = report == NULL ? "out of memory" : NULL;
        pagetls_free(report);
    }
    return error;
}

/* Writes as many of the bytes as fit, and returns their number. */
static size_t write_app_data(session *s, const void *bytes, size_t len)
{
    const size_t space = pagetls_connection_space(s->connection, PAGETLS_APP_OUT);
    len = len < space ? len : space;
    uint8_t *to = len > 0 ? pagetls_connection_reserve(s->connection, PAGETLS_APP_OUT) : NULL;
    if (to == NULL) {
        return 0;
    }
    memcpy(to, bytes, len);
    pagetls_connection_commit(s->connection, PAGETLS_APP_OUT, len);
    (void) pagetls_connection_pump(s->connection);
    return len;
}

static const char *send_request(session *s, const char *command, size_t len)
{
    char line[40];
    if (s->connection == NULL) {
        return "no open connection";
    }
    const int n = snprintf(line, sizeof(line), "%s %zu\n", command, len);
    return write_app_data(s, line, (size_t) n) == (size_t) n ? NULL : "the request does not fit the buffer";
}

static const char *receive(session *s, size_t len)
{
    const char *error = NULL;
    while (error == NULL && len > 0) {
        const size_t pending = pagetls_connection_pending(s->connection, PAGETLS_APP_IN);
        if (pending > len) {
            error = "the server sent more than requested";
        } else if (pending > 0) {
            (void) pagetls_connection_peek(s->connection, PAGETLS_APP_IN);
            pagetls_connection_consume(s->connection, PAGETLS_APP_IN, pending);
            len -= pending;
            (void) pagetls_connection_pump(s->connection);
        } else if ((pagetls_connection_pump(s->connection) & PAGETLS_PEER_CLOSED) != 0) {
            error = "the server closed too early";
        } else {
            error = exchange(s);
        }
    }
    return error;
}

const char *session_download(session *s, size_t len)
{
    const char *error = send_request(s, "down", len);
    return error != NULL ? error : receive(s, len);
}

const char *session_upload(session *s, size_t len)
{
    static const uint8_t block[64 * 1024] = { 0 };
    const char *error = send_request(s, "up", len);
    while (error == NULL && len > 0) {
        const size_t n = write_app_data(s, block, len < sizeof(block) ? len : sizeof(block));
        len -= n;
        if (n == 0) {
            error = exchange(s);
        }
    }
    return error != NULL ? error : receive(s, 1);
}

void session_close(session *s)
{
    if (s->connection != NULL) {
        pagetls_connection_close(s->connection);
        while ((pagetls_connection_pump(s->connection) & PAGETLS_FAILED) == 0 &&
               pagetls_connection_pending(s->connection, PAGETLS_NET_OUT) > 0 && exchange(s) == NULL) {
        }
    }
    pagetls_connection_free(s->connection);
    s->connection = NULL;
    if (s->socket >= 0) {
        close(s->socket);
    }
    s->socket = -1;
}
