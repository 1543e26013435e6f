/**
 * \file inputs.h
 * \brief Uses the documents of an input: what becomes of those that are not what was asked for.
 */
#ifndef PAGETLS_INPUTS_H
#define PAGETLS_INPUTS_H

#include "host/limits.h"
#include "verify/stored_certificate.h"
#include "x509/document.h"

/** Why a document was skipped. The names are those of js/documents.js. */
typedef enum {
    PAGETLS_SKIPPED_OTHER,          /**< it is something else */
    PAGETLS_SKIPPED_DAMAGED,        /**< a PEM block that cannot be decoded */
    PAGETLS_SKIPPED_UNREADABLE,     /**< a certificate that cannot be read */
    PAGETLS_SKIPPED_UNSUPPORTED,    /**< a certificate with a key that cannot verify anything here */
    PAGETLS_SKIPPED_REJECTS_SERVERS /**< a TRUSTED CERTIFICATE that is not trusted for servers */
} pagetls_skip_reason;

typedef struct pagetls_skipped {
    struct pagetls_skipped *next;
    pagetls_skip_reason reason;
    pagetls_document_kind kind;
    pagetls_fault fault;
    size_t input; /**< the call that passed it, from 0 */
    size_t index; /**< of the document in that input, from 0 */
    size_t block; /**< as in pagetls_document */
    size_t line;
    uint8_t label[PAGETLS_PEM_LABEL_MAX];
    size_t label_len;
    pagetls_stored_certificate *certificate; /**< NULL if there is none */
} pagetls_skipped;

/** The documents that were skipped, in their order. */
typedef struct {
    pagetls_skipped *first;
    pagetls_skipped *last;
    size_t count;  /**< of all, also of those beyond PAGETLS_SKIPPED_MAX, which are not kept */
    size_t inputs; /**< that were read */
} pagetls_skipped_list;

/**
 * Adds \p document to the list, which takes ownership of \p certificate (NULL: none), also on failure.
 * \return 0 or PAGETLS_ERR_OUT_OF_MEMORY
 */
int pagetls_skipped_add(pagetls_skipped_list *list, const pagetls_document *document, pagetls_skip_reason reason,
                        pagetls_stored_certificate *certificate);
/** Frees the whole list, and empties it. */
void pagetls_skipped_free(pagetls_skipped_list *list);

/** Uses a document. Returns 0, or a PAGETLS_ERR_…, which ends the reading; the place of the document is added to it. */
typedef int pagetls_document_use(void *context, const pagetls_document *document);

/**
 * Passes every document of the wanted kind to \p use, and others to \p skipped if it is not NULL, such as a private key
 * in the same file. Fails at a damaged block: it may be one that is needed.
 * \param wanted  PAGETLS_DOCUMENT_CERTIFICATE or PAGETLS_DOCUMENT_CRL
 * \return the number of documents used, at least 1, or a PAGETLS_ERR_…
 */
int pagetls_input_read(const uint8_t *input, size_t len, pagetls_document_kind wanted, pagetls_document_use *use,
                       void *context, pagetls_skipped_list *skipped);
/** The same with pagetls_documents_walk_in_place(). */
int pagetls_input_read_in_place(uint8_t *input, size_t len, pagetls_document_kind wanted, pagetls_document_use *use,
                                void *context, pagetls_skipped_list *skipped);

/**
 * Makes \p document the text of pagetls_error_detail(), for js/core-error.js: its kind, its fault, its place, and its label
 * in hexadecimal. Returns \p code.
 */
int pagetls_document_error_set(const pagetls_document *document, int code);

/** Adds the place of \p document to the text of an error about its content. Returns \p code. */
int pagetls_input_error_place(int code, const pagetls_document *document);

/** 1 if \p document may be what was asked for: it has the kind, or is DER that could not be recognized. */
static inline int pagetls_document_may_be(const pagetls_document *document, pagetls_document_kind wanted)
{
    return document->fault == PAGETLS_FAULT_NONE && (document->kind == wanted || document->kind == PAGETLS_DOCUMENT_DER);
}

#endif
