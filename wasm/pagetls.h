/**
 * \file pagetls.h
 * \brief The complete interface between the C core and its host (JavaScript, or a native test).
 *
 * A TLS client without I/O: the host puts received bytes into one queue and
 * takes the bytes to send from another. The core calls the host only for
 * randomness, time and, if the host has it, AEAD (host/host.h); it has no
 * threads and no timers.
 *
 * Ownership: handles are opaque, and the host frees each handle that it creates
 * exactly once. Inputs are copied before a call returns. Unless stated
 * otherwise, the core owns what it returns, and it is valid until the next call
 * on the same handle. Any call can grow memory, so the host must recreate its
 * views after every call.
 *
 * Inputs with certificates or CRLs are PEM, DER, or PKCS#7 in either; x509/document.h says how they are read.
 *
 * Errors are negative numbers from errors.def, PAGETLS_ERR_…; pagetls_error_detail() and pagetls_error_native()
 * describe the last one.
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

/** Must be called first; further calls have no effect. Returns 0, or a negative code if the host has no randomness. */
int pagetls_start(void);
/** Allocates memory for an input; pagetls_free() zeroizes and frees it. Returns NULL when out of memory. */
uint8_t *pagetls_alloc(size_t len);
void pagetls_free(void *block);
/** Bytes of heap in use, not counting blocks cached for reuse. For finding leaks. */
size_t pagetls_heap_in_use(void);
/**
 * Details of the error \p code that the last call returned, such as field and reason for an unreadable input, or "". Valid
 * until the next call.
 */
const char *pagetls_error_detail(int code);
/** The Mbed TLS error number behind \p code, for experts; 0 if there is none. */
int pagetls_error_native(int code);

/* --- profiles ------------------------------------------------------------------- */

/* The rules and algorithms that certificates are verified by. */
enum {
    /** RFC 5280 and the CA/Browser Forum's rules; SHA-256 or stronger, RSA of at least 2048 bits, P-256 or larger. */
    PAGETLS_PROFILE_WEBPKI = 0,
    PAGETLS_PROFILE_RFC5280 = 1, /**< RFC 5280 only; also accepts SHA-224 and Ed25519 */
    PAGETLS_PROFILE_SUITEB = 2,  /**< RFC 5280 and RFC 6460: ECDSA on P-256 and P-384, with SHA-256 and SHA-384 */
    /** RFC 5280's path validation (section 6), with warnings instead of its rules for the form of certificates. */
    PAGETLS_PROFILE_PRIVATE = 3,
    /** WEBPKI for paths that end at an anchor of Mozilla's list; PRIVATE for all others. */
    PAGETLS_PROFILE_AUTO = 4
};

/* --- trust anchors ------------------------------------------------------------ */

pagetls_trust_store *pagetls_trust_store_new(void);
/**
 * Adds every certificate in \p input that can be an anchor, and skips everything else. One whose key is not supported
 * is skipped too, but kept, so that the result for a path that needs it says why.
 * \return the number of certificates added or kept, or PAGETLS_ERR_OUT_OF_MEMORY
 */
int pagetls_trust_store_add(pagetls_trust_store *store, const uint8_t *input, size_t len);
/**
 * What was skipped so far, as JSON: {documents: [{input, index, block, line, label, reason, kind, fault, der,
 * unreadableField, unreadableReason}], more}; `label` is in hexadecimal; `more` counts those beyond PAGETLS_SKIPPED_MAX.
 * \return the text, to be freed with pagetls_free(), or NULL when out of memory
 */
char *pagetls_trust_store_skipped(const pagetls_trust_store *store);
/**
 * Adds the anchors of mozilla-roots.bin (verify/mozilla_roots.h), with the dates after which Mozilla distrusts them.
 * \return 0, or a PAGETLS_ERR_…; then only some of the anchors were added.
 */
int pagetls_trust_store_add_mozilla(pagetls_trust_store *store, const uint8_t *file, size_t len);
/**
 * Tells the store's anchors that are in mozilla-roots.bin, which are treated as if that file had added them, from those
 * that the user added. If the file is damaged, or empty because there is none, all count as Mozilla's, whose rules are
 * the stricter ones.
 * \return 0, or a PAGETLS_ERR_… for a damaged file
 */
int pagetls_trust_store_compare_mozilla(pagetls_trust_store *store, const uint8_t *file, size_t len);
/**
 * The anchors that no valid path can end at under \p profile, as JSON: [{der, problems}], with `der` as in `path` of
 * pagetls_verification_run().
 * \return the text, to be freed with pagetls_free(), or NULL when out of memory.
 */
