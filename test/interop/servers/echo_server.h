/*
 * What echo_server.c needs of a TLS stack. One file for each stack implements it.
 */
#ifndef ECHO_SERVER_H
#define ECHO_SERVER_H

#include <stddef.h>

/* Paths of PEM files, and a group. */
struct server_config {
    const char *chain;
    const char *key;
    const char *client_ca; /* requires certificates of this CA; NULL: requests none */
    int later;             /* only when stack_authenticate() is called */
    const char *group;     /* the only one, P-384; NULL: the stack's own choice */
};

/* All functions but close_notify and free: negative on failure, after printing the reason. */
int stack_configure(const struct server_config *config);
int stack_accept(int fd, void **connection);
long stack_read(void *connection, void *bytes, size_t size); /* 0 after close_notify */
int stack_write(void *connection, const void *bytes, size_t size);
/* Sends a KeyUpdate that requests the client's, or does not. */
int stack_update_keys(void *connection, int request);
/* Requests the client's certificate: in TLS 1.3 after the handshake, in TLS 1.2 in another one. The answer may be awaited. */
int stack_authenticate(void *connection);
/* 1 if the client has a certificate, which is verified. */
int stack_is_authenticated(void *connection);
void stack_close_notify(void *connection);
void stack_free(void *connection);

/* Prints "failed: …"; returns -1. */
int failed(const char *what, const char *why);

#endif
