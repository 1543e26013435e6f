/**
 * \file tls.h
 * \brief The parts of fuzz_tls: its input format, TLS without cryptography, and an independent reader of the bytes.
 *
 * While fuzz_tls runs, encryption and decryption copy the bytes, every signature and Finished is valid, and key
 * exchanges are cached (tls_stubs.c). So an input is a sequence of records in plaintext, and mutated records get past
 * the cryptography. A tag, signature or Finished with fuzz_has_bad_marker() is invalid.
 */
#ifndef PAGETLS_FUZZ_TLS_H
#define PAGETLS_FUZZ_TLS_H

#include "fuzz.h"

/* The types of records in an input, in addition to FUZZ_ANCHOR, FUZZ_CRL and FUZZ_HOST, which come first. */
enum {
    FUZZ_TLS_SERVERNAME = 'S',
    FUZZ_TLS_ALPN = 'P',
    FUZZ_TLS_CIPHERS = 'Y',
    FUZZ_TLS_GROUPS = 'U',
    FUZZ_TLS_SCHEMES = 'M',
    FUZZ_TLS_IDENTITY = 'C', /**< the client's certificates; the next FUZZ_TLS_KEY is their key */
    FUZZ_TLS_KEY = 'K',
    FUZZ_TLS_WAIT = 'N', /**< a request for a certificate is answered by the host, also when the connection is stuck */
    FUZZ_TLS_ANSWER = 'T', /**< answers it, with the identities so far */
    FUZZ_TLS_WIRE = 'W',   /**< bytes for NET_IN */
    /** Bytes for NET_IN with a repeated unit. Three numbers of two octets: the count, and the lengths of the start and of
     * the unit; then the start, the unit and the end. */
    FUZZ_TLS_REPEAT = 'R',
    FUZZ_TLS_WRITE = 'O',    /**< bytes for APP_OUT */
    FUZZ_TLS_GENERATE = 'G', /**< two octets: writes that many bytes to APP_OUT */
    FUZZ_TLS_READ = 'I',     /**< two octets: reads that many bytes from APP_IN */
    FUZZ_TLS_SEND = 'Q',     /**< two octets: reads that many bytes from NET_OUT */
    FUZZ_TLS_EOF = 'E',
    FUZZ_TLS_CLOSE = 'Z',
    FUZZ_TLS_UPDATE = 'V', /**< updates the keys */
    FUZZ_TLS_EXPORT = 'X', /**< exports keying material; the content is the label */
    FUZZ_TLS_KEYLOG = 'J'  /**< reads the key log */
};

/* Bits of the first octet, in addition to FUZZ_PROFILE, FUZZ_CLOCK and FUZZ_FAIL_ALLOCATION. */
enum {
    FUZZ_TLS_OPTIONAL = 0x04,    /**< accepts a peer with an invalid chain */
    FUZZ_TLS_SLOW_READER = 0x40, /**< reads APP_IN only when it is full */
    FUZZ_TLS_SLOW_NET = 0x80     /**< reads NET_OUT only when it is full */
};

/* Bits of the second octet. */
enum {
    FUZZ_TLS_VERSIONS = 0x03, /**< both, TLS 1.2, TLS 1.3, or an invalid range */
    FUZZ_TLS_STEP = 0x1C,     /**< selects the size of the chunks in which bytes arrive */
    FUZZ_TLS_WITH_KEYLOG = 0x20,
    FUZZ_TLS_RUN_TWICE = 0x40, /**< repeats the run with other chunks, which must not change the outcome */
    FUZZ_TLS_REQUESTS = 0x80   /**< accepts requests for a client certificate after the handshake */
};

/** Enables or disables the stubs that replace cryptography. */
void fuzz_tls_stub(int on);

/* --- bytes ------------------------------------------------------------------------------- */

/** Reads a big-endian number. */
static inline size_t fuzz_tls_number(const uint8_t *p, size_t octets)
{
    size_t value = 0;
    for (size_t i = 0; i < octets; i++) {
        value = value << 8 | p[i];
    }
    return value;
}

#define FUZZ_TLS_BUFFER_BYTES (1u << 19)

/** All bytes that passed through a queue. */
typedef struct {
    uint8_t bytes[FUZZ_TLS_BUFFER_BYTES];
    size_t len;
} fuzz_tls_buffer;

/** Aborts if the buffer is full, which bounded inputs cannot cause. */
void fuzz_tls_buffer_append(fuzz_tls_buffer *tape, const void *bytes, size_t len);

/** One direction of a connection, read by independent code. */
typedef struct {
    int offers_tls13;
    int version;  /**< chosen by the ServerHello; 0 before it */
    size_t nonce; /**< explicit nonce and tag of protected records, in octets */
    size_t tag;
    char flight[40]; /**< one letter per message up to Finished (tls_reader.c) */
    int fatal;       /**< the first fatal alert, or -1 */
    int closed;      /**< a close_notify was sent */
    int requested;   /**< after Finished: a renegotiation, or a client certificate */
    size_t updates;  /**< KeyUpdates after Finished, and how many of them request one */
    size_t requests;
    size_t whole;         /**< total length of complete records */
    fuzz_tls_buffer data; /**< the application data */
} fuzz_tls_transcript;

/** Reads the bytes of a server. \p offers_tls13: whether the client offered TLS 1.3. */
void fuzz_tls_read_server(fuzz_tls_transcript *out, int offers_tls13, const uint8_t *wire, size_t len);
/** 1 when the messages up to Finished are a complete handshake, in order, with valid signatures. */
int fuzz_tls_is_handshake(const fuzz_tls_transcript *server);
/** Reads the bytes of our client, sent to that server. Aborts unless they are well-formed. */
void fuzz_tls_read_client(fuzz_tls_transcript *out, const fuzz_tls_transcript *server, const uint8_t *wire, size_t len);

/** Removes the KeyUpdates from what our client sent to that server: their number depends on what arrives at once. */
void fuzz_tls_drop_updates(const fuzz_tls_transcript *server, fuzz_tls_buffer *sent);

/* --- the report -------------------------------------------------------------------------- */

/** For a report that says ok: aborts unless its certificates are valid when verified without the connection. */
void fuzz_tls_check_report(const char *report, const fuzz_case *input);

#endif
