/**
 * \file forge.h
 * \brief Records made with the server's own keys: the handshake is played again, and the key log tells its secrets
 *        (TLS 1.3, ChaCha20-Poly1305).
 */
#ifndef PAGETLS_TEST_FORGE_H
#define PAGETLS_TEST_FORGE_H

#include "check.h"
#include "pagetls.h"

enum { ALERT = 21, HANDSHAKE = 22, DATA = 23 };

/** One direction's protection (RFC 8446, section 5.3). */
typedef struct {
    uint8_t key[32];
    uint8_t iv[12];
    uint64_t sequence;
} protection;

/** A connection after its handshake, and the keys of both ends; NULL (noted) when there is none. */
pagetls_connection *forge_connection(protection *server, protection *client);
/** The same in two steps: the handshake with the server, and, as often as is wanted, its repetition. */
int forge_prepare(void);
pagetls_connection *forge_again(protection *server, protection *client);
/** Writes a protected record and returns its length. */
size_t forge_record(protection *p, uint8_t *record, uint8_t type, const void *content, size_t len);
/** Opens a record in place: the length of its content, its type in *type; -1 when it is not authentic. */
int forge_open(protection *p, uint8_t *record, size_t len, uint8_t *type);
/** Takes the next record out of NET_OUT and opens it; -1 when it is not whole or not authentic. */
int forge_take(pagetls_connection *connection, protection *p, uint8_t *record, size_t size, uint8_t *type);

#endif
