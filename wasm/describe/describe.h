/**
 * \file describe.h
 * \brief Writes certificates, verifications, connections and trust stores as JSON.
 */
#ifndef PAGETLS_DESCRIBE_H
#define PAGETLS_DESCRIBE_H

#include "describe/json.h"
#include "verify/verification.h"
#include "x509/certificate.h"

/** A Name (RFC 5280, section 4.1.2.4) with its header: {text: RFC 4514, attributes: [{oid, name, value}]}. */
void pagetls_describe_name(pagetls_json *json, const char *key, pagetls_slice name);
/** A GeneralName (RFC 5280, section 4.2.1.6): {type, value, …}. Returns 0, or -1 if it is malformed. */
int pagetls_describe_general_name(pagetls_json *json, const pagetls_element *name);
/** Opens an object with {oid, name} of \p oid (content octets); the caller may add members, and closes it. */
void pagetls_describe_oid(pagetls_json *json, const char *key, pagetls_slice oid);
/** Every extension: the known ones decoded under separate keys, and all of them raw under `extensions`. */
void pagetls_describe_extensions(pagetls_json *json, const pagetls_certificate *certificate);
/** A problem, as an element of the current array. */
void pagetls_describe_problem(pagetls_json *json, const pagetls_problem *problem);
/** The result of a verification and its chain, as an object with \p key. */
void pagetls_describe_verification(pagetls_json *json, const char *key, const pagetls_verification *verification);

/** The parameters that a handshake negotiated; NULL and 0 until then. */
typedef struct {
    const char *protocol;
    const char *cipher; /**< its IANA name */
    const char *alpn;
    uint16_t group;            /**< of the key exchange */
    uint16_t signature_scheme; /**< that the server signed with */
} pagetls_connection_summary;

/** What a server asks of a client certificate: lists of a CertificateRequest (RFC 5246, section 7.4.4; RFC 8446, 4.3.2). */
typedef struct {
    pagetls_slice schemes;     /**< two octets each */
    pagetls_slice types;       /**< an octet each; only in TLS 1.2 */
    pagetls_slice authorities; /**< Names, each after two octets with its length */
    int tls13;
} pagetls_request_summary;

/** As JSON; pagetls_connection_certificate_request() has the members. As the next for the rest. */
char *pagetls_describe_request(const pagetls_request_summary *summary);
/** A connection and the verification of its peer. Free with pagetls_heap_free(); NULL when out of memory. */
char *pagetls_describe_connection(const pagetls_connection_summary *summary, const pagetls_verification *verification);

#endif
