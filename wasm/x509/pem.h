/**
 * \file pem.h
 * \brief Iterates over the DER documents in a PEM text (RFC 7468); also accepts a bare DER document.
 *
 * For public data only: it is not constant-time. Mbed TLS decodes private keys in PEM.
 */
#ifndef PAGETLS_PEM_H
#define PAGETLS_PEM_H

#include <stddef.h>
#include <stdint.h>

/** Errors of pagetls_pem_walk() itself, below the range of a visitor's results. */
enum { PAGETLS_PEM_MALFORMED = -1001, PAGETLS_PEM_OUT_OF_MEMORY = -1002 };

/** Called with each DER document. A result other than 0 stops the walk and is returned; it must be at least -1000. */
typedef int pagetls_pem_visitor(void *context, const uint8_t *der, size_t len);

/**
 * Calls \p visit for each document in \p input: every "-----BEGIN <label>-----" block of a PEM text, ignoring any text
 * between the blocks, or the complete input if it starts like a DER SEQUENCE of at least 128 octets.
 *
 * \param[out] index  the number of documents visited without an error, also on failure; may be NULL.
 * \return the number of documents, one of the errors above, or the visitor's error
 */
int pagetls_pem_walk(const uint8_t *input, size_t len, const char *label, pagetls_pem_visitor *visit, void *context,
                     int *index);

#endif
