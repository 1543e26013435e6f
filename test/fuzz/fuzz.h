/**
 * \file fuzz.h
 * \brief What the fuzz targets share: their input, the host of the core, and what must hold whatever the input is.
 */
#ifndef PAGETLS_FUZZ_H
#define PAGETLS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The targets (README.md). Each judges one input, and ends the run if something does not hold. */
void fuzz_chain(const uint8_t *data, size_t size);
void fuzz_chain_signed(const uint8_t *data, size_t size);
void fuzz_crl(const uint8_t *data, size_t size);
void fuzz_names(const uint8_t *data, size_t size);
void fuzz_describe(const uint8_t *data, size_t size);
void fuzz_pem(const uint8_t *data, size_t size);
void fuzz_aead(const uint8_t *data, size_t size);
void fuzz_public_key(const uint8_t *data, size_t size);
void fuzz_tls(const uint8_t *data, size_t size);

/** Stops the run, with the input kept by libFuzzer, unless \p condition holds. */
#define FUZZ_MUST(condition) ((condition) ? (void) 0 : fuzz_fail(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *condition, const char *file, int line);

/* --- the input ------------------------------------------------------------------------ */

/* Four octets of options, then records: a type, two octets of length, and that many octets. */
#define FUZZ_HEADER 4
#define FUZZ_RECORD_HEADER 3
#define FUZZ_RECORDS 40

/* The types of records. Certificates and lists are DER or PEM. */
enum {
    FUZZ_SENT = 'C', /**< a certificate that the server sends; the first is the leaf */
    FUZZ_ANCHOR = 'A',
    FUZZ_CRL = 'L',
    FUZZ_HOST = 'H', /**< the host asked for */
    FUZZ_CONSTRAINTS = 'N',
    FUZZ_ALT_NAMES = 'S',
    FUZZ_SUBJECT = 'D' /**< for fuzz_names */
};

/* The first octet. */
enum {
    FUZZ_PROFILE = 0x03,   /**< one of PAGETLS_PROFILE_… */
    FUZZ_MAX_DEPTH = 0x04, /**< the second octet is the depth */
    FUZZ_CLOCK = 0x18,     /**< one of four clocks */
    FUZZ_NO_MEMORY = 0x20  /**< judges once more with an allocation failing, which the third and fourth octet choose */
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
    fuzz_record record[FUZZ_RECORDS];
    size_t count;
} fuzz_case;

/** Reads an input; whatever it is, it is one. The records are slices of \p data. */
void fuzz_read(fuzz_case *out, const uint8_t *data, size_t size);
/** The first record of that type, or an empty one. */
fuzz_record fuzz_find(const fuzz_case *input, uint8_t type);
double fuzz_clock(const fuzz_case *input);

/* --- the host ------------------------------------------------------------------------- */

/** Starts the core, once, and returns the heap in use: what must be in use again after the input. */
size_t fuzz_start(void);
/** Makes the allocation after the next \p count fail; negative: none. */
void fuzz_fail_allocation(long count);
/** Whether allocations that were to fail do not, for a while. */
extern int fuzz_spare_allocations;
/** Allocations since the start. */
extern size_t fuzz_allocations;
/** Signatures that were checked since the start. */
extern size_t fuzz_signatures;
/** Whether every signature holds unless fuzz_is_bad(), so that changed certificates reach every check. */
extern int fuzz_all_signed;
/** 1 when it begins with BA D0 BA D0. */
int fuzz_is_bad(const uint8_t *bytes, size_t len);
/** What came of the last input, as JSON; for tests. Empty where a target does not tell. */
extern char fuzz_outcome[256];

/* --- what must hold ------------------------------------------------------------------- */

/** 1 when \p text is one JSON value in UTF-8 (RFC 8259). */
int fuzz_is_json(const char *text);

/* How a chain is to be judged otherwise than the input says. */
enum {
    FUZZ_LOOSE = 1, /**< RFC 5280 only, any host, any depth, no lists */
    FUZZ_NO_CRLS = 2,
    FUZZ_REVERSED = 4, /**< the certificates beside the leaf in the other order */
    FUZZ_OUT_OF_MEMORY = 8
};

/** Judges the chain of \p input, checks what was found, and returns whether it is good; -1: nothing to judge. */
int fuzz_judge(const fuzz_case *input, unsigned how);
/** Judges it in every way that must agree with the others. */
void fuzz_judge_all(const fuzz_case *input);

#endif
