/**
 * \file fuzz.h
 * \brief What the fuzz targets share: seed certificates (build/certs), and inputs that are changes to them.
 */
#ifndef PAGETLS_FUZZ_H
#define PAGETLS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#define FUZZ_CASES 8
#define FUZZ_CERTIFICATES 4

typedef struct {
    uint8_t *der;
    size_t len;
} fuzz_document;

/** One case of build/certs: the chain, leaf first, its anchor, and its revocation list if it has one. */
typedef struct {
    fuzz_document chain[FUZZ_CERTIFICATES];
    size_t chain_len;
    fuzz_document anchor;
    fuzz_document crl;
} fuzz_case;

/** Reads the cases, once, from the directory that PAGETLS_FUZZ_CERTS names (default build/certs), and starts the core. */
const fuzz_case *fuzz_cases(void);

/** The input, taken from the front. */
typedef struct {
    const uint8_t *p;
    size_t len;
} fuzz_input;

/** The next octet, or 0 when there is none. */
uint8_t fuzz_octet(fuzz_input *input);
/** A copy of \p document with up to \p changes of the input made to it: octets replaced, put in, taken out. Free it. */
fuzz_document fuzz_change(fuzz_document document, fuzz_input *input, unsigned changes);

#endif
