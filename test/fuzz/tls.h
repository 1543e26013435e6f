/**
 * \file tls.h
 * \brief What fuzz_tls is made of: the parts of its input, a TLS without cryptography, and a second reading of the bytes.
 *
 * While fuzz_tls runs, records are encrypted and decrypted to themselves, signatures and Finished hold whatever they are,
 * and the key exchange is remembered (tls_stubs.c). So an input is a readable sequence of records, and changed ones get
 * past the cryptography. What fuzz_is_bad() does not hold: a tag, a signature, a Finished.
 */
#ifndef PAGETLS_FUZZ_TLS_H
#define PAGETLS_FUZZ_TLS_H

#include "fuzz.h"

/* The records of an input, beside FUZZ_ANCHOR, FUZZ_CRL and FUZZ_HOST (before the first of the others). */
enum {
    FUZZ_TLS_SERVERNAME = 'S',
    FUZZ_TLS_ALPN = 'P',
    FUZZ_TLS_CIPHERS = 'Y',
    FUZZ_TLS_IDENTITY = 'C', /**< the client's certificates; the next FUZZ_TLS_KEY is their key */
    FUZZ_TLS_KEY = 'K',
    FUZZ_TLS_WIRE = 'W', /**< bytes for NET_IN */
    FUZZ_TLS_REPEAT =
        'R', /**< a count and the lengths of a start and of a unit, in two octets each; the start, the unit and
                                  an end: bytes for NET_IN that have the unit that often */
    FUZZ_TLS_WRITE = 'O',    /**< bytes for APP_OUT */
    FUZZ_TLS_GENERATE = 'G', /**< two octets: that many bytes for APP_OUT */
    FUZZ_TLS_READ = 'I',     /**< two octets: that many bytes are taken from APP_IN */
    FUZZ_TLS_SEND = 'Q',     /**< two octets: that many bytes are taken from NET_OUT */
    FUZZ_TLS_EOF = 'E',
    FUZZ_TLS_CLOSE = 'Z',
    FUZZ_TLS_EXPORT = 'X', /**< exports keying material; the content is its label */
    FUZZ_TLS_KEYLOG = 'J'  /**< takes the key log */
};

/* The first octet, beside FUZZ_PROFILE, FUZZ_CLOCK and FUZZ_NO_MEMORY. */
enum {
    FUZZ_TLS_OPTIONAL = 0x04,    /**< goes on with a peer whose chain is not good */
    FUZZ_TLS_SLOW_READER = 0x40, /**< APP_IN is emptied only when there is no room */
    FUZZ_TLS_SLOW_NET = 0x80     /**< and NET_OUT */
};

/* The second octet. */
enum {
    FUZZ_TLS_VERSIONS = 0x03, /**< both, TLS 1.2, TLS 1.3, or a wrong order */
    FUZZ_TLS_STEP = 0x1C,     /**< the length of the pieces that bytes come in */
    FUZZ_TLS_WITH_KEYLOG = 0x20,
    FUZZ_TLS_AGAIN = 0x40 /**< plays it once more in other pieces, with the same outcome */
};

/** The stubs take the place of the cryptography, or give it back. */
void fuzz_tls_stub(int on);

/* --- bytes ------------------------------------------------------------------------------- */

/** A number in so many octets. */
static inline size_t fuzz_tls_number(const uint8_t *p, size_t octets)
{
    size_t value = 0;
    for (size_t i = 0; i < octets; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

#define FUZZ_TLS_BYTES (1u << 19)

/** All that has gone through a queue. */
typedef struct {
    uint8_t bytes[FUZZ_TLS_BYTES];
    size_t len;
} fuzz_tls_tape;

/** Ends the run when the tape is full: inputs are bounded. */
void fuzz_tls_keep(fuzz_tls_tape *tape, const void *bytes, size_t len);

/** One direction of the bytes, read once more by other code. */
typedef struct {
    int offers_tls13;
    int version;  /**< that the ServerHello chose; 0 while there is none */
    size_t nonce; /**< octets before and after what is protected */
    size_t tag;
    char flight[40];    /**< a letter for each message up to Finished (tls_reader.c) */
    int fatal;          /**< the first fatal alert, or -1 */
    int closed;         /**< there was a close_notify */
    size_t whole;       /**< length of the whole records */
    fuzz_tls_tape data; /**< the application data */
} fuzz_tls_reading;

/** Reads what a server sends to a client that offers TLS 1.3, or does not. */
void fuzz_tls_read_server(fuzz_tls_reading *out, int offers_tls13, const uint8_t *wire, size_t len);
/** 1 when the messages up to Finished are those of a whole handshake, in order, and every signature holds. */
int fuzz_tls_is_handshake(const fuzz_tls_reading *server);
/** Reads what we send to that server, and ends the run where it is not well-formed. */
void fuzz_tls_read_client(fuzz_tls_reading *out, const fuzz_tls_reading *server, const uint8_t *wire, size_t len);

/* --- the report -------------------------------------------------------------------------- */

/** Ends the run unless a report that says ok has certificates that are good when they are judged alone. */
void fuzz_tls_must_be_good(const char *report, const fuzz_case *input);

#endif
