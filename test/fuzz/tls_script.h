/**
 * \file tls_script.h
 * \brief An input of fuzz_tls as what it is, to be changed: parts, of these records, of these messages.
 */
#ifndef PAGETLS_FUZZ_TLS_SCRIPT_H
#define PAGETLS_FUZZ_TLS_SCRIPT_H

#include "tls.h"

#define FUZZ_ROOM 65536 /* of octets, for any one content */
#define FUZZ_UNITS 300

enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };

typedef struct {
    const uint8_t *p;
    size_t len;
} fuzz_slice;

/* A part of the input that is not on the wire, or a record, or what is left of the wire when no record is whole. */
typedef struct {
    uint8_t part;   /* its type as a part of the input */
    uint8_t joined; /* the record is in one part with the one before it */
    uint8_t is_record;
    uint8_t outer;
    uint8_t version[2];
    uint8_t nonce; /* octets around what is protected */
    uint8_t tag;
    uint8_t inner; /* TLS 1.3's type, or 0 */
    uint8_t bad;   /* its tag is */
    uint8_t padding;
    fuzz_slice content;
} fuzz_unit;

typedef struct {
    uint8_t header[FUZZ_HEADER];
    fuzz_unit units[FUZZ_UNITS];
    size_t count;
} fuzz_script;

/** Starts over: contents that were made are gone. */
void fuzz_script_begin(unsigned seed);
uint32_t fuzz_pick(uint32_t below);

/* New contents; the old one where there is no room for a new one. */

/** With others in the place of the octets from..to. */
fuzz_slice fuzz_replace(fuzz_slice s, size_t from, size_t to, fuzz_slice with);
/** What LLVMFuzzerMutate() makes of them. */
fuzz_slice fuzz_mutate(fuzz_slice s);
fuzz_slice fuzz_copy(const void *bytes, size_t len);

void fuzz_script_read(fuzz_script *out, const uint8_t *data, size_t size);
/** Its length, or 0 when it does not fit. */
size_t fuzz_script_write(const fuzz_script *script, uint8_t *out, size_t max);

/** One change of the messages of a record, maybe with one of \p other. */
fuzz_slice fuzz_change_messages(fuzz_slice s, fuzz_slice other);

#endif