char *pagetls_trust_store_problems(const pagetls_trust_store *store, int profile);
/** The number of anchors that can be used. */
size_t pagetls_trust_store_count(const pagetls_trust_store *store);
/** Releases the caller's reference; connections and verifications hold their own. */
void pagetls_trust_store_free(pagetls_trust_store *store);

/* --- verifying a chain ----------------------------------------------------------- */

pagetls_verification *pagetls_verification_new(void);
/** Sets the trust anchors; without them nothing is trusted. The store is shared, not copied. */
void pagetls_verification_set_trust(pagetls_verification *verification, pagetls_trust_store *store);
/** Sets the host that the leaf must name: a DNS name or an IP literal. Returns 0 or PAGETLS_ERR_HOSTNAME. */
int pagetls_verification_set_hostname(pagetls_verification *verification, const char *text, size_t len);
/** Makes the host's name optional: a leaf without it, or with a wildcard that may not match it, is a warning. */
void pagetls_verification_set_hostname_optional(pagetls_verification *verification);
/** Says that the host is directly below a public suffix, such as co.uk: a wildcard for all names there names no one host. */
void pagetls_verification_set_below_public_suffix(pagetls_verification *verification);
/** Sets the verification time in milliseconds since 1970; NaN (the default) uses the host's clock. */
void pagetls_verification_set_clock(pagetls_verification *verification, double milliseconds);
/** Sets a PAGETLS_PROFILE_…; the default is PAGETLS_PROFILE_WEBPKI. Returns 0 or PAGETLS_ERR_OPTION. */
int pagetls_verification_set_profile(pagetls_verification *verification, int profile);
/** Limits the number of intermediates in the path, not counting self-issued ones; no limit by default. */
int pagetls_verification_set_max_depth(pagetls_verification *verification, int max_depth);
/**
 * Where to write an input of \p len bytes with CRLs; NULL if there is no room, and then the next function says why. The
 * core owns the block, and overwrites it.
 */
uint8_t *pagetls_verification_reserve_crls(pagetls_verification *verification, size_t len);
/**
 * Adds every CRL in the first \p len of the reserved bytes; all inputs have at most PAGETLS_CRL_BYTES_MAX bytes and
 * PAGETLS_CRLS_MAX CRLs. Returns their number, at least 1, or a negative code.
 */
int pagetls_verification_add_crls(pagetls_verification *verification, size_t len);
/**
 * Adds every certificate in \p input to the chain, leaf first; at most 1,000 in all (PAGETLS_CHAIN_MAX). Returns their
 * number, at least 1, or a negative code.
 */
int pagetls_verification_add_chain(pagetls_verification *verification, const uint8_t *input, size_t len);
/**
 * What was skipped in the inputs of the two functions above, as JSON: {chain, crls}, each like the result of
 * pagetls_trust_store_skipped().
 * \return the text, to be freed with pagetls_free(), or NULL when out of memory
 */
char *pagetls_verification_skipped(const pagetls_verification *verification);
/**
 * Verifies the chain that was added.
 * \return the result as JSON: {ok, verified, time, flags: [name], problems: [{depth, code, rule, flag,
 *         flagText, message, reference}], moreProblems, warnings: [like problems], moreWarnings, tried, others, revocation: [bool], notChecked:
 *         [why not, or null], path: [base64 DER, an index into sent, or {tbs, sha256} of an anchor of Mozilla's list:
 *         its tbsCertificate in base64, and SHA-256 of the whole in hexadecimal], sent: [base64 DER]}; NULL when out of
 *         memory.
 */
const char *pagetls_verification_run(pagetls_verification *verification);
void pagetls_verification_free(pagetls_verification *verification);

/* --- describing ------------------------------------------------------------------- */

/**
 * Describes one certificate as JSON, with the fields of js/certificate.js.
 * \return the text, to be freed with pagetls_free(), or NULL with *error set: the certificate is unreadable, or
 *         memory ran out.
 */
char *pagetls_describe_certificate(const uint8_t *der, size_t len, int *error);

/**
 * Likewise, of an anchor of Mozilla's list: from its tbsCertificate, so without fingerprints.
 */
char *pagetls_describe_root(const uint8_t *tbs, size_t len, int *error);

/** Writes SHA-256 of \p data, 32 octets, to \p out. Returns 0 or PAGETLS_ERR_OUT_OF_MEMORY. */
int pagetls_fingerprint(const uint8_t *data, size_t len, uint8_t *out);

/**
 * Describes what \p input contains, as JSON: [{index, block, line, label, kind, fault, der}], up to and including
 * this number of \p certificates or of \p documents; 0: everything. `der` is base64.
 * \return the text, to be freed with pagetls_free(), or NULL when out of memory
 */
char *pagetls_describe_input(const uint8_t *input, size_t len, size_t certificates, size_t documents);

/* --- a connection ---------------------------------------------------------------- */

