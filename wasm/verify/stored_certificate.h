/**
 * \file stored_certificate.h
 * \brief A certificate with its own copy of the DER, in a list: of a trust store, or of a chain that was sent.
 */
#ifndef PAGETLS_STORED_CERTIFICATE_H
#define PAGETLS_STORED_CERTIFICATE_H

#include "x509/certificate.h"

typedef struct pagetls_stored_certificate {
    struct pagetls_stored_certificate *next;
    pagetls_read_error error;        /**< why it cannot be read: then only its DER is there */
    pagetls_certificate certificate; /**< slices of the copy */
} pagetls_stored_certificate;

/**
 * A copy of \p der, read.
 * \return NULL when memory ran out
 */
pagetls_stored_certificate *pagetls_stored_certificate_new(const uint8_t *der, size_t len);
/** Frees the whole list. */
void pagetls_stored_certificate_free(pagetls_stored_certificate *list);

static inline int pagetls_is_readable(const pagetls_stored_certificate *stored)
{
    return stored->error.field == PAGETLS_FIELD_NONE;
}

#endif
