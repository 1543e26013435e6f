/**
 * \file document.h
 * \brief What an input contains: certificates, CRLs and anything else, in PEM, DER or PKCS#7. The one reader of inputs.
 */
#ifndef PAGETLS_DOCUMENT_H
#define PAGETLS_DOCUMENT_H

#include "x509/document_kind.h"
#include "x509/pem.h"

typedef struct {
    pagetls_document_kind kind;
    pagetls_fault fault; /**< why a PEM block cannot be read; then \p der is empty */
    pagetls_slice der;   /**< of a certificate, a CRL, or an unknown structure; empty for any other kind */
    pagetls_slice label; /**< of a PEM block; of PAGETLS_DOCUMENT_FILE: its first octets, at most PAGETLS_PEM_LABEL_MAX */
    size_t index;        /**< of the document in the input, from 0 */
    size_t block;        /**< the PEM block that it is in, from 1; 0: it is in none */
    size_t line;         /**< the line of its BEGIN, from 1 */
    uint8_t rejects_servers; /**< the trust settings of a TRUSTED CERTIFICATE do not allow TLS servers */
} pagetls_document;

/** Called with each document. A result other than 0 stops the walk and is returned. */
typedef int pagetls_document_visitor(void *context, const pagetls_document *document);

/** The error of pagetls_documents_walk() itself; a visitor must not return it. */
#define PAGETLS_DOCUMENTS_OUT_OF_MEMORY (-1001)

/**
 * Calls \p visit for each document in \p input: every block of a PEM text, every element of DER, every certificate and
 * CRL in PKCS#7, or the input itself if it is something else. There is at least one.
 *
 * The certificates of a PKCS#7 bundle are a SET, without an order: the leaf comes first, if there is one
 * (PAGETLS_BUNDLE_ORDER_MAX).
 *
 * A PEM block of another kind is not decoded if its label has "KEY".
 *
 * \return 0, PAGETLS_DOCUMENTS_OUT_OF_MEMORY, or the visitor's result
 */
int pagetls_documents_walk(const uint8_t *input, size_t len, pagetls_document_visitor *visit, void *context);
/** The same without a buffer: decodes each PEM block over its text, so that what was visited stays in \p input. */
int pagetls_documents_walk_in_place(uint8_t *input, size_t len, pagetls_document_visitor *visit, void *context);

#endif
