/**
 * \file pagetls.h
 * \brief The whole boundary between the C core and its host (JavaScript, or a native test).
 *
 * A TLS client without I/O: the host puts what the network sent into one queue
 * and takes what is to be sent from another. The core never calls the host but
 * for randomness, time and, if the host has it, AEAD (host/host.h); it has no
 * threads and no timers.
 *
 * Ownership. Handles are opaque; the host frees each that it made, once. Inputs
 * are copied before a call returns. What the core returns stays the core's and
 * is valid until the next call on the same handle; memory may have grown by
 * then, so a host makes its views anew after every call.
 *
 * Errors are negative numbers of errors.def, PAGETLS_ERR_…; pagetls_error_detail() and pagetls_error_native() say more
 * of the last one.
 */
#ifndef PAGETLS_H
#define PAGETLS_H

#include <stddef.h>
#include <stdint.h>

enum {
#define ERROR(id, number, code) PAGETLS_ERR_##id = -(number),
#include "errors.def"
#undef ERROR
};

typedef struct pagetls_connection pagetls_connection;
typedef struct pagetls_trust_store pagetls_trust_store;
typedef struct pagetls_verification pagetls_verification;

/* --- the module ------------------------------------------------------------- */

/** Call first; again is harmless. 0, or negative when the host has no randomness. */
int pagetls_start(void);
/** Memory for an input, freed with pagetls_free(), which zeroizes it. NULL when there is none. */
uint8_t *pagetls_alloc(size_t len);
void pagetls_free(void *block);
/** Bytes of heap in use, without what is kept for reuse: for finding leaks. */
size_t pagetls_heap_in_use(void);
/**
 * What the call that has just failed with \p code has to say beyond it: field and reason of an input that cannot be read,
 * else Mbed TLS's own words, or "". Valid until the next call.
 */
const char *pagetls_error_detail(int code);
/** Mbed TLS's number behind the error, for experts; 0 when there is none. */
int pagetls_error_native(int code);

/* --- profiles ------------------------------------------------------------------- */

/* What certificates are judged by. */
enum {
    /** RFC 5280 and what browsers and CAs agreed on; SHA-256 and up, RSA from 2048 bits, P-256 and up. */
    PAGETLS_PROFILE_WEBPKI = 0,
    PAGETLS_PROFILE_RFC5280 = 1, /**< RFC 5280 alone; SHA-224 as well */
    PAGETLS_PROFILE_SUITEB = 2   /**< RFC 5280, and RFC 6460: ECDSA on P-256 and P-384, with SHA-256 and SHA-384 */
};

/* --- trust anchors ------------------------------------------------------------ */

pagetls_trust_store *pagetls_trust_store_new(void);
/**
 * Adds every certificate of a PEM text, or one in DER.
 * \param[out] added  how many went in before the call returned; may be NULL.
 * \return how many there were, or a PAGETLS_ERR_… for the first that cannot be read.
 */
int pagetls_trust_store_add(pagetls_trust_store *store, const uint8_t *input, size_t len, int *added);
/**
 * The anchors that no path can end at under \p profile, as JSON: [{der, problems}].
 * \return the text, to be freed with pagetls_free(), or NULL when memory ran out.
 */
char *pagetls_trust_store_problems(const pagetls_trust_store *store, int profile);
size_t pagetls_trust_store_count(const pagetls_trust_store *store);
/** Gives up the caller's reference; connections hold their own. */
void pagetls_trust_store_free(pagetls_trust_store *store);

/* --- judging a chain ------------------------------------------------------------ */

pagetls_verification *pagetls_verification_new(void);
/** The anchors to trust; without them nothing is trusted. The store is shared, not copied. */
void pagetls_verification_set_trust(pagetls_verification *verification, pagetls_trust_store *store);
/** The host that the leaf must name: a DNS name or an IP literal. 0 or PAGETLS_ERR_HOSTNAME. */
int pagetls_verification_set_hostname(pagetls_verification *verification, const char *text, size_t len);
/** The time to judge at, in milliseconds since 1970; NaN (the default) for the host's clock. */
void pagetls_verification_set_clock(pagetls_verification *verification, double milliseconds);
int pagetls_verification_set_profile(pagetls_verification *verification, int profile);
/** Intermediate certificates (not counting self-issued ones) that the path may have; no limit by default. */
int pagetls_verification_set_max_depth(pagetls_verification *verification, int max_depth);
/** Adds every CRL of a PEM text, or one in DER. Returns how many, or a negative code. */
int pagetls_verification_add_crls(pagetls_verification *verification, const uint8_t *input, size_t len);
/** Adds to the chain to be judged, leaf first: every certificate of a PEM text, or one in DER; 1,000 at the most. */
int pagetls_verification_add_chain(pagetls_verification *verification, const uint8_t *input, size_t len);
/**
 * Judges the chain that was added.
 * \return the verdict as JSON: {ok, time, flags: [name], problems: [{depth, code, rule, flag,
 *         message, reference}], tried, others, revocation: [bool], path: [base64 DER, or a place in sent],
 *         sent: [base64 DER]}; NULL when memory ran out.
 */
