/**
 * \file tls_script.h
 * \brief An input of fuzz_tls in structured form, to be mutated: parts, records and messages.
 */
#ifndef PAGETLS_FUZZ_TLS_SCRIPT_H
#define PAGETLS_FUZZ_TLS_SCRIPT_H

#include "tls.h"

#define FUZZ_CONTENT_MAX 65536 /* size of one content in bytes */
#define FUZZ_UNITS_MAX 300

enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };

typedef struct {
    const uint8_t *p;
    size_t len;
} fuzz_slice;

/* A part of the input that is not on the wire, a TLS record, or the rest of the wire that is not a complete record. */
typedef struct {
    uint8_t part;   /* type of the part in the input (tls.h) */
    uint8_t joined; /* the record is in the same part as the one before it */
    uint8_t is_record;
    uint8_t outer;
    uint8_t version[2];
    uint8_t nonce; /* lengths of explicit nonce and tag */
    uint8_t tag;
    uint8_t inner; /* TLS 1.3's inner type, or 0 */
    uint8_t bad;   /* the tag is invalid */
    uint8_t padding;
    fuzz_slice content;
} fuzz_unit;

typedef struct {
    uint8_t header[FUZZ_HEADER];
    fuzz_unit units[FUZZ_UNITS_MAX];
    size_t count;
} fuzz_script;

/** Seeds the random numbers and frees all new contents. */
void fuzz_script_begin(unsigned seed);
uint32_t fuzz_pick(uint32_t below);

/* Functions that create a content. They return the old one when the arena is full. */

/** Replaces the octets from..to. */
fuzz_slice fuzz_replace(fuzz_slice s, size_t from, size_t to, fuzz_slice with);
/** A mutation by LLVMFuzzerMutate(). */
fuzz_slice fuzz_mutate(fuzz_slice s);
fuzz_slice fuzz_copy(const void *bytes, size_t len);

void fuzz_script_read(fuzz_script *out, const uint8_t *data, size_t size);
/** Returns the length, or 0 when it does not fit. */
size_t fuzz_script_write(const fuzz_script *script, uint8_t *out, size_t max);

/** Mutates the messages of a record; may insert one of \p other. */
fuzz_slice fuzz_change_messages(fuzz_slice s, fuzz_slice other);

#endif
