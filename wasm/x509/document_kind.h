/**
 * \file document_kind.h
 * \brief What an input is or contains (documents.def), by the label of a PEM block or the tags of DER.
 */
#ifndef PAGETLS_DOCUMENT_KIND_H
#define PAGETLS_DOCUMENT_KIND_H

#include "x509/der.h"

typedef enum {
    PAGETLS_DOCUMENT_NONE = 0,
#define KIND(id, name) PAGETLS_DOCUMENT_##id,
#include "x509/documents.def"
#undef KIND
} pagetls_document_kind;

const char *pagetls_document_kind_name(pagetls_document_kind kind);

/** What a PEM block with this label contains, if the core reads it; otherwise PAGETLS_DOCUMENT_BLOCK. */
pagetls_document_kind pagetls_document_kind_of_label(pagetls_slice label);
/** What a SEQUENCE with this content is; PAGETLS_DOCUMENT_DER if unknown. Accepts BER. */
pagetls_document_kind pagetls_document_kind_of_der(pagetls_slice content);

/** Finds the certificates and CRLs in PKCS#7 SignedData (RFC 2315, section 9.1; RFC 5652, section 5.1). \p content is that
 *  of the ContentInfo. Returns 0, or -1 if it has none. */
int pagetls_signed_data_read(pagetls_slice content, pagetls_slice *certificates, pagetls_slice *crls);

#endif