const char *pagetls_verification_run(pagetls_verification *verification);
void pagetls_verification_free(pagetls_verification *verification);

/* --- describing ------------------------------------------------------------------- */

/**
 * One certificate as JSON, fields as in js/certificate.js.
 * \return the text, to be freed with pagetls_free(), or NULL with *error set: it
 *         cannot be read, or memory ran out.
 */
char *pagetls_describe_certificate(const uint8_t *der, size_t len, int *error);

/* --- a connection ---------------------------------------------------------------- */

/* The four queues; see the picture in README.md. */
enum {
    PAGETLS_NET_IN = 0,  /**< host puts: ciphertext from the network */
    PAGETLS_NET_OUT = 1, /**< host takes: ciphertext for the network */
    PAGETLS_APP_IN = 2,  /**< host takes: plaintext that the peer sent */
    PAGETLS_APP_OUT = 3  /**< host puts: plaintext to send */
};

/* State bits of pagetls_connection_pump(). */
enum {
    PAGETLS_HANDSHAKE_DONE = 1,
    PAGETLS_PEER_CLOSED = 2, /**< close_notify came: APP_IN holds the last bytes there will be */
    PAGETLS_CLOSED = 4,      /**< our close_notify is in NET_OUT */
    PAGETLS_FAILED = 8       /**< pagetls_connection_error() says why; alerts may be in NET_OUT */
};

pagetls_connection *pagetls_connection_new(void);
/** How the peer is judged: the connection's own, to be set up before the first pump, never freed. */
pagetls_verification *pagetls_connection_verification(pagetls_connection *connection);

/* Options, before the first pump. 0, or negative. */

/** The Server Name Indication (RFC 6066, section 3). For an IP literal none is sent. */
int pagetls_connection_set_servername(pagetls_connection *connection, const char *text, size_t len);
/** Protocols in the wire format of RFC 7301, section 3.1: each a length octet and that many octets. */
int pagetls_connection_set_alpn(pagetls_connection *connection, const uint8_t *list, size_t len);
/** 0x0303 (TLS 1.2) or 0x0304 (TLS 1.3). */
int pagetls_connection_set_versions(pagetls_connection *connection, int minimum, int maximum);
/** IANA names, separated by commas, in order of preference. */
int pagetls_connection_set_ciphers(pagetls_connection *connection, const char *names, size_t len);
/** The client's certificate chain and private key, PEM or DER, for servers that ask (mutual TLS). */
int pagetls_connection_set_identity(pagetls_connection *connection, const uint8_t *chain, size_t chain_len,
                                    const uint8_t *key, size_t key_len);
/** 0: go on with a peer whose chain is not good. Every problem is still reported. Default 1. */
void pagetls_connection_set_verify_required(pagetls_connection *connection, int required);
/** 1: keep the lines of an NSS key log for pagetls_connection_take_keylog(). Default 0. */
void pagetls_connection_set_keylog(pagetls_connection *connection, int enabled);

/* Moving bytes. `queue` is one of the four. */

size_t pagetls_connection_space(const pagetls_connection *connection, int queue);
/** Where to write up to pagetls_connection_space() bytes; NULL when memory is exhausted. */
uint8_t *pagetls_connection_reserve(pagetls_connection *connection, int queue);
/** Declares the first \p len of the reserved bytes written: all that were, for no others are zeroized. */
void pagetls_connection_commit(pagetls_connection *connection, int queue, size_t len);
size_t pagetls_connection_pending(const pagetls_connection *connection, int queue);
const uint8_t *pagetls_connection_peek(const pagetls_connection *connection, int queue);
void pagetls_connection_consume(pagetls_connection *connection, int queue, size_t len);

/** Does all that can be done with what is in the queues; returns the state bits. */
uint32_t pagetls_connection_pump(pagetls_connection *connection);
/** The transport has ended: nothing more will come into NET_IN. */
void pagetls_connection_eof(pagetls_connection *connection);
/** Ends the sending side: close_notify follows what is in APP_OUT. */
void pagetls_connection_close(pagetls_connection *connection);

/** The PAGETLS_ERR_… that the connection failed with, or 0; it becomes the last error again. */
int pagetls_connection_error(const pagetls_connection *connection);
/** The alert that the peer sent (RFC 8446, section 6), or -1. */
int pagetls_connection_alert(const pagetls_connection *connection);
/**
 * What was agreed and how the peer was judged, as JSON: {protocol, cipher, alpn,
 * verification}. The kept certificates are given up with it: ask after the
 * handshake or its failure; a second report lacks them.
 * \return the text, to be freed with pagetls_free(), or NULL when memory ran out.
 */
char *pagetls_connection_report(pagetls_connection *connection);
/** Lines of the NSS key log since the last call, or NULL. */
const char *pagetls_connection_take_keylog(pagetls_connection *connection);
/** Exports keying material (RFC 5705; RFC 8446, section 7.5). 0 or negative. */
int pagetls_connection_export(pagetls_connection *connection, uint8_t *out, size_t len, const char *label,
                              size_t label_len, const uint8_t *context, size_t context_len, int use_context);
void pagetls_connection_free(pagetls_connection *connection);

#endif
