/**
 * \file pem.h
 * \brief Goes through the DER documents in a PEM text (RFC 7468), or takes a bare DER document.
 *
 * For what is public. A private key in PEM is Mbed TLS's to decode, in constant time.
 */
#ifndef PAGETLS_PEM_H
#define PAGETLS_PEM_H

#include <stddef.h>
#include <stdint.h>

/** What pagetls_pem_walk() itself can come to: numbers that no visitor returns. */
enum { PAGETLS_PEM_MALFORMED = -1001, PAGETLS_PEM_OUT_OF_MEMORY = -1002 };

/** Takes one DER document. A result other than 0, no less than -1000, stops the walk and is returned. */
typedef int pagetls_pem_visitor(void *context, const uint8_t *der, size_t len);

/**
 * Calls \p visit for each document in \p input: every "-----BEGIN <label>-----"
 * block of a PEM text, whatever stands between them, or the whole input when it
 * starts as a DER SEQUENCE of 128 octets or more does.
 *
 * \return how many there were, one of the errors above, or the visitor's own. \p *index, if given, is the number of
 *         documents that went well, in every case.
 */
int pagetls_pem_walk(const uint8_t *input, size_t len, const char *label, pagetls_pem_visitor *visit, void *context,
                     int *index);

#endif
