/**
 * \file pem.h
 * \brief Finds the blocks of a PEM text (RFC 7468), and decodes base64.
 *
 * Accepts what OpenSSL accepts and more: text around the blocks, blanks around lines, any line ending, a block on one
 * line. No block is passed over: a damaged one has a fault, and so have the remains of one.
 *
 * For public data only: it is not constant-time. Mbed TLS decodes private keys in PEM.
 */
#ifndef PAGETLS_PEM_H
#define PAGETLS_PEM_H

#include "x509/der.h"

typedef enum {
    PAGETLS_FAULT_NONE = 0,
#define FAULT(id, name) PAGETLS_FAULT_##id,
#include "x509/documents.def"
#undef FAULT
} pagetls_fault;

/** NULL for PAGETLS_FAULT_NONE. */
const char *pagetls_fault_name(pagetls_fault fault);

/** A label is at most this long; a BEGIN line with a longer one is damaged. */
#define PAGETLS_PEM_LABEL_MAX 48

/** A position in a text. Initialize with the text, and everything else 0. */
typedef struct {
    pagetls_slice text;      /**< what has not been read */
    const uint8_t *line_end; /**< of the current line */
    const uint8_t *counted;
    size_t lines; /**< line ends before `counted` */
    size_t blocks;
} pagetls_pem_reader;

typedef struct {
    pagetls_slice label; /**< empty if it is damaged */
    pagetls_slice body;  /**< between the BEGIN and the END line */
    size_t number;       /**< of the block, from 1 */
    size_t line;         /**< of its BEGIN line, from 1 */
    pagetls_fault fault; /**< of the BEGIN and END lines */
} pagetls_pem_block;

/** Reads the next block. Returns 1, or 0 if there are no more. */
int pagetls_pem_next(pagetls_pem_reader *reader, pagetls_pem_block *block);

/**
 * Decodes the body of a block.
 * \param[out] out  at least three quarters of the length of \p body; it can be the body itself
 */
pagetls_fault pagetls_pem_decode(pagetls_slice body, uint8_t *out, size_t *out_len);

/**
 * Decodes text that is nothing but base64, in either alphabet of RFC 4648, with or without padding.
 * \return 0, or -1 if it is something else
 */
int pagetls_base64_decode(pagetls_slice text, uint8_t *out, size_t *out_len);

/** The first place in \p text with these \p len octets, at least one; NULL if there is none. */
const uint8_t *pagetls_slice_find(pagetls_slice text, const void *octets, size_t len);

/** Octets that OpenSSL strips from the ends of lines: blanks and control characters, and on most machines all that are
 *  not ASCII, such as a byte order mark or a no-break space. */
static inline int pagetls_pem_is_blank(uint8_t c)
{
    return c <= ' ' || c >= 0x80;
}

#endif
