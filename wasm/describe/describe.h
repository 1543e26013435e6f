/**
 * \file describe.h
 * \brief Certificates, verifications and trust stores as JSON: nothing else here writes any.
 */
#ifndef PAGETLS_DESCRIBE_H
#define PAGETLS_DESCRIBE_H

#include "describe/json.h"
#include "verify/verification.h"
#include "x509/certificate.h"

/** A Name (RFC 5280, section 4.1.2.4) with its header: {text: RFC 4514, attributes: [{oid, name, value}]}. */
void pagetls_describe_name(pagetls_json *json, const char *key, pagetls_slice name);
/** A GeneralName (section 4.2.1.6): {type, value, …}. 0, or -1: it is malformed. */
int pagetls_describe_general_name(pagetls_json *json, const pagetls_element *name);
/** {oid, name} with \p oid's content octets; the object stays open. */
void pagetls_describe_oid(pagetls_json *json, const char *key, pagetls_slice oid);
/** Every extension: those that pagetls knows decoded, under their own keys, and all of them raw. */
void pagetls_describe_extensions(pagetls_json *json, const pagetls_certificate *certificate);
/** A problem as an element of the array that is open. */
void pagetls_describe_problem(pagetls_json *json, const pagetls_problem *problem);
/** The result of a verification, and its chain, as the object \p key. */
void pagetls_describe_verification(pagetls_json *json, const char *key, const pagetls_verification *verification);

/** What a handshake agreed on; NULL where it did not come so far. */
typedef struct {
    const char *protocol;
    const char *cipher; /**< its IANA name */
    const char *alpn;
} pagetls_connection_summary;

/** A connection and how its peer was verified, to be freed with pagetls_heap_free(); NULL when memory ran out. */
char *pagetls_describe_connection(const pagetls_connection_summary *summary, const pagetls_verification *verification);

#endif