/* The four queues. */
enum {
    PAGETLS_NET_IN = 0,  /**< host writes: ciphertext from the network */
    PAGETLS_NET_OUT = 1, /**< host reads: ciphertext for the network */
    PAGETLS_APP_IN = 2,  /**< host reads: plaintext from the peer */
    PAGETLS_APP_OUT = 3  /**< host writes: plaintext to send */
};

/* State bits of pagetls_connection_pump(). */
enum {
    PAGETLS_HANDSHAKE_DONE = 1,
    PAGETLS_PEER_CLOSED = 2,    /**< the peer sent close_notify: no more bytes will arrive in APP_IN */
    PAGETLS_CLOSED = 4,         /**< our close_notify is in NET_OUT */
    PAGETLS_FAILED = 8,         /**< pagetls_connection_error() has the reason; NET_OUT may hold an alert to send. If it
                                     is full, the next pump adds what it had no space for */
    PAGETLS_NEEDS_IDENTITY = 16 /**< the handshake, or a later request, waits for pagetls_connection_answer_request() */
};

/* Bits of pagetls_connection_requests(). */
enum {
    PAGETLS_REQUESTED_CERTIFICATE = 1,   /**< a client certificate */
    PAGETLS_SENT_CERTIFICATE = 2,        /**< it got one */
    PAGETLS_REQUESTED_RENEGOTIATION = 4, /**< in TLS 1.2; it got the alert no_renegotiation */
    PAGETLS_REJECTED_CERTIFICATE = 8,    /**< it accepts none of the client's keys, so it got no certificate */
    PAGETLS_UNNAMED_AUTHORITY = 16,      /**< it names authorities, but none that issued the certificate that it gets */
    PAGETLS_EXTENDED_MASTER_SECRET = 32  /**< it accepted extended_master_secret (RFC 7627), in TLS 1.2 */
};

enum { PAGETLS_KEY_IS_RSA = 1 << 16 /**< in pagetls_connection_identity_key() */ };

pagetls_connection *pagetls_connection_new(void);
/** The verification of the peer. Configure it before the first pump. The connection owns it: never free it. */
pagetls_verification *pagetls_connection_verification(pagetls_connection *connection);

/* Options, to be set before the first pump. They return 0 or a negative code. */

/** The Server Name Indication (RFC 6066, section 3). None is sent for an IP literal. */
int pagetls_connection_set_servername(pagetls_connection *connection, const char *text, size_t len);
/** The protocol list in the wire format of RFC 7301, section 3.1: for each, a length octet and that many octets. */
int pagetls_connection_set_alpn(pagetls_connection *connection, const uint8_t *list, size_t len);
/** The version range; each bound is 0x0303 (TLS 1.2) or 0x0304 (TLS 1.3). */
int pagetls_connection_set_versions(pagetls_connection *connection, int minimum, int maximum);
/** Cipher suites by their IANA names, separated by commas, in order of preference. */
int pagetls_connection_set_ciphers(pagetls_connection *connection, const char *names, size_t len);
/** Key exchange groups by their numbers (RFC 8446, section 4.2.7), two octets each, in order of preference; each once. */
int pagetls_connection_set_groups(pagetls_connection *connection, const uint8_t *list, size_t len);
/** Signature schemes (RFC 8446, section 4.2.3) in the same form. The client's own key signs with one of them too. */
int pagetls_connection_set_signature_schemes(pagetls_connection *connection, const uint8_t *list, size_t len);
/**
 * Adds a certificate chain and private key of the client, for servers that request them (mutual TLS): PEM, DER or PKCS#12.
 * mbedtls/identity.h says what is sent, and mbedtls/client_auth.h which of several identities; the order is that of
 * preference. Anything else in the inputs is passed over; a damaged PEM block is an error.
 * \param key         NULL: it is in \p chain, as in PKCS#12
 * \param passphrase  in UTF-8, of an encrypted key or of PKCS#12; NULL: none
 * \return 0 or a negative code: PAGETLS_ERR_STATE after the first pump, unless the state is PAGETLS_NEEDS_IDENTITY
 */
int pagetls_connection_add_identity(pagetls_connection *connection, const uint8_t *chain, size_t chain_len,
                                    const uint8_t *key, size_t key_len, const uint8_t *passphrase,
                                    size_t passphrase_len);
/**
 * If the server requests a certificate and has proved who it is, the handshake waits in the state PAGETLS_NEEDS_IDENTITY
 * until pagetls_connection_answer_request().
 */
int pagetls_connection_wait_for_identity(pagetls_connection *connection);
/** 0: continue with a peer whose chain is not valid. Every problem is still reported. Default 1. */
void pagetls_connection_set_verify_required(pagetls_connection *connection, int required);
/**
 * Accepts requests for a client certificate after the handshake: by CertificateRequest in TLS 1.3, by secure renegotiation
 * in TLS 1.2. By default, the first are errors, and the second are declined.
 */
