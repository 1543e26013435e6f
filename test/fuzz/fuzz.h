/**
 * \file fuzz.h
 * \brief Shared by the fuzz targets: the input format, the host of the core, and properties that hold for any input.
 */
#ifndef PAGETLS_FUZZ_H
#define PAGETLS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The targets (README.md). Each runs one input, and aborts if an assertion fails. */
void fuzz_chain(const uint8_t *data, size_t size);
void fuzz_chain_signed(const uint8_t *data, size_t size);
void fuzz_crl(const uint8_t *data, size_t size);
void fuzz_names(const uint8_t *data, size_t size);
void fuzz_describe(const uint8_t *data, size_t size);
void fuzz_pem(const uint8_t *data, size_t size);
void fuzz_identity(const uint8_t *data, size_t size);
void fuzz_aead(const uint8_t *data, size_t size);
void fuzz_public_key(const uint8_t *data, size_t size);
void fuzz_tls(const uint8_t *data, size_t size);

/** Aborts the run unless \p condition holds; libFuzzer then saves the input. */
#define FUZZ_ASSERT(condition) ((condition) ? (void) 0 : fuzz_fail(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *condition, const char *file, int line);

/* --- the input ------------------------------------------------------------------------ */

/* Four octets of options, then records: a type, a length in two octets, and the content. */
#define FUZZ_HEADER 4
#define FUZZ_RECORD_HEADER 3
#define FUZZ_RECORDS_MAX 40

/* The types of records. Certificates and CRLs are DER or PEM. */
enum {
    FUZZ_SENT = 'C', /**< a certificate sent by the server; the first is the leaf */
    FUZZ_ANCHOR = 'A',
    FUZZ_CRL = 'L',
    FUZZ_HOST = 'H', /**< the expected host */
    FUZZ_CONSTRAINTS = 'N',
    FUZZ_ALT_NAMES = 'S',
    FUZZ_SUBJECT = 'D' /**< for fuzz_names */
};

/* Bits of the first octet. */
enum {
    FUZZ_PROFILE = 0x03,        /**< one of PAGETLS_PROFILE_… */
    FUZZ_MAX_DEPTH = 0x04,      /**< the second octet is the depth */
    FUZZ_CLOCK = 0x18,          /**< one of four clocks */
    FUZZ_PUBLIC_SUFFIX = 0x40,  /**< the host is directly below a public suffix */
    FUZZ_NAME_OPTIONAL = 0x80,  /**< a leaf for another host is a warning */
    FUZZ_FAIL_ALLOCATION = 0x20 /**< repeats the run with a failing allocation, chosen by the third and fourth octet */
};

typedef struct {
    uint8_t type;
    const uint8_t *p;
    size_t len;
} fuzz_record;

typedef struct {
    uint8_t options;
    uint8_t depth;
    unsigned allocation;
    fuzz_record record[FUZZ_RECORDS_MAX];
    size_t count;
} fuzz_case;

/** Reads an input. Any data is a valid input. The records are slices of \p data. */
void fuzz_read(fuzz_case *out, const uint8_t *data, size_t size);
/** The first record of that type, or an empty one. */
fuzz_record fuzz_find(const fuzz_case *input, uint8_t type);
double fuzz_clock(const fuzz_case *input);

/* --- the host ------------------------------------------------------------------------- */

/** Starts the core once. Returns the heap in use, which must be the same after the input. */
size_t fuzz_start(void);
/** Makes the allocation after the next \p count ones fail; negative: none. */
void fuzz_fail_allocation_after(long count);
/** While set, allocations do not fail and are not counted for fuzz_fail_allocation_after(). */
extern int fuzz_pause_failures;
/** Number of allocations since the start. */
extern size_t fuzz_allocations;
/** Number of signatures verified since the start. */
extern size_t fuzz_signatures;
/** When set, every signature without fuzz_has_bad_marker() is valid, so that mutated certificates reach every check. */
extern int fuzz_all_signed;
/** 1 when \p bytes begin with BA D0 BA D0, which marks an invalid signature, tag or Finished. */
int fuzz_has_bad_marker(const uint8_t *bytes, size_t len);
/** The outcome of the last input as JSON, for tests. Empty for targets that do not set it. */
extern char fuzz_outcome[256];

/* --- properties ----------------------------------------------------------------------- */

/** 1 when \p text is a single JSON value in UTF-8 (RFC 8259). */
int fuzz_is_json(const char *text);

/* Variants: how a chain is verified differently from what the input says. */
enum {
    FUZZ_LENIENT = 1, /**< profile private, any host, any depth, no CRLs */
    FUZZ_NO_CRLS = 2,
    FUZZ_REVERSED = 4, /**< the certificates after the leaf in reverse order */
    FUZZ_OUT_OF_MEMORY = 8,
    FUZZ_CRLS_REVERSED = 16 /**< the CRLs in reverse order */
};

/** Verifies the chain of \p input and checks the result. Returns 1 when it is valid, 0 when not, -1 without a chain. */
int fuzz_verify(const fuzz_case *input, unsigned variant);
/** Whether the last report says that CRLs are about other certificates: the names may have been too many to compare. */
extern int fuzz_has_other_scope;
/** Verifies it in all variants, whose results must agree. */
void fuzz_verify_variants(const fuzz_case *input);

#endif
