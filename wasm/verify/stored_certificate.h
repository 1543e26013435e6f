/**
 * \file stored_certificate.h
 * \brief A list of certificates, each with its own copy of the DER: a trust store, or a chain sent by a server.
 */
#ifndef PAGETLS_STORED_CERTIFICATE_H
#define PAGETLS_STORED_CERTIFICATE_H

#include "x509/certificate.h"

typedef struct pagetls_stored_certificate {
    struct pagetls_stored_certificate *next;
    pagetls_read_error error;        /**< why it cannot be read; then \p certificate has only its DER */
    pagetls_certificate certificate; /**< points into the copy */
    /* What is known of a trust anchor; see pagetls_trust_store_add_mozilla() and …_compare_mozilla(). */
    int from_mozilla;       /**< 1: on Mozilla's root list, or of unknown origin; 0: the user added it */
    int64_t distrust_after; /**< a leaf valid from later, in seconds since 1970, is distrusted; 0: there is no such date */
} pagetls_stored_certificate;

/**
 * Copies and reads \p der.
 * \return NULL when out of memory
 */
pagetls_stored_certificate *pagetls_stored_certificate_new(const uint8_t *der, size_t len);
/** Frees the whole list. */
void pagetls_stored_certificate_free(pagetls_stored_certificate *list);

static inline int pagetls_is_readable(const pagetls_stored_certificate *stored)
{
    return stored->error.field == PAGETLS_FIELD_NONE;
}

#endif