int pagetls_connection_set_renegotiation(pagetls_connection *connection);
/** 1: collect NSS key log lines for pagetls_connection_take_keylog(). Default 0. */
void pagetls_connection_set_keylog(pagetls_connection *connection, int enabled);

/* Moving bytes. `queue` is one of PAGETLS_NET_IN to PAGETLS_APP_OUT. */

/** The number of bytes that the queue still has space for. */
size_t pagetls_connection_space(const pagetls_connection *connection, int queue);
/** Where to write up to pagetls_connection_space() bytes; NULL when out of memory. */
uint8_t *pagetls_connection_reserve(pagetls_connection *connection, int queue);
/**
 * Appends the first \p len of the reserved bytes. \p len must cover every byte that was written: only committed bytes
 * are zeroized later.
 */
void pagetls_connection_commit(pagetls_connection *connection, int queue, size_t len);
/** The number of bytes in the queue. */
size_t pagetls_connection_pending(const pagetls_connection *connection, int queue);
/** The first of pagetls_connection_pending() bytes; NULL when the queue is empty. */
const uint8_t *pagetls_connection_peek(const pagetls_connection *connection, int queue);
/** Removes the first \p len bytes. */
void pagetls_connection_consume(pagetls_connection *connection, int queue, size_t len);

/** Processes the queues as far as possible; returns the state bits. */
uint32_t pagetls_connection_pump(pagetls_connection *connection);
/** Tells the core that the transport has ended: no more bytes will be put into NET_IN. */
void pagetls_connection_eof(pagetls_connection *connection);
/** Closes the sending side: close_notify is sent after the contents of APP_OUT. */
void pagetls_connection_close(pagetls_connection *connection);

/**
 * Sends a KeyUpdate that requests one of the peer (RFC 8446, section 4.6.3), at the next pump, before any more of APP_OUT.
 * \return 0, PAGETLS_ERR_STATE unless the connection is open for sending, or PAGETLS_ERR_NO_KEY_UPDATE in TLS 1.2
 */
int pagetls_connection_update_keys(pagetls_connection *connection);

/** The PAGETLS_ERR_… that the connection failed with, or 0. Makes it the last error for pagetls_error_detail(). */
int pagetls_connection_error(const pagetls_connection *connection);
/**
 * What PAGETLS_ERR_MESSAGE_SIZE is about: a HandshakeType, that of ClientHello for a cookie; and
 * PAGETLS_ERR_SIGNATURE_SCHEME: a SignatureScheme.
 */
int pagetls_connection_error_subject(const pagetls_connection *connection);
/** The alert that the peer sent (RFC 8446, section 6), or -1. */
int pagetls_connection_alert(const pagetls_connection *connection);
/** What the server has asked for besides data, and what it has accepted: the bits above. */
uint32_t pagetls_connection_requests(const pagetls_connection *connection);
/**
 * The negotiated parameters and the result of the verification, as JSON: {protocol, cipher, alpn, group, signatureScheme, verification}. Call
 * it after the handshake or its failure. It frees the peer's certificates, so a second report lacks them.
 * \return the text, to be freed with pagetls_free(), or NULL when out of memory.
 */
char *pagetls_connection_report(pagetls_connection *connection);
/**
 * The server's CertificateRequest, if there are identities or it is waited for: {tls13, signatureAlgorithms: numbers,
 * certificateTypes: numbers, authorities: [{name, raw: base64}]}. After the handshake only if the server did not get what
 * it had asked for.
 * \return the text, to be freed with pagetls_free(), or NULL: none, or out of memory
 */
char *pagetls_connection_certificate_request(const pagetls_connection *connection);
/** Continues a handshake that waits, at the next pump. Returns 0, or PAGETLS_ERR_STATE if it does not. */
int pagetls_connection_answer_request(pagetls_connection *connection);
/** The size in bits of the \p n-th identity's key, with PAGETLS_KEY_IS_RSA or for ECDSA; 0 if there are no more. */
uint32_t pagetls_connection_identity_key(const pagetls_connection *connection, size_t n);
/** NSS key log lines since the last call, or NULL. */
const char *pagetls_connection_take_keylog(pagetls_connection *connection);
/** Exports \p len bytes of keying material (RFC 5705; RFC 8446, section 7.5). Returns 0 or a negative code. */
int pagetls_connection_export(pagetls_connection *connection, uint8_t *out, size_t len, const char *label,
                              size_t label_len, const uint8_t *context, size_t context_len, int use_context);
void pagetls_connection_free(pagetls_connection *connection);

#endif
