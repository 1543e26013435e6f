/**
 * \file forge.h
 * \brief Forges records with the server's keys: replays a handshake, and takes the traffic secrets from the key log
 *        (TLS 1.3, ChaCha20-Poly1305).
 */
#ifndef PAGETLS_TEST_FORGE_H
#define PAGETLS_TEST_FORGE_H

#include "check.h"
#include "pagetls.h"

enum { ALERT = 21, HANDSHAKE = 22, APPLICATION_DATA = 23 };

/** Maximum content of a record in bytes (RFC 8446, section 5.1), and a buffer for a record with more than that. */
#define FORGE_CONTENT_MAX 16384
#define FORGE_RECORD_SIZE 17000

/** Keys and state of record protection in one direction (RFC 8446, sections 5.2 and 5.3). */
typedef struct {
    uint8_t secret[32];
    uint8_t key[32];
    uint8_t iv[12];
    uint64_t sequence;
} record_keys;

/** A connection after its handshake, and the keys of both ends; NULL on failure (printed). */
pagetls_connection *forge_connection(record_keys *server, record_keys *client);
/* The two steps of forge_connection(), so that one handshake with the server can be replayed often. */
int forge_record_handshake(void);
pagetls_connection *forge_replay(record_keys *server, record_keys *client);
/** Takes the report and the key log, so that the connection is idle; sets *heap to the heap in use then. NULL stays NULL. */
pagetls_connection *forge_idle(pagetls_connection *connection, size_t *heap);
/** Replaces the keys, as a KeyUpdate does (RFC 8446, section 7.2). */
void forge_update_keys(record_keys *p);
/** Writes a protected record and returns its length. */
size_t forge_record(record_keys *p, uint8_t *record, uint8_t type, const void *content, size_t len);
/** Decrypts a record in place. Returns the length of its content and sets *type; -1 if it is not authentic. */
int forge_open(record_keys *p, uint8_t *record, size_t len, uint8_t *type);
/** Removes the next record from NET_OUT and decrypts it. Returns -1 if it is incomplete or not authentic. */
int forge_receive(pagetls_connection *connection, record_keys *p, uint8_t *record, size_t size, uint8_t *type);

#endif
