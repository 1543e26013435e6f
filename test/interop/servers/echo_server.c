/*
 * A TLS echo server, one connection after another: CHAIN KEY CLIENT_CA GROUP WHEN. CLIENT_CA and GROUP may be "-"; WHEN is
 * "later" if client certificates are not to be requested in the first handshake.
 * The first record is a command, answered with "ok":
 *   echo     returns all bytes; after the client's close_notify "end", and close_notify
 *   update   the same, with a KeyUpdate before each of the first records
 *   request  the same, with KeyUpdates that request the client's
 *   authenticate  requests the client's certificate, sends "asked", and returns the bytes of a client that has one
 *   close    sends close_notify, then prints how many bytes the client still sends and their Adler-32
 * A connection that ends with the client's close_notify is "closed" in the output.
 */
#include "echo_server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { RECORD_BYTES = 16384, UPDATES = 5, TIMEOUT_SECONDS = 20 };

int failed(const char *what, const char *why)
{
    printf("failed: %s: %s\n", what, why != NULL ? why : "unknown");
    return -1;
}

static uint32_t adler32(uint32_t sum, const unsigned char *bytes, size_t size)
{
    uint32_t a = sum & 0xffff;
    uint32_t b = sum >> 16;
    for (size_t i = 0; i < size; i++) {
        a = (a + bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void receive(void *connection)
{
    unsigned char bytes[RECORD_BYTES];
    size_t received = 0;
    uint32_t sum = 1;
    long length;
    while ((length = stack_read(connection, bytes, sizeof(bytes))) > 0) {
        sum = adler32(sum, bytes, (size_t) length);
        received += (size_t) length;
    }
    if (length == 0) {
        printf("received %zu %u\nclosed\n", received, sum);
    }
}

static void authenticate(void *connection)
{
    unsigned char bytes[RECORD_BYTES];
    long length;
    if (stack_authenticate(connection) < 0 || stack_write(connection, "asked\n", 6) < 0) {
        return;
    }
    while ((length = stack_read(connection, bytes, sizeof(bytes))) > 0) {
        if (!stack_is_authenticated(connection)) {
            failed("authenticate", "no certificate");
            return;
        }
        if (stack_write(connection, bytes, (size_t) length) < 0) {
            return;
        }
    }
    if (length == 0) {
        printf("authenticated\nclosed\n");
        stack_close_notify(connection);
    }
}

static void echo(void *connection, int updates, int request)
{
    unsigned char bytes[RECORD_BYTES];
    long length;
    while ((length = stack_read(connection, bytes, sizeof(bytes))) > 0) {
        if (updates-- > 0 && stack_update_keys(connection, request) < 0) {
            return;
        }
        if (stack_write(connection, bytes, (size_t) length) < 0) {
            return;
        }
    }
    if (length == 0) {
        printf("closed\n");
        if (stack_write(connection, "end\n", 4) == 0) {
            stack_close_notify(connection);
        }
    }
}

static void serve(void *connection)
{
    char command[RECORD_BYTES];
    long length = stack_read(connection, command, sizeof(command) - 1);
    if (length <= 0 || stack_write(connection, "ok\n", 3) < 0) {
        return;
    }
    command[length] = '\0';
    if (strcmp(command, "close") == 0) {
        stack_close_notify(connection);
        receive(connection);
    } else if (strcmp(command, "authenticate") == 0) {
        authenticate(connection);
    } else {
        echo(connection, strcmp(command, "echo") == 0 ? 0 : UPDATES, strcmp(command, "request") == 0);
    }
}

/* On loopback, on a port that the system picks. */
static int listen_on_loopback(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *) &address, size) < 0 || listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *) &address, &size) < 0) {
        return failed("listen", NULL);
    }
    printf("port %d\n", ntohs(address.sin_port));
    return fd;
}

int main(int count, char **arguments)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    if (count != 6) {
        return 2;
    }
    const struct server_config config = {
        .chain = arguments[1],
        .key = arguments[2],
        .client_ca = strcmp(arguments[3], "-") == 0 ? NULL : arguments[3],
        .later = strcmp(arguments[5], "later") == 0,
        .group = strcmp(arguments[4], "-") == 0 ? NULL : arguments[4],
    };
    if (stack_configure(&config) < 0) {
        return 1;
    }
    const int listener = listen_on_loopback();
    if (listener < 0) {
        return 1;
    }
    for (;;) {
        const int fd = accept(listener, NULL, NULL);
        const struct timeval timeout = { .tv_sec = TIMEOUT_SECONDS };
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
        void *connection = NULL;
        if (stack_accept(fd, &connection) == 0) {
            serve(connection);
        }
        if (connection != NULL) {
            stack_free(connection);
        }
        shutdown(fd, SHUT_WR); /* a reset would take the last bytes with it */
        char rest[RECORD_BYTES];
        while (read(fd, rest, sizeof(rest)) > 0) {
        }
        close(fd);
    }
}
